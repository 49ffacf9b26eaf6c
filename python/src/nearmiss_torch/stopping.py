"""When a training is to stop early: Ctrl-C, SIGTERM, or the program that started it being gone."""

import os
import signal
import socket
from types import FrameType


class Stopped(Exception):  # noqa: N818 (no error)
    """The training was asked to stop; what is done is in its checkpoint."""


class Stop:
    """Whether this process was asked to stop."""

    def __init__(self, parent: str | None = None) -> None:
        """Listens for signals; a second one of a kind ends the process at once.

        Args:
            parent: `HOST:PID` of the program that started the training, if it is to end with it.
        """
        host, _, pid = (parent or "").rpartition(":")
        self._pid = int(pid) if host == socket.gethostname() and pid.isdigit() else None
        self._signalled = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self._signalled = True
        signal.signal(number, signal.SIG_DFL)

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._signalled or (self._pid is not None and not _lives(self._pid))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
