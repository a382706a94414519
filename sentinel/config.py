"""What may be set in `sentinel.toml`: every key with its bounds; a mistake is told with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, dataclass_transform
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000
TIME_UNITS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3_600 * SECOND,
    "d": 86_400 * SECOND,
}
MIB = 1 << 20
SIZE_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
SIZE_UNITS |= {"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}


class Fault(ValueError):
    """What is wrong with a value, to stand after it."""


def nanoseconds(value: Any) -> int:
    """A span of time: `"5s"`, `"10m"`, `"36h"`, `"30d"`, or a number of seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(value * SECOND)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h|d)\s*", value) if isinstance(value, str) else None
    if match is None:
        raise Fault('is no span of time; write "5s", "10m", "36h" or "30d"')
    return round(float(match[1]) * TIME_UNITS[match[2]])


def size(value: Any) -> int:
    """A number of bytes: `"20 GB"`, `"512 MiB"`, or the plain number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", value) if isinstance(value, str) else None
    if match is None or match[2].lower() not in SIZE_UNITS:
        raise Fault('is no size; write "500 MB", "20 GB" or a number of bytes')
    return round(float(match[1]) * SIZE_UNITS[match[2].lower()])


def learning_time(value: Any) -> timedelta | datetime:
    """How long to learn from the first packet on, or until when: `"10m"`, or a time with its zone."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise Fault("is no time; write 2026-03-02T06:00:00Z") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return timedelta(microseconds=nanoseconds(value) // 1_000)
    except Fault:
        raise Fault('is neither a span ("10m", "3d") nor a time (2026-03-02T06:00:00Z)') from None


