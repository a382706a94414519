"""What the packet reader's numbers of conversations and operations stand for, as columns: the reader tells each once.

There may be as many as requests are invented. As objects they would take ten times the room, in every part that asks for
them; so a part keeps none, and asks at each batch for those that its rows speak of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars

from sentinel import _core
from sentinel.sensor import Batch, detached, filled, schemas

CONVERSATION = ("conversation", "protocol", "transport", "client", "server", "server_port", "vlan")
PAIR = ("client", "server", "server_port", "vlan")
Pair = tuple[str, str, int | None, str]
"""Client, server, its port, VLAN."""


class Known:
    """Conversations and operations of all batches, without those that the reader forgot."""

    def __init__(self) -> None:
        self._protocols = [one["name"] for one in _core.protocols_read()]
        schema = _without(schemas()["operations"], "sequence", "time")
        for protocol in self._protocols:
            schema.update(_without(schemas()[protocol], "operation"))
        conversations = schemas()["conversations"]
        self._no_operations = polars.DataFrame(schema=schema)
        self._no_conversations = polars.DataFrame(schema={name: conversations[name] for name in CONVERSATION})
        # Without the columns that hold nothing: of the many, an operation has a few. The last frame is the batch's.
        self._operations: list[polars.DataFrame] = []
        self._conversations: list[polars.DataFrame] = []
        self._old = self._old_conversations = 0
        self._gone: polars.DataFrame | None = None
        """Numbers given up in the batch, and at which row."""
        self._has_forgotten = False

    @property
    def columns(self) -> Sequence[str]:
        """Of operations."""
        return self._no_operations.columns

    def learn(self, batch: Batch) -> None:
        """Takes what a batch brings. What the one before said is given up is forgotten."""
        self._forget()
        operations, conversations = batch["operations"], batch["conversations"]
        self._old, self._old_conversations = len(self._operations), len(self._conversations)
        if operations.height:
            operations = operations.drop("time")
            for protocol in self._protocols:
                operations = operations.join(batch[protocol], on="operation", how="left")
            self._operations.append(detached(filled(operations)))
        if conversations.height:
            self._conversations.append(detached(conversations.select(CONVERSATION)))
        evicted = batch["evictions"]
        if evicted.height:
            is_one = polars.col("kind") == "operation"
            self._gone = detached(evicted.filter(is_one).select(operation="number", until="sequence"))

    def _forget(self) -> None:
        if self._gone is not None:
            kept = [chunk.join(self._gone, on="operation", how="anti") for chunk in self._operations[: self._old]]
            for chunk in self._operations[self._old :]:  # a number may stand for another one since
                later = chunk.join(self._gone, on="operation", how="left", maintain_order="left")
                kept.append(
                    later.filter(polars.col("until").is_null() | (polars.col("until") < polars.col("sequence")))
                )
            self._operations = [chunk.drop("until", strict=False) for chunk in kept if chunk.height]
            self._gone, self._has_forgotten = None, True
        if self._operations and "sequence" in self._operations[-1].columns:
            self._operations[-1] = self._operations[-1].drop("sequence")
        _put_together(self._operations)
        if _put_together(self._conversations):
            self._conversations = [self._living(self._conversations[0])]

    def _living(self, conversations: polars.DataFrame) -> polars.DataFrame:
        """Those of which an operation is known: so they are bounded as operations are."""
        if not self._has_forgotten:
            return conversations
        of = polars.concat(
            [self._no_operations["conversation"], *(chunk["conversation"] for chunk in self._operations)]
        )
        return conversations.filter(polars.col("conversation").is_in(of.implode()))

    def operations(self, numbers: polars.Series, *, before: bool = False) -> polars.DataFrame:
        """Those of these numbers, each once; `before`: as they were known before the last batch."""
        chunks = self._operations[: self._old] if before else self._operations
        return _found(chunks, self._no_operations, "operation", numbers)

    def conversations(self, numbers: polars.Series, *, before: bool = False) -> polars.DataFrame:
        """The same, of conversations."""
        return _found(self._conversations_of(before), self._no_conversations, "conversation", numbers)

    def pairs(self, asked: polars.DataFrame) -> Iterator[Pair]:
        """Ends of conversations known before the last batch that are among the rows asked for, once for each conversation."""
        if not asked.height:
            return
        ends = asked.select(PAIR).unique().with_columns(polars.col("vlan").fill_null(""))
        for chunk in self._conversations_of(before=True):
            found = chunk.with_columns(polars.col("vlan").fill_null("")).join(
                ends, on=PAIR, how="semi", nulls_equal=True
            )
            if found.height:
                yield from self._living(found).select(PAIR).iter_rows()

    def counts(self, conversations: polars.Series) -> dict[int, int]:
        """How many operations of these were known before the last batch."""
        chunks = self._operations[: self._old]
        mine = polars.col("conversation").is_in(conversations.implode())
        all_of_them = [chunk.filter(mine)["conversation"] for chunk in chunks]
        counted = polars.concat([self._no_operations["conversation"], *all_of_them]).value_counts()
        return dict(counted.iter_rows())

    def _conversations_of(self, before: bool) -> list[polars.DataFrame]:
        return self._conversations[: self._old_conversations] if before else self._conversations


def _found(
    chunks: Sequence[polars.DataFrame], nothing: polars.DataFrame, key: str, numbers: polars.Series
) -> polars.DataFrame:
    if not numbers.len() or not chunks:
        return nothing
    asked = polars.col(key).is_in(numbers.implode())
    found = (chunk.filter(asked) for chunk in chunks)
    return polars.concat([nothing, *(chunk for chunk in found if chunk.height)], how="diagonal")


def _put_together(chunks: list[polars.DataFrame]) -> bool:
    """Leaves few frames to look through, each more than twice as long as the next: a row is moved a few times in all.

    Whether there is one left.
    """
    before = len(chunks)
    while len(chunks) > 1 and chunks[-2].height <= 2 * chunks[-1].height:
        chunks[-2:] = [polars.concat(chunks[-2:], how="diagonal", rechunk=True)]
    return len(chunks) == 1 < before


def _without(schema: polars.Schema, *names: str) -> polars.Schema:
    return polars.Schema({name: kind for name, kind in schema.items() if name not in names})
