"""Sends what the store holds to sinks, each from its own cursor: at least once, in order, alerts first."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from sentinel.config import SinkSettings
from sentinel.documents import as_json
from sentinel.errors import SentinelError
from sentinel.sinks import Document, Sink, SinkRefused, SinkUnavailable, open_sink

ECS_VERSION = "9.4.0"
STREAMS = ("alerts", "assets", "documents", "readings")
"""In order of urgency: after a long outage the alerts come first."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between tries at a sink that takes nothing."""


class Outbox(Protocol):
    """What the store gives to senders."""

    @property
    def sensor_id(self) -> str:
        """A random name of the sensor."""

    @property
    def refused_folder(self) -> Path:
        """Where documents are kept that a sink will never take."""

    def register(self, sink: str, type: str, streams: Sequence[str]) -> None:
        """Makes a sink known."""

    def position(self, sink: str, stream: str) -> int:
        """Number of the last document that the sink has."""

    def after(self, stream: str, position: int, limit: int) -> tuple[int, list[tuple[int, Document]]]:
        """Documents after a position with when they were kept, and the position behind them."""

    def delivered(self, sink: str, stream: str, position: int, documents: int, refused: int = 0) -> None:
        """The sink has everything up to this position."""

    def failed(self, sink: str, reason: str) -> None:
        """The sink takes nothing at present."""


@dataclass(slots=True)
class Sent:
    """What one round brought to one sink."""

    delivered: int = 0
    refused: int = 0
    error: str = ""
    """Why the round ended early; empty if the sink has everything."""


@dataclass(slots=True)
class _Route:
    name: str
    settings: SinkSettings
    sink: Sink
    streams: tuple[str, ...]
    wait: float = 0.0
    again: float = 0.0
    """When it may be tried again, by the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who sends: added to each document on its way out, never in the store."""

    sensor_id: str
    name: str = field(default_factory=socket.gethostname)
    clock: Callable[[], int] = time.time_ns

    def on(self, document: Mapping[str, Any], created: int) -> Document:
        """The document as it is sent."""
        version = sensor_version()
        return {
            **document,
            "ecs.version": ECS_VERSION,
            "event.created": created,
            "event.ingested": self.clock(),
            "observer.vendor": "Sentinel",
            "observer.product": "Sentinel",
            "observer.type": "ids",
            "observer.name": self.name,
            "observer.serial_number": self.sensor_id,
            "observer.version": version,
            "agent.type": "sentinel",
            "agent.id": self.sensor_id,
            "agent.version": version,
        }


class Shipper:
    """Brings every sink up to date. One sink that fails holds up no other."""

    def __init__(
        self,
        outbox: Outbox,
        sinks: Mapping[str, SinkSettings],
        *,
        stamp: Stamp | None = None,
        open: Callable[[SinkSettings], Sink] = open_sink,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._stamp = stamp or Stamp(outbox.sensor_id)
        self._monotonic = monotonic
        self._routes: list[_Route] = []
        for name, settings in sinks.items():
            streams = tuple(stream for stream in STREAMS if stream != "readings" or settings.readings)
            outbox.register(name, settings.type, streams)
            self._routes.append(_Route(name, settings, open(settings), streams))

    def run_once(self, *, patient: bool = True) -> dict[str, Sent]:
        """Sends all that waits. A sink that failed is left alone for a while, unless `patient` is False."""
        sent: dict[str, Sent] = {}
        for route in self._routes:
            now = self._monotonic()
            if patient and now < route.again:
                continue
            one = sent[route.name] = Sent()
            try:
                for stream in route.streams:
                    while self._send(route, stream, one):
                        pass
                route.wait = route.again = 0.0
            except SinkUnavailable as error:
                one.error = str(error)
                self._outbox.failed(route.name, one.error)
                route.wait = min(max(FIRST_WAIT, 2 * route.wait), LONGEST_WAIT)
                route.again = now + route.wait * random.uniform(0.5, 1.0)
        return sent

    def run(self, stopped: Callable[[], bool], *, pause: float = 1.0) -> None:
        """Sends until it is told to stop."""
        while not stopped():
            self.run_once()
            time.sleep(pause)

    def close(self) -> None:
        """Closes the sinks."""
        for route in self._routes:
            route.sink.close()

    def __enter__(self) -> Shipper:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, route: _Route, stream: str, sent: Sent) -> bool:
        """One batch; False if nothing waited."""
        position = self._outbox.position(route.name, stream)
        behind, found = self._outbox.after(stream, position, route.settings.batch)
        if behind == position:
            return False
        documents = [self._stamp.on(_sendable(stream, document), created) for created, document in found]
        refused: dict[int, str] = {}
        steps: tuple[Callable[[], None], ...] = (partial(route.sink.write, documents), route.sink.flush)
        for step in steps:
            try:
                step()
            except SinkRefused as error:
                refused |= dict(error.refused) or dict.fromkeys(range(len(documents)), str(error))
        if refused:
            self._set_aside(route.name, ((documents[place], why) for place, why in sorted(refused.items())))
        self._outbox.delivered(route.name, stream, behind, len(documents) - len(refused), len(refused))
        sent.delivered += len(documents) - len(refused)
        sent.refused += len(refused)
        return True

    def _set_aside(self, name: str, refused: Iterable[tuple[Document, str]]) -> None:
        """Keeps what a sink will never take, with its reason: it is not lost, and not sent for ever."""
        folder = self._outbox.refused_folder
        try:
            folder.mkdir(exist_ok=True)
            with open(folder / f"{name}.ndjson", "a", encoding="utf-8") as file:
                for document, why in refused:
                    file.write(as_json({**document, "error.message": why}) + "\n")
        except OSError as error:
            raise SinkUnavailable(f"{folder}: what the sink refused cannot be kept: {error.strerror}") from error


def wanted(sinks: Mapping[str, SinkSettings], names: Sequence[str] = ()) -> dict[str, SinkSettings]:
    """The sinks of these names, all if none is given. Raises SentinelError for one that is not configured."""
    unknown = [name for name in names if name not in sinks]
    if unknown:
        known = ", ".join(sinks) or "none"
        raise SentinelError(f"no sink {', '.join(unknown)} in the configuration; known: {known}")
    return {name: settings for name, settings in sinks.items() if not names or name in names}


@cache
def sensor_version() -> str:
    """The installed version."""
    try:
        return metadata.version("sentinel-ot")
    except metadata.PackageNotFoundError:
        return "0"


def _sendable(stream: str, document: Document) -> Document:
    """Documents that repeat in the store get their id here: the same for the same content."""
    if "event.id" in document:
        return document
    keys = {
        "readings": ("sentinel.point.id", "@timestamp", "sentinel.point.direction", "sentinel.frame.reading"),
        "assets": ("host.id", "sentinel.asset.revision"),
    }.get(stream, ("@timestamp",))
    text = "\x1f".join([str(document.get("event.dataset")), *[str(document.get(key)) for key in keys]])
    return {**document, "event.id": sha256(text.encode()).hexdigest()[:32]}
