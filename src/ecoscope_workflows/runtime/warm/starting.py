"""Starts the server of a run; its socket exists before it does, so that every job finds the same one."""

from __future__ import annotations

import _socket
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecoscope_workflows.runtime.warm.announcement import Run

WAITING = 128
LOG = "server.log"


def start(run: Run, folder: int, interpreter: list[str], tasks: int | None = None) -> None:
    """Make the socket of a run and start a server on it, unless another job was faster.

    Jobs that connect while the server loads its libraries wait in the socket's queue.

    Parameters
    ----------
    run
        The run.
    folder
        A descriptor of the run's folder.
    interpreter
        The program to start, with its options.
    tasks
        A descriptor that it reads the names of the run's tasks from, where the environment does not hold all.
    """
    own = f"{run.socket}.{os.getpid()}"
    listening = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    # What it is bound to gets these rights: a umask would be that of all threads of this process.
    os.fchmod(listening.fileno(), 0o600)
    listening.bind(f"/proc/self/fd/{folder}/{own}")
    try:
        listening.listen(WAITING)
        # It gets its name when it can be connected to, and the first one gets it.
        os.link(own, run.socket, src_dir_fd=folder, dst_dir_fd=folder)
    except FileExistsError:
        listening.close()
        return
    finally:
        with suppress(FileNotFoundError):
            os.unlink(own, dir_fd=folder)
    os.set_inheritable(listening.fileno(), True)  # noqa: FBT003  # positional only
    module = "ecoscope_workflows.runtime.warm.server"
    log = f"{run.folder}/{LOG}"
    nothing = (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
    try:
        os.posix_spawn(
            interpreter[0],
            [*interpreter, "-m", module, str(listening.fileno())],
            os.environb,
            # It must hold nothing of this job: whoever reads its output waits for the end of all writers.
            file_actions=[
                nothing if tasks is None else (os.POSIX_SPAWN_DUP2, tasks, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            # Ctrl-C is for the jobs; the server ends with Snakemake.
            setpgroup=0,
        )
    finally:
        listening.close()
