"""The chunk law over real stacks' captures: whatever segments TCP makes of the same bytes, the documents are the same."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_samples_against_stacks import LOGGED, Document, documents

# Small ones, of every stack and of both framings of a stream.
CAPTURES = [folder / f"{folder.name}.pcap" for folder in LOGGED if folder.name not in ("waterworks", "s7")]
FULL = pytest.mark.full
LONGEST = (pytest.param(1, marks=FULL), 3, pytest.param(40, marks=FULL))  # bytes of a piece, at most


def records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Time and frame of each record of a little-endian pcap."""
    at = 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at : at + 8], data[at + 16 : at + 16 + length]
        at += 16 + length


def pieces(frame: bytes, longest: int, seed: random.Random) -> list[bytes]:
    """The frame as several, each with a part of its TCP payload; other frames as they are."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return [frame]
    ip = (frame[14] & 15) * 4
    tcp = 14 + ip
    payload = tcp + (frame[tcp + 12] >> 4) * 4
    end = 14 + struct.unpack_from(">H", frame, 16)[0]
    sequence = struct.unpack_from(">I", frame, tcp + 4)[0]
    out, at = [], payload
    while at < end:
        length = min(seed.randint(1, longest), end - at)
        head = bytearray(frame[:payload])
        struct.pack_into(">H", head, 16, payload - 14 + length)
        struct.pack_into(">I", head, tcp + 4, (sequence + at - payload) % 2**32)
        out.append(bytes(head) + frame[at : at + length])
        at += length
    return out or [frame]


def cut(source: Path, target: Path, longest: int) -> None:
    seed, data = random.Random(longest), source.read_bytes()
    out = [data[:24]]
    for time, frame in records(data):
        for piece in pieces(frame, longest, seed):
            out.append(time + struct.pack("<II", len(piece), len(piece)) + piece)
    target.write_bytes(b"".join(out))


def without_frames(document: Document) -> Any:
    """Frames have other numbers, and the id of a document is made of them."""
    sentinel = {name: value for name, value in document["sentinel"].items() if name not in ("frame", "capture")}
    event = {name: value for name, value in document["event"].items() if name != "id"}
    return document | {"sentinel": sentinel, "event": event}


@pytest.mark.parametrize("longest", LONGEST)
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_any_segments_give_the_same_documents(capture: Path, longest: int, tmp_path: Path) -> None:
    target = tmp_path / capture.name
    cut(capture, target, longest)
    whole, in_pieces = documents(capture), documents(target)
    assert [without_frames(one) for one in in_pieces] == [without_frames(one) for one in whole]
