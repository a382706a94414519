"""What a run did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentinel.baseline import LearningState
from sentinel.reading import Stopped


@dataclass
class Result:
    """What a run did, for the screen."""

    state: Path
    counters: dict[str, Any]
    learning: LearningState
    seconds: float
    already: list[str] = field(default_factory=list)
    approved: int = 0
    stopped: Stopped | None = None
    """Where, if a person stopped it before its end."""
    shifts: list[tuple[str, int]] = field(default_factory=list)
    """Files whose times were moved, by how many ns."""
