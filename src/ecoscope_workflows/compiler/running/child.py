"""Snakemake as a child process: how it is started, told to stop, and cleaned up after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import FrameType, TracebackType

PROFILE = "profiles/local"
# What Snakemake's jobs, and Snakemake itself, are told by the first, the second and the third Ctrl-C: to stop
# in order, to end at once, to be gone.
ESCALATION = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def command(events: Path, extra: Sequence[str] = ()) -> list[str]:
    """Return the command line that runs the workflow of the working folder.

    Parameters
    ----------
    events
        Where the logger plugin writes what happens.
    extra
        Further words for Snakemake; a profile among them takes the place of the local one.
    """
    own_profile = any(word == "--profile" or word.startswith("--profile=") for word in extra)
    profile = [] if own_profile else ["--profile", PROFILE]
    # As the program `snakemake` does, and unlike a plain `-m`, it does not import what lies in the folder.
    program = [sys.executable, "-P", "-m", "snakemake"]
    return [*program, *profile, "--logger", "ecoscope", "--logger-ecoscope-path", str(events), *extra]


class Child:
    """A Snakemake that runs between `__enter__` and `__exit__`.

    It leads a process group of its own, so that Ctrl-C reaches this process alone, which passes it on once:
    a second one in haste would otherwise meet Snakemake while it cleans up.

    Parameters
    ----------
    words
        Its command line.
    folder
        Its working folder.
    output
        The file for what it prints.
    kept
        A descriptor that it inherits.
    environment
        Its environment.
    stops, stopped
        How often it was told to stop, and when first, in seconds since 1970.
    """

    def __init__(
        self, words: Sequence[str], folder: Path, output: Path, kept: int, environment: Mapping[str, str]
    ) -> None:
        self._words, self._folder, self._output = words, folder, output
        self._kept, self._environment = kept, environment
        self.stops = 0
        self.stopped: float | None = None

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[bytes] | None = None
        handlers = {**dict.fromkeys(CAUGHT, self._stop), signal.SIGTSTP: self._pause}
        # Before it exists: a Ctrl-C in between must not leave it alone.
        # What is ignored, such as the hangup under `nohup`, stays ignored.
        self._before = {
            number: signal.signal(number, handler)
            for number, handler in handlers.items()
            if signal.getsignal(number) != signal.SIG_IGN
        }
        with self._output.open("wb") as stream:
            self._process = subprocess.Popen(  # noqa: S603  # Snakemake, with words of the user's own
                self._words,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                process_group=0,
                pass_fds=(self._kept,),
            )
        if self.stops:
            self._tell(ESCALATION[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while not self.wait(1.0):
                if error is not None:
                    self._stop(signal.SIGTERM, None)
            # Jobs of a Snakemake that was killed: their results are wanted no more.
            self._tell(signal.SIGTERM)
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)

    @property
    def code(self) -> int:
        """The exit code; it must have ended."""
        if self._process is None or self._process.returncode is None:
            raise RuntimeError("Snakemake has not ended")
        return self._process.returncode

    def wait(self, seconds: float) -> bool:
        """Wait for its end, but no longer than some seconds, and return whether it has ended."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.stopped is None:
            # The events of the run have times to the millisecond.
            self.stopped = round(time.time(), 3)
        self._tell(ESCALATION[min(self.stops, len(ESCALATION) - 1)])
        self.stops += 1

    def _pause(self, number: int, frame: FrameType | None) -> None:
        """Stop with all jobs on Ctrl-Z, and go on with them."""
        del frame
        self._tell(signal.Signals(number))
        os.kill(os.getpid(), signal.SIGSTOP)
        self._tell(signal.SIGCONT)

    def _tell(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):  # they have all ended
                os.killpg(self._process.pid, number)
