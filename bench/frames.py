"""Capture files and the frames in them: classic pcap, Ethernet, IPv4, TCP and UDP, with true checksums."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

MAGIC = 0xA1B2C3D4
ETHERNET = 1
SNAPLEN = 262_144
BUFFER = 4 << 20

PORT = 502
"""Where the servers of all captures listen."""

SYN, PSH, ACK = 0x02, 0x08, 0x10
MSS = b"\x02\x04\x05\xb4"
"""The one option of a SYN: segments of 1460 bytes."""

START = 1_760_000_000 * 1_000_000
"""Where made captures begin, us since 1970."""


def folded(total: int) -> int:
    """The checksum of a sum of 16-bit words (RFC 1071)."""
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def summed(data: bytes) -> int:
    """The sum of 16-bit words, an odd byte padded."""
    if len(data) & 1:
        data += b"\0"
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def mac(ip: bytes) -> bytes:
    """One MAC address for each IPv4 address, of a maker of controllers."""
    return b"\x00\x80\xf4" + ip[1:4]


@dataclass(frozen=True, slots=True)
class Socket:
    """An end of a connection."""

    ip: bytes
    port: int


def tcp_frame(
    source: Socket, to: Socket, seq: int, ack: int, flags: int, data: bytes = b"", *, number: int = 0
) -> bytes:
    """One segment in its frame. `number` becomes the IP identification."""
    options = MSS if flags & SYN else b""
    length = 20 + len(options) + len(data)
    offset = (5 + len(options) // 4) << 4
    head = [source.port, to.port, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset, flags, 29_200]
    bare = struct.pack("!HHIIBBHHH", *head, 0, 0) + options + data
    check = folded(summed(bare) + summed(source.ip + to.ip) + 6 + length)
    return _ip_frame(source, to, 6, bare[:16] + struct.pack("!H", check) + bare[18:], number)


def udp_frame(source: Socket, to: Socket, data: bytes, *, number: int = 0) -> bytes:
    """One datagram in its frame. `number` becomes the IP identification."""
    length = 8 + len(data)
    bare = struct.pack("!HHHH", source.port, to.port, length, 0) + data
    check = folded(summed(bare) + summed(source.ip + to.ip) + 17 + length) or 0xFFFF
    return _ip_frame(source, to, 17, bare[:6] + struct.pack("!H", check) + bare[8:], number)


def _ip_frame(source: Socket, to: Socket, protocol: int, inside: bytes, number: int) -> bytes:
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(inside), number & 0xFFFF, 0x4000, 64, protocol, 0)
    ip += source.ip + to.ip
    ip = ip[:10] + struct.pack("!H", folded(summed(ip))) + ip[12:]
    return mac(to.ip) + mac(source.ip) + b"\x08\x00" + ip + inside


class Writer:
    """A capture being written. Times are us since 1970."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=BUFFER)
        self._file.write(struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, SNAPLEN, ETHERNET))
        self.packets = 0

    def write(self, time: int, frame: bytes) -> None:
        """One packet."""
        size = len(frame)
        self._file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, size, size) + frame)
        self.packets += 1

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def packets(path: Path) -> Iterator[tuple[int, bytes]]:
    """Time (us since 1970) and frame of each packet.

    Raises:
        ValueError: Not a little-endian classic pcap of Ethernet, with microseconds.
    """
    with path.open("rb", buffering=BUFFER) as file:
        head = file.read(24)
        if len(head) < 24 or struct.unpack("<I", head[:4])[0] != MAGIC or head[20] != ETHERNET:
            raise ValueError(f"{path}: not a classic pcap of Ethernet with microseconds")
        while len(record := file.read(16)) == 16:
            seconds, micros, kept, _ = struct.unpack("<IIII", record)
            yield seconds * 1_000_000 + micros, file.read(kept)
