"""A graph in, the type of every result out: what fan-out, skips and effects make of what tasks return."""

from __future__ import annotations

import types
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from pydantic import ValidationError

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.effects import Effect, EffectOf, applied, effect_arguments, narrowed
from ecoscope_workflows.contracts.frames import Frame, FrameContract
from ecoscope_workflows.contracts.parts import Unsaid, either, item_type, members, part_type, without
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.records import record_of
from ecoscope_workflows.contracts.shapes import items_of
from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skip_sentinel
from ecoscope_workflows.errors import Problem, did_you_mean
from ecoscope_workflows.graph.fan_out import Each, flattened, key_and_value, unpacked
from ecoscope_workflows.graph.order import in_order
from ecoscope_workflows.registry.signature import REQUIRED
from ecoscope_workflows.spec.model import ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from ecoscope_workflows.contracts.frame_data import FrameType
    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.spec.model import Binding, SkipIf

_NEVER = "never"


def _is_empty_frame(annotation: Any) -> bool:
    found = [item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, FrameContract)]
    return any(item.name.startswith("EmptyDataFrame") for item in found)


# What a task does not get to see where one of these conditions skips it.
_SKIPPED_BY: Mapping[str, Callable[[Any], bool]] = {
    "any_dependency_skipped": is_skip_sentinel,
    "any_dependency_is_none": lambda annotation: annotation is type(None),
    "any_is_empty_df": _is_empty_frame,
}


