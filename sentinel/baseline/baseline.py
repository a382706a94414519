"""The baseline as the pipeline sees it: batches in, novelties out; facts kept, decided, exported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars

from sentinel.baseline.facts import MINUTE, Fact, Subject
from sentinel.baseline.kept import Facts
from sentinel.baseline.learning import BaselineSettings, Learning, LearningState, forecast
from sentinel.baseline.novelty import AFTER_ALL, Novelty
from sentinel.baseline.observe import Moment, Observer
from sentinel.baseline.plain import PROVENANCES, LogChange
from sentinel.baseline.rows import TABLES, runs_of
from sentinel.known import Known

if TYPE_CHECKING:
    from sentinel.sensor import Batch


class Baseline:
    """Learns facts, and turns rows into novelties. However rows are cut into batches: the same."""

    def __init__(self, settings: BaselineSettings | None = None) -> None:
        self.settings = settings or BaselineSettings()
        self.facts = Facts(self.settings.limits)
        self._learning = Learning(self.settings.learn)
        self._observer = Observer(self.settings, self.facts, self._learning)
        self._every = max(self.settings.standing_out_every // timedelta(microseconds=1) * 1_000, MINUTE)
        self._meta: dict[str, Any] | None = None
        self._known = Known()

    # What the pipeline calls

    def observe(self, batch: Batch, known: Known | None = None) -> list[Novelty]:
        """The novelties of a batch, in order. `known`: what its numbers stand for; without it, all batches must be seen here."""
        if known is None:
            known = self._known
            known.learn(batch)
        if any(batch[table].height for table in TABLES):
            self._observer.begin(batch, known)
            for run in runs_of(batch):
                self._learning.begin(run.time)
                self._advance(run.time)
                self._observer.read(run)
        self._advance(batch.line_time)
        return self._take()

    def finish(self) -> list[Novelty]:
        """The end of a replay: the last growth of what is wide, and the notes that stand out."""
        time = self._learning.line_time
        self._tell_due(None)
        if self._learning.state(time) != "learnt":
            self._stand_out(time)
        return self._take()

    def load(self, rows: Iterable[dict[str, Any]], points: Iterable[tuple[str, int, polars.DataFrame]] = ()) -> None:
        """Goes on from persisted rows (the forms that `changed` gave), and logs of points (see `changed_points`)."""
        self.facts.points.load(points)
        alone: list[str] = []
        for row in rows:
            if row["key"] == "learning":
                self._learning.load(row)
            elif not row.get("gone"):
                fact = Fact.of_row(row)
                self.facts.put(fact)
                self._observer.remember(fact)
                if fact.subject.kind == "point" and fact.provenance in PROVENANCES:
                    alone.append(fact.key)
        self.saved()
        self.facts.forget_rows(alone)

    def unsaved(self) -> Iterator[dict[str, Any]]:
        """What changed since `saved` was called last, as rows with a `key`; with `gone` true: to be deleted."""
        yield from self.facts.unsaved()
        if (meta := self._learning.row()) != self._meta:
            yield meta

    def saved(self) -> None:
        """The store has all of it now."""
        self.facts.saved()
        self._meta = self._learning.row()

    def documents(self) -> tuple[()]:
        """Facts are no documents."""
        return ()

    def changed(self) -> list[dict[str, Any]]:
        """What is unsaved, taken for saved from now on."""
        rows = list(self.unsaved())
        self.saved()
        return rows

    def changed_points(self) -> list[LogChange]:
        """What changed of facts about points that nobody decided about, which have no rows of their own."""
        return self.facts.points.changed()

    def rewrite_points(self) -> None:
        """What was given of them before counts no more: they are given whole."""
        self.facts.points.rewrite()

    def state(self) -> LearningState:
        """How far learning has come."""
        learning, time = self._learning, self._learning.line_time
        normal, once, coverage, new = forecast(self.facts.but_points(), learning.since, time)
        return LearningState(
            learning.state(time),
            learning.since,
            learning.until,
            self.facts.counts(),
            normal,
            once,
            coverage,
            new,
            self.facts.evicted,
        )

    @property
    def learnt_since(self) -> int | None:
        """When learning ended; None while it has not. `state` says the same and more, and looks at every fact for it."""
        time = self._learning.line_time
        return self._learning.until if self._learning.state(time) == "learnt" else None

    @property
    def line_time(self) -> int:
        """The highest line time seen."""
        return self._learning.line_time

    def review(self) -> list[Fact]:
        """Learnt facts that were seen in one hour only: a person should look at them when learning ends."""
        return [fact for fact in self.facts if fact.provenance == "learnt" and fact.bins == 1]

    # What people decide

    def approve(self, key: str, *, until: int | None = None, then_denied: bool = False) -> None:
        """Makes a fact normal, for good or until a line time, after which it may be one that was denied before."""
        fact = self._decided(key, "approved")
        fact.until, fact.then_denied = until, then_denied

    def deny(self, key: str) -> None:
        """Makes a fact never normal: it is told each time."""
        fact = self._decided(key, "denied")
        fact.until, fact.then_denied = None, False

    def forget(self, key: str) -> None:
        """Takes a decision back."""
        fact = self.facts.get(key)
        if fact is None or fact.provenance not in ("approved", "denied"):
            return
        fact.provenance, fact.until, fact.then_denied = fact.under, None, False
        if fact.count or fact.provenance != "seen":
            self.facts.put(fact)
        else:
            self.facts.remove(key)  # only the decision made it: it was never seen

    def import_rows(self, rows: Iterable[dict[str, Any]]) -> None:
        """Takes facts of `text.parse`: learnt ones become imported; what was denied here stays denied."""
        for row in rows:
            provenance = "imported" if row["provenance"] == "learnt" else row["provenance"]
            known = self.facts.get(row["key"])
            if provenance == "seen" or (known is not None and known.provenance == "denied"):
                continue
            fact = self._decided(row["key"], provenance)
            fact.until = row.get("until")
            fact.text = fact.text or row.get("text", "")

    def _decided(self, key: str, provenance: str) -> Fact:
        fact = self.facts.get(key)
        if fact is None:
            fact = Fact(Subject.parse(key), key)
        if fact.provenance not in ("approved", "denied"):
            fact.under = fact.provenance
        fact.provenance = provenance
        self.facts.put(fact)
        return fact

    # Line time

    def _advance(self, time: int) -> None:
        """All that is due strictly before this line time, each at its own exact time."""
        if time <= self._learning.line_time:
            return
        before, self._learning.line_time = self._learning.line_time, time
        self._tell_due(time)
        since = self._learning.since
        if since is None or self._learning.state(time) != "none":
            return
        # The first mark since the last row; those after it within a silence have nothing to add.
        mark = since + max(1, -((since - before) // self._every)) * self._every
        if mark < time:
            self._stand_out(mark)

    def _tell_due(self, before: int | None) -> None:
        for due, window in self._observer.windows.due(before):
            at = due if before is not None else self._learning.line_time
            self._observer.tell_window(window, Moment(AFTER_ALL, at, window.minute * MINUTE, 0, {}))

    def _stand_out(self, time: int) -> None:
        since = self._learning.since or 0
        for novelty in self._observer.notes.best(self.facts, since, time, self.settings.standing_out):
            exposure = replace(novelty.exposure, duration=time - since)
            self._observer.out.append(replace(novelty, sequence=AFTER_ALL, time=time, exposure=exposure))

    def _take(self) -> list[Novelty]:
        out, self._observer.out = self._observer.out, []
        return out
