"""What was measured, as it is kept between measuring and reporting: `results.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.measure import Cost, Series


@dataclass
class Results:
    """Of one size."""

    size: str
    versions: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    captures: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By name: packets, requests, writes."""
    contests: dict[str, list[Series]] = field(default_factory=dict)
    commits: dict[str, Any] = field(default_factory=dict)

    def find(self, contest: str, contender: str, capture: str) -> Series | None:
        """One series, if it was measured."""
        for one in self.contests.get(contest, ()):
            if one.contender == contender and one.capture == capture and one.costs:
                return one
        return None

    def write(self, path: Path) -> None:
        """All of it."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """What `write` wrote."""
        told = json.loads(path.read_text())
        told["contests"] = {
            name: [Series(one["contender"], one["capture"], [Cost(**cost) for cost in one["costs"]]) for one in series]
            for name, series in told["contests"].items()
        }
        return cls(**told)
