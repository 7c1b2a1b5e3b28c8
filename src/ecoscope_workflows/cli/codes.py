"""The codes of problems in, what there is to say of each out.

Each code is documented in one place: the page `codes/<code>.md` of this package.
Its first line is the title, its first sentence tells the phase, its section *What to do* the cure.
Fenced blocks whose first line is a comment with a name are the files of an example;
a block of ``text`` is the message that they give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, did_you_mean

FOLDER = Path(__file__).parents[1] / "codes"
PHASES = {
    "Found when a task is registered.": "registration",
    "Found when a spec is read.": "reading",
    "Found when a spec is checked against its tasks.": "graph",
    "Found when a spec is checked with `--strict`.": "strict",
    "A warning about a spec.": "lint",
    "Found when a params file is checked.": "params",
    "Found when test cases are read.": "cases",
    "Found when a spec is migrated.": "migration",
    "Found when a workflow is compiled.": "compiling",
    "A warning about a target.": "target",
    "Found when requirements are written or locked.": "requirements",
    "Found when a profile is shown or installed.": "profiles",
    "Found when the image of jobs on Kubernetes is written.": "image",
    "Found when a workflow runs.": "running",
}
_CURE = "\n## What to do\n"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"# ([\w./-]+\.\w+)\n")


@dataclass(frozen=True, slots=True)
class CodePage:
    """What is documented of one code.

    Parameters
    ----------
    code
        The code.
    title
        A few words for lists.
    phase
        When it is found, one of the values of `PHASES`.
    meaning
        What it says, and why it is refused.
    example
        The files of an example by their names.
    message
        What is reported of the example.
    advice
        What to do about it.
    """

    code: str
    title: str
    phase: str
    meaning: str
    example: dict[str, str]
    message: str
    advice: str

    @property
    def severity(self) -> str:
        """Return whether it stops what is being done."""
        return "warning" if self.phase in {"lint", "target"} else "error"


def all_codes() -> list[str]:
    """Return every code that is documented, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def page_text(code: str) -> str:
    """Return the page of a code as it is written.

    Raises
    ------
    EcoscopeWorkflowsError
        When there is no such code.
    """
    known = all_codes()
    if code not in known:
        hint = did_you_mean(code, known) or "`ecoscope-workflows explain` lists them"
        raise EcoscopeWorkflowsError(Problem("EW721", f"there is no code {code!r}", hint=hint))
    return (FOLDER / f"{code}.md").read_text(encoding="utf-8")


def code_page(code: str) -> CodePage:
    """Read the page of a code."""
    head, _, rest = page_text(code).partition("\n\n")
    phase, _, body = rest.partition("\n\n")
    body, _, advice = body.partition(_CURE)
    blocks = _FENCE.findall(body)
    return CodePage(
        code=code,
        title=head.partition(": ")[2],
        phase=PHASES[phase],
        meaning=_FENCE.sub("", body).strip(),
        example={name[1]: text for _, text in blocks if (name := _NAME.match(text))},
        message="".join(text for language, text in blocks if language == "text"),
        advice=advice.strip(),
    )
