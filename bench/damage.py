"""What a bad mirror does to a capture: packets lost, packets out of order. The same each time."""

from __future__ import annotations

import random
from pathlib import Path

from bench.frames import Writer, packets

FARTHEST = 8
"""Places by which a packet is late."""


def lose(source: Path, out: Path, share: float, *, seed: int = 1) -> int:
    """A copy without this share of the packets, taken by chance. Returns how many are gone."""
    chance = random.Random(seed)
    gone = 0
    with Writer(out) as writer:
        for time, frame in packets(source):
            if chance.random() < share:
                gone += 1
            else:
                writer.write(time, frame)
    return gone


def reorder(source: Path, out: Path, share: float, *, seed: int = 1) -> int:
    """A copy in which this share of the packets comes 1 to 8 places late; times stay in order. Returns how many.

    A mirror stamps a packet when it passes it on: the late one gets the time of its new place.
    """
    chance = random.Random(seed)
    moved = 0
    late: list[tuple[int, bytes]] = []  # place at which it is written, frame
    times: list[int] = []  # of places not yet filled, in order
    filled = 0
    with Writer(out) as writer:

        def put(frame: bytes) -> None:
            nonlocal filled
            writer.write(times.pop(0), frame)
            filled += 1
            while late and late[0][0] <= filled:
                writer.write(times.pop(0), late.pop(0)[1])
                filled += 1

        for place, (time, frame) in enumerate(packets(source)):
            times.append(time)
            if chance.random() < share:
                late.append((place + chance.randint(1, FARTHEST), frame))
                late.sort(key=lambda one: one[0])
                moved += 1
            else:
                put(frame)
        for _, frame in late:
            writer.write(times.pop(0), frame)
    return moved
