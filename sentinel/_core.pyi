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
        listed: bool = False,
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
    def only(self, since: int | None, until: int | None) -> None:
        """Leaves out packets before `since`, and from `until` on (ns since 1970). To be said before the first batch, as
        are `shift`, `leave_out`, `known`, `expect` and `digest`; files are numbered as in `counters()["files"]`."""
    def shift(self, file: int, shift: int) -> None:
        """Adds so many ns to every time of a file."""
    def leave_out(self, file: int) -> None:
        """Reads nothing of a file."""
    def known(self, file: int, known: Sequence[tuple[int, int, int]]) -> None:
        """Packets of a file that were read before: the first so many from one time to another, as the file says them."""
    def expect(self, file: int, bytes: int, digest: bytes, is_end: bool) -> None:
        """The file begins with so many bytes of this SHA-256, and `is_end`: ends there. If not, it is `changed`."""
    def digest(self) -> None:
        """Digests files while they are read."""
    def progress(self) -> tuple[int, int, int, int]:
        """Packets, line time, files whose reading is over, bytes on the disk read."""
    def marks(self) -> list[tuple[int, int, int, bytes | None, bool]]:
        """Of each file that was begun: its number, packets passed, bytes on the disk read, their SHA-256, is it over."""
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

def limits_of_reader() -> list[tuple[str, str, str, str, int]]:
    """Each limit: its name, what it bounds and which attack or accident it stops, what happens when it is reached, its
    unit (`bytes`, `ns`, or empty for a count), its default."""

def interface(name: str) -> dict[str, Any] | None:
    """What the system says of an interface: name, kind (None where its frames are read, else what it is), up, link,
    loopback, arp, addresses, ipv6. None if there is none of this name."""

def give_back() -> None:
    """Gives free pages of the C library's heap back to the system; nothing where it cannot be told to."""

def version() -> str:
    """Version of the packet reader; a debug build says so."""
