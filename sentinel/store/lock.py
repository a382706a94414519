"""One writer of a state at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sentinel.errors import SentinelError

HEARS = "hears"


class Lock:
    """Held by the one process that writes; the kernel lets go of it however that process ends.

    `hears`: that process looks again and again for decisions that others wrote down.
    """

    def __init__(self, folder: Path, *, hears: bool = False) -> None:
        path = folder / "lock"
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._handle, 32).decode(errors="replace").split()
            os.close(self._handle)
            who = f"process {holder[0]}" if holder else "another process"
            raise SentinelError(
                f"{folder}: {who} writes this state already; stop it, or use another folder with --state"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()} {HEARS if hears else ''}".rstrip().encode() + b"\n", 0)

    def release(self) -> None:
        """Lets the next writer in. The file stays: removing it would let two in."""
        if self._handle >= 0:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1


def hearer(folder: Path) -> int | None:
    """The process that holds the lock and hears decisions, if one does."""
    try:
        handle = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        words = os.read(handle, 32).decode(errors="replace").split()
        return int(words[0]) if len(words) == 2 and words[1] == HEARS and words[0].isdecimal() else None
    else:
        return None
    finally:
        os.close(handle)
