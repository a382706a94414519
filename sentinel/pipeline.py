"""The whole line: batches from the sensor through inventory, baseline, detectors and triage into the store."""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel.baseline import Baseline, BaselineSettings, FactLimits, LearningState
from sentinel.config import Config
from sentinel.detect import detectors
from sentinel.documents import Documents
from sentinel.errors import SentinelError
from sentinel.inventory import Inventory, load_names
from sentinel.naming import Naming
from sentinel.sensor import Batch, Sensor
from sentinel.store import Decision as KeptDecision
from sentinel.store import Store, default_state, remember_state, replay_state
from sentinel.triage import AlertRevision, Decision, Triage

LENT = "setpriv --reuid USER --regid USER --init-groups --inh-caps -all,+net_raw --ambient-caps -all,+net_raw"
"""How root starts a program as an ordinary user who may receive raw packets and nothing else."""

Progress = Callable[[int, int], None]
"""Told after each batch: packets so far, and line time in ns."""


@dataclass
class Result:
    """What a run did, for the screen."""

    state: Path
    counters: dict[str, Any]
    learning: LearningState
    seconds: float
    already: list[str] = field(default_factory=list)
    approved: int = 0


class Line:
    """One state's parts, loaded, and how a batch goes through them."""

    def __init__(self, store: Store, config: Config, *, learn: timedelta | datetime | None = None) -> None:
        self._store = store
        names = load_names(config.inventory.names) if config.inventory.names else None
        self.inventory = Inventory(store.site, names=names)
        self.inventory.load(store.asset_rows())
        self.baseline = Baseline(baseline_settings(config, learn))
        self.baseline.load(store.facts())
        self.naming = Naming(self.inventory, config.display.modbus_addresses, config.inventory.contact)
        self.naming.labels.learn((one for one in store.points() if one["label"]), settled=True)
        kept = store.decisions()
        self.triage = Triage(self.naming, site=store.site, decisions=[decision_of(one) for one in kept])
        self.triage.load(store.triage_rows())
        for one in kept:
            tell_baseline(self.baseline, decision_of(one))
        self._detectors = detectors(self.naming)

    def take(self, batch: Batch, documents: Documents) -> list[AlertRevision]:
        """One batch, through every part, into the store. Returns what became of alerts."""
        documents.of(batch)
        self.naming.learn(batch["labels"])
        changes = self.inventory.observe(batch)
        novelties = self.baseline.observe(batch)
        learning = self.baseline.state()
        self.inventory.learning_ended(learning.until if learning.state == "learnt" else None)
        findings = [one for detector in self._detectors for one in detector.examine(documents, novelties)]
        revisions = self.triage.consider(changes, findings, batch.line_time)
        self._commit(batch.line_time, revisions, documents=documents, batch=batch, changes=changes)
        return revisions

    def finish(self) -> list[AlertRevision]:
        """The end: what stood out, and the last growth of alerts."""
        line_time = self.baseline.line_time
        nothing = Documents()
        novelties = self.baseline.finish()
        findings = [one for detector in self._detectors for one in detector.examine(nothing, novelties)]
        revisions = self.triage.consider([], findings, line_time) + self.triage.finish(line_time)
        self._commit(line_time, revisions)
        return revisions

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
        progress: Told after each batch.

    Raises:
        SentinelError: The state cannot be used.
    """
    began = time.monotonic()
    digests = {str(path): _sha256(path) for path in captures if str(path) != "-" and path.is_file()}
    name = site or captures[0].name.split(".")[0]
    state = state or replay_state(name, digests.values())
    with Store.open(state, write=True, site=site, settings=config.store) as store:
        remember_state(state)
        already = [path for path, digest in digests.items() if store.seen_file(digest) and not again]
        wanted = [str(path) for path in captures if str(path) not in already]
        limits = {name: value for name, value in config.limits.model_dump().items() if value is not None}
        sensor = Sensor(wanted, site=store.site, limits=limits, vlan_in_key=config.capture.vlan_in_key)
        line = Line(store, config, learn=learn)
        paths = [file["path"] for file in sensor.counters()["files"]]
        documents = Documents(store.site, paths)
        line.inventory.use_captures(paths)
        if wanted:
            for batch in sensor:
                line.take(batch, documents)
                if progress is not None:
                    progress(sensor.counters()["packets"], batch.line_time)
            line.finish()
        counters = sensor.counters()
        if wanted:
            store.remember("counters", counters)
            state_of_learning = line.baseline.state()
            store.remember("learning", state_of_learning.words())
            store.remember("learnt_until", state_of_learning.until if state_of_learning.state == "learnt" else None)
            read = [file for file in counters["files"] if file["path"] in digests and not file["unusable"]]
            files = [(digests[file["path"]], file["path"], file["packets"]) for file in read]
            store.commit(line_time=line.baseline.line_time, files=files)
        elif already:
            counters |= store.recall("counters") or {}
        learning = line.baseline.state()
    return Result(state, counters, learning, time.monotonic() - began, already, line.triage.approved)


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
    with Store.open(state, write=True, site=site, settings=config.store) as store:
        remember_state(state)
        line = Line(store, config, learn=learn)
        documents = Documents(store.site, interfaces, are_interfaces=True)
        limits = {name: value for name, value in config.limits.model_dump().items() if value is not None}
        sensor = _sensor_on(interfaces, config, outgoing=outgoing, site=store.site, limits=limits)
        with _stopped_by_signals(sensor):
            latest = 0
            for batch in sensor:
                revisions: list[AlertRevision] = []
                if batch.tables or batch.line_time > latest:
                    latest = batch.line_time
                    revisions = line.take(batch, documents)
                if watch is not None:
                    told_of_state, store.notices = store.notices, []
                    watch(News(revisions, [*sensor.notices(), *told_of_state], sensor.counters(), line, state))
        revisions = line.finish()
        counters = sensor.counters()
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


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        # Whoever reads the capture says why it cannot be read.
        return ""
