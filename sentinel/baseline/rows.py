"""Rows of a batch in the order in which things were known, with numbers turned back into names."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

import polars

from sentinel.baseline.facts import Subject, clean
from sentinel.baseline.novelty import AFTER_ALL
from sentinel.known import Known, Pair

if TYPE_CHECKING:
    from sentinel.sensor import Batch

CRITICAL_CLASSES = ("control", "program")
"""Never learnt silently."""

QUIET_CLASSES = ("read", "session", "discover", "other")
"""Told, and approved, together with the conversation."""

AT_HAND = 4_096
"""Operations that are kept as they were made, with the keys of their facts; others are made again when they occur."""

ENDS = ("conversation", "protocol", "client", "server", "server_port", "vlan")
"""What the baseline reads of a conversation."""

EVENT = ("operation", "timestamp", "outcome")
"""What the baseline reads of an event that says nothing new."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "conversations": ("conversation", "protocol", "client", "server", "server_port", "vlan"),
    "operations": ("operation", "id", "conversation", "name", "class", "target", "action", "unit"),
    "events": (
        *EVENT,
        "status",
        "client_port",
        "file",
        "request_frame",
        "response_frame",
        "response_file",
        "bytes",
    ),
    "senders": ("mac", "ip", "vlan", "first", "last"),
    "connections": (
        "client",
        "client_port",
        "server",
        "server_port",
        "vlan",
        "transport",
        "application",
        "application_title",
        "group",
        "read",
        "role_source",
        "first",
        "last",
        "packets_client",
        "packets_server",
    ),
    "evictions": ("kind", "number"),
}

SHARED = ("time", "operation", "class", "server", "server_port", "vlan", "protocol")
"""What the points of one message share."""

SUMMARY = ("sequence", "operation", "outcome", "first", "last", "count")
"""What the baseline reads of a summary, besides its time."""


