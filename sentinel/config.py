"""What may be set in `sentinel.toml`: every key with its bounds; a mistake is told with its place."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from sentinel.errors import SentinelError

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


def _fault(text: str) -> PydanticCustomError:
    return PydanticCustomError("sentinel", "{text}", {"text": text})


def nanoseconds(value: Any) -> int:
    """A span of time: `"5s"`, `"10m"`, `"36h"`, `"30d"`, or a number of seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(value * SECOND)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h|d)\s*", value) if isinstance(value, str) else None
    if match is None:
        raise _fault('is no span of time; write "5s", "10m", "36h" or "30d"')
    return round(float(match[1]) * TIME_UNITS[match[2]])


def size(value: Any) -> int:
    """A number of bytes: `"20 GB"`, `"512 MiB"`, or the plain number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", value) if isinstance(value, str) else None
    if match is None or match[2].lower() not in SIZE_UNITS:
        raise _fault('is no size; write "500 MB", "20 GB" or a number of bytes')
    return round(float(match[1]) * SIZE_UNITS[match[2].lower()])


def learning_time(value: Any) -> timedelta | datetime:
    """How long to learn from the first packet on, or until when: `"10m"`, or a time with its zone."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise _fault("is no time; write 2026-03-02T06:00:00Z") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return timedelta(microseconds=nanoseconds(value) // 1_000)
    except PydanticCustomError:
        raise _fault('is neither a span ("10m", "3d") nor a time (2026-03-02T06:00:00Z)') from None


