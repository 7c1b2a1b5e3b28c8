"""The thin side: a job in, handed to the run's warm worker; this process ends as the job's process ends.

It stands before every job, so it imports no module of Python that takes longer to load than to do without:
`_socket` and `_signal` instead of `socket` and `signal` (10 and 4 ms with what these import), bytes instead
of `json` and `struct`.
"""

from __future__ import annotations

import _socket
import os
import sys

from ecoscope_workflows.runtime.warm.announcement import Run, announced

# What `typing` would say.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping
else:
    import _signal as signal

# How long the server may take to load its libraries on a busy machine, in seconds; then the job runs cold.
PATIENCE = 60.0
SO_PEERCRED = 17
# What a process may be told by another one; the terminal's own signals reach the job without us.
FORWARDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
READY, GO = b"ready\n", b"go\n"
EARLY = "the warm worker has ended early"
# The bytes before a request that say its length.
HEAD = 8


class ColdError(Exception):
    """The job cannot be handed over, and why; nothing of it has been done."""


def hand_over(argv: list[str]) -> str:
    """Let a warm worker run this process' job; return only where it cannot.

    Parameters
    ----------
    argv
        The arguments of the job's command line.

    Returns
    -------
    str
        Why the job must run in this process; empty where no warm worker is wanted.
    """
    run = announced()
    if run is None or not run.is_here:
        return ""
    try:
        program = interpreter()
        connection = connect(run, program)
        ask(connection, program, argv, os.environb)
    except ConnectionError:
        return EARLY
    except (ColdError, OSError) as error:
        return str(error) or type(error).__name__
    return _outcome(connection)


def peer(connection: _socket.socket) -> tuple[int, int]:
    """Return process id and user id of the other end of a connection."""
    raw = connection.getsockopt(_socket.SOL_SOCKET, SO_PEERCRED, 12)
    return int.from_bytes(raw[:4], sys.byteorder), int.from_bytes(raw[4:8], sys.byteorder)


def interpreter() -> list[str]:
    """Return this interpreter with its own options: what stands before ``-m`` on the command line."""
    words = sys.orig_argv
    if "-m" not in words:
        raise ColdError("this interpreter was not started with -m")
    return [sys.executable, *words[1 : words.index("-m")]]


def open_folder(run: Run) -> int:
    """Return a descriptor of the folder with the socket of a run; the folder is made where there is none.

    Raises
    ------
    ColdError
        Others may write to it.
    """
    try:
        folder = os.open(run.folder, os.O_PATH | os.O_DIRECTORY)
    except FileNotFoundError:
        os.makedirs(run.folder, mode=0o700, exist_ok=True)  # noqa: PTH103  # importing pathlib takes 5 ms
        folder = os.open(run.folder, os.O_PATH | os.O_DIRECTORY)
    facts = os.fstat(folder)
    if facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        os.close(folder)
        raise ColdError(f"{run.folder} is open to other users")
    return folder


def connect(run: Run, program: list[str]) -> _socket.socket:
    """Return a connection to the server of the run, which is started where there is none yet.

    Parameters
    ----------
    run
        The run.
    program
        The interpreter that it is started with, and its options.

    Raises
    ------
    ColdError
        There is a server no more, or it is not ours.
    """
    folder = open_folder(run)
    # The system allows 107 bytes for the path of a socket: this one is short wherever the folder is.
    address = f"/proc/self/fd/{folder}/{run.socket}"
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(address)
    except FileNotFoundError:
        from ecoscope_workflows.runtime.warm.starting import start  # noqa: PLC0415  # once in a run

        start(run, folder, program)
        connection.connect(address)
    except ConnectionRefusedError:
        raise ColdError("the warm worker of this run has ended early") from None
    finally:
        os.close(folder)
    if peer(connection)[1] != os.getuid():
        raise ColdError("the warm worker is another user's")
    return connection


def ask(
    connection: _socket.socket, program: list[str], argv: list[str], environment: Mapping[bytes, bytes]
) -> None:
    """Send a job, and return when the other side stands ready to start it.

    Parameters
    ----------
    connection
        As `connect` returns it.
    program
        The interpreter that would run the job in a process of its own, and its options.
    argv
        The arguments of the job.
    environment
        The job's variables; its standard streams are those of this process.

    Raises
    ------
    ColdError
        The other side cannot run it as that process would.
    """
    variables = [name + b"=" + value for name, value in environment.items()]
    fields = [str(len(program)), *program, sys.version, str(len(argv)), *argv]
    body = b"\0".join([*map(os.fsencode, fields), *variables])
    message = len(body).to_bytes(HEAD, "big") + body
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection.settimeout(PATIENCE)
    sent = connection.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    if sent < len(message):
        connection.sendall(message[sent:])
    answer = b""
    while not answer.endswith(b"\n"):
        more = connection.recv(4096)
        if not more:
            raise ColdError(EARLY)
        answer += more
    if answer != READY:
        raise ColdError(answer.decode(errors="replace").strip())
    connection.settimeout(None)


def _outcome(connection: _socket.socket) -> str:
    """Start the job, wait for its end, and end in the same way."""
    for number in FORWARDED:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda caught, _: _tell(connection, caught))
    try:
        status = wait_for(connection)
    except ColdError as error:
        return str(error)
    if status < 0:
        _die(-status)
    os._exit(status)


def wait_for(connection: _socket.socket) -> int:
    """Have the job started, and return its exit code, or minus the number of the signal that ended it.

    Raises
    ------
    ColdError
        The other side is gone, and the job was not started.
    """
    try:
        connection.sendall(GO)
    except OSError:
        raise ColdError(EARLY) from None
    answer = b""
    while more := _receive(connection):
        answer += more
    if not answer:
        os.write(2, b"error: the warm worker of this job was killed\n")
        return -signal.SIGKILL
    return int(answer)


def _receive(connection: _socket.socket) -> bytes:
    try:
        return connection.recv(64)
    except ConnectionResetError:
        return b""


def _tell(connection: _socket.socket, number: int) -> None:
    try:
        connection.send(bytes([number]))
    except OSError:
        return  # it has ended, and says so on the next line that we read


def _die(number: int) -> None:
    """End by a signal, as the job did, without a second core file."""
    import resource  # noqa: PLC0415  # only for jobs that were killed

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if number not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)
