"""YAML text in, plain values and the place of each of them out.

The text is parsed by libyaml.
Scalars follow YAML 1.2's core schema: a bare ``on`` or ``no`` stays text, and so does a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

try:
    from yaml import CSafeLoader
except ImportError:  # PyYAML was built without libyaml: the same, slower
    from yaml import SafeLoader as CSafeLoader  # type: ignore[assignment]  # stands in for it

from ecoscope_workflows.errors import Problem, SpecError, Where

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.nodes import MappingNode, Node, ScalarNode

Path = tuple[str | int, ...]

# Deeper than any spec written by a person; stops a hostile one before the stack of libyaml or Python does.
MAX_DEPTH = 100
# Values that may come out of aliases; stops a short text that unfolds into more than the memory holds.
MAX_REPEATED = 100_000

_TAG = "tag:yaml.org,2002:"
_BARE = "bare"
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _TooDeepError(yaml.MarkedYAMLError):
    """Collections stand inside each other deeper than `MAX_DEPTH`."""


class _Loader(CSafeLoader):
    """Composes nodes, and leaves it to `_core_value` what a bare word means."""

    yaml_implicit_resolvers = {None: [(_BARE, re.compile(""))]}  # noqa: RUF012  # typed so by the base class
    depth = 0

    # The composer calls these two around each node; what they are meant for, tags by path, is not used here.
    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        del current_index
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            raise _TooDeepError(None, None, None, current_node.start_mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


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
    text = text.removeprefix("\ufeff")
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        raise SpecError(_not_readable(text, unreadable.start(), file))
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise SpecError(_not_yaml(error, file)) from None
    document = Document(file, None)
    if node is None:
        return document
    builder = _Builder(document)
    value = builder.build(node, ())
    if builder.problems:
        raise SpecError(builder.problems)
    return Document(file, value, document.places, document.key_places)


def _not_readable(text: str, index: int, file: str) -> Problem:
    code = ord(text[index])
    where = Where(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
    hint = f'write it as "\\x{code:02x}", in double quotes' if code <= 0xFF else "remove it"  # noqa: PLR2004  # \x has two digits
    return Problem("EW201", f"not valid YAML: the character U+{code:04X} is not allowed", where, hint)


def _not_yaml(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
    if isinstance(error, _TooDeepError):
        return _too_deep(where)
    what = ": ".join(part for part in ("not valid YAML", error.context, error.problem) if part)
    return Problem("EW201", what, where, hint=_yaml_hint(error.problem or ""))


def _too_deep(where: Where) -> Problem:
    return Problem("EW205", f"nested deeper than {MAX_DEPTH} levels", where, "flatten the value")


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
        self._built: set[int] = set()
        self._repeated = 0

    def where(self, node: Node) -> Where:
        return Where(self.document.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def fault(self, code: str, what: str, node: Node, hint: str = "") -> None:
        self.problems.append(Problem(code, what, self.where(node), hint))

    def build(self, node: Node, path: Path) -> Any:
        self.document.places[path] = self.where(node)
        if id(node) in self._open:
            self.fault("EW204", "an alias stands inside its own anchor", node, "write the value out")
            return None
        self.count(node)
        if len(path) > MAX_DEPTH:
            self.problems.append(_too_deep(self.where(node)))
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

    def count(self, node: Node) -> None:
        """Stop where aliases unfold into too much."""
        self._repeated += id(node) in self._built
        self._built.add(id(node))
        if self._repeated > MAX_REPEATED:
            what = f"aliases repeat more than {MAX_REPEATED:,} values"
            raise SpecError(Problem("EW205", what, self.where(node), "write out what is needed"))

    def expect_tag(self, node: Node, kind: str) -> None:
        if node.tag != _TAG + kind:
            self.refuse_tag(node)

    def refuse_tag(self, node: Node) -> None:
        tag = f"!!{node.tag.removeprefix(_TAG)}" if node.tag.startswith(_TAG) else node.tag
        self.fault("EW203", f"tag {tag!r} is not allowed here", node, "remove it: only plain data is read")

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        self.expect_tag(node, "map")
        # Merged keys come first, so that what the mapping itself says of a key, and where, wins.
        result = self.merged([value for key, value in node.value if _is_merge(key)], path)
        own: set[str] = set()
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                continue
            key = self.key(key_node)
            if key in own:
                first = self.document.key_places[(*path, key)]
                self.fault("EW202", f"key {key!r} is given twice", key_node, f"first given at {first}")
                continue
            own.add(key)
            self.document.key_places[(*path, key)] = self.where(key_node)
            result[key] = self.build(value_node, (*path, key))
        return result

    def merged(self, values: list[Node], path: Path) -> dict[str, Any]:
        """Return the keys that ``<<: *anchor`` and ``<<: [*first, *second]`` add; the first source wins."""
        sources = [
            source
            for value in values
            for source in (value.value if isinstance(value, yaml.SequenceNode) else [value])
        ]
        place = self.document.places[path]
        result: dict[str, Any] = {}
        for source in reversed(sources):
            if isinstance(source, yaml.MappingNode):
                result |= self.build(source, path) or {}
            else:
                self.fault("EW203", "'<<' takes a mapping or a list of mappings", source)
        self.document.places[path] = place
        return result

    def key(self, node: Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.fault("EW206", "a key must be text", node, "quote it")
        elif node.tag not in {_BARE, _TAG + "str"}:
            self.refuse_tag(node)
        else:
            return str(node.value)
        return ""

    def scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        if node.tag == _TAG + "str" or (node.tag == _BARE and node.style):
            return text
        value = _core_value(text)
        if node.tag == _BARE or node.tag == _TAGS.get(type(value)):
            return value
        if node.tag == _TAG + "float" and type(value) is int:
            return float(value)
        self.refuse_tag(node)
        return text


_TAGS = {int: _TAG + "int", float: _TAG + "float", bool: _TAG + "bool", type(None): _TAG + "null"}


def _is_merge(key: Node) -> bool:
    return key.tag == _BARE and key.value == "<<"


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
