"""What a result was made with and what it would be made with now in, in plain words what has changed out."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.words import CALLS, EACH, FILE_KEY, SKIPIF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.compiler.planning.jobs import Job
    from ecoscope_workflows.runtime.known_fingerprints import KnownFingerprints

# Stands for an argument that was not given.
NOT_GIVEN: dict[str, Any] = {}
_ABSENT = object()
_WORDS = frozenset({CALLS, EACH, SKIPIF})


def changes_of(job: Job, before: frozenset[str], fingerprints: KnownFingerprints) -> Iterator[dict[str, Any]]:
    """Yield the changes of a job's params, as facts.

    Parameters
    ----------
    job
        The job as it would run.
    before
        The params that its result was made with, as Snakemake has recorded them.
    fingerprints
        What is known of how fingerprints were taken.
    """
    task, args = "", ""
    for text in map(_text, before):
        if text.startswith("{"):
            args = text
        else:
            task = text
    yield from _code(job.rule.id, task, job.task, fingerprints)
    old, new = _arguments(args), _arguments(job.args)
    if old is None or new is None:
        yield {"kind": "params", "what": "the arguments"}
        return
    yield from _call(job.rule.id, old, new, fingerprints)
    calls_before, calls = old.get(CALLS, {}), new.get(CALLS, {})
    for name in sorted({*calls_before, *calls}):
        if name not in calls or name not in calls_before:
            yield {"kind": "params", "what": f"it {'no longer ' * (name not in calls)}evaluates {name}"}
        else:
            one, other = calls_before[name], calls[name]
            yield from _code(name, one["task"], other["task"], fingerprints)
            yield from _call(name, {**one, **one["arguments"]}, {**other, **other["arguments"]}, fingerprints)


def _text(recorded: str) -> str:
    """Return the text that Snakemake has recorded as Python writes it."""
    try:
        return str(ast.literal_eval(recorded))
    except (ValueError, SyntaxError):
        return recorded


def _arguments(text: str) -> dict[str, Any] | None:
    """Return arguments as a command line has them; None where the file that holds them is gone."""
    try:
        found = json.loads(text)
        if isinstance(found, dict) and set(found) == {FILE_KEY}:
            found = json.loads(Path(found[FILE_KEY]).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _call(
    instance: str, old: Mapping[str, Any], new: Mapping[str, Any], fingerprints: KnownFingerprints
) -> Iterator[dict[str, Any]]:
    skip = _WORDS | {"task", "arguments"}
    for name in sorted({*old, *new} - skip):
        for path, before, now in _differences(name, old.get(name, _ABSENT), new.get(name, _ABSENT)):
            given = {"old": before, "new": now}
            said = {word: value for word, value in given.items() if value is not _ABSENT}
            yield {"kind": "param", "instance": instance, "name": path, **said}
    if old.get(EACH) != new.get(EACH):
        yield {"kind": "params", "what": f"what {instance} goes through"}
    yield from _conditions(instance, old.get(SKIPIF), new.get(SKIPIF), fingerprints)


def _differences(name: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the keys below which two values differ, as deep as both are mappings, and what stands there."""
    if old == new:
        return
    if not (_is_record(old) and _is_record(new)):
        yield name, old, new
        return
    for key in sorted({*old, *new}):
        yield from _differences(f"{name}.{key}", old.get(key, _ABSENT), new.get(key, _ABSENT))


def _is_record(value: Any) -> bool:
    """Return whether a value is a mapping as it was written, and no mark of ours."""
    return isinstance(value, dict) and not any(key.startswith("$") for key in value)


def _conditions(
    instance: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    fingerprints: KnownFingerprints,
) -> Iterator[dict[str, Any]]:
    if old == new:
        return
    before, now = (list(one["conditions"]) if one else [] for one in (old, new))
    if [one.partition("@")[0] for one in before] != [one.partition("@")[0] for one in now]:
        yield {"kind": "params", "what": f"when {instance} is skipped"}
        return
    for one, other in zip(before, now, strict=True):
        yield from _code(instance, one, other, fingerprints)


def _code(instance: str, old: str, new: str, fingerprints: KnownFingerprints) -> Iterator[dict[str, Any]]:
    if old == new:
        return
    (before, _, was), (now, _, becomes) = old.partition("@"), new.partition("@")
    if before != now:
        yield {"kind": "task", "instance": instance, "old": before, "new": now}
        return
    fact: dict[str, Any] = {"kind": "code", "instance": instance, "task": now, "old": was, "new": becomes}
    parts = _parts(fingerprints.parts(was), fingerprints.parts(becomes))
    yield {**fact, "parts": parts} if parts else fact


def _parts(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> list[str]:
    """Return the functions, files and packages that make two fingerprints differ."""
    if old is None or new is None:
        return []
    return [
        f"{name} {old.get(name, 'not there')} -> {new.get(name, 'not there')}"
        if name.startswith("package ")
        else name
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
