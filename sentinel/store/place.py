"""Where states lie, and which one was written last."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from sentinel.errors import SentinelError


def root() -> Path:
    """The folder of all states (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "sentinel"


def for_captures(site: str, hashes: Iterable[str], first: Path) -> Path:
    """A state named after the site or the first file, and a hash of the captures."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", site or first.name.split(".")[0] or "capture").strip("-") or "capture"
    tag = hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()[:6]
    return root() / f"{name}-{tag}"


def remember(state: Path) -> None:
    """Makes it the one that other commands use."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        (root() / "last").write_text(f"{state.resolve()}\n")
    except OSError:
        # Only a convenience is lost: --state names it all the same.
        return


def last() -> Path:
    """The state written last.

    Raises:
        SentinelError: There is none.
    """
    try:
        return Path((root() / "last").read_text().strip())
    except OSError:
        raise SentinelError("nothing was read yet: start with `sentinel run -r CAPTURE`, or name a --state") from None


def sha256(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
