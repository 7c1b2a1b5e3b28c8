"""Whether the result of one task can be an argument of another: two types in, a verdict out.

A *yes* is a promise: each value of the produced type, stored in its file and read back, passes the check of
the required type.
A *no* is a contradiction between the two types.
All else is *cannot tell*, with what it depends on.

The rule, where P is produced and R is required; the first line that applies counts:

- R carries a ``BeforeValidator``, ``WrapValidator`` or ``PlainValidator``: cannot tell, because the function
  may make something else of the value.
  R carries an ``AfterValidator``: no where the types contradict each other, else cannot tell.
- R is ``Any`` or ``object``: yes.
- P is ``Any``, or P or R is a type variable, a function or an unknown type: cannot tell.
- P is a union: yes where each of its types fits, no where none does, else cannot tell.
  So is ``Optional``: that a result may be null is no contradiction, but a question.
- P is a ``Literal`` or an enum: its values are tried one by one; all, none or some of them fit.
- R is a union: yes where P fits one of its types, no where it fits none, else cannot tell.
- R is a ``Literal`` or an enum: cannot tell where P is of the type of one of its values, else no.
- Data frames: see `ecoscope_workflows.contracts.frame_fit`. A frame never fits what is no frame.
- Lists, sequences, sets and tuples fit each other where their items fit. A tuple of given types also has a
  length. From a set to what has an order: cannot tell.
- Mappings fit where keys and values do.
- Pydantic models, dataclasses and ``TypedDict`` are compared as what stands in a file, by key, whatever the
  classes are called: structural, not nominal.
- Simple values: equal types; ``bool`` to ``int`` to ``float`` and not back; text and paths for one another;
  from text to what is stored as text (times, ``Decimal``, ``UUID``, ``bytes``) and back: cannot tell.
- Other classes: a class fits its bases; two classes that are not related do not fit, unless pydantic is told
  how to read the required one.
- Constraints of ``Field`` on R: cannot tell, unless those on P are equal or tighter.
"""

from __future__ import annotations

import types
from contextvars import ContextVar
from typing import Any, Union, get_args, get_origin

from ecoscope_workflows.contracts import classes
from ecoscope_workflows.contracts.codecs import holds_frames
from ecoscope_workflows.contracts.constraints import constraints, not_implied
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.foreign_frames import with_contracts
from ecoscope_workflows.contracts.frame_fit import frame_fits
from ecoscope_workflows.contracts.peeled import Peeled, peel
from ecoscope_workflows.contracts.records import Record, record_of
from ecoscope_workflows.contracts.scalars import (
    choices,
    is_scalar,
    may_be_choice,
    scalar_fits,
    scalar_of,
    value_fits,
)
from ecoscope_workflows.contracts.shapes import Items, items_of, mapping_of
from ecoscope_workflows.contracts.skipping import is_skip_sentinel
from ecoscope_workflows.contracts.verdicts import NO, YES, Verdict, all_of, cannot_tell, no, one_of

_UNIONS = (Union, types.UnionType)
_NUMBERS = (bool, int, float)
_AS_IS = (*_NUMBERS, str, type(None))


# The pairs of types whose verdict is being found, by identity.
_open: ContextVar[frozenset[tuple[int, int]]] = ContextVar("_open", default=frozenset())


def assignable(produced: Any, required: Any) -> Verdict:
    """Return whether values of a produced type can be given where a type is required.

    Parameters
    ----------
    produced, required
        Types as they stand in signatures, with what ``Annotated`` adds to them.

    Examples
    --------
    >>> assignable(int, float).answer
    'yes'
    >>> assignable(str | None, str)
    Verdict(answer='cannot tell', reason='it may be null', hint='')
    """
    return _fits(with_contracts(produced), with_contracts(required))


def _fits(produced: Any, required: Any) -> Verdict:
    pair = (id(produced), id(required))
    if pair in _open.get():
        # A type that stands inside itself: it fits there if it does as a whole.
        return YES
    before = _open.set(_open.get() | {pair})
    try:
        has, needs = peel(produced), peel(required)
        if needs.reads:
            return cannot_tell("a function of its own reads it")
        return _with_extras(_bare_fits(produced, has, required, needs), has, needs)
    finally:
        _open.reset(before)


