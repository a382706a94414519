"""Interfaces through the line, until somebody stops it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel.config import Config
from sentinel.documents import Documents
from sentinel.errors import SentinelError
from sentinel.pipeline.line import Line
from sentinel.pipeline.result import Result
from sentinel.sensor import Sensor
from sentinel.store import Store, default_state, remember_state
from sentinel.triage import AlertRevision

LENT = "setpriv --reuid USER --regid USER --init-groups --inh-caps -all,+net_raw --ambient-caps -all,+net_raw"
"""How root starts a program as an ordinary user who may receive raw packets and nothing else."""


@dataclass
class News:
    """What a live batch brought, for whoever watches."""

    revisions: list[AlertRevision]
    notices: list[str]
    """What happened to the interfaces and to the state, one line each."""
    counters: dict[str, Any]
    """At most a second old."""
    line: Line
    state: Path


Watch = Callable[[News], None]
"""Told after each batch, at least once a second."""


def listen(
    interfaces: Sequence[str],
    *,
    config: Config,
    state: Path | None = None,
    site: str | None = None,
    learn: timedelta | datetime | None = None,
    outgoing: bool = False,
    watch: Watch | None = None,
) -> Result:
    """Listens on interfaces until SIGINT or SIGTERM; then everything that was received is in the state.

    Args:
        interfaces: Their names. They become one stream by packet time.
        config: The settings.
        state: The state's folder; by default the one of live capture.
        site: Whose network it is.
        learn: How long the baseline learns from the first packet of the state, or until when.
        outgoing: What this computer itself sends is read too.
        watch: Told after each batch.

    Raises:
        SentinelError: The state cannot be used, or an interface cannot be listened on.
    """
    began = time.monotonic()
    state = state or (Path(config.store.path) if config.store.path else default_state())
    with Store.open(state, write=True, site=site, settings=config.store, hears=True) as store:
        remember_state(state)
        line = Line(store, config, learn=learn, goes_on=True)
        documents = Documents(store.site, interfaces, are_interfaces=True)
        line.inventory.use_captures(interfaces)
        limits = {name: value for name, value in config.limits if value is not None}
        sensor = _sensor_on(interfaces, config, outgoing=outgoing, site=store.site, limits=limits)
        with _stopped_by_signals(sensor):
            latest = 0
            for batch in sensor:
                revisions: list[AlertRevision] = []
                if batch.tables or batch.line_time > latest:
                    latest = batch.line_time
                    revisions = line.take(batch, documents)
                del batch
                store.notices += line.hear_decisions()
                if watch is not None:
                    told_of_state, store.notices = store.notices, []
                    watch(News(revisions, [*sensor.notices(), *told_of_state], sensor.counters(), line, state))
        revisions = line.finish()
        counters = line.counters(sensor)
        if watch is not None:
            watch(News(revisions, sensor.notices(), counters, line, state))
        learning = line.baseline.state()
        store.remember("counters", counters)
        store.remember("learning", learning.words())
        store.remember("learnt_until", learning.until if learning.state == "learnt" else None)
    return Result(state, counters, learning, time.monotonic() - began, approved=line.triage.approved)


def _sensor_on(interfaces: Sequence[str], config: Config, **more: Any) -> Sensor:
    try:
        return Sensor.listen(interfaces, ring_bytes=config.capture.ring, vlan_in_key=config.capture.vlan_in_key, **more)
    except PermissionError as error:
        raise SentinelError(f"{error}. As root: {LENT} sentinel run -i {' '.join(interfaces)}") from None
    except OSError as error:
        raise SentinelError(str(error)) from None


@contextmanager
def _stopped_by_signals(sensor: Sensor) -> Iterator[None]:
    """SIGINT and SIGTERM end the sensor cleanly; a second one does what it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def give_back() -> None:
        for number, what in before.items():
            signal.signal(number, what)

    def stop(*_: object) -> None:
        give_back()
        sensor.stop()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        give_back()
        sensor.stop()