class Row(NamedTuple):
    """One row: its table, its place in the global order, its line time and its cells in the order of `COLUMNS`."""

    table: str
    sequence: int
    time: int
    cells: tuple[Any, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The cells by name."""
        return dict(zip(COLUMNS[self.table], self.cells, strict=True))


class Points(NamedTuple):
    """Points that one message touched: what they share, and a column of each else."""

    time: int
    operation: int
    word: str
    server: str
    port: int | None
    vlan: str
    protocol: str
    sequences: Sequence[int]
    ids: Sequence[str]
    units: Sequence[int | None]
    names: Sequence[str | None]

    def one(self, at: int) -> Points:
        """One of them alone."""
        columns = (column[at : at + 1] for column in self[7:])
        return Points(*self[:7], *columns)  # type: ignore[arg-type]


class Summaries(NamedTuple):
    """Summaries that one minute's end brought, with nothing else between them: their time, and a column of each else."""

    time: int
    sequences: Sequence[int]
    operations: Sequence[int]
    outcomes: Sequence[str]
    firsts: Sequence[int]
    lasts: Sequence[int]
    counts: Sequence[int]


def runs_of(batch: Batch) -> Iterator[Row | Points | Summaries]:
    """Rows of all tables the baseline reads, in `sequence` order; the points of one message, and summaries, together."""
    many: list[_Runs] = [runs(batch[table]) for table, runs in RUNS.items() if batch[table].height] or [_Runs([])]
    waiting = min(one.next for one in many)
    for row in _rows_of(batch):
        if waiting < row.sequence:
            yield from _until(many, row.sequence)
            waiting = min(one.next for one in many)
        yield row
    yield from _until(many, AFTER_ALL)


def _until(many: list[_Runs], sequence: int) -> Iterator[Points | Summaries]:
    """The runs before that row, in order."""
    while (first := min(many, key=attrgetter("next"))).next < sequence:
        stop = min([sequence, *(one.next for one in many if one is not first)])
        yield from first.until(stop)


class _Runs:
    """Rows of a table that are read many at once, in order."""

    def __init__(self, sequences: Sequence[int]) -> None:
        self._sequences = sequences
        self._at = 0

    @property
    def next(self) -> int:
        """The number of the next row; past all others when there is none."""
        return self._sequences[self._at] if self._at < len(self._sequences) else AFTER_ALL

    def until(self, sequence: int) -> Iterator[Points | Summaries]:
        """Those before that row: a run may stand on both sides of it."""
        stop = bisect_left(self._sequences, sequence, self._at)
        while self._at < stop:
            run, end = self._run(stop)
            yield run
            self._at = end

    def _run(self, stop: int) -> tuple[Points | Summaries, int]:
        """The next run, and where it ends, before that place at the latest."""
        raise NotImplementedError


class _PointRuns(_Runs):
    """The points of a batch, message by message."""

    def __init__(self, frame: polars.DataFrame) -> None:
        frame = frame.sort("sequence")
        self._columns = [frame[name].to_list() for name in ("sequence", "id", "unit", "name")]
        super().__init__(self._columns[0])
        new = polars.any_horizontal(polars.col(*SHARED).ne_missing(polars.col(*SHARED).shift()))
        starts = frame.select((new | (polars.int_range(polars.len()) == 0)).arg_true()).to_series()
        self._shared = frame[starts].select(*SHARED).rows()
        self._ends = [*starts.to_list()[1:], frame.height]
        self._message = 0

    def _run(self, stop: int) -> tuple[Points, int]:
        end = min(self._ends[self._message], stop)
        time, operation, word, server, port, vlan, protocol = self._shared[self._message]
        columns = (column[self._at : end] for column in self._columns)
        if end == self._ends[self._message]:
            self._message += 1
        return Points(time, operation, word, server, port, vlan or "", protocol, *columns), end


class _SummaryRuns(_Runs):
    """The summaries of a batch, minute by minute."""

    def __init__(self, frame: polars.DataFrame) -> None:
        self._columns = [frame[name].to_list() for name in SUMMARY]
        super().__init__(self._columns[0])
        self._times = frame["time"].to_list()

    def _run(self, stop: int) -> tuple[Summaries, int]:
        time = self._times[self._at]
        end = bisect_right(self._times, time, self._at, stop)
        return Summaries(time, *(column[self._at : end] for column in self._columns)), end


RUNS: dict[str, type[_PointRuns | _SummaryRuns]] = {"points": _PointRuns, "summaries": _SummaryRuns}

TABLES = (*COLUMNS, *RUNS)
"""What the baseline reads of a batch."""


def _rows_of(batch: Batch) -> Iterator[Row]:
    """Each table is in order; all rows at once would be the most that a flood costs here."""
    return heapq.merge(*(_table(batch, table) for table in COLUMNS), key=itemgetter(1))


def _table(batch: Batch, table: str) -> Iterator[Row]:
    frame = batch[table]
    if frame.height:
        for cells in frame.select("sequence", "time", *COLUMNS[table]).iter_rows():
            yield Row(table, cells[0], cells[1], cells[2:])


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with the facts it is about: their subjects and keys are made once."""

    id: str
    name: str
    text: str
    word: str
    action: str
    unit: int | None
    conversation: Subject
    conversation_key: str
    class_: Subject
    class_key: str
    subject: Subject
    key: str

    @property
    def quiet_keys(self) -> tuple[str, ...]:
        """Keys of the classes that are approved together with the conversation."""
        return tuple(self.class_._replace(word=word).key() for word in QUIET_CLASSES)

    @property
    def critical(self) -> bool:
        """Is it a control operation?"""
        return self.word in CRITICAL_CLASSES


class Numbers:
    """The core's process-local numbers, as far as rows of the batch speak of them; of all others `Known` knows."""

    def __init__(self) -> None:
        self._conversations: dict[int, Subject] = {}
        self._operations: dict[int, tuple[Any, ...]] = {}
        """Conversation, id, name, target, class, action, unit, and the number of the conversation."""
        self._at_hand: dict[int, Operation] = {}
        self._decoded: dict[Pair, int] = {}
        """How many conversations with these ends there are."""
        self._living: dict[int, int] | None = None
        """How many operations a conversation has, where some are given up in this batch."""

    def begin(self, batch: Batch, known: Known) -> None:
        """Takes what was known before the batch, of what its rows speak of."""
        gone = batch["evictions"].filter(polars.col("kind") == "operation")["number"]
        asked = polars.concat([batch[table]["operation"] for table in ("events", "summaries", "points")]).unique()
        at_hand = polars.Series(list(self._at_hand), dtype=asked.dtype)
        numbers = polars.concat([asked.filter(~asked.is_in(at_hand.implode())), gone]).unique()
        operations = known.operations(numbers, before=True)
        of = polars.concat([operations["conversation"], batch["operations"]["conversation"]]).unique()
        conversations = known.conversations(of, before=True)
        self._conversations = {number: _subject(*ends) for number, *ends in conversations.select(ENDS).iter_rows()}
        self._operations = {}
        for cells in operations.select(COLUMNS["operations"]).iter_rows():
            self._put(*cells)
        self._decoded = dict(Counter(known.pairs(batch["connections"])))
        self._living = known.counts(of) if gone.len() else None

    def conversation(self, values: dict[str, Any]) -> None:
        """A row of `conversations`."""
        subject = _subject(*(values[name] for name in ENDS[1:]))
        self._conversations[values["conversation"]] = subject
        pair = _pair(subject)
        self._decoded[pair] = self._decoded.get(pair, 0) + 1

    def decoded(self, pair: Pair) -> bool:
        """Is client, server, port, vlan a conversation whose operations are told?"""
        return self._decoded.get(pair, 0) > 0

    def operation(self, values: dict[str, Any]) -> None:
        """A row of `operations`."""
        self._put(*(values[name] for name in COLUMNS["operations"]))
        if self._living is not None:
            conversation = values["conversation"]
            self._living[conversation] = self._living.get(conversation, 0) + 1

    def _put(
        self,
        number: int,
        id: str,
        conversation: int,
        name: str | None,
        class_: str | None,
        target: str | None,
        action: str | None,
        unit: int | None,
    ) -> None:
        pair = self._conversations.get(conversation)
        if pair is None:
            return
        word, text = intern(class_ or ""), clean(target)
        self._operations[number] = (pair, id, intern(clean(name)), text, word, intern(action or ""), unit, conversation)
        self._at_hand.pop(number, None)

    def get(self, number: int) -> Operation | None:
        """The operation of that number; None once the core forgot it."""
        made = self._at_hand.get(number)
        if made is None and (told := self._operations.get(number)) is not None:
            made = _made(*told[:-1])
            if len(self._at_hand) >= AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            self._at_hand[number] = made
        return made

    def evicted(self, values: dict[str, Any]) -> None:
        """A row of `evictions`. The conversation goes with the last of its operations."""
        number = values["number"]
        if values["kind"] != "operation" or self._living is None:
            return
        self._at_hand.pop(number, None)
        if (told := self._operations.pop(number, None)) is not None:
            pair, conversation = _pair(told[0]), told[-1]
            left = self._living[conversation] = self._living.get(conversation, 0) - 1
            if left == 0:
                self._decoded[pair] = self._decoded.get(pair, 0) - 1


def _subject(protocol: str, client: str, server: str, port: int | None, vlan: str | None) -> Subject:
    return Subject("conversation", intern(protocol), client, server, port, vlan or "")


def _pair(subject: Subject) -> Pair:
    return subject.actor, subject.target, subject.port, subject.vlan


def _made(pair: Subject, id: str, name: str, text: str, word: str, action: str, unit: int | None) -> Operation:
    class_ = pair._replace(kind="class", word=word)
    subject = pair._replace(kind="operation", word=word, id=id)
    return Operation(
        id=id,
        name=name,
        text=text,
        word=word,
        action=action,
        unit=unit,
        conversation=pair,
        conversation_key=pair.key(),
        class_=class_,
        class_key=class_.key(),
        subject=subject,
        key=subject.key(),
    )
