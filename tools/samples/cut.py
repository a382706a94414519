"""Cases that are another case's capture with something taken away: what a bad mirror or a full disk does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

Keep = Callable[[int, bytes], bool]


def records(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Frame number, the whole record, the frame."""
    offset, number = 24, 0
    while offset < len(data):
        length = struct.unpack_from("<I", data, offset + 8)[0]
        number += 1
        yield number, data[offset : offset + 16 + length], data[offset + 16 : offset + 16 + length]
        offset += 16 + length


def copy(source: Path, target: Path, keep: Keep) -> str:
    """The frames of `source` for which `keep(number, frame)`."""
    data = source.read_bytes()
    kept = [record for number, record, frame in records(data) if keep(number, frame)]
    target.write_bytes(data[:24] + b"".join(kept))
    return f"{len(kept)} frames of {source.name}"


def source_port(frame: bytes) -> int | None:
    """TCP source port of an Ethernet, IPv4 frame without VLAN; `None` for others."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return None
    return int.from_bytes(frame[34:36], "big")


def one_sided(folder: Path) -> str:
    """Each direction alone, as from a mirror of one direction."""
    source = folder.parent / "pymodbus-all-functions" / "pymodbus-all-functions.pcap"
    said = copy(source, folder / "one-sided.pcap", lambda _, frame: source_port(frame) not in (502, None))
    return said + "; " + copy(source, folder / "answers-only.pcap", lambda _, frame: source_port(frame) == 502)


def with_gap(folder: Path) -> str:
    """Some frames with data were not captured: a request, an answer, and an answer with the request after it."""
    source = folder.parent / "pymodbus-all-functions" / "pymodbus-all-functions.pcap"
    lost = {14, 21, 30, 31, 44}
    return copy(source, folder / "with-gap.pcap", lambda number, _: number not in lost)


def waterworks_cut(folder: Path) -> str:
    """The first minutes of the water works; the last record is cut in its middle."""
    source = folder.parent / "waterworks" / "waterworks.pcap"
    whole = list(records(source.read_bytes()))[:3001]
    data = source.read_bytes()[:24] + b"".join(record for _, record, _ in whole)
    (folder / "waterworks-cut.pcap").write_bytes(data[:-20])
    return "3000 whole frames and a part of the next"
