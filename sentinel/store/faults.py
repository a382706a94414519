"""Faults of disk and database, told in one line with what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentinel.errors import SentinelError


class DiskFull(SentinelError):
    """No room is left. What was committed is safe; alerts are kept as long as the reserve lasts."""


def is_full(error: BaseException) -> bool:
    """Whether the disk, the quota or the database's bound is used up."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, sqlite3.OperationalError) and "full" in str(error)


def fault_of(path: Path, error: BaseException) -> SentinelError:
    """The error for people."""
    text = str(error)
    if is_full(error):
        return DiskFull(f"{path}: the disk is full; free some room or lower store.max_bytes. What was stored is safe")
    if isinstance(error, PermissionError) or "readonly" in text:
        return SentinelError(f"{path}: may not be written; choose another folder with --state, or change its owner")
    if isinstance(error, OSError):
        if error.errno == errno.EROFS:
            return SentinelError(f"{path}: is on a read-only disk; choose another folder with --state")
        return SentinelError(f"{path}: cannot be used: {error.strerror}; choose another folder with --state")
    if "locked" in text or "busy" in text:
        return SentinelError(f"{path}: is busy: another program holds the database; try again, or stop that program")
    if "unable to open" in text:
        return SentinelError(f"{path}: the database cannot be opened; check that you may read and write the folder")
    return SentinelError(
        f"{path}: the database is damaged ({text}); keep a copy, restore a backup or start a new --state"
    )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns faults of disk and database into a SentinelError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise fault_of(path, error) from error
