"""The captures, by name: how each is made, in which size, and what is in it. Made once, kept while their recipe stays."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import damage, masses
from bench.frames import PORT, packets
from bench.multiply import multiply
from bench.record import record

WRITES = {5, 6, 15, 16, 21, 22, 23}
UA_PORT = 4840
UA_WRITE = (673).to_bytes(2, "little")
"""A WriteRequest, by the numeric id of its binary encoding."""
SAMPLE = Path(__file__).parent.parent / "pcaps" / "modbus" / "malformed" / "malformed.pcap"


@dataclass(frozen=True)
class Size:
    """How large everything is."""

    name: str
    recording: float
    """Seconds of each recording."""
    steady: int
    novel: int
    malformed: int
    connections: int
    operations: int
    flood: int
    opcua: int


FULL = Size("full", 50, 3_000_000, 1_000_000, 300_000, 100_000, 115_000, 1_000_000, 500_000)
QUICK = Size("quick", 20, 300_000, 150_000, 30_000, 10_000, 11_500, 100_000, 50_000)


@dataclass(frozen=True)
class Capture:
    """One capture of the table."""

    name: str
    says: str
    """What it is, for people."""
    make: Callable[[Path, Size], object]
    """Writes it, beside the captures that it is made from."""
    uses: tuple[str, ...] = ()
    """Captures that must be there first."""


def _recorded(kind: str) -> Callable[[Path, Size], object]:
    return lambda out, size: record(out, size.recording, kind)


def _copies(
    source: str, of: str, *, novel: bool = False, share: float = 1, port: int = PORT
) -> Callable[[Path, Size], object]:
    def make(out: Path, size: Size) -> object:
        target = int(getattr(size, of) * share)
        return multiply(out.with_name(f"{source}.pcap"), out, target, novel=novel, server_port=port)

    return make


def _masses(write: Callable[..., None], of: str, *, share: float = 1, **more: Any) -> Callable[[Path, Size], object]:
    return lambda out, size: write(out, int(getattr(size, of) * share), **more)


def _damaged(do: Callable[[Path, Path, float], int], source: str) -> Callable[[Path, Size], object]:
    return lambda out, size: do(out.with_name(f"{source}.pcap"), out, 0.01)


def _malformed(out: Path, size: Size) -> object:
    return multiply(SAMPLE, out, size.malformed, novel=False, server_port=PORT)


CAPTURES = {
    one.name: one
    for one in (
        Capture("plant", "recording of a plant", _recorded("plant")),
        Capture("stress", "recording in which one transaction in ten is a write, at random", _recorded("stress")),
        Capture("steady", "a plant that goes on", _copies("plant", "steady"), ("plant",)),
        Capture("steady-tenth", "a tenth of it", _copies("plant", "steady", share=0.1), ("plant",)),
        Capture("novel", "every copy with other addresses", _copies("stress", "novel", novel=True), ("stress",)),
        Capture("malformed", "violations between valid exchanges", _malformed),
        Capture("lost", "steady, 1 % lost", _damaged(damage.lose, "steady"), ("steady",)),
        Capture("lost-tenth", "a tenth of it", _damaged(damage.lose, "steady-tenth"), ("steady-tenth",)),
        Capture("reordered", "steady, 1 % out of order", _damaged(damage.reorder, "steady"), ("steady",)),
        Capture("reordered-tenth", "a tenth of it", _damaged(damage.reorder, "steady-tenth"), ("steady-tenth",)),
        Capture(
            "connections", "all open at once, each client another host", _masses(masses.connections, "connections")
        ),
        Capture("connections-tenth", "a tenth of it", _masses(masses.connections, "connections", share=0.1)),
        Capture(
            "connections-few-hosts",
            "all open at once, between 20 clients and 50 servers",
            _masses(masses.connections, "connections", few_hosts=True),
        ),
        Capture("operations", "distinct operations, each twice", _masses(masses.operations, "operations")),
        Capture("operations-tenth", "a tenth of it", _masses(masses.operations, "operations", share=0.1)),
        Capture("one", "one connection, one exchange", lambda out, size: masses.connections(out, 1)),
        Capture("flood", "SYNs, each from an invented address", _masses(masses.flood, "flood")),
        Capture("opcua-plant", "recording of OPC UA screens and their subscriptions", _recorded("opcua")),
        Capture("opcua", "OPC UA that goes on", _copies("opcua-plant", "opcua", port=UA_PORT), ("opcua-plant",)),
        Capture("flood-half", "half of it", _masses(masses.flood, "flood", share=0.5)),
        Capture("flood-asking", "requests, each from an invented address", _masses(masses.flood, "flood", asking=True)),
        Capture("flood-asking-half", "half of it", _masses(masses.flood, "flood", share=0.5, asking=True)),
    )
}


def needed(names: Iterator[str] | list[str]) -> list[str]:
    """These and all that they are made from, in the order in which they can be made."""
    order: list[str] = []
    for name in names:
        order += [one for one in [*needed(list(CAPTURES[name].uses)), name] if one not in order]
    return order


def path_of(folder: Path, size: Size, name: str) -> Path:
    """Where a capture of this size is kept."""
    return folder / size.name / f"{name}.pcap"


def make(folder: Path, size: Size, name: str, tell: Callable[[str], None]) -> Path:
    """Makes the capture and what it needs, unless it is there, of the same recipe."""
    for one in needed([name]):
        path = path_of(folder, size, one)
        if contents(path).get("recipe") == _recipe(folder, size, one):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
        tell(f"making {one}: {CAPTURES[one].says}")
        recipe = _recipe(folder, size, one)
        CAPTURES[one].make(path, size)
        about = {"recipe": recipe, "made": time.time_ns(), **counted(path)}
        path.with_suffix(".json").write_text(json.dumps(about, indent=1))
    return path_of(folder, size, name)


def _recipe(folder: Path, size: Size, name: str) -> dict[str, Any]:
    """Another size, or another recording below it, makes another capture."""
    below = {one: contents(path_of(folder, size, one)).get("made") for one in CAPTURES[name].uses}
    return {"size": [getattr(size, field) for field in Size.__dataclass_fields__], "below": below}


def contents(path: Path) -> dict[str, Any]:
    """What `make` wrote about it; nothing if it is not there."""
    about = path.with_suffix(".json")
    if not (about.exists() and path.exists()):
        return {}
    known: dict[str, Any] = json.loads(about.read_text())
    return known


def _asks(frame: bytes, data: int) -> bool | None:
    """Whether the segment's request writes; none: no request begins in it."""
    port, length = struct.unpack("!H", frame[36:38])[0], len(frame) - data
    if port == PORT:
        return frame[data + 7] in WRITES if length >= 8 else None
    if port == UA_PORT:
        return frame[data + 26 : data + 28] == UA_WRITE if length >= 28 and frame[data : data + 3] == b"MSG" else None
    return None


def counted(path: Path) -> dict[str, int]:
    """Packets, and of requests that begin a segment: how many, and how many of them write."""
    numbers = {"packets": 0, "requests": 0, "writes": 0}
    for _, frame in packets(path):
        numbers["packets"] += 1
        if frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        asks = _asks(frame, 34 + (frame[46] >> 4) * 4)
        numbers["requests"] += asks is not None
        numbers["writes"] += bool(asks)
    return numbers