@dataclass
class ResultTypes:
    """The type of the result of each instance, found in the order in which they depend on each other.

    Types that are made (a list of what a task returns) are made once for all instances that have them, so
    that what is found out about one need not be found out again.
    """

    graph: Graph
    _refused: list[Problem] = field(default_factory=list, init=False)
    _missing: dict[Where, Problem] = field(default_factory=dict, init=False)
    _results: dict[str, Any] = field(default_factory=dict, init=False)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Find the type of every result."""
        for name in in_order(self.graph.nodes):
            self._results[name] = self._whole(self.graph.nodes[name])

    @property
    def problems(self) -> list[Problem]:
        """Return what was found wrong with the types that have been asked for."""
        return [*self._refused, *self._missing.values()]

    def of(self, reference: Reference) -> Any:
        """Return the type of the result, or of the part of one, that a reference stands for."""
        kind = self.result(reference.instance)
        for number, step in enumerate(reference.path):
            whole = kind
            kind = self._once(("part", id(whole), step), partial(part_type, whole, step), whole)
            if kind is None:
                self._missing[reference.where] = _no_part(reference, number, whole)
                return Unsaid
        return kind

    def result(self, instance: str) -> Any:
        """Return the type of the result of an instance: of all its calls where there are several."""
        return self._results.get(instance, Unsaid)

    def seen(self, node: Node, annotation: Any) -> Any:
        """Return what is left of the type of an argument once the conditions of a task are asked."""
        skipif = node.instance.skipif
        unwanted = _unwanted(skipif)
        if skipif is None or not unwanted:
            return annotation
        key = ("seen", id(annotation), skipif.conditions, skipif.unpack_depth)
        return self._once(key, lambda: _left(annotation, unwanted, skipif.unpack_depth), annotation)

    def each(self, node: Node) -> Each | None:
        """Return what each call of a fan-out gets, or None where there is none or its items are not known."""
        fan_out = node.instance.fan_out
        if fan_out is None:
            return None
        item = self.item(fan_out.argvalues)
        if item is None:
            return Each(dict.fromkeys(fan_out.argnames, Unsaid), Unsaid)
        pair = key_and_value(item) if fan_out.method == "mapvalues" else None
        value = pair[1] if pair else item
        types = unpacked(value, len(fan_out.argnames), spread=fan_out.method == "map")
        found = dict.fromkeys(fan_out.argnames, Unsaid)
        found |= dict(zip(fan_out.argnames, types or (), strict=False))
        return Each(
            {name: self.seen(node, kind) for name, kind in found.items()}, pair[0] if pair else Unsaid
        )

    def item(self, argvalues: Binding) -> Any:
        """Return the type of what a fan-out goes through, or None where it cannot, or is no one type."""
        match flattened(argvalues):
            case Reference() as reference:
                whole = self.of(reference)
                return self._once(("item", id(whole)), lambda: item_type(whole), whole)
            case ListOf(parts):
                found = [self.of(part) if isinstance(part, Reference) else Unsaid for part in parts]
                return either(found)
        return Unsaid

    def _whole(self, node: Node) -> Any:
        fan_out, one = node.instance.fan_out, self._one_call(node)
        if fan_out is None:
            return one
        if fan_out.method == "map":
            return self._once(("map", id(one)), lambda: _list_of(one), one)
        each = self.each(node)
        key = each.key if each is not None else Unsaid
        pair = types.GenericAlias(tuple, (key, one))
        return self._once(("mapvalues", id(key), id(one)), lambda: _list_of(pair), (key, one))

    def _one_call(self, node: Node) -> Any:
        returns = self._with_effect(node)
        skipif = node.instance.skipif
        if skipif is None or all(_last_name(name) == _NEVER for name in skipif.conditions):
            return returns
        return self._once(("skipped", id(returns)), lambda: either([returns, SkipSentinel]), returns)

    def _with_effect(self, node: Node) -> Any:
        returns, effect = node.task.returns, node.task.metadata.effect
        declared = peel(returns).frame
        if effect is None or declared is None:
            return returns
        happened = self._effect(node, effect)
        passed = self._frame_of(node, happened.frame) if happened is not None else None
        if happened is None or passed is None:
            return returns
        after = narrowed(applied(happened, passed), declared)
        return Annotated[Frame, replace(after, name=declared.name or _changed(passed.name))]

    def _effect(self, node: Node, effect: Effect | EffectOf) -> Effect | None:
        """Return what a task does to columns, or None where that depends on arguments that come later."""
        given = _literal_arguments(node, effect_arguments(effect))
        if isinstance(effect, Effect) or given is None:
            return effect if isinstance(effect, Effect) else None
        try:
            return effect(**given)
        except Exception as error:  # noqa: BLE001  # the author's code, which may refuse its arguments
            text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            places = node.instance.argument_places
            where = next((places[name] for name in given if name in places), node.instance.task_where)
            self._refused.append(Problem("EW347", f"{node.id}: {text}", where))
            return None

    def _frame_of(self, node: Node, name: str) -> FrameType | None:
        """Return what is said of the frame that passes through a task."""
        parameters = node.task.parameters
        takers = [name] if name else [one for one, it in parameters.items() if _takes_frame(it.annotation)]
        if not takers or takers[0] not in parameters:
            return None
        argument = takers[0]
        required = peel(parameters[argument].annotation).frame
        binding = node.arguments.get(argument)
        each = self.each(node)
        kind = self.seen(node, self.of(binding)) if isinstance(binding, Reference) else Unsaid
        if each is not None and argument in each.arguments:
            kind = each.arguments[argument]
        frames = [peel(part).frame for part in members(kind) if not is_skip_sentinel(part)]
        frame = frames[0] if len(frames) == 1 else None
        # What the task asks of its input holds as well, or it would not run.
        return required if frame is None or required is None else narrowed(frame, required)

    def _once(self, key: Hashable, make: Callable[[], Any], kept: Any) -> Any:
        """Make a type once; `kept` are the types whose identities are in the key."""
        if key not in self._made:
            self._made[key] = (make(), kept)
        return self._made[key][0]


def _unwanted(skipif: SkipIf | None) -> list[Callable[[Any], bool]]:
    names = map(_last_name, skipif.conditions) if skipif is not None else ()
    return [_SKIPPED_BY[name] for name in names if name in _SKIPPED_BY]


def _left(annotation: Any, unwanted: list[Callable[[Any], bool]], depth: int) -> Any:
    """Return a type without what is unwanted in it, and in the lists in it down to a depth."""
    kept = without(annotation, lambda part: any(is_it(part) for is_it in unwanted))
    if depth < 1 or get_origin(kept) is not list:
        return kept
    inner = items_of(kept)
    item = inner.item if inner is not None else Unsaid
    left = _left(item, unwanted, depth - 1)
    return kept if left is item else _list_of(left)


def _list_of(item: Any) -> Any:
    return types.GenericAlias(list, (item,))


def _last_name(condition: str) -> str:
    return condition.rpartition(".")[2]


def _literal_arguments(node: Node, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Return arguments that are known before anything runs, or None where one is not."""
    found: dict[str, Any] = {}
    for name in names:
        parameter, binding = node.task.parameters[name], node.arguments.get(name)
        if isinstance(binding, Literal):
            try:
                found[name] = parameter.adapter.validate_python(binding.value)
            except ValidationError:
                # Reported as a literal of the wrong type.
                return None
        elif binding is None and name not in node.free and parameter.default is not REQUIRED:
            # No params file can give it another value.
            found[name] = parameter.default
        else:
            return None
    fan_out = node.instance.fan_out
    return None if fan_out is not None and set(fan_out.argnames) & set(names) else found


def _takes_frame(annotation: Any) -> bool:
    return any(peel(part).frame is not None for part in members(annotation))


def _no_part(reference: Reference, number: int, whole: Any) -> Problem:
    *_, last = reference.path[: number + 1]
    record = record_of(peel(whole).kind)
    known = record.writes if record is not None else ()
    return Problem(
        "EW348",
        f"`{written(reference)}` does not exist: {type_name(whole)} has no part {last!r}",
        reference.where,
        did_you_mean(str(last), known),
    )


def written(reference: Reference) -> str:
    """Return a reference as it is written, without its braces."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in reference.path)
    return f"workflow.{reference.instance}.return{steps}"


def _changed(name: str) -> str:
    return name if not name or name.startswith("changed ") else f"changed {name}"
