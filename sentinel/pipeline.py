"""The whole line: batches from the sensor through inventory, baseline, detectors and triage into the store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel.baseline import Baseline, BaselineSettings, FactLimits, LearningState
from sentinel.config import Config
from sentinel.detect import detectors
from sentinel.documents import Documents
from sentinel.errors import SentinelError
from sentinel.inventory import PERSON, Asset, Change, Inventory, load_names
from sentinel.naming import Naming
from sentinel.reading import Choice, Position, Reading, Stopped, fingerprints, plan, settings_of
from sentinel.sensor import Batch, Sensor
from sentinel.store import Decision as KeptDecision
from sentinel.store import Reader, Store, remember_state, replay_state
from sentinel.triage import AlertRevision, Decision, Triage

Progress = Callable[[Sensor], None]
"""Told after each batch: the sensor knows how far it has come."""
Stop = Callable[[], bool]
NOWHERE = Position(0, 0)


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


class Line:
    """One state's parts, loaded, and how a batch goes through them."""

    def __init__(
        self,
        store: Store,
        config: Config,
        *,
        learn: timedelta | datetime | None = None,
        before: Reader | None = None,
        decided: int | None = None,
    ) -> None:
        """Loads what the store holds, or what it held `before`, with decisions up to that number."""
        self._store = store
        loaded = before or store
        names = load_names(config.inventory.names) if config.inventory.names else None
        self.inventory = Inventory(store.site, names=names)
        self.inventory.load(loaded.asset_rows())
        self.baseline = Baseline(baseline_settings(config, learn))
        self.baseline.load(loaded.facts())
        self.naming = Naming(self.inventory, config.display.modbus_addresses, config.inventory.contact)
        kept = [one for one in store.decisions() if decided is None or one.number <= decided]
        self.triage = Triage(self.naming, site=store.site, decisions=[decision_of(one) for one in kept])
        self.triage.load(loaded.triage_rows())
        for one in kept:
            tell_baseline(self.baseline, decision_of(one))
        self._detectors = detectors(self.naming)

    def take(self, batch: Batch, documents: Documents, position: dict[str, Any] | None = None) -> None:
        """One batch, through every part, into the store, with how far reading has come."""
        changes, revisions = self._judge(batch, documents)
        self._commit(batch.line_time, revisions, documents=documents, batch=batch, changes=changes, position=position)

    def relive(self, batch: Batch, documents: Documents, position: dict[str, Any] | None) -> None:
        """A batch that the store has already: every part sees it, nothing is told again.

        With a position, its documents are missing, and are told.
        """
        self._judge(batch, documents)
        for part in (self.inventory, self.triage, self.baseline):
            part.changed()
        self._store.relive(batch, documents if position else None, position)

    def hear(self, store: Store, decided: int) -> None:
        """Takes what people decided and said since that decision, as the store has it."""
        for one in store.decisions(decided):
            tell_baseline(self.baseline, self.triage.decide(decision_of(one)).decision)
        self.baseline.import_rows(row for row in store.facts() if row.get("provenance") == "imported")
        kept = Inventory(store.site)
        kept.load(store.asset_rows())
        for asset in kept.assets:
            known = self.inventory.get(asset.id)
            said, before = _said(asset), _said(known) if known else {}
            if known and said != before:
                self.inventory.set(asset.id, **{**dict.fromkeys(before, ""), **said})

    def _judge(self, batch: Batch, documents: Documents) -> tuple[list[Change], list[AlertRevision]]:
        documents.of(batch)
        changes = self.inventory.observe(batch)
        novelties = self.baseline.observe(batch)
        learning = self.baseline.state()
        self.inventory.learning_ended(learning.until if learning.state == "learnt" else None)
        findings = [one for detector in self._detectors for one in detector.examine(documents, novelties)]
        return changes, self.triage.consider(changes, findings, batch.line_time)

    def finish(self) -> None:
        """The end of a replay: what stood out, and the last growth of alerts."""
        line_time = self.baseline.line_time
        nothing = Documents()
        novelties = self.baseline.finish()
        findings = [one for detector in self._detectors for one in detector.examine(nothing, novelties)]
        revisions = self.triage.consider([], findings, line_time) + self.triage.finish(line_time)
        self._commit(line_time, revisions)

    def decide(self, decision: Decision) -> None:
        """Takes a person's decision, and keeps it with what follows from it."""
        decided = self.triage.decide(decision)
        taken = decided.decision
        tell_baseline(self.baseline, taken)
        value = {"until": taken.until, "for_good": taken.for_good, "keys": list(taken.keys)}
        self._store.decide(taken.kind, taken.target, who=taken.who, when=taken.when, why=taken.why, value=value)
        self._commit(self._store.line_time, decided.revisions)

    def keep(self) -> None:
        """Keeps what a person said about assets."""
        self._commit(self._store.line_time, [])

    def _commit(self, line_time: int, revisions: list[AlertRevision], **more: Any) -> None:
        rows = self.inventory.changed()
        known = (self.inventory.get(row["id"]) for row in rows if not row.get("gone"))
        self._store.commit(
            line_time=line_time,
            alerts=[one for one in revisions if not one.note],
            triage=self.triage.changed(),
            assets=rows,
            asset_documents=[asset.document() for asset in known if asset is not None],
            facts=self.baseline.changed(),
            **more,
        )


def _said(asset: Asset) -> dict[str, str]:
    """A person's words about an asset."""
    return {one.attribute: str(one.value) for one in asset.claims if one.source == PERSON}


def baseline_settings(config: Config, learn: timedelta | datetime | None) -> BaselineSettings:
    """The settings of the file over the baseline's own defaults."""
    chosen = {name: value for name, value in config.baseline if value is not None and name not in ("learn", "limits")}
    limits = {name: value for name, value in config.baseline.limits if value is not None}
    return BaselineSettings(learn=learn or config.baseline.learn, limits=FactLimits(**limits), **chosen)


def decision_of(kept: KeptDecision) -> Decision:
    """A kept decision as the value that triage takes."""
    value = kept.value
    keys = tuple(value.get("keys", ()))
    return Decision(
        kept.kind, kept.target, kept.when, kept.who, kept.why, value.get("until"), value.get("for_good", False), keys
    )


def tell_baseline(baseline: Baseline, decision: Decision) -> None:
    """What a decision makes normal, or never normal."""
    for key in decision.keys:
        if decision.kind == "approve":
            baseline.approve(key, until=decision.until)
        elif decision.kind == "deny":
            baseline.deny(key)
        elif decision.kind == "undo":
            baseline.forget(key)


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
    limits = {name: value for name, value in config.limits.model_dump().items() if value is not None}
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
    number, here = 0, rows
    for number, batch in enumerate(sensor if reading.wants_any else (), 1):
        if number <= rows.batches:
            position = Position(number, sensor.progress()[0])
            line.relive(batch, documents, position.row() if number > behind.batches else None)
        else:
            if number == rows.batches + 1 > 1:
                _catch_up(store, reading, sensor, line, result.state)
            here = Position(number, sensor.progress()[0], tuple(sensor.marks()))
            line.take(batch, documents, here.row() if stop is not None else None)
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
    result.counters = sensor.counters()
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
    store.remember("counters", _lasting(sensor.counters()))
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
