"""One writer of a state at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sentinel.errors import SentinelError


class Lock:
    """Held by the one process that writes; the kernel lets go of it however that process ends."""

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._handle, 32).decode(errors="replace").strip()
            os.close(self._handle)
            who = f"process {holder}" if holder else "another process"
            raise SentinelError(
                f"{folder}: {who} writes this state already; stop it, or use another folder with --state"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Lets the next writer in. The file stays: removing it would let two in."""
        if self._handle >= 0:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1