def _bare_fits(produced: Any, has: Peeled, required: Any, needs: Peeled) -> Verdict:
    if needs.kind in (Any, object):
        return YES
    if has.frame is None and classes.is_opaque(has.kind):
        return cannot_tell("its type is not said")
    if needs.frame is None and classes.is_opaque(needs.kind):
        return cannot_tell("what is taken is not said")
    if get_origin(has.kind) in _UNIONS:
        return _each_fits(get_args(has.kind), required)
    values = choices(has.kind)
    if values is not None and has.kind == needs.kind:
        return YES
    if values is not None:
        return _choices_fit(values, required)
    if get_origin(needs.kind) in _UNIONS:
        return one_of(_fits(produced, part) for part in get_args(needs.kind))
    wanted = choices(needs.kind)
    if wanted is not None:
        kind = scalar_of(has.kind)
        return may_be_choice(kind, wanted) if kind is not None else NO
    return _kind_fits(has, needs)


def _choices_fit(values: tuple[Any, ...], required: Any) -> Verdict:
    verdicts = {repr(value): _choice_fits(value, required) for value in values}
    wrong = [shown for shown, verdict in verdicts.items() if verdict.answer == "no"]
    doubts = [verdict for verdict in verdicts.values() if verdict.answer == "cannot tell"]
    if len(wrong) == len(verdicts):
        return one_of(verdicts.values())
    return all_of([*doubts, *([cannot_tell(f"it may be {' or '.join(wrong)}")] if wrong else [])])


def _choice_fits(value: Any, required: Any) -> Verdict:
    """Return the verdict on one value: that on its type, and pydantic's where that leaves it open."""
    verdict = _fits(type(value), required)
    # Where the type asks for data frames, pydantic would import pandas to look at the value.
    if verdict.answer != "cannot tell" or holds_frames(required):
        return verdict
    fits = value_fits(value, required)
    return verdict if fits is None else YES if fits else NO


def _each_fits(parts: tuple[Any, ...], required: Any) -> Verdict:
    verdicts = [_fits(part, required) for part in parts]
    if all(verdict.answer == "yes" for verdict in verdicts):
        return YES
    pairs = zip(parts, verdicts, strict=True)
    wrong = [(part, verdict) for part, verdict in pairs if verdict.answer == "no"]
    if len(wrong) == len(verdicts):
        return one_of(verdicts)
    doubts = [verdict for verdict in verdicts if verdict.answer == "cannot tell"]
    return all_of([*doubts, *(cannot_tell(_may_be(part, verdict)) for part, verdict in wrong)])


def _may_be(part: Any, verdict: Verdict) -> str:
    if is_skip_sentinel(part):
        return "it may be skipped"
    return f"it may be {type_name(part)}{f', and {verdict.reason}' if verdict.reason else ''}"


def _kind_fits(has: Peeled, needs: Peeled) -> Verdict:
    if has.frame is not None and needs.frame is not None:
        return frame_fits(has.frame, needs.frame)
    if has.frame is not None or needs.frame is not None:
        return cannot_tell("pydantic is told how to read it") if classes.reads_itself(needs.kind) else NO
    if has.kind == needs.kind:
        return YES
    record = record_of(needs.kind)
    if record is not None:
        return _fits_record(has.kind, record)
    items, mapping = items_of(needs.kind), mapping_of(needs.kind)
    if items is not None:
        return _fits_items(items_of(has.kind), items)
    if mapping is not None:
        return _fits_mapping(has.kind, *mapping)
    kind = scalar_of(has.kind)
    if kind is not None and is_scalar(needs.kind):
        return scalar_fits(kind, needs.kind)
    return classes.class_fits(has.kind, needs.kind)


def _fits_items(has: Items | None, needs: Items) -> Verdict:
    if has is None:
        return NO
    verdicts = []
    if has.order == "none" and needs.order == "given":
        verdicts.append(cannot_tell("a set has no order"))
    if has.fixed is not None and needs.fixed is not None:
        if len(has.fixed) != len(needs.fixed):
            return no(f"it has {len(has.fixed)} items, not {len(needs.fixed)}")
        pairs = zip(has.fixed, needs.fixed, strict=True)
        verdicts += [_part_fits(f"item {number}", *pair) for number, pair in enumerate(pairs, start=1)]
    elif has.fixed is not None:
        verdicts += [
            _part_fits(f"item {number}", item, needs.item) for number, item in enumerate(has.fixed, start=1)
        ]
    elif needs.fixed is not None:
        verdicts += [_part_fits("its items", has.item, item) for item in needs.fixed]
        verdicts.append(cannot_tell(f"it has any number of items, not {len(needs.fixed)}"))
    else:
        verdicts.append(_items_alike(has, needs))
    return all_of(verdicts)


