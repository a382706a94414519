"""Facts about points that nobody decided about, as columns: a plant has hundreds of thousands, all of one shape.

Both kinds, those learnt and those only seen, are a log in the order of their last use: what is used moves to the end,
what must go goes from the front. So what changed since it was last asked is the end of a log, and where its front is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import polars

from sentinel.baseline.facts import HOUR, Fact, Subject

PROVENANCES = ("seen", "learnt")
"""The two logs."""

SPARE = 4_096
"""Rows that are gone are kept up to so many, or as many as live: cutting them off moves the others."""

COLUMNS: dict[str, type[polars.DataType]] = {
    "number": polars.UInt64,
    "before": polars.String,
    "id": polars.String,
    "after": polars.String,
    "text": polars.String,
    "unit": polars.Int64,
    "first": polars.Int64,
    "last": polars.Int64,
    "bins": polars.Int64,
    "count": polars.Int64,
    "last_bin": polars.Int64,
    "told": polars.Int64,
    "alerted": polars.Boolean,
}
"""The persisted form of rows; a fact's key is `before`, `id`, `after`."""


class LogChange(NamedTuple):
    """What became of a log since it was last asked."""

    provenance: str
    whole: bool
    """Are these all its rows? What was kept before counts no more."""
    head: int
    """Rows of lower numbers are gone."""
    gone: list[int]
    """So are these."""
    rows: polars.DataFrame
    """New ones, in order."""


class Place:
    """Whose points: all that the keys of their facts share."""

    __slots__ = ("after", "before", "decided", "key", "rows")

    def __init__(self, key: tuple[str, str, int | None, str, str]) -> None:
        protocol, server, port, vlan, word = self.key = key
        subject = Subject("point", protocol, "", server, port, vlan, word, "\n")
        self.before, self.after = subject.key().split("\n")
        self.rows: dict[str, int] = {}
        """By id: the number in the log of what is seen, or the complement of that in the log of what is learnt."""
        self.decided: set[str] = set()
        """Ids of points that somebody decided about: no rows here."""


