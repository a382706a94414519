"""Captures through the line, at once or with a stop between."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel.config import Config
from sentinel.documents import Documents
from sentinel.errors import SentinelError
from sentinel.pipeline.line import Line
from sentinel.pipeline.result import Result
from sentinel.reading import Choice, Position, Reading, Stopped, fingerprints, plan, settings_of
from sentinel.sensor import Sensor
from sentinel.store import Store, remember_state, replay_state

Progress = Callable[[Sensor], None]
"""Told after each batch: the sensor knows how far it has come."""
Stop = Callable[[], bool]
NOWHERE = Position(0, 0)


def replay(
    captures: list[Path],
    *,
    config: Config,
    state: Path | None = None,
    site: str | None = None,
    learn: timedelta | datetime | None = None,
    again: bool = False,
    choice: Choice | None = None,
    stop: Stop = lambda: False,
    progress: Progress | None = None,
) -> Result:
    """Reads captures into a state.

    Args:
        captures: Files and folders; `-` for standard input.
        config: The settings.
        state: The state's folder; by default a new one, named after the site or the first file.
        site: Whose network it is.
        learn: How long the baseline learns from the first packet of the state, or until when.
        again: Read captures that the state already holds.
        choice: Which packets are wanted.
        stop: Asked after each batch: reading stops there, to be gone on with by `resume`.
        progress: Told after each batch.

    Raises:
        SentinelError: The state cannot be used.
    """
    began = time.monotonic()
    state = state or replay_state(site or captures[0].name.split(".")[0], fingerprints(captures))
    with Store.open(state, write=True, site=site, settings=config.store) as store:
        if store.recall("reading"):
            raise SentinelError(
                f"{state}: a reading is not finished: sentinel run --resume --state {state} goes on with it; "
                "another --state begins anew"
            )
        remember_state(state)
        sensor = _sensor([str(path) for path in captures], store, config)
        reading = plan(sensor, store, config, choice or Choice(), learn=learn, again=again)
        is_stream = any(file["size"] is None and not file["ended"] for file in sensor.counters()["files"])
        if reading.wants_any and not is_stream:
            store.set_aside()
            store.remember("reading", reading.row())
            store.flush()
        line = Line(store, config, learn=learn)
        result = Result(state, {}, line.baseline.state(), 0.0, list(reading.already), shifts=reading.shifts)
        reading.begin(sensor)
        return _read(store, reading, sensor, line, result, began, None if is_stream else stop, progress)


def resume(state: Path, *, config: Config, stop: Stop = lambda: False, progress: Progress | None = None) -> Result:
    """Goes on with a reading that was stopped or died, and gives what it would have given.

    What flows, the baseline and the detectors hold at a packet follows from all packets before it. So these are read
    once more, from the state as it was before the reading; nothing of them is written again.

    Raises:
        SentinelError: There is nothing to go on with, or it would not be the same reading.
    """
    began = time.monotonic()
    Store.open(state).close()  # one that is not there is not made
    with Store.open(state, write=True, site=None, settings=config.store) as store:
        kept = store.recall("reading")
        if not kept:
            raise SentinelError(f"{state}: no reading was stopped there: nothing to go on with")
        reading = Reading.of_row(kept)
        if reading.settings != settings_of(config):
            raise SentinelError(
                f"{state}: the settings, or Sentinel, changed since reading stopped: read into a new --state"
            )
        if reading.folder != os.getcwd() and not all(os.path.isabs(path) for path in reading.paths):
            raise SentinelError(f"{state}: the captures were named as seen from {reading.folder}: go on from there")
        remember_state(state)
        rows, documents = (Position.of_row(store.recall(name)) for name in ("position", "documents_position"))
        sensor = _sensor(list(reading.paths), store, config, listed=True)
        reading.begin(sensor, rows.marks)
        before = store.aside()
        try:
            line = Line(store, config, learn=reading.learn, before=before, decided=reading.decided)
        finally:
            before.close()
        result = Result(state, {}, line.baseline.state(), 0.0, list(reading.already), shifts=reading.shifts)
        return _read(store, reading, sensor, line, result, began, stop, progress, rows, documents)


def _sensor(paths: list[str], store: Store, config: Config, *, listed: bool = False) -> Sensor:
    limits = {name: value for name, value in config.limits if value is not None}
    return Sensor(paths, site=store.site, limits=limits, vlan_in_key=config.capture.vlan_in_key, listed=listed)


def _read(
    store: Store,
    reading: Reading,
    sensor: Sensor,
    line: Line,
    result: Result,
    began: float,
    stop: Stop | None,
    progress: Progress | None,
    rows: Position = NOWHERE,
    behind: Position = NOWHERE,
) -> Result:
    documents = Documents(store.site, list(reading.paths))
    line.inventory.use_captures(reading.paths)
    number, here = 0, rows
    numbers = itertools.count(1)  # `enumerate` would keep each batch until the next one is read
    for batch in sensor if reading.wants_any else ():
        number = next(numbers)
        if number <= rows.batches:
            position = Position(number, sensor.progress()[0])
            line.relive(batch, documents, position.row() if number > behind.batches else None)
        else:
            if number == rows.batches + 1 > 1:
                _catch_up(store, reading, sensor, line, result.state)
            here = Position(number, sensor.progress()[0], tuple(sensor.marks()))
            line.take(batch, documents, here.row() if stop is not None else None)
        del batch
        if progress is not None:
            progress(sensor)
        if stop is not None and stop():
            store.flush()
            places = [(reading.paths[mark.file], mark.position) for mark in here.marks if not mark.ended]
            result.stopped = Stopped(here.packets, tuple(places))
            break
    else:
        if 0 < number <= rows.batches:
            _catch_up(store, reading, sensor, line, result.state)
        _finish(store, reading, sensor, line)
    result.counters = line.counters(sensor)
    if not reading.wants_any:
        result.counters = store.recall("counters") or result.counters
    result.learning, result.approved = line.baseline.state(), line.triage.approved
    result.seconds = time.monotonic() - began
    return result


def _catch_up(store: Store, reading: Reading, sensor: Sensor, line: Line, state: Path) -> None:
    """All before was read once more: it must be what it was, and what people said meanwhile counts from here on."""
    changed = [file["path"] for file in sensor.counters()["files"] if file["changed"]]
    if changed:
        raise SentinelError(
            f"{state}: cannot go on: {changed[0]} is not what it was when it was read: read into a new --state"
        )
    line.hear(store, reading.decided)


def _finish(store: Store, reading: Reading, sensor: Sensor, line: Line) -> None:
    if not reading.wants_any:
        return
    line.finish()
    store.remember("counters", _lasting(line.counters(sensor)))
    learning = line.baseline.state()
    store.remember("learning", learning.words())
    store.remember("learnt_until", learning.until if learning.state == "learnt" else None)
    for name in ("reading", "position", "documents_position"):
        store.remember(name, None)
    store.commit(line_time=line.baseline.line_time, files=reading.kept(sensor, store.kept_files()))
    store.drop_aside()


def _lasting(counters: dict[str, Any]) -> dict[str, Any]:
    """Counters as they are kept: JSON knows no bytes."""
    files = [{**file, "digest": file["digest"] and file["digest"].hex()} for file in counters["files"]]
    return {**counters, "files": files}
