"""Captures of many: connections open at once, spoofed flows, distinct operations. No stack opens a hundred thousand at once."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import Path

from bench.frames import ACK, PORT, PSH, START, SYN, Socket, Writer, tcp_frame, udp_frame


@dataclass(slots=True)
class _Connection:
    """A connection that writes what it says. Sequence numbers are those of the next byte."""

    writer: Writer
    client: Socket
    server: Socket
    client_seq: int = 1_000
    server_seq: int = 500_000
    transaction: int = 0

    def _segment(self, time: int, from_client: bool, flags: int, data: bytes = b"") -> None:
        ends = (self.client, self.server) if from_client else (self.server, self.client)
        numbers = (self.client_seq, self.server_seq) if from_client else (self.server_seq, self.client_seq)
        acknowledged = numbers[1] if flags & ACK else 0
        frame = tcp_frame(*ends, numbers[0], acknowledged, flags, data, number=self.writer.packets)
        self.writer.write(time, frame)
        used = len(data) + (1 if flags & SYN else 0)
        if from_client:
            self.client_seq += used
        else:
            self.server_seq += used

    def open(self, time: int, gap: int) -> int:
        """Three packets, `gap` us apart. Returns the time after them."""
        for number, (from_client, flags) in enumerate(((True, SYN), (False, SYN | ACK), (True, ACK))):
            self._segment(time + number * gap, from_client, flags)
        return time + 3 * gap

    def exchange(self, time: int, gap: int, unit: int, request: bytes, answer: bytes) -> int:
        """Request, answer and acknowledgement, `gap` us apart. Returns the time after them."""
        self.transaction = (self.transaction + 1) & 0xFFFF
        for number, (from_client, body) in enumerate(((True, request), (False, answer))):
            head = struct.pack("!HHHB", self.transaction, 0, len(body) + 1, unit)
            self._segment(time + number * gap, from_client, PSH | ACK, head + body)
        self._segment(time + 2 * gap, True, ACK)
        return time + 3 * gap


def connections(out: Path, count: int, *, few_hosts: bool = False, gap: int = 20) -> None:
    """So many connections, all open before the first asks, none closed: each reads ten registers once.

    Args:
        out: The capture to write.
        count: Connections, at most 131,072.
        few_hosts: 20 clients and 50 servers; else every client is another host.
        gap: Us between packets.
    """
    with Writer(out) as writer:
        opened = []
        time = START
        for number in range(count):
            if few_hosts:
                client = Socket(bytes((10, 200, 0, 1 + number % 20)), 10_000 + number // 1_000)
                server = Socket(bytes((10, 100, 0, 1 + number // 20 % 50)), PORT)
            else:
                ip = bytes((10, 200 + (number >> 14), (number >> 7) & 127, 1 + (number & 127)))
                client = Socket(ip, 20_000 + number % 40_000)
                server = Socket(bytes((10, 100, (number >> 8) & 255, 1 + number % 250)), PORT)
            connection = _Connection(writer, client, server)
            time = connection.open(time, gap)
            opened.append(connection)
        answer = bytes((3, 20)) + bytes(range(20))
        for connection in opened:
            time = connection.exchange(time, gap, 1, struct.pack("!BHH", 3, 0, 10), answer)


def flood(out: Path, count: int, *, asking: bool = False, gap: int = 100, seed: int = 1) -> None:
    """So many packets to one controller, from addresses and ports that are all invented: a flow each.

    Args:
        out: The capture to write.
        count: Packets.
        asking: Datagrams that read a register, which nobody answers; else SYNs.
        gap: Us between packets.
        seed: Of the invented addresses.
    """
    chance = random.Random(seed)
    controller = Socket(bytes((10, 0, 0, 2)), PORT)
    with Writer(out) as writer:
        for number in range(count):
            word = chance.getrandbits(32)
            ip = bytes((1 + (word >> 24) % 223, (word >> 16) & 255, (word >> 8) & 255, 1 + word % 254))
            sender = Socket(ip, 1024 + chance.randrange(64_000))
            if asking:
                request = struct.pack("!HHHBBHH", number & 0xFFFF, 0, 6, 1, 3, 0, 1)
                frame = udp_frame(sender, controller, request, number=number)
            else:
                frame = tcp_frame(sender, controller, chance.getrandbits(32), 0, SYN, number=number)
            writer.write(START + number * gap, frame)


def operations(out: Path, count: int, *, rounds: int = 2, gap: int = 300) -> None:
    """So many operations that differ, each done `rounds` times: 20 servers of 5 units; one operation in ten writes.

    Args:
        out: The capture to write.
        count: Operations; at most 6,500,000.
        rounds: Times that each is done.
        gap: Us between packets.
    """
    with Writer(out) as writer:
        time = START
        client = bytes((10, 1, 0, 1))
        opened = []
        for server in range(20):
            ends = Socket(client, 20_000 + server), Socket(bytes((10, 2, 0, 1 + server)), PORT)
            connection = _Connection(writer, *ends)
            time = connection.open(time, gap)
            opened.append(connection)
        for _ in range(rounds):
            for number in range(count):
                unit, address = 1 + number // 20 % 5, number // 100
                if address % 10 == 9:
                    request = answer = struct.pack("!BHH", 6, address, number & 0xFFFF)
                else:
                    request = struct.pack("!BHH", 3, address, 1)
                    answer = struct.pack("!BBH", 3, 2, number & 0xFFFF)
                time = opened[number % 20].exchange(time, gap, unit, request, answer)
