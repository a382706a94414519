"""Rows of a batch in the order in which things were known, with numbers turned back into names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sentinel.baseline.facts import Subject, clean

if TYPE_CHECKING:
    from sentinel.sensor import Batch

CRITICAL_CLASSES = ("control", "program")
"""Never learnt silently."""

QUIET_CLASSES = ("read", "session", "discover", "other")
"""Told, and approved, together with the conversation."""

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


def _rows_of(batch: Batch) -> list[Row]:
    found: list[Row] = []
    for table, columns in COLUMNS.items():
        frame = batch[table]
        if frame.height:
            frame = frame.select("sequence", "time", *columns)
            found.extend(Row(table, cells[0], cells[1], cells[2:]) for cells in frame.iter_rows())
    found.sort(key=itemgetter(1))
    return found


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
        self._operations: dict[int, Operation] = {}
        self._decoded: dict[tuple[str, str, int | None, str], None] = {}

    def conversation(self, values: dict[str, Any]) -> None:
        """A row of `conversations`."""
        self._conversations[values["conversation"]] = Subject(
            kind="conversation",
            protocol=values["protocol"],
            actor=values["client"],
            target=values["server"],
            port=values["server_port"],
            vlan=values["vlan"] or "",
        )
        self._decoded[(values["client"], values["server"], values["server_port"], values["vlan"] or "")] = None
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
        where: dict[str, Any] = {
            "protocol": pair.protocol,
            "actor": pair.actor,
            "target": pair.target,
            "port": pair.port,
            "vlan": pair.vlan,
            "word": values["class"],
        }
        class_ = Subject(kind="class", **where)
        subject = Subject(kind="operation", id=values["id"], **where)
        self._operations[values["operation"]] = Operation(
            id=values["id"],
            name=clean(values["name"]),
            text=clean(values["target"]),
            word=values["class"],
            action=values["action"],
            unit=values["unit"],
            conversation=pair,
            conversation_key=pair.key(),
            class_=class_,
            class_key=class_.key(),
            subject=subject,
            key=subject.key(),
        )

    def get(self, number: int) -> Operation | None:
        """The operation of that number; None once the core forgot it."""
        return self._operations.get(number)

    def evicted(self, values: dict[str, Any]) -> None:
        """A row of `evictions`."""
        if values["kind"] == "operation":
            self._operations.pop(values["number"], None)