def _time_span(value: Any) -> timedelta:
    return timedelta(microseconds=nanoseconds(value) // 1_000)


Span = Annotated[int, BeforeValidator(nanoseconds), Field(ge=0)]
"""Nanoseconds, written as `"5s"`."""
Size = Annotated[int, BeforeValidator(size), Field(ge=0)]
"""Bytes, written as `"20 GB"`."""
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A table of the file. Keys are known, values are of their type, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given(self) -> dict[str, Any]:
        """What the file sets, without what it leaves out: for parts that have their own defaults."""
        return {
            name: value.given() if isinstance(value, Section) else value
            for name in type(self).model_fields
            if name in self.model_fields_set and (value := getattr(self, name)) is not None
        }


Model = TypeVar("Model", bound=Section)


class CaptureSettings(Section):
    """[capture]: where packets come from."""

    site: str = ""
    """Name of the plant. Part of every id: it keeps plants with the same addresses apart."""
    interfaces: list[str] = []
    """Network interfaces that `run -i` listens on when none is named."""
    ring: Annotated[Size, Field(ge=MIB // 4, le=1024 * MIB)] = 32 * MIB
    """Memory of each interface that is listened on: what comes while nobody reads. More is dropped, and counted."""
    vlan_in_key: bool = True
    """False for mirrors that tag one direction only: then a conversation's VLAN does not count."""


class LimitSettings(Section):
    """[limits]: bounds of the packet reader. What is not set keeps the reader's own default."""

    flows: Count | None = None
    reorder_bytes: Size | None = None
    reorder_bytes_total: Size | None = None
    reorder_window: Size | None = None
    waiting: Count | None = None
    answer_timeout: Span | None = None
    operations: Count | None = None
    points: Count | None = None
    memories: Count | None = None
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
    part_rows: Annotated[int, Field(ge=100)] = 20_000
    """Documents held in memory before they are written, at the latest each minute of line time."""


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
    class_: Count | None = Field(default=None, alias="class")
    operation: Count | None = None
    point: Count | None = None
    errors: Count | None = None
    breadth: Count | None = None
    unlearnt: Count | None = None


class BaselineSettings(Section):
    """[baseline]: when normal is learnt, what is a scan. What is not set keeps the baseline's own default."""

    learn: Annotated[timedelta | datetime, BeforeValidator(learning_time)] | None = None
    functions: Count | None = None
    units: Count | None = None
    points: Count | None = None
    requests: Count | None = None
    hosts: Count | None = None
    refused: Count | None = None
    novelties: Count | None = None
    critical_novelties: Count | None = None
    standing_out: Annotated[int, Field(ge=0)] | None = None
    standing_out_every: Annotated[timedelta, BeforeValidator(_time_span)] | None = None
    limits: BaselineLimitSettings = BaselineLimitSettings()


class RuleSettings(Section):
    """[rules]: Sigma rules."""

    folders: list[str] = []
    """Folders of your own rules, besides those that come with Sentinel."""
    off: list[str] = []
    """Ids of rules and kinds of finding that are not judged."""


class DisplaySettings(Section):
    """[display]: how numbers and times are written for people. JSON is not touched by it."""

    tz: str = ""
    """`Europe/Oslo`, `UTC` or `local`; empty: the machine's zone live, UTC in replays."""
    modbus_addresses: Literal["modicon5", "modicon6", "wire"] = "modicon5"
    """How the plant counts registers: `40001`, `400001`, or from 0 as on the wire."""

    @field_validator("tz")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in ("", "local"):
            try:
                ZoneInfo(value)
            except (KeyError, OSError, ValueError):
                raise _fault("is no time zone; write one like Europe/Oslo, UTC or local") from None
        return value


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
    path: Path | None = Field(default=None, exclude=True)
    """Where it was read; None: there is no file, all is default."""


def config_path(path: str | Path | None = None) -> Path | None:
    """The file that counts: the one named, `SENTINEL_CONFIG`, `./sentinel.toml`; None if there is none."""
    named = str(path) if path is not None else os.environ.get("SENTINEL_CONFIG")
    if named:
        return Path(named)
    here = Path("sentinel.toml")
    return here if here.exists() else None


def load_config(path: str | Path | None = None, *, sinks: Mapping[str, type[SinkSettings]] | None = None) -> Config:
    """Reads the configuration. Raises SentinelError with one line for each fault of the file.

    `sinks` are the kinds of sinks by `type`; a command that sends nothing leaves them out: they are not read.
    """
    found = config_path(path)
    if found is None:
        return Config()
    try:
        text = found.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise SentinelError(f"{found}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SentinelError(f"{found}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SentinelError(f"{found}: is not TOML: {error}") from None
    places = _Places(found, text)
    sent = table.pop("sinks", {})
    faults: list[str] = []
    if "path" in table:
        faults.append(places.line(("path",), _unknown("path", Config.model_fields, "")))
        del table["path"]
    config = _checked(Config, table, places, (), faults)
    opened = _sinks(sent, sinks, places, faults)
    if faults or config is None:
        raise SentinelError("\n".join(faults))
    return config.model_copy(update={"sinks": opened, "path": found})


def _sinks(
    tables: Any, kinds: Mapping[str, type[SinkSettings]] | None, places: _Places, faults: list[str]
) -> dict[str, SinkSettings]:
    opened: dict[str, SinkSettings] = {}
    if kinds is None:
        return opened
    if not isinstance(tables, dict):
        faults.append(places.line(("sinks",), "is no table; write [sinks.<a name of yours>]"))
        return opened
    for name, table in tables.items():
        where = ("sinks", name)
        known = ", ".join(f'"{kind}"' for kind in kinds)
        if not isinstance(table, dict):
            faults.append(places.line(where, f"is no table; write [sinks.{name}] with type = {known.split(',')[0]}"))
        elif "type" not in table:
            faults.append(places.line((*where, "type"), f"is missing; write one of {known}"))
        elif (model := kinds.get(str(table["type"]))) is None:
            near = _near(str(table["type"]), kinds)
            hint = f'did you mean "{near}"?' if near else f"known are {known}"
            faults.append(places.line((*where, "type"), f'"{table["type"]}" is no kind of sink; {hint}'))
        elif (settings := _checked(model, table, places, where, faults)) is not None:
            opened[name] = settings
    return opened


class _Places:
    """Finds the line of a key, for faults."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        section = ""
        for number, line in enumerate(text.splitlines(), 1):
            if head := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                section = head[1].replace('"', "").replace(" ", "") + "."
                self._lines.setdefault(section[:-1], number)
            elif key := re.match(r"\s*([\w.\"-]+)\s*=", line):
                self._lines.setdefault(section + key[1].replace('"', ""), number)

    def line(self, key: tuple[str, ...], text: str) -> str:
        name = ".".join(key)
        places = (self._lines.get(".".join(key[:end])) for end in range(len(key), 0, -1))
        number = next((number for number in places if number), None)
        return f"{self._path}{f':{number}' if number else ''}: {name}: {text}"


def _checked(
    model: type[Model], table: Mapping[str, Any], places: _Places, where: tuple[str, ...], faults: list[str]
) -> Model | None:
    """The section, or None with its faults added."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        for one in error.errors():
            key = tuple(str(part) for part in one["loc"])
            # Which of several types was tried last is no part of the name.
            while key and not _known(table, key):
                key = key[:-1]
            faults.append(places.line((*where, *key), _words(model, one, key)))
        return None


def _known(table: Any, key: tuple[str, ...]) -> bool:
    for part in key[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    return isinstance(table, dict)


def _words(model: type[Section], error: Any, key: tuple[str, ...]) -> str:
    """What is wrong and what to do, in plain words."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        fields, place = _fields_at(model, key[:-1])
        return _unknown(key[-1], fields, place)
    if kind == "missing":
        return "is missing; write it"
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "sentinel":
        return f"{shown} {context['text']}"
    if kind == "literal_error":
        near = _near(str(value), re.findall(r"'([^']*)'", context["expected"]))
        hint = f'; did you mean "{near}"?' if near else ""
        return f"{shown} is not known{hint or '; write one of ' + context['expected']}"
    if kind == "greater_than_equal":
        return f"{shown} is too small; write {context['ge']} or more"
    if kind == "less_than_equal":
        return f"{shown} is too large; write {context['le']} or less"
    wanted = {
        "int_type": "a whole number without quotes",
        "float_type": "a number without quotes",
        "bool_type": "true or false without quotes",
        "string_type": "a text in quotes",
        "list_type": 'a list like ["one", "two"]',
        "model_type": f"a table: [{'.'.join(key)}]",
    }
    return f"{shown} is not of the right type; write {wanted.get(kind, error['msg'])}"


def _fields_at(model: type[Section], path: tuple[str, ...]) -> tuple[list[str], str]:
    """Names that may stand in a table of the model, and how the table is called."""
    for part in path:
        inner = model.model_fields[part].annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            model = inner
    hidden = ("path",) if model is Config else ()
    return [f.alias or name for name, f in model.model_fields.items() if name not in hidden], ".".join(path)


def _unknown(name: str, fields: Iterable[str], place: str) -> str:
    near = _near(name, fields)
    if near:
        return f"is not known; did you mean {near}?"
    return f"is not known; {f'[{place}] may have' if place else 'known are'} {', '.join(fields)}"


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")
