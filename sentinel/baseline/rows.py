"""Rows of a batch in the order in which things were known, with numbers turned back into names."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from sentinel.baseline.facts import Subject, clean

if TYPE_CHECKING:
    from sentinel.sensor import Batch

CRITICAL_CLASSES = ("control", "program")
"""Never learnt silently."""

QUIET_CLASSES = ("read", "session", "discover", "other")
"""Told, and approved, together with the conversation."""

AT_HAND = 4_096
"""Operations that are kept as they were made, with the keys of their facts; others are made again when they occur."""

CONVERSATION_LIMIT = 100_000
"""Numbers of conversations remembered. Attack: a flood of invented clients."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "conversations": ("conversation", "protocol", "client", "server", "server_port", "vlan"),
    "operations": ("operation", "id", "conversation", "name", "class", "target", "action", "unit"),
    "events": (
        "operation",
        "timestamp",
        "outcome",
        "status",
        "client_port",
        "file",
        "request_frame",
        "response_frame",
        "response_file",
        "bytes",
    ),
    "summaries": ("operation", "outcome", "count", "first", "last"),
    "points": ("operation", "class", "server", "server_port", "vlan", "protocol", "id", "unit", "name"),
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


def runs_of(batch: Batch) -> Iterator[list[Row]]:
    """Rows of all tables the baseline reads, in `sequence` order; the points of one message together, each else alone."""
    run: list[Row] = []
    for row in _rows_of(batch):
        if run and not (row.table == "points" and row.time == run[0].time and row.cells[:6] == run[0].cells[:6]):
            yield run
            run = []
        run.append(row)
        if row.table != "points":
            yield run
            run = []
    if run:
        yield run


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
    """The core's process-local numbers."""

    def __init__(self) -> None:
        self._conversations: dict[int, Subject] = {}
        self._operations: dict[int, tuple[Any, ...]] = {}
        """Conversation, id, name, target, class, action and unit: there may be as many as requests are invented."""
        self._at_hand: dict[int, Operation] = {}
        self._decoded: dict[tuple[str, str, int | None, str], None] = {}

    def conversation(self, values: dict[str, Any]) -> None:
        """A row of `conversations`."""
        pair = values["client"], values["server"], values["server_port"], values["vlan"] or ""
        self._conversations[values["conversation"]] = Subject("conversation", intern(values["protocol"]), *pair)
        self._decoded[pair] = None
        if len(self._conversations) > CONVERSATION_LIMIT:
            del self._conversations[next(iter(self._conversations))]
        if len(self._decoded) > CONVERSATION_LIMIT:
            del self._decoded[next(iter(self._decoded))]

    def decoded(self, pair: tuple[str, str, int | None, str]) -> bool:
        """Is client, server, port, vlan a conversation whose operations are told?"""
        return pair in self._decoded

    def operation(self, values: dict[str, Any]) -> None:
        """A row of `operations`."""
        pair = self._conversations.get(values["conversation"])
        if pair is None:
            return
        class_, action, name = (intern(values[column] or "") for column in ("class", "action", "name"))
        number = values["operation"]
        self._operations[number] = (
            pair,
            values["id"],
            clean(name),
            clean(values["target"]),
            class_,
            action,
            values["unit"],
        )
        self._at_hand.pop(number, None)

    def get(self, number: int) -> Operation | None:
        """The operation of that number; None once the core forgot it."""
        made = self._at_hand.get(number)
        if made is None and (told := self._operations.get(number)) is not None:
            made = _made(*told)
            if len(self._at_hand) >= AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            self._at_hand[number] = made
        return made

    def evicted(self, values: dict[str, Any]) -> None:
        """A row of `evictions`."""
        if values["kind"] == "operation":
            self._operations.pop(values["number"], None)
            self._at_hand.pop(values["number"], None)


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
