"""YAML text in, plain values and the place of each of them out.

The text is parsed by libyaml.
Scalars follow YAML 1.2's core schema: a bare ``on`` or ``no`` stays text, and so does a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from ecoscope_workflows.errors import Problem, SpecError, Where

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.nodes import MappingNode, Node, ScalarNode

Path = tuple[str | int, ...]

# Deeper than any spec written by a person; stops a hostile one before Python's own recursion limit does.
MAX_DEPTH = 100

_TAG = "tag:yaml.org,2002:"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """The value of a YAML text, and where each part of it stands.

    Parameters
    ----------
    file
        The name of the file, as messages give it.
    value
        Plain Python data: dict, list, str, int, float, bool, None.
    places
        Where the value at a path starts.
    key_places
        Where the key of a mapping entry at a path starts.
    """

    file: str
    value: Any
    places: dict[Path, Where] = field(default_factory=dict)
    key_places: dict[Path, Where] = field(default_factory=dict)

    def at(self, *path: str | int) -> Where:
        """Return where the value at `path` stands, or its nearest parent that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Where(self.file)

    def key_at(self, *path: str | int) -> Where:
        """Return where the key at the end of `path` stands, or its value where there is no such key."""
        return self.key_places.get(path) or self.at(*path)


def parse(text: str, file: str) -> Document:
    """Parse one YAML document.

    Raises
    ------
    SpecError
        When the text is not YAML, holds more than one document, a duplicate key, a tag that would
        build anything but plain data, an alias inside its own anchor, or nests deeper than `MAX_DEPTH`.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise SpecError(_not_yaml(error, file)) from None
    except yaml.YAMLError as error:
        what = f"not valid YAML: {' '.join(str(error).split())}"
        raise SpecError(Problem("EW201", what, Where(file, 1, 1))) from None
    document = Document(file, None)
    if node is None:
        return document
    builder = _Builder(document)
    value = builder.build(node, ())
    if builder.problems:
        raise SpecError(builder.problems)
    return Document(file, value, document.places, document.key_places)


def _not_yaml(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
    what = ": ".join(part for part in ("not valid YAML", error.context, error.problem) if part)
    return Problem("EW201", what, where, hint=_yaml_hint(error.problem or ""))


def _yaml_hint(problem: str) -> str:
    if "tab" in problem or "cannot start any token" in problem:
        return "indent with spaces, and quote text that starts with a special character"
    if "mapping values are not allowed" in problem:
        return "quote text that contains ': '"
    return ""


class _Builder:
    """Turns composed nodes into plain values; collects problems instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def where(self, node: Node) -> Where:
        return Where(self.document.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def fault(self, code: str, what: str, node: Node, hint: str = "") -> None:
        self.problems.append(Problem(code, what, self.where(node), hint))

    def build(self, node: Node, path: Path) -> Any:
        self.document.places[path] = self.where(node)
        if id(node) in self._open:
            self.fault("EW204", "an alias stands inside its own anchor", node, "write the value out")
            return None
        if len(path) > MAX_DEPTH:
            self.fault("EW205", f"nested deeper than {MAX_DEPTH} levels", node, "flatten the value")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                self.expect_tag(node, "seq")
                return [self.build(item, (*path, number)) for number, item in enumerate(node.value)]
            return self.mapping(node, path) if isinstance(node, yaml.MappingNode) else None
        finally:
            self._open.discard(id(node))

    def expect_tag(self, node: Node, kind: str) -> None:
        if node.tag != _TAG + kind:
            self.fault(
                "EW203", f"tag {node.tag!r} is not allowed", node, "remove it: only plain data is read"
            )

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        self.expect_tag(node, "map")
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge" and key_node.value == "<<":
                merged |= self.merge(value_node, path)
                continue
            key = self.key(key_node)
            if key in result:
                first = self.document.key_places[(*path, key)]
                self.fault("EW202", f"key {key!r} is given twice", key_node, f"first given at {first}")
                continue
            self.document.key_places[(*path, key)] = self.where(key_node)
            result[key] = self.build(value_node, (*path, key))
        return {**merged, **result} if merged else result

    def merge(self, node: Node, path: Path) -> dict[str, Any]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Any] = {}
        for source in sources:
            if isinstance(source, yaml.MappingNode) and id(source) not in self._open:
                merged = {**self.build(source, path), **merged}
            else:
                self.fault("EW203", "'<<' takes a mapping or a list of mappings", node)
        return merged

    def key(self, node: Node) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.fault("EW206", "a key must be text", node, "quote it")
        return ""

    def scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        kind = node.tag.removeprefix(_TAG)
        if node.style is not None or kind == "str":
            # Quoted, block or explicitly tagged text; a bare word that YAML 1.1 also reads as text may
            # still be a number in 1.2 (0o17), so plain ones go through the core schema below.
            if node.style is None:
                return _core_value(text)
            return text if kind in {"str", "binary"} else self.tagged(node, kind, text)
        implicit = _Loader.yaml_implicit_resolvers
        bare = any(
            tag == node.tag and pattern.match(text)
            for tag, pattern in [*implicit.get(text[:1], ()), *implicit.get(None, ())]
        )
        return _core_value(text) if bare else self.tagged(node, kind, text)

    def tagged(self, node: ScalarNode, kind: str, text: str) -> Any:
        converters: dict[str, Callable[[str], Any]] = {
            "int": lambda number: int(number, 0),
            "float": float,
            "bool": lambda word: {"true": True, "false": False}[word.lower()],
            "null": lambda _: None,
        }
        try:
            return converters[kind](text)
        except (KeyError, ValueError):
            self.fault("EW203", f"tag '!!{kind}' is not allowed on {text!r}", node, "remove the tag")
            return text


def _core_value(text: str) -> Any:
    """Read a bare word by the core schema of YAML 1.2."""
    for pattern, convert in _CORE_SCHEMA:
        if pattern.fullmatch(text):
            return convert(text)
    return text


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:  # Python refuses thousands of digits; nothing in this field counts that far
        return text


_CORE_SCHEMA: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"~|null|Null|NULL|"), lambda _: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    (re.compile(r"[-+]?[0-9]+"), _integer),
    (re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: float(text.replace(".", ""))),
)
