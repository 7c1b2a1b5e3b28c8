"""Texts in, the same texts with the mistakes that people and programs make out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

Tree = Any
Place = tuple[Any, Any]

# What stands for the value of a key by mistake, or is pasted into the middle of something.
SCRAPS = (
    "${{ workflow.x.return }}",
    "${{ workflow.workflow_details.return.name[0] }}",
    "${{ env.HOME }}",
    "${{ vars.region }}",
    "text ${{ workflow.x.return }} text",
    "${{",
    "}}",
    "${{ }}",
    "${{ workflow..return }}",
    "!!python/object/apply:os.system [ls]",
    "!!binary aGVsbG8=",
    "!!set {a, b}",
    "!!timestamp 2001-12-14",
    "!!int x",
    "&a",
    "*a",
    "<<: *a",
    "<<: {a: 1}",
    "<<: [a]",
    "? [a, b]",
    "- - -",
    "---",
    "...",
    "%YAML 1.1",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "|",
    ">",
    "#",
    ":",
    ": ",
    "- ",
    "\t",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\U0001f418",
    "é",
    '"\\ud800"',
    '"\\x07"',
    "null",
    "~",
    "true",
    "on",
    "0o17",
    "0x1F",
    "1e400",
    ".nan",
    "-.inf",
    "9" * 5000,
    "x" * 5000,
    "2024-02-30T25:61:00Z",
    "__use_yte__: true",
    "[" * 120 + "]" * 120,
    "[" * 3000,
    "{a: " * 120 + "}" * 120,
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**30,
    1.5,
    float("inf"),
    float("nan"),
    "",
    " ",
    "a.b.c",
    "..",
    "${{ workflow.x.return }}",
    ["${{ workflow.x.return }}", {"a": "${{ env.A }}"}],
    [],
    {},
    [[]],
    [None],
    {"a": {"b": [1, {"c": None}]}},
    {"$input": 0},
    {"": ""},
    {"type": "task-group"},
    {"id": "x", "task": "x"},
    {"conditions": ["never", 3], "unpack_depth": "1"},
    {"argnames": [], "argvalues": []},
    {"argnames": ["a", "a"], "argvalues": "${{ workflow.x.return }}"},
)


def mutant(text: str, random: Random) -> bytes:
    """Return a text with a mistake or two in it."""
    for _ in range(random.choice((1, 1, 1, 2))):
        change = random.choice(LINES) if random.random() < 0.35 else _tree_mutant
        text = change(text, random)
    raw = bytearray(text.encode("utf-8", "replace"))
    if raw and random.random() < 0.05:
        raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    return bytes(raw)


def _delete_line(lines: list[str], at: int, random: Random) -> None:
    del lines[at : at + random.choice((1, 1, 3))]


def _repeat_line(lines: list[str], at: int, random: Random) -> None:
    lines[at:at] = lines[at : at + random.choice((1, 1, 5))]


def _swap_lines(lines: list[str], at: int, random: Random) -> None:
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, random: Random) -> None:
    change = random.choice((" ", "  ", "\t", "    "))
    lines[at] = change + lines[at] if random.random() < 0.5 else lines[at].removeprefix("  ")


def _paste(lines: list[str], at: int, random: Random) -> None:
    column = random.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:column] + random.choice(SCRAPS) + lines[at][column:]


def _replace_value(lines: list[str], at: int, random: Random) -> None:
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}{colon or ':'} {random.choice(SCRAPS)}"


def _cut(lines: list[str], at: int, random: Random) -> None:
    lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
    if random.random() < 0.5:
        del lines[at + 1 :]


def _by_line(change: Callable[[list[str], int, Random], None]) -> Callable[[str, Random], str]:
    def changed(text: str, random: Random) -> str:
        lines = text.split("\n")
        change(lines, random.randrange(len(lines)), random)
        return "\n".join(lines)

    return changed


LINES = tuple(
    _by_line(change)
    for change in (_delete_line, _repeat_line, _swap_lines, _indent, _paste, _replace_value, _cut)
)


def _tree_mutant(text: str, random: Random) -> str:
    try:
        tree = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # builds text, lists and mappings only
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    places = list(_places(tree))
    if not places:
        return text
    owner, key = random.choice(places)
    random.choice(TREES)(owner, key, random, places)
    dumped: str = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    return dumped


def _places(tree: Tree) -> Iterator[Place]:
    """Yield each mapping and list with each of its keys."""
    if isinstance(tree, dict | list):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])


def _remove(owner: Tree, key: Any, _random: Random, _places: list[Place]) -> None:
    del owner[key]


def _rename(owner: Tree, key: Any, random: Random, _places: list[Place]) -> None:
    if isinstance(owner, dict):
        name = str(key)
        at = random.randrange(len(name) + 1)
        other = random.choice((name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], name.upper(), ""))
        owner[other] = owner.pop(key)


def _copy_here(owner: Tree, key: Any, random: Random, places: list[Place]) -> None:
    """Put what stands elsewhere here too."""
    other, place = random.choice(places)
    owner[key] = copy.deepcopy(other[place])


def _repeat(owner: Tree, key: Any, _random: Random, _places: list[Place]) -> None:
    if isinstance(owner, list):
        owner.insert(key, copy.deepcopy(owner[key]))
    else:
        owner[f"{key}_2"] = copy.deepcopy(owner[key])


def _wrap(owner: Tree, key: Any, random: Random, _places: list[Place]) -> None:
    value = owner[key]
    owner[key] = random.choice(([value], {"a": value}, [[value]], {"value": [value, None]}))


def _unwrap(owner: Tree, key: Any, _random: Random, _places: list[Place]) -> None:
    value = owner[key]
    if isinstance(value, list) and value:
        owner[key] = value[0]
    elif isinstance(value, dict) and value:
        owner[key] = next(iter(value.values()))


def _replace(owner: Tree, key: Any, random: Random, _places: list[Place]) -> None:
    owner[key] = copy.deepcopy(random.choice(VALUES))


def _add(owner: Tree, key: Any, random: Random, _places: list[Place]) -> None:
    words = (
        "skipif",
        "map",
        "mapvalues",
        "partial",
        "type",
        "tasks",
        "name",
        "vars",
        "metadata",
        "resources",
    )
    value = copy.deepcopy(random.choice(VALUES))
    if isinstance(owner, dict):
        owner[random.choice(words)] = value
    else:
        owner.insert(key, value)


TREES = (_remove, _rename, _copy_here, _repeat, _wrap, _unwrap, _replace, _replace, _add)
