from collections.abc import Sequence
from os import PathLike
from typing import Any, final

@final
class Table:
    """One table of a batch, handed over through Arrow's C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __len__(self) -> int: ...

@final
class Sensor:
    """Reads captures, batch by batch; the interpreter lock is released meanwhile."""

    def __new__(
        cls,
        files: Sequence[str | PathLike[str]],
        *,
        every_transaction: bool = False,
        site: str = ...,
        limits: dict[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> Sensor: ...
    def next_batch(self) -> dict[str, Table] | None:
        """Tables by name, those with rows; None after the end."""
    def line_time(self) -> int:
        """Highest packet time seen, ns since 1970, UTC; the smallest 64-bit integer before the first packet."""
    def counters(self) -> dict[str, Any]:
        """Totals: packets, bytes, transactions, events, summarised, weirds, cut, late, duplicates, first, last, unread,
        limits, gaps, lost_bytes, retransmissions, one_sided, files, applications."""

def tables() -> dict[str, list[tuple[str, str]]]:
    """Every table of the border: its columns with their kinds."""

def protocols_read() -> list[dict[str, Any]]:
    """Every protocol that is read: name, title, framing, ports, unit_word, notation, words."""

def claim_sources() -> list[dict[str, Any]]:
    """Where devices speak of themselves in passing: name, meaning, about, attributes, specification."""

def limits_default() -> dict[str, int]:
    """Names and defaults of the limits; times in ns."""

def version() -> str:
    """Version of the packet reader; a debug build says so."""