def _items_alike(has: Items, needs: Items) -> Verdict:
    if has.pair is None or needs.pair is None:
        return _part_fits("its items", has.item, needs.item)
    parts = zip(("its keys", "its values"), has.pair, needs.pair, strict=True)
    return all_of(_part_fits(*part) for part in parts)


def _part_fits(label: str, produced: Any, required: Any) -> Verdict:
    """Return the verdict on a part of a value, with a reason that names the part."""
    verdict = _fits(produced, required)
    if verdict.answer == "no" and not verdict.reason:
        return no(f"{label}: {type_name(produced)}, not {type_name(required)}")
    return verdict.inside(label)


def _fits_mapping(kind: Any, key: Any, value: Any) -> Verdict:
    record, given = record_of(kind), mapping_of(kind)
    if record is not None:
        verdicts = [_part_fits(repr(name), entry.annotation, value) for name, entry in record.writes.items()]
        if record.serializers or record.writes_extra:
            verdicts.append(cannot_tell("it may be stored with other keys"))
        return all_of([_part_fits("its keys", str, key), *verdicts])
    if given is None:
        return NO
    return all_of([_part_fits("its keys", given[0], key), _part_fits("its values", given[1], value)])


def _fits_record(kind: Any, needs: Record) -> Verdict:
    given, has = mapping_of(kind), record_of(kind)
    if given is not None:
        parts = [_part_fits(repr(name), given[1], entry.annotation) for name, entry in needs.reads.items()]
        return all_of([*parts, cannot_tell("which keys it has is not said")])
    validators = needs.validators - (has.validators if has is not None else frozenset())
    if has is None:
        return cannot_tell("a function of its own reads it") if validators else NO
    verdicts = [_entry_fits(name, has, needs) for name in needs.reads]
    if needs.forbids_extra:
        extra = [name for name in has.writes if name not in needs.reads]
        verdicts += [no(f"{name!r} is not known there") for name in extra]
    if has.serializers or (has.writes_extra and needs.forbids_extra):
        verdicts.append(cannot_tell("it may be stored with other keys"))
    if validators:
        # What looks wrong may be mended, and what looks right be refused.
        return cannot_tell("a function of its own reads it")
    return all_of(verdicts)


def _entry_fits(name: str, has: Record, needs: Record) -> Verdict:
    needed, given = needs.reads[name], has.writes.get(name)
    if given is None:
        if needed.required and not has.writes_extra:
            return no(f"{name!r} is missing")
        return cannot_tell(f"{name!r} may be missing") if has.writes_extra else YES
    verdict = _part_fits(repr(name), given.annotation, needed.annotation)
    if needed.required and not given.required:
        return all_of([verdict, cannot_tell(f"{name!r} may be missing")])
    return verdict


def _with_extras(verdict: Verdict, has: Peeled, needs: Peeled) -> Verdict:
    if verdict.answer == "no":
        return verdict
    doubts = []
    if needs.checks:
        doubts.append(cannot_tell("a function of its own checks it"))
    if needs.strict and not (has.kind == needs.kind and needs.kind in _AS_IS):
        doubts.append(cannot_tell("it is read strictly"))
    # Of the values of a literal, pydantic has tried each.
    missing = [] if choices(has.kind) is not None else not_implied(needs.constraints, _promised(has, needs))
    if missing:
        doubts.append(cannot_tell(f"it must be {' and '.join(missing)}, which is not said of it"))
    return all_of([verdict, *doubts])


def _promised(has: Peeled, needs: Peeled) -> Any:
    """Return those constraints on what is produced that still hold once it is read as what is needed."""
    alike = get_origin(has.kind) == get_origin(needs.kind) and has.kind == needs.kind
    if alike or (has.kind in _NUMBERS and needs.kind in _NUMBERS):
        return has.constraints
    given, wanted = items_of(has.kind), items_of(needs.kind)
    if given is None or wanted is None or wanted.order == "none":
        # A set holds equal items once only.
        return ()
    lengths = dict(has.constraints) if given.fixed is None else {}
    if given.fixed is not None:
        lengths = {"min_length": len(given.fixed), "max_length": len(given.fixed)}
    return constraints(lengths)
