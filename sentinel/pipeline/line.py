"""One state's parts, and how a batch goes through them."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sentinel.baseline import Baseline, BaselineSettings, FactLimits
from sentinel.config import Config
from sentinel.detect import detectors
from sentinel.documents import Documents
from sentinel.inventory import PERSON, Asset, Change, Inventory, InventoryLimits, load_names
from sentinel.naming import Naming
from sentinel.sensor import Batch, Sensor
from sentinel.store import Decision as KeptDecision
from sentinel.store import DiskFull, Reader, Store
from sentinel.triage import ABOUT_FACTS, AlertRevision, Decision, Triage


def spare_the_collector() -> None:
    """Tells Python's garbage collector that what is there stays, and to look less often for rings of garbage.

    Facts, assets and operations live as long as the process and hold no rings: looking through all of them again and again
    was a twentieth of a run.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


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
        goes_on: bool = False,
    ) -> None:
        """Loads what the store holds, or what it held `before`, with decisions up to that number.

        `goes_on`: a full disk is told among the store's notices, and the line goes on; else it is an error.
        """
        spare_the_collector()
        self._store = store
        self._goes_on = goes_on
        self._full_at: float | None = None
        loaded = before or store
        names = load_names(config.inventory.names) if config.inventory.names else None
        bounds = {name: value for name, value in config.inventory.limits if value is not None}
        self.inventory = Inventory(store.site, InventoryLimits(**bounds), names)
        self.inventory.load(loaded.asset_rows())
        self.baseline = Baseline(baseline_settings(config, learn))
        self.baseline.load(loaded.fact_rows(), loaded.point_facts())
        self.naming = Naming(self.inventory, config.display.modbus_addresses, config.inventory.contact)
        self.naming.labels.learn((one for one in store.points(labelled=True) if one["label"]), settled=True)
        taken = store.recall("decided") if decided is None else decided
        kept = [one for one in store.decisions() if taken is None or one.number <= taken]
        self._decided = kept[-1].number if kept else 0
        self.triage = Triage(self.naming, site=store.site, decisions=[decision_of(one) for one in kept])
        self.triage.load(loaded.triage_rows())
        for one in kept:
            self._rule(decision_of(one))
        self._detectors = detectors(self.naming)
        store.keep_for({"assets": self.inventory, "facts": self.baseline})
        if decided is None:
            self.hear_decisions()

    def hear_decisions(self) -> list[str]:
        """Takes what people decided and wrote down elsewhere since; a line about each."""
        told: list[str] = []
        revisions: list[AlertRevision] = []
        for one in self._store.decisions(self._decided):
            decided = self.triage.hear(decision_of(one))
            self._rule(decided.decision)
            revisions += decided.revisions
            self._decided = one.number
            name = decided.revisions[0].short if decided.revisions else one.target
            told.append(f"{one.who} decided: {one.kind} {name}" + (f" ({one.why})" if one.why else ""))
        if told:
            self._store.remember("decided", self._decided)
            self._commit(self._store.line_time, revisions)
            with self._room():
                self._store.flush()
        return told

    def take(self, batch: Batch, documents: Documents, position: dict[str, Any] | None = None) -> list[AlertRevision]:
        """One batch, through every part, into the store, with how far reading has come. Returns what became of alerts."""
        try:
            changes, revisions = self._judge(batch, documents)
        except BaseException:
            self._store.spoil()
            raise
        self._commit(batch.line_time, revisions, documents=documents, batch=batch, changes=changes, position=position)
        documents.let_go()
        return revisions

    def relive(self, batch: Batch, documents: Documents, position: dict[str, Any] | None) -> None:
        """A batch that the store has already: every part sees it, nothing is told again.

        With a position, its documents are missing, and are told.
        """
        self._judge(batch, documents)
        self.inventory.saved()
        self.baseline.saved()
        self.baseline.changed_points()
        self.triage.changed()
        self._store.relive(batch, documents if position else None, position)
        documents.let_go()

    def hear(self, store: Store, decided: int) -> None:
        """Takes what people decided and said since that decision, as the store has it."""
        self.baseline.rewrite_points()  # the store's may have been numbered with other decisions between
        for one in store.decisions(decided):
            self._rule(self.triage.hear(decision_of(one)).decision)
            self._decided = one.number
        self.baseline.import_rows(row for row in store.fact_rows() if row.get("provenance") == "imported")
        kept = Inventory(store.site)
        kept.load(store.asset_rows())
        for asset in kept.assets:
            known = self.inventory.get(asset.id)
            said, before = _said(asset), _said(known) if known else {}
            if known and said != before:
                self.inventory.set(asset.id, **{**dict.fromkeys(before, ""), **said})

    def _judge(self, batch: Batch, documents: Documents) -> tuple[list[Change], list[AlertRevision]]:
        documents.of(batch)
        self.naming.learn(batch["labels"])
        changes = self.inventory.observe(batch, documents.known)
        novelties = self.baseline.observe(batch, documents.known)
        self.inventory.learning_ended(self.baseline.learnt_since)
        findings = [one for detector in self._detectors for one in detector.examine(documents, novelties)]
        return changes, self.triage.consider(changes, findings, batch.line_time)

    def finish(self) -> list[AlertRevision]:
        """The end: what stood out, and the last growth of alerts."""
        line_time = self.baseline.line_time
        nothing = Documents()
        novelties = self.baseline.finish()
        findings = [one for detector in self._detectors for one in detector.examine(nothing, novelties)]
        revisions = self.triage.consider([], findings, line_time) + self.triage.finish(line_time)
        self._commit(line_time, revisions)
        return revisions

    def counters(self, sensor: Sensor) -> dict[str, Any]:
        """What the sensor counted, and the limits that were reached behind it."""
        counters = sensor.counters()
        reached = {f"inventory.{name}": count for name, count in self.inventory.limits_reached().items()}
        if self.baseline.facts.evicted:
            reached["baseline.unlearnt"] = self.baseline.facts.evicted
        return {**counters, "limits": {**counters["limits"], **reached}}

    def decide(self, decision: Decision) -> None:
        """Takes a person's decision, and keeps it with what follows from it."""
        decided = self.triage.decide(decision)
        self._rule(decided.decision)
        self._decided = write_down(self._store, decided.decision)
        self._store.remember("decided", self._decided)
        self._commit(self._store.line_time, decided.revisions)

    def _rule(self, decision: Decision) -> None:
        """The last word about the decision's facts makes them normal, or never normal: undone, it is the word before."""
        for key in decision.keys if decision.kind in ABOUT_FACTS else ():
            ruling = self.triage.ruling(key)
            if ruling is None:
                self.baseline.forget(key)
            elif ruling.verdict == "denied":
                self.baseline.deny(key)
            else:
                self.baseline.approve(key, until=ruling.until, then_denied=ruling.then == "denied")

    def keep(self) -> None:
        """Keeps what a person said about assets."""
        self._commit(self._store.line_time, [])

    def _commit(self, line_time: int, revisions: list[AlertRevision], **more: Any) -> None:
        with self._room():
            self._store.commit(
                line_time=line_time,
                alerts=[one for one in revisions if not one.note],
                triage=self.triage.changed(),
                point_facts=self.baseline.changed_points(),
                **more,
            )

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Around what writes: the store keeps what did not fit and tries it again, within its bounds."""
        try:
            yield
        except DiskFull as error:
            if not self._goes_on:
                raise
            if self._full_at is None:
                self._store.notices.append(f"{error}. Listening goes on, and what is new is held as far as it fits")
            self._full_at = time.monotonic()
        else:
            if self._full_at is not None and self._store.flushed > self._full_at:
                self._store.notices.append(f"{self._store.path}: there is room again, and what was held is written")
                self._full_at = None


def _said(asset: Asset) -> dict[str, str]:
    """A person's words about an asset."""
    return {one.attribute: str(one.value) for one in asset.claims if one.source == PERSON}


