"""A long capture out of a short one: copies one after the other, each with its own client ports, all checksums true."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from bench.frames import Writer, folded, mac, packets, summed

PAUSE = 100_000
"""Us between the end of a copy and the start of the next."""
FIRST_PORT, PORTS, STEP = 10_000, 55_000, 7
"""Client ports move by `STEP` in each copy, so that the connections of two copies are two connections."""


@dataclass(frozen=True, slots=True)
class _Packet:
    time: int
    frame: bytes
    base: int
    """Sum of the segment and its pseudo header without addresses and ports."""
    ports: tuple[int, int]


def _recorded(path: Path) -> list[_Packet]:
    recorded = []
    for time, frame in packets(path):
        if frame[12:14] != b"\x08\x00" or frame[14] != 0x45 or frame[23] != 6:
            raise ValueError(f"{path}: more than IPv4 without options and TCP")
        end = 14 + struct.unpack("!H", frame[16:18])[0]  # what follows is padding
        segment = frame[34:50] + b"\0\0" + frame[52:end]
        source, to = struct.unpack("!HH", segment[:4])
        recorded.append(_Packet(time, frame[:end], summed(segment) + 6 + len(segment) - source - to, (source, to)))
    if not recorded:
        raise ValueError(f"{path}: no packets")
    return recorded


def multiply(recording: Path, out: Path, target: int, *, novel: bool, server_port: int) -> int:
    """Writes whole copies until at least `target` packets are there. Returns how many copies.

    Args:
        recording: Classic pcap of IPv4 and TCP only.
        out: The capture to write.
        target: Packets.
        novel: Every copy has other addresses: all of it is new. Else addresses stay: a plant that goes on.
        server_port: The port that stays.
    """
    recorded = _recorded(recording)
    began = recorded[0].time
    length = recorded[-1].time - began + PAUSE
    copies = -(-target // len(recorded))
    with Writer(out) as writer:
        for copy in range(copies):
            network = copy if novel else 0
            for packet in recorded:
                frame = _moved(packet, copy, network, server_port)
                writer.write(packet.time + copy * length, frame)
    return copies


def _moved(packet: _Packet, copy: int, network: int, server_port: int) -> bytes:
    frame = packet.frame
    source, to = _address(frame[26:30], network), _address(frame[30:34], network)
    ports = [port if port == server_port else _port(port, copy) for port in packet.ports]
    check = folded(packet.base + sum(ports) + summed(source + to))
    head = frame[14:22] + b"\x40" + frame[23:24] + b"\0\0" + source + to
    head = head[:10] + struct.pack("!H", folded(summed(head))) + head[12:]
    segment = struct.pack("!HH", *ports) + frame[38:50] + struct.pack("!H", check) + frame[52:]
    return mac(to) + mac(source) + b"\x08\x00" + head + segment


def _address(ip: bytes, network: int) -> bytes:
    return bytes((10 + (network >> 8), network & 255, ip[2], ip[3]))


def _port(port: int, copy: int) -> int:
    return FIRST_PORT + (port - FIRST_PORT + STEP * copy) % PORTS
