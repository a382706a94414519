"""Where states live, and which one was written last."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from sentinel.errors import SentinelError
from sentinel.store.faults import told
from sentinel.store.schema import DATABASE


def state_root() -> Path:
    """The user's folder of states: `$XDG_STATE_HOME/sentinel`, else `~/.local/state/sentinel`."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "state") / "sentinel"


def default_state() -> Path:
    """The state of live capture."""
    return state_root() / "default"


def replay_state(name: str, digests: Iterable[str]) -> Path:
    """The state of a replay: named after the site or first file and a hash of the captures."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:48] or "captures"
    return state_root() / f"{plain}-{hashlib.sha256(chr(10).join(sorted(digests)).encode()).hexdigest()[:4]}"


def remember_state(path: str | Path) -> None:
    """Makes it the state that other commands use."""
    root = state_root()
    with told(root):
        root.mkdir(parents=True, exist_ok=True)
        temporary = root / f".last-{os.getpid()}"
        temporary.write_text(f"{Path(path).absolute()}\n", encoding="utf-8")
        temporary.replace(root / "last")


def last_state() -> Path:
    """The state last written here. Raises SentinelError if there is none."""
    try:
        path = Path((state_root() / "last").read_text(encoding="utf-8").rstrip("\n"))
    except OSError:
        path = default_state()
    if not (path / DATABASE).exists():
        raise SentinelError("no state yet: sentinel run -r FILE makes one, or name one with --state DIR")
    return path