def baseline_settings(config: Config, learn: timedelta | datetime | None) -> BaselineSettings:
    """The settings of the file over the baseline's own defaults."""
    chosen = {name: value for name, value in config.baseline if value is not None and name not in ("learn", "limits")}
    limits = {name: value for name, value in config.baseline.limits if value is not None}
    return BaselineSettings(learn=learn or config.baseline.learn, limits=FactLimits(**limits), **chosen)


def write_down(store: Store, decision: Decision) -> int:
    """Puts a decision among those of the state, whoever writes the rest of it. Gives its number."""
    value = {"until": decision.until, "for_good": decision.for_good, "keys": list(decision.keys)}
    return store.decide(
        decision.kind, decision.target, who=decision.who, when=decision.when, why=decision.why, value=value
    ).number


def decide_elsewhere(store: Store, decision: Decision) -> int:
    """Checks a decision against what the state says now, and writes it down for the process that hears. Gives its number.

    Raises:
        SentinelError: It cannot be taken.
    """
    triage = Triage(site=store.site, decisions=[decision_of(one) for one in store.decisions()])
    triage.load(store.triage_rows())
    return write_down(store, triage.decide(decision).decision)


def decision_of(kept: KeptDecision) -> Decision:
    """A kept decision as the value that triage takes."""
    value = kept.value
    keys = tuple(value.get("keys", ()))
    return Decision(
        kept.kind, kept.target, kept.when, kept.who, kept.why, value.get("until"), value.get("for_good", False), keys
    )
