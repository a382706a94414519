"""The sensor: batches of tables out of the packet reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars

from sentinel import _core

KINDS: dict[str, polars.DataType] = {
    "unsigned": polars.UInt64(),
    "signed": polars.Int64(),
    "float": polars.Float64(),
    "bool": polars.Boolean(),
    "text": polars.String(),
    "integers": polars.List(polars.Int64()),
    "texts": polars.List(polars.String()),
}


@cache
def schemas() -> dict[str, polars.Schema]:
    """Every table of the border with its columns."""
    return {
        name: polars.Schema({column: KINDS[kind] for column, kind in columns})
        for name, columns in _core.tables().items()
    }


@dataclass(frozen=True)
class Batch:
    """Tables of one batch, and the line time at its end (ns since 1970, UTC)."""

    tables: Mapping[str, polars.DataFrame]
    line_time: int

    def __getitem__(self, name: str) -> polars.DataFrame:
        """The table; empty, with its columns, if this batch has none of its rows."""
        frame = self.tables.get(name)
        return frame if frame is not None else polars.DataFrame(schema=schemas().get(name))


class Sensor:
    """Reads captures, or listens, and yields batches until the end."""

    def __init__(
        self,
        files: Sequence[str],
        *,
        every_transaction: bool = False,
        site: str = "",
        limits: Mapping[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> None:
        self._core = _core.Sensor(
            list(files),
            every_transaction=every_transaction,
            site=site,
            limits=dict(limits or {}),
            vlan_in_key=vlan_in_key,
        )

    @classmethod
    def listen(
        cls,
        interfaces: Sequence[str],
        *,
        ring_bytes: int,
        outgoing: bool = False,
        site: str = "",
        limits: Mapping[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> Sensor:
        """Listens on interfaces until `stop`; `outgoing`: what this computer itself sends is read too.

        Raises:
            PermissionError: It may not.
            OSError: An interface cannot be listened on: its name and why.
        """
        sensor = cls.__new__(cls)
        sensor._core = _core.Sensor.listen(
            list(interfaces),
            ring_bytes=ring_bytes,
            outgoing=outgoing,
            site=site,
            limits=dict(limits or {}),
            vlan_in_key=vlan_in_key,
        )
        return sensor

    def stop(self) -> None:
        """A sensor that listens gives what it has received, then ends."""
        self._core.stop()

    def notices(self) -> list[str]:
        """What happened to the interfaces since the last call, one line each."""
        return self._core.notices()

    def __iter__(self) -> Iterator[Batch]:
        while (tables := self._core.next_batch()) is not None:
            frames = {name: polars.DataFrame(table) for name, table in tables.items()}
            yield Batch(frames, self._core.line_time())

    def counters(self) -> dict[str, Any]:
        """What was read, what was not, and which limits were reached."""
        return self._core.counters()
