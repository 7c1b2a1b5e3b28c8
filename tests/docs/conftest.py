"""Documents as the tests see them: Markdown in; its blocks, and one shell session that runs them, out.

CONTRIBUTING.md describes the convention under *Documents that run*.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
# What a document finds in its working folder, as if it were run in a checkout.
FOLDERS = ("specs", "rules", "src/ecoscope_workflows/targets")
LEFTOVERS = shutil.ignore_patterns("__pycache__", ".snakemake", "results", "logs", "benchmarks")
# Commands that no test can run, and what is tested instead.
NOT_RUN = {
    r"make [a-z]+": "builds an environment of its own: see that the Makefile has the target",
    r'pip install --editable "\.\[[a-z]+\]"': "needs the network: see that the project has the extra",
    r"snakemake --profile profiles/(slurm|k8s)": "needs a cluster: see that the profile is there",
}
# Stands for `pip` in a session: builds the package for real, but leaves the environment as it is.
PIP = """\
pip() {
    local project
    for project; do :; done
    python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation \\
        --upgrade --target "$SITE" "$project" || return
    export PYTHONPATH="$PWD/$project/src:$SITE${PYTHONPATH:+:$PYTHONPATH}"
}
"""
FENCE = re.compile(r"^(`{3,})([a-z0-9]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"(?:#|\{#) ([\w./-]+\.\w+)(?: #\})?")
EDIT = re.compile(r"\$EDITOR \S+ +# (\w+: .+)")
BEGIN, END = "\x1e", "\x1f"


@dataclass(frozen=True)
class Command:
    """One command of a console block, and the output that is shown below it."""

    text: str
    line: int
    expected: tuple[str, ...] = ()

    @property
    def is_run(self) -> bool:
        return not any(re.fullmatch(pattern, self.text) for pattern in NOT_RUN)

    @property
    def fails(self) -> bool:
        """Whether the output that is shown says that the command fails."""
        return any(line.lower().startswith("error") for line in self.expected)

    def agrees(self, output: str) -> bool:
        """Whether an output is the one that is shown; where none is shown any will do."""
        if not self.expected:
            return True
        pattern = "".join(_line_pattern(line) for line in self.expected)
        plain = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
        return re.fullmatch(pattern, plain) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"\n"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the line of the document that the text starts at."""

    language: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The file that the block is, where its first line is a comment that names one."""
        match = FILE_NAME.fullmatch(self.text.partition("\n")[0])
        return match[1] if match else None

    @property
    def commands(self) -> Iterator[Command]:
        """The commands of a console block."""
        lines = self.text.splitlines()
        number = 0
        while number < len(lines):
            start = number
            assert lines[start].startswith("$ "), f"{lines[start]!r} is shown as output of no command"
            words = [lines[start].removeprefix("$ ")]
            while lines[number].endswith("\\"):
                number += 1
                words.append(lines[number])
            number += 1
            shown = number
            while number < len(lines) and not lines[number].startswith("$ "):
                number += 1
            yield Command("\n".join(words), self.line + start, tuple(lines[shown:number]))


@dataclass(frozen=True)
class Document:
    """A Markdown file of this repository."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks in their order."""
        text = self.text
        return [
            Block(match[2], match[3], text.count("\n", 0, match.start()) + 2)
            for match in FENCE.finditer(text)
        ]

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return FENCE.sub("", self.text)

    @property
    def commands(self) -> list[Command]:
        return [command for block in self.blocks if block.language == "console" for command in block.commands]


@dataclass
class Session:
    """A bash script that does what the blocks of a document say, in a folder of its own."""

    folder: Path
    script: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def add(self, number: int, block: Block) -> None:
        if block.language == "console":
            for command in block.commands:
                if command.is_run:
                    self._command(command)
        elif block.file or block.language == "python":
            stored = self.folder / "blocks" / str(number)
            stored.parent.mkdir(exist_ok=True)
            stored.write_text(block.text, encoding="utf-8")
            source, name = shlex.quote(str(stored)), shlex.quote(block.file or "")
            act = f"mkdir -p $(dirname {name}) && cp {source} {name}" if name != "''" else f"python {source}"
            self._command(Command(act, block.line))

    def _command(self, command: Command) -> None:
        edit = EDIT.fullmatch(command.text)
        wanted = "-eq" if command.fails else "-ne"
        self.script += [
            f"export DOCUMENT_EDIT={shlex.quote(edit[1] if edit else '')}",
            f"printf '{BEGIN}'",
            command.text,
            f"code=$?; printf '{END}%d\\n' $code; [ $code {wanted} 0 ] && exit 3",
        ]
        self.commands.append(command)

    def run(self) -> Iterator[tuple[Command, str]]:
        """Yield each command that ran with what it printed; the last one may be one that went wrong."""
        file = self.folder / "session.sh"
        file.write_text("\n".join([PIP, *self.script, "exit 0"]), encoding="utf-8")
        done = subprocess.run(
            ["bash", str(file)],
            cwd=self.work,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        outputs = re.findall(f"{BEGIN}(.*?){END}(\\d+)\n", done.stdout, re.DOTALL)
        for command, (output, code) in zip(self.commands, outputs, strict=False):
            assert (code != "0") == command.fails, f"exit code {code} of {command.text!r}:\n{output}"
            yield command, output
        assert done.returncode == 0, done.stdout

    def _environment(self) -> dict[str, str]:
        """Return the environment of a user with this package installed and nothing else set."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SNAKEMAKE", "ER_", "ECOSCOPE"))
        }
        editor = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).with_name('editor.py')))}"
        return {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
            "EDITOR": editor,
            "SITE": str(self.folder / "site"),
            "COLUMNS": "80",
            # An edit within a second that keeps the size of a file would be taken for no edit.
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_CONFIG_HOME": str(self.folder / "settings"),
            # One index of the tasks for all documents that install none.
            "ECOSCOPE_WORKFLOWS_INDEX": os.environ["ECOSCOPE_WORKFLOWS_INDEX"],
        }


@pytest.fixture(scope="session")
def documents() -> dict[str, Document]:
    """Return every document that is written for people, by its path from the root."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
    found = [Document(path) for path in paths]
    return {document.name: document for document in found}


@pytest.fixture
def session_of(tmp_path: Path) -> Callable[[list[Block]], Session]:
    """Return a function that makes a session of blocks, in a fresh copy of what a checkout holds."""

    def make(blocks: list[Block]) -> Session:
        session = Session(tmp_path)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, session.work / name, ignore=LEFTOVERS)
        for number, block in enumerate(blocks):
            session.add(number, block)
        return session

    return make


@pytest.fixture
def block() -> Callable[[str, str], Block]:
    """Return a function that makes a block of its language and text."""
    return lambda language, text: Block(language, text, 1)
