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
    """Reads captures or listens, batch by batch; the interpreter lock is released meanwhile."""

    def __new__(
        cls,
        files: Sequence[str | PathLike[str]],
        *,
        every_transaction: bool = False,
        site: str = ...,
        limits: dict[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> Sensor: ...
    @staticmethod
    def listen(
        interfaces: Sequence[str],
        *,
        ring_bytes: int,
        outgoing: bool = False,
        site: str = ...,
        limits: dict[str, int] | None = None,
        vlan_in_key: bool = True,
    ) -> Sensor:
        """Listens on interfaces from now on. Raises PermissionError or OSError with the name and why."""
    def stop(self) -> None:
        """A live sensor gives what it has received, then ends. From any thread, or from a signal's function."""
    def next_batch(self) -> dict[str, Table] | None:
        """Tables by name, those with rows; None after the end. Live, a batch comes at least each second."""
    def line_time(self) -> int:
        """Highest packet time seen, ns since 1970, UTC; the smallest 64-bit integer before the first packet."""
    def counters(self) -> dict[str, Any]:
        """Totals: packets, bytes, transactions, events, summarised, weirds, cut, late, duplicates, routed_duplicates,
        mirrored_twice, fragments, fragment_conflicts, tunnels, first, last, unread, limits, gaps, lost_bytes,
        retransmissions, one_sided, files, applications, dropped, interfaces, frames (by interface, or of all captures
        together), directions (of captures, after the end). Live, they are at most a second old; exact after the end."""
    def notices(self) -> list[str]:
        """What happened to the interfaces since the last call, one line each."""

def tables() -> dict[str, list[tuple[str, str]]]:
    """Every table of the border: its columns with their kinds."""

def protocols_read() -> list[dict[str, Any]]:
    """Every protocol that is read: name, title, framings (name, transport, ports), unit_word, notation, words."""

def claim_sources() -> list[dict[str, Any]]:
    """Where devices speak of themselves in passing: name, meaning, about, attributes, specification."""

def limits_default() -> dict[str, int]:
    """Names and defaults of the limits; times in ns."""

def interface(name: str) -> dict[str, Any] | None:
    """What the system says of an interface: name, kind (None where its frames are read, else what it is), up, link,
    loopback, arp, addresses, ipv6. None if there is none of this name."""

def version() -> str:
    """Version of the packet reader; a debug build says so."""