def _time_span(value: Any) -> timedelta:
    return timedelta(microseconds=nanoseconds(value) // 1_000)


def _zone(value: Any) -> Any:
    if isinstance(value, str) and value not in ("", "local"):
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            raise Fault("is no time zone; write one like Europe/Oslo, UTC or local") from None
    return value


@dataclass(frozen=True)
class Bounds:
    """What a value of the file must be, besides its type."""

    read: Callable[[Any], Any] | None = None
    """Makes it out of what is written there; raises Fault."""
    least: int | None = None
    most: int | None = None


Span = Annotated[int, Bounds(nanoseconds, least=0)]
"""Nanoseconds, written as `"5s"`."""
Size = Annotated[int, Bounds(size, least=0)]
"""Bytes, written as `"20 GB"`."""
Count = Annotated[int, Bounds(least=1)]
Zone = Annotated[str, Bounds(_zone)]

NEEDED: Any = object()
"""The default of what has none."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Section:
    """A table of the file. Keys are known, nothing changes afterwards.

    Values are checked where they come from a file (`config_file`): most runs have none, and what checks them is dear to load.
    """

    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        own = (
            name for name, kind in vars(cls).get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")
        )
        cls._defaults = cls._defaults | {name: vars(cls).get(name, NEEDED) for name in own}

    def __init__(self, **given: Any) -> None:
        values = self._defaults | given
        needed = [name for name, value in values.items() if value is NEEDED]
        if given.keys() - self._defaults.keys() or needed:
            raise TypeError(f"{type(self).__name__}: {', '.join(needed or given.keys() - self._defaults.keys())}")
        vars(self).update(values, _said=frozenset(given))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} does not change")

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, vars(self)[name]) for name in self._defaults)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"

    @classmethod
    def defaults(cls) -> Mapping[str, Any]:
        """Every name with its default, or `NEEDED`. A name that Python keeps for itself ends with `_`; the key in the file does not."""
        return cls._defaults

    def given(self) -> dict[str, Any]:
        """What the file sets, without what it leaves out: for parts that have their own defaults."""
        return {
            name: value.given() if isinstance(value, Section) else value
            for name, value in self
            if name in vars(self)["_said"] and value is not None
        }

    def replaced(self, **changes: Any) -> Self:
        """The same with other values."""
        return type(self)(**{name: value for name, value in self if name in vars(self)["_said"]} | changes)


class CaptureSettings(Section):
    """[capture]: where packets come from."""

    site: str = ""
    """Name of the plant. Part of every id: it keeps plants with the same addresses apart."""
    interfaces: list[str] = []
    """Network interfaces that `run -i` listens on when none is named."""
    ring: Annotated[Size, Bounds(least=MIB // 4, most=1024 * MIB)] = 32 * MIB
    """Memory of each interface that is listened on: what comes while nobody reads. More is dropped, and counted."""
    vlan_in_key: bool = True
    """False for mirrors that tag one direction only: then a conversation's VLAN does not count."""


class LimitSettings(Section):
    """[limits]: bounds of the packet reader. What is not set keeps the reader's own default."""

    flows: Count | None = None
    reorder_bytes: Size | None = None
    reorder_bytes_total: Size | None = None
    reorder_window: Size | None = None
    chunk_bytes: Size | None = None
    message_bytes: Size | None = None
    part_bytes_total: Size | None = None
    nesting: Count | None = None
    elements: Count | None = None
    parameter_bytes: Size | None = None
    waiting: Count | None = None
    answer_timeout: Span | None = None
    operations: Count | None = None
    points: Count | None = None
    memories: Count | None = None
    memory_bytes_total: Size | None = None
    events_per_minute: Count | None = None
    new_values_per_minute: Count | None = None
    senders: Count | None = None
    claims: Count | None = None
    first_bytes_total: Size | None = None
    packet_bytes: Size | None = None
    interfaces: Count | None = None
    block_bytes: Size | None = None
    window_bytes: Size | None = None
    open_files: Count | None = None
    vlan_tags: Count | None = None
    mpls_labels: Count | None = None
    tunnels: Count | None = None
    fragmented_packets: Count | None = None
    fragments_per_packet: Count | None = None
    fragment_bytes: Size | None = None
    fragment_timeout: Span | None = None
    recent_packets: Count | None = None
    batch_packets: Count | None = None
    batch_rows: Count | None = None
    time_jump_packets: Count | None = None


class StoreSettings(Section):
    """[store]: what is kept, and for how long."""

    path: str = ""
    """The state folder; empty: the one in the user's state folder."""
    max_bytes: Size = 20 * 10**9
    """Room for traffic documents and readings. Oldest hours go first; alerts, assets and decisions never."""
    max_age: Span = 90 * 86_400 * SECOND
    """How long traffic documents and readings are kept, in line time. 0: for ever."""
    part_rows: Annotated[int, Bounds(least=100)] = 16_384
    """Documents of a kind held in memory before they are written, at the latest each minute of line time; long ones count for several."""


class InventoryLimitSettings(Section):
    """[inventory.limits]. What is not set keeps the inventory's own default."""

    assets: Count | None = None
    macs: Count | None = None
    claims: Count | None = None
    text: Count | None = None
    units: Count | None = None
    partners: Count | None = None
    protocols: Count | None = None


class InventorySettings(Section):
    """[inventory]: who is who."""

    names: str = ""
    """A CSV of the plant's own names: `address,name[,role,zone,contact,vendor,model]`."""
    contact: str = ""
    """Whom to call about an alert, where the asset names nobody."""
    limits: InventoryLimitSettings = InventoryLimitSettings()


class BaselineLimitSettings(Section):
    """[baseline.limits]: facts kept of each kind. What is not set keeps the baseline's own default."""

    asset: Count | None = None
    conversation: Count | None = None
    class_: Count | None = None
    operation: Count | None = None
    point: Count | None = None
    errors: Count | None = None
    breadth: Count | None = None
    unlearnt: Count | None = None


class BaselineSettings(Section):
    """[baseline]: when normal is learnt, what is a scan. What is not set keeps the baseline's own default."""

    learn: Annotated[timedelta | datetime, Bounds(learning_time)] | None = None
    functions: Count | None = None
    units: Count | None = None
    points: Count | None = None
    requests: Count | None = None
    hosts: Count | None = None
    refused: Count | None = None
    novelties: Count | None = None
    critical_novelties: Count | None = None
    standing_out: Annotated[int, Bounds(least=0)] | None = None
    standing_out_every: Annotated[timedelta, Bounds(_time_span)] | None = None
    limits: BaselineLimitSettings = BaselineLimitSettings()


class RuleSettings(Section):
    """[rules]: Sigma rules."""

    folders: list[str] = []
    """Folders of your own rules, besides those that come with Sentinel."""
    off: list[str] = []
    """Ids of rules and kinds of finding that are not judged."""


class DisplaySettings(Section):
    """[display]: how numbers and times are written for people. JSON is not touched by it."""

    tz: Zone = ""
    """`Europe/Oslo`, `UTC` or `local`; empty: the machine's zone live, UTC in replays."""
    modbus_addresses: Literal["modicon5", "modicon6", "wire"] = "modicon5"
    """How the plant counts registers: `40001`, `400001`, or from 0 as on the wire."""


class SinkSettings(Section):
    """[sinks.<name>]: where documents are sent. Each sink adds its own keys."""

    network: ClassVar[bool] = False
    """Whether it speaks to a network: then a second process sends, never the one that reads packets."""

    type: str
    batch: Count = 500
    """Documents in one sending."""
    readings: bool = False
    """Whether changed process values are sent too."""


class Config(Section):
    """The whole file; everything has a default."""

    capture: CaptureSettings = CaptureSettings()
    limits: LimitSettings = LimitSettings()
    store: StoreSettings = StoreSettings()
    inventory: InventorySettings = InventorySettings()
    baseline: BaselineSettings = BaselineSettings()
    rules: RuleSettings = RuleSettings()
    display: DisplaySettings = DisplaySettings()
    sinks: dict[str, Any] = {}
    """Name to the sink's own settings; empty unless `load_config` was told the kinds of sinks."""
    path: Path | None = None
    """Where it was read; None: there is no file, all is default."""


def config_path(path: str | Path | None = None) -> Path | None:
    """The file that counts: the one named, `SENTINEL_CONFIG`, `./sentinel.toml`; None if there is none."""
    named = str(path) if path is not None else os.environ.get("SENTINEL_CONFIG")
    if named:
        return Path(named)
    here = Path("sentinel.toml")
    return here if here.exists() else None


def load_config(
    path: str | Path | None = None, *, sinks: Callable[[], Mapping[str, type[SinkSettings]]] | None = None
) -> Config:
    """Reads the configuration. Raises SentinelError with one line for each fault of the file.

    `sinks` gives the kinds of sinks by `type`; a command that sends nothing leaves them out: they are not read.
    """
    found = config_path(path)
    if found is None:
        return Config()
    from sentinel.config_file import read

    return read(found, sinks() if sinks else None)
