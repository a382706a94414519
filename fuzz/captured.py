"""The sample captures as the seeds need them: packets of a pcap, and what each conversation said."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Packet:
    """One record of a pcap file."""

    seconds: int
    microseconds: int
    data: bytes


@dataclass
class Conversation:
    """The payloads of one flow: whether the client sent it, and its bytes."""

    udp: bool
    payloads: list[tuple[bool, bytes]] = field(default_factory=list)


def packets(path: Path) -> list[Packet]:
    """The records of a little-endian pcap file."""
    data = path.read_bytes()
    found, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        found.append(Packet(seconds, fraction, data[at + 16 : at + 16 + captured]))
        at += 16 + captured
    return found


def conversations(path: Path, most: int = 12) -> list[Conversation]:
    """The flows over IPv4, Ethernet or not, in the order in which they began. A client has the higher port."""
    flows: dict[tuple[object, ...], Conversation] = {}
    link = struct.unpack_from("<I", path.read_bytes(), 20)[0]
    for packet in packets(path):
        ip = packet.data[14:] if link == 1 else packet.data
        if len(ip) < 28 or ip[0] >> 4 != 4 or ip[9] not in (6, 17):
            continue
        ip = ip[: struct.unpack_from(">H", ip, 2)[0]]
        inside = ip[(ip[0] & 15) * 4 :]
        if len(inside) < (20 if ip[9] == 6 else 8):
            continue
        source, destination = struct.unpack_from(">HH", inside)
        payload = inside[(inside[12] >> 4) * 4 :] if ip[9] == 6 else inside[8:]
        if not payload:
            continue
        ends = sorted([(ip[12:16], source), (ip[16:20], destination)])
        flow = flows.setdefault((ip[9], *ends), Conversation(udp=ip[9] == 17))
        flow.payloads.append((source > destination, payload))
    return list(flows.values())[:most]
