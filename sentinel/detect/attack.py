"""ATT&CK for ICS: names of techniques, out of one data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PLACE = Path(__file__).with_name("attack_ics.toml")


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique with the tactic it serves; `v19` is its id from that version on, where it changed."""

    id: str
    name: str
    tactic_id: str
    tactic: str
    v19: str = ""

    def words(self) -> str:
        """`T0855, Unauthorized Command Message`."""
        return f"{self.id}, {self.name}"


@cache
def catalogue() -> dict[str, Any]:
    """The data file."""
    return tomllib.loads(PLACE.read_text(encoding="utf-8"))


@cache
def technique(id: str) -> Technique:
    """The technique of that id; KeyError if the file lacks it."""
    data = catalogue()
    entry = data["techniques"][id]
    return Technique(id, entry["name"], entry["tactic"], data["tactics"][entry["tactic"]], entry.get("v19", ""))