class Log:
    """Rows by number, in the order of their last use."""

    def __init__(self, provenance: str) -> None:
        self.provenance = provenance
        self.live = 0
        self.head = 0
        """The number of the first row that may live."""
        self._base = 0
        """The number of the first row in the columns."""
        self._saved = self._saved_head = 0
        self._whole = False
        self._gone: list[int] = []
        self._ids: list[str] = []  # empty where a row moved away
        self._places: list[Place] = []
        self._texts: list[str] = []
        self._units: list[int | None] = []
        self._first, self._last, self._told, self._count = (array("q") for _ in range(4))
        self._bins, self._last_bin = array("q"), array("q")
        self._alerted = bytearray()

    @property
    def end(self) -> int:
        """The number of the next row."""
        return self._base + len(self._ids)

    def add(
        self,
        place: Place,
        ids: Sequence[str],
        texts: Sequence[str],
        units: Sequence[int | None],
        time: int,
        told: int,
        alerted: bool,
    ) -> None:
        """New rows, all seen at a time."""
        many = len(ids)
        if many == 1:  # many messages touch one point each
            self._ids.append(ids[0])
            self._places.append(place)
            self._texts.append(texts[0])
            self._units.append(units[0])
            self._first.append(time)
            self._last.append(time)
            self._told.append(told)
            self._count.append(1)
            self._bins.append(1)
            self._last_bin.append(time // HOUR)
            self._alerted.append(alerted)
            self.live += 1
            return
        self._ids += ids
        self._places += [place] * many
        self._texts += texts
        self._units += units
        self._first.extend([time] * many)
        self._last.extend([time] * many)
        self._told.extend([told] * many)
        self._count.extend([1] * many)
        self._bins.extend([1] * many)
        self._last_bin.extend([time // HOUR] * many)
        self._alerted.extend(bytes([alerted]) * many)
        self.live += many

    def put(self, place: Place, id: str, fact: Fact) -> int:
        """One row out of a fact; its number."""
        self._ids.append(id)
        self._places.append(place)
        self._texts.append(fact.text)
        self._units.append(fact.unit)
        self._first.append(fact.first)
        self._last.append(fact.last)
        self._told.append(fact.told)
        self._count.append(fact.count)
        self._bins.append(fact.bins)
        self._last_bin.append(fact.last_bin)
        self._alerted.append(fact.alerted)
        self.live += 1
        return self.end - 1

    def fact(self, number: int) -> Fact:
        """A row as a fact: a copy."""
        at = number - self._base
        place, id = self._places[at], self._ids[at]
        protocol, server, port, vlan, word = place.key
        return Fact(
            Subject("point", protocol, "", server, port, vlan, word, id),
            f"{place.before}{id}{place.after}",
            self.provenance,
            self._first[at],
            self._last[at],
            self._bins[at],
            self._count[at],
            self._last_bin[at],
            text=self._texts[at],
            unit=self._units[at],
            alerted=bool(self._alerted[at]),
            told=self._told[at],
            kept=number < self._saved,
        )

    def remove(self, number: int) -> None:
        """Empties a row. Its place no longer knows it."""
        self._ids[number - self._base] = ""
        self.live -= 1
        if number < self._saved:
            self._gone.append(number)

    def drop(self, many: int) -> list[Place]:
        """The oldest rows go, at most all; places that may be empty now."""
        many = min(many, self.live)
        self.live -= many
        at = self.head - self._base
        if many == 1 and (id := self._ids[at]):  # for each point of many messages
            place = self._places[at]
            del place.rows[id]
            self.head += 1
            if at > max(SPARE, self.live):
                self._cut(at)
            return [] if place.rows else [place]
        touched: dict[Place, None] = {}
        while many > 0 and at < len(self._ids):
            ids = self._ids[at : at + many]
            for id, place in zip(ids, self._places[at : at + many], strict=True):
                if id:
                    del place.rows[id]
                    many -= 1
                    touched[place] = None
            at += len(ids)
        self.head = self._base + at
        if at > max(SPARE, self.live):
            self._cut(at)
        return list(touched)

    def _cut(self, many: int) -> None:
        for column in (
            self._ids, self._places, self._texts, self._units, self._first, self._last, self._told, self._count,
            self._bins, self._last_bin, self._alerted,
        ):  # fmt: skip
            del column[:many]
        self._base += many

    def begin_at(self, head: int) -> None:
        """All rows that live stand behind that number."""
        self.head = head
        self._gone = [number for number in self._gone if number >= head]
        self._cut(head - self._base)

    def sparse(self) -> bool:
        """Are there more rows between front and end that moved away than rows that live?"""
        return self.end - self.head > 2 * self.live + SPARE

    def numbers(self) -> Iterator[int]:
        """Numbers of rows that live."""
        at = self.head - self._base
        return (self._base + at + index for index, id in enumerate(self._ids[at:]) if id)

    def rewrite(self) -> None:
        """The next change is given whole."""
        self._whole, self._saved, self._gone = True, self.head, []

    def changed(self) -> LogChange | None:
        """What changed since the last call."""
        if self._saved == self.end and self._saved_head == self.head and not self._gone and not self._whole:
            return None
        gone = [number for number in self._gone if number >= self.head]
        change = LogChange(self.provenance, self._whole, self.head, gone, self._frame(max(self._saved, self.head)))
        self._whole, self._saved, self._saved_head, self._gone = False, self.end, self.head, []
        return change

    def _frame(self, since: int) -> polars.DataFrame:
        start = since - self._base
        ids = self._ids[start:]
        places = self._places[start:]
        frame = polars.DataFrame(
            {
                "number": range(since, since + len(ids)),
                "before": [place.before for place in places],
                "id": ids,
                "after": [place.after for place in places],
                "text": self._texts[start:],
                "unit": self._units[start:],
                "first": self._first[start:],
                "last": self._last[start:],
                "bins": self._bins[start:],
                "count": self._count[start:],
                "last_bin": self._last_bin[start:],
                "told": self._told[start:],
                "alerted": [flag != 0 for flag in self._alerted[start:]],
            },
            schema=COLUMNS,
        )
        return frame.filter(polars.col("id") != "")

    def load(self, head: int, rows: polars.DataFrame, places: Plain) -> None:
        """Goes on with persisted rows, in order; those between that are missing moved away."""
        self._base = self.head = head
        known: dict[tuple[str, str], Place] = {}
        for number, before, id, after, text, unit, first, last, bins, count, last_bin, told, alerted in rows.select(
            *COLUMNS
        ).iter_rows():
            place = known.get((before, after))
            if place is None:
                place = known[before, after] = places.place_of(Subject.parse(f"{before}{id}{after}"))
            if (missing := number - self.end) > 0:
                self.add(place, [""] * missing, [""] * missing, [None] * missing, 0, 0, False)
                self.live -= missing
            self._ids.append(id)
            self._places.append(place)
            self._texts.append(text)
            self._units.append(unit)
            self._first.append(first)
            self._last.append(last)
            self._told.append(told)
            self._count.append(count)
            self._bins.append(bins)
            self._last_bin.append(last_bin)
            self._alerted.append(alerted)
            self.live += 1
            place.rows[id] = number if self.provenance == "seen" else ~number
        self._saved, self._saved_head = self.end, head


class Plain:
    """All plain facts about points, bounded: those seen go before those learnt."""

    def __init__(self, limit: int, unlearnt: int) -> None:
        self._limit, self._unlearnt = limit, unlearnt
        self._places: dict[tuple[str, str, int | None, str, str], Place] = {}
        self._seen, self._learnt = (Log(provenance) for provenance in PROVENANCES)
        self.evicted = 0

    def __len__(self) -> int:
        return self._seen.live + self._learnt.live

    def __iter__(self) -> Iterator[Fact]:
        for log in (self._seen, self._learnt):
            for number in log.numbers():
                yield log.fact(number)

    def place(self, protocol: str, server: str, port: int | None, vlan: str, word: str) -> Place:
        """Where points of a server are that are touched in a way."""
        key = (protocol, server, port, vlan, word)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = Place(key)
        return place

    def place_of(self, subject: Subject) -> Place:
        """The same, of a fact's subject."""
        return self.place(subject.protocol, subject.target, subject.port, subject.vlan, subject.word)

    def add(
        self,
        place: Place,
        ids: Sequence[str],
        texts: Sequence[str],
        units: Sequence[int | None],
        *,
        time: int,
        told: int,
        alerted: bool,
        learnt: bool,
    ) -> None:
        """Facts that were not known, no two of one point."""
        log = self._learnt if learnt else self._seen
        self._places[place.key] = place
        start, end = log.end, log.end + len(ids)
        place.rows.update(zip(ids, range(~start, ~end, -1) if learnt else range(start, end), strict=True))
        log.add(place, ids, texts, units, time, told, alerted)
        self._bound()

    def use(self, place: Place, id: str, time: int, teach: bool) -> Fact:
        """A use of a fact that is known: what it is now."""
        fact = self._take(place, id)
        fact.saw(time, time, 1)
        if teach and not fact.alerted:
            fact.provenance = "learnt"
        self._append(place, id, fact)
        self._bound()
        return fact

    def put(self, fact: Fact) -> None:
        """Keeps a fact as the one that was used last."""
        place, id = self.place_of(fact.subject), fact.subject.id
        if id in place.rows:
            self._take(place, id)
        self._append(place, id, fact)
        self._bound()

    def get(self, key: str) -> Fact | None:
        """The fact of that key: a copy."""
        found = self._find(key)
        return self._log(found[0].rows[found[1]]) if found else None

    def remove(self, key: str) -> bool:
        """Forgets a fact; was there one?"""
        found = self._find(key)
        if found:
            self._take(*found)
            self._leave(found[0])
        return found is not None

    def decided(self, subject: Subject, decided: bool) -> None:
        """Whether somebody decided about a point: then it is kept elsewhere."""
        place = self.place_of(subject)
        if decided:
            place.decided.add(subject.id)
        else:
            place.decided.discard(subject.id)
            self._leave(place)

    def load(self, logs: Iterable[tuple[str, int, polars.DataFrame]]) -> None:
        """Goes on from persisted rows of each log, whose numbers rise, and where its front is."""
        for provenance, head, rows in logs:
            log = self._learnt if provenance == "learnt" else self._seen
            log.load(head, rows, self)
        self._bound()

    def changed(self) -> list[LogChange]:
        """What changed since the last call."""
        for log in (self._seen, self._learnt):
            if log.sparse():
                self._close_up(log)
        return [change for log in (self._seen, self._learnt) if (change := log.changed())]

    def rewrite(self) -> None:
        """What was given before counts no more: the next change is given whole."""
        self._seen.rewrite()
        self._learnt.rewrite()

    # Inside

    def _find(self, key: str) -> tuple[Place, str] | None:
        try:
            subject = Subject.parse(key)
        except ValueError:
            return None
        place = self._places.get((subject.protocol, subject.target, subject.port, subject.vlan, subject.word))
        if place is None or subject.kind != "point" or subject.id not in place.rows:
            return None
        return place, subject.id

    def _log(self, number: int) -> Fact:
        return self._seen.fact(number) if number >= 0 else self._learnt.fact(~number)

    def _take(self, place: Place, id: str) -> Fact:
        number = place.rows.pop(id)
        fact = self._log(number)
        if number >= 0:
            self._seen.remove(number)
        else:
            self._learnt.remove(~number)
        return fact

    def _append(self, place: Place, id: str, fact: Fact) -> None:
        self._places[place.key] = place
        if fact.provenance == "learnt":
            place.rows[id] = ~self._learnt.put(place, id, fact)
        else:
            place.rows[id] = self._seen.put(place, id, fact)

    def _bound(self) -> None:
        seen, learnt = self._seen.live, self._learnt.live
        if (over := max(seen - self._unlearnt, seen + learnt - self._limit)) > 0:
            self._drop(self._seen, over)
        if (over := learnt - self._limit) > 0:
            self._drop(self._learnt, over)

    def _drop(self, log: Log, many: int) -> None:
        before = log.live
        for place in log.drop(many):
            self._leave(place)
        self.evicted += before - log.live

    def _leave(self, place: Place) -> None:
        if not place.rows and not place.decided:
            self._places.pop(place.key, None)

    def _close_up(self, log: Log) -> None:
        """Every row moves to the end, in order."""
        end = log.end
        for number in list(log.numbers()):
            fact = log.fact(number)
            place = self.place_of(fact.subject)
            self._take(place, fact.subject.id)
            self._append(place, fact.subject.id, fact)
        log.begin_at(end)


def rows_of(provenance: str, frame: polars.DataFrame) -> Iterator[dict[str, Any]]:
    """Persisted rows as those of any fact."""
    for one in frame.iter_rows(named=True):
        full = {
            "key": f"{one['before']}{one['id']}{one['after']}",
            "provenance": provenance,
            **{name: one[name] for name in ("first", "last", "bins", "count", "last_bin", "text", "unit")},
            "alerted": one["alerted"],
            "told": one["told"],
            "under": "seen",
        }
        yield {name: value for name, value in full.items() if value not in (None, "", False)}
