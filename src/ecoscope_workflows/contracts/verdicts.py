"""Answers to "does this fit there?": yes, no, or cannot tell, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Answer = Literal["yes", "no", "cannot tell"]

# A frame of the wrong kind breaks every rule at once; the first few say so.
MAX_REASONS = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a value of one type can be given where another is required.

    Parameters
    ----------
    answer
        ``yes``: every value can. ``no``: the types contradict each other.
        ``cannot tell``: it depends on the value, or a type does not say enough.
    reason
        Why not, or why it cannot be told, as a part of a sentence; empty where the names of the two types
        say it all.
    hint
        What could be done about it, where that is known.
    """

    answer: Answer
    reason: str = ""
    hint: str = ""

    def inside(self, part: str) -> Verdict:
        """Return the same verdict as one on a part of a value, e.g. ``its items``."""
        return replace(self, reason=f"{part}: {self.reason}") if self.reason else self


YES = Verdict("yes")
NO = Verdict("no")


def no(reason: str = "", hint: str = "") -> Verdict:
    """Return a refusal."""
    return Verdict("no", reason, hint)


def cannot_tell(reason: str, hint: str = "") -> Verdict:
    """Return that it cannot be told."""
    return Verdict("cannot tell", reason, hint)


def all_of(verdicts: Iterable[Verdict], joint: str = "; ") -> Verdict:
    """Return the verdict on a value all of whose parts must fit: the worst, with the reasons for it."""
    given = list(verdicts)
    for answer in ("no", "cannot tell"):
        found = [verdict for verdict in given if verdict.answer == answer]
        if found:
            hint = next((verdict.hint for verdict in found if verdict.hint), "")
            return Verdict(found[0].answer, _joined([verdict.reason for verdict in found], joint), hint)
    return YES


def one_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a value that must fit one of several types: the best."""
    given = list(verdicts)
    for answer in ("yes", "cannot tell"):
        found = [verdict for verdict in given if verdict.answer == answer]
        if found:
            return found[0]
    reasons = [verdict for verdict in given if verdict.reason]
    # With one candidate that is nearly right, its reason helps; of several, none says more than the names.
    return reasons[0] if len(reasons) == 1 else NO


def _joined(reasons: list[str], joint: str) -> str:
    told = list(dict.fromkeys(reason for reason in reasons if reason))
    hidden = len(told) - MAX_REASONS
    return joint.join([*told[:MAX_REASONS], f"and {hidden} more"] if hidden > 0 else told)
