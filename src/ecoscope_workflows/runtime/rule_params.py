"""Params and what a spec binds in, the text of each rule's arguments out: Snakemake compares these texts.

A Snakefile asks for them while Snakemake parses it, and `plan` does without Snakemake; both get the same.
Nothing here writes a file or imports a task.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.errors import ParamsError, Problem
from ecoscope_workflows.runtime.words import CALLS, EACH, FILE_KEY, SKIPIF
from ecoscope_workflows.spec.document import Document, parse
from ecoscope_workflows.spec.encoding import INPUT, called, canonical, encode_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ecoscope_workflows.errors import Where

STATE = Path(".snakemake/ecoscope-workflows")
# Holds the hash of the params that were last found to be right, and of what they were checked against.
CHECKED = STATE / "params-checked"
# Linux allows 128 KiB for one word of a command line, and the shell's quoting can grow a text fivefold.
MAX_INLINE = 24 * 1024
# With this key in a params file Snakemake reads it as a template of YTE, which may hold Python.
TEMPLATE_KEY = "__use_yte__"
# Snakemake has no way to write these in the name of an input file so that they stand for themselves.
TAKEN_FOR_PATTERN = re.compile(r"[{}]|<\w+>")


class RuleParams:
    """What the rules of a compiled workflow say of their arguments.

    Parameters
    ----------
    values
        The params by instance.
    code
        Returns a task ``module:name`` with the fingerprint of its code behind it.
    mocks
        The instances whose results are example data; their params are not needed.
    skipif, unpack_depth
        When an instance is skipped where nothing else is said.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        code: Callable[[str], str],
        *,
        mocks: Collection[str] = (),
        skipif: Sequence[str] = (),
        unpack_depth: int = 1,
    ) -> None:
        self._values = values
        self._code = code
        self._mocks = frozenset(mocks)
        self._skipif, self._unpack_depth = tuple(skipif), unpack_depth
        self._cheap: dict[str, dict[str, Any]] = {}

    def declare(self, instance: str, task: str, bound: Mapping[str, Any] | None = None, **how: Any) -> None:
        """Declare a cheap instance, with what is bound in the spec, and as `arguments` takes the rest."""
        parts = self._encoded(instance, bound, **how)
        words = {name: parts.pop(name) for name in (EACH, SKIPIF) if name in parts}
        self._cheap[instance] = {"task": self._code(task), "arguments": parts, **words}

    def arguments(
        self, instance: str, bound: Mapping[str, Any] | None = None, files: Sequence[str] = (), **how: Any
    ) -> str:
        """Return the arguments of an instance as one text: those `bound`, and its params but for `files`."""
        encoded = self._encoded(instance, bound, files, **how)
        calls = self._calls(encoded)
        if calls:
            encoded[CALLS] = calls
        # Snakemake's report writes the params of its jobs into a script, which `</script>` would end.
        return canonical(encoded).replace("<", "\\u003c")

    def file(self, instance: str, name: str, bound: str | None = None) -> str | None:
        """Return the path of an input file: `bound` in the spec, or the param; None where it is not given."""
        value = self.given(instance).get(name) if bound is None else bound
        return None if value is None else str(value)

    def given(self, instance: str) -> dict[str, Any]:
        """Return the params of an instance."""
        values = self._values.get(instance)
        return dict(values) if isinstance(values, dict) else {}

    def _encoded(
        self,
        instance: str,
        bound: Mapping[str, Any] | None = None,
        files: Sequence[str] = (),
        *,
        skipif: Sequence[str] | None = None,
        unpack_depth: int = 1,
        argvalues: Any = None,
        **method: str | Sequence[str],
    ) -> dict[str, Any]:
        # Example data needs no arguments, and must not change with them.
        mocked = instance in self._mocks
        params = {} if mocked else self.given(instance)
        given = {name: encode_plain(value) for name, value in params.items() if name not in files}
        encoded = {**given, **(bound or {})}
        for name, argnames in method.items():
            names = [argnames] if isinstance(argnames, str) else list(argnames)
            values = {INPUT: 0} if argvalues is None else argvalues
            encoded[EACH] = {"method": name, "argnames": names, "argvalues": values}
        if skipif is None:
            skipif, unpack_depth = self._skipif, self._unpack_depth
        if skipif and not mocked:
            conditions = [self._code(condition) for condition in skipif]
            encoded[SKIPIF] = {"conditions": conditions, "unpack_depth": unpack_depth}
        return encoded

    def _calls(self, encoded: Mapping[str, Any]) -> dict[str, Any]:
        """Return the cheap instances that encoded arguments need, and those that these need."""
        found: dict[str, Any] = {}
        waiting: list[Any] = [encoded]
        while waiting:
            for name in called(waiting.pop()):
                if name not in found:
                    found[name] = self._cheap[name]
                    waiting.append(self._cheap[name])
        return found


def read_params(path: Path) -> Document:
    """Read a params file.

    Raises
    ------
    SpecError, ParamsError
        When it cannot be read, is no YAML, or one that Snakemake would execute.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        from ecoscope_workflows.spec.load import read_text  # noqa: PLC0415  # says what is wrong with the file

        text = read_text(path)
    document = parse(text, str(path))
    if isinstance(document.value, dict) and TEMPLATE_KEY in document.value:
        what = f"{TEMPLATE_KEY!r} would make Snakemake execute what stands in this file"
        where = document.key_at(TEMPLATE_KEY)
        raise ParamsError(Problem("EW408", what, where, "remove it: params are plain data"))
    return document


def refuse_pattern(path: str, instance: str, name: str, where: Where) -> None:
    """Refuse the path of an input file that Snakemake would not take as it is.

    Raises
    ------
    ParamsError
        Where it holds what stands for other text in Snakemake.
    """
    if TAKEN_FOR_PATTERN.search(path):
        what = f"{instance}.{name}: Snakemake takes {path!r} for a pattern of names, not for a file"
        hint = "rename the file: no braces, and no word between < and >"
        raise ParamsError(Problem("EW409", what, where, hint))


def merged(documents: Sequence[Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Merge params per instance: later files and ``--config`` win, key by key."""
    found: dict[str, Any] = {}
    for values in [*documents, dict(overrides)]:
        for instance, given in (values if isinstance(values, dict) else {}).items():
            before: Any = found.get(instance)
            both = isinstance(before, dict) and isinstance(given, dict)
            found[instance] = before | given if both else given
    return found


def checked_state(values: Mapping[str, Any], spec_sha256: str, mocks: Sequence[str]) -> str:
    """Return the hash of params and of what they are checked against, as `CHECKED` holds it."""
    facts = json.dumps([values, spec_sha256, list(mocks), __version__], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


def inline(text: str) -> tuple[str, Path | None]:
    """Return what a command line says for some arguments, and the file they are put in if they are long."""
    if len(text) <= MAX_INLINE:
        return text, None
    path = STATE / "args" / f"{hashlib.sha256(text.encode('ascii')).hexdigest()}.json"
    return json.dumps({FILE_KEY: str(path)}), path
