"""Seeds of the file target: each format and byte order, each kind of block and option, whole, cut and with lengths that lie."""

from __future__ import annotations

import gzip
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from captured import Packet

MICROSECONDS, NANOSECONDS, KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34


def alone(data: bytes, options: int = 0x80) -> bytes:
    """One file, read by the engine too."""
    return bytes([options]) + data


def together(*files: bytes, options: int = 0x80) -> bytes:
    """Two or three files."""
    lengths = b"".join(struct.pack("<H", len(one)) for one in files[:-1])
    return bytes([len(files) - 1 | options]) + lengths + b"".join(files)


def pcap(
    packets: list[Packet], order: str = "<", magic: int = MICROSECONDS, link: int = 1, snap: int = 262_144
) -> bytes:
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link)
    for one in packets:
        data += struct.pack(order + "IIII", one.seconds, one.microseconds, len(one.data), len(one.data) + 4)
        data += bytes(8) if magic == KUZNETZOV else b""
        data += one.data
    return data


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def option(order: str, code: int, data: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(data)) + padded(data)


def block(order: str, kind: int, body: bytes) -> bytes:
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def section(order: str, *blocks: bytes, length: int = -1, options: bytes = b"") -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length) + options) + b"".join(blocks)


def interface(order: str, link: int = 1, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(order + "HHI", link, 0, 65_535) + options)


def enhanced(order: str, one: Packet, number: int = 0, per_second: int = 1_000_000, options: bytes = b"") -> bytes:
    ticks = one.seconds * per_second + one.microseconds * per_second // 1_000_000
    head = struct.pack(
        order + "IIIII", number, ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF, len(one.data), len(one.data)
    )
    return block(order, 6, head + padded(one.data) + options)


def blocks(order: str, packets: list[Packet]) -> Iterator[bytes]:
    """Every kind of block, and interfaces with every option that a reader must know."""
    some = packets[:3]
    end = option(order, 0, b"")
    yield section(order, interface(order), *(enhanced(order, one) for one in some))
    named = option(order, 2, b"eth0") + option(order, 9, b"\x09") + end
    yield section(order, interface(order, options=named), *(enhanced(order, one, per_second=10**9) for one in some))
    binary = option(order, 9, b"\x94") + option(order, 14, struct.pack(order + "q", 1_000)) + end
    yield section(order, interface(order, options=binary), *(enhanced(order, one, per_second=2**20) for one in some))
    for resolution in (0, 3, 12, 19, 20, 63, 0x80, 0xC0, 0xFF):
        odd = option(order, 9, bytes([resolution])) + end
        yield section(order, interface(order, options=odd), *(enhanced(order, one) for one in some[:1]))
    for offset in (-(2**63), 2**63 - 1, -5_000_000_000):
        odd = option(order, 14, struct.pack(order + "q", offset)) + end
        yield section(order, interface(order, options=odd), *(enhanced(order, one) for one in some[:1]))
    simple = block(order, 3, struct.pack(order + "I", len(some[0].data)) + padded(some[0].data))
    yield section(order, interface(order), simple, simple)
    old = struct.pack(order + "HHIIII", 0, 1, 0x60000, 5, len(some[0].data), len(some[0].data)) + padded(some[0].data)
    yield section(order, interface(order), block(order, 2, old))
    statistics = block(order, 5, struct.pack(order + "III", 0, 0, 0))
    names = block(
        order, 4, struct.pack(order + "HH", 1, 9) + padded(b"\x0a\0\0\x01plc1\0") + struct.pack(order + "HH", 0, 0)
    )
    yield section(
        order, interface(order), names, statistics, block(order, 10, bytes(16)), enhanced(order, some[0]), options=end
    )
    yield section(order, interface(order), enhanced(order, some[0])) + section(
        order, interface(order, 101), enhanced(order, some[0])
    )
    yield section(
        order, interface(order), interface(order, 113), enhanced(order, some[0], 1), enhanced(order, some[0], 7)
    )
    yield section(order, *(interface(order) for _ in range(6)), enhanced(order, some[0], 5))
    yield section(order, enhanced(order, some[0]))
    yield section(order, simple)
    comment = option(order, 1, b"a comment") + end
    yield section(order, interface(order), enhanced(order, some[0], options=comment), length=4_096)
    # Lengths that lie: of a block, of its end, of what was captured, of an option.
    whole = section(order, interface(order), enhanced(order, some[0]))
    for at, number in (
        (4, 0),
        (4, 13),
        (4, 0xFFFFFFF0),
        (32, 8),
        (32, 0x10000),
        (56, 0xFFFFFFFF),
        (60, 12),
        (76, 0xFFFFFFFF),
    ):
        yield whole[:at] + struct.pack(order + "I", number) + whole[at + 4 :]
    yield section(order, interface(order, options=struct.pack(order + "HH", 2, 0xFFFF)), enhanced(order, some[0]))
    yield whole[:-3]
    yield whole[:-4] + bytes(4)
    yield whole + bytes(5)
    yield whole[:8] + b"\x12\x34\x56\x78" + whole[12:]


def zstandard(data: bytes) -> Iterator[bytes]:
    """RFC 8878: frames with raw blocks, a run, a checksum, windows of many sizes, lengths that lie, and packed by its own tool."""
    magic = struct.pack("<I", 0xFD2FB528)
    data += data[24:] * 3

    def one(kind: int, size: int, last: bool, body: bytes) -> bytes:
        return struct.pack("<I", int(last) | kind << 1 | size << 3)[:3] + body

    raw = one(0, len(data), True, data)
    single = magic + b"\x60" + struct.pack("<H", len(data) - 256)
    yield single + raw
    yield single + one(0, 30, False, data[:30]) + one(0, len(data) - 30, True, data[30:])
    yield single + one(0, len(data) - 40, False, data[:-40]) + one(1, 40, True, b"\0")
    yield single + one(3, 5, True, bytes(5))
    yield single + one(0, 0x1FFFFF, True, data)
    yield single + raw[:-20]
    yield magic + b"\x64" + struct.pack("<H", len(data) - 256) + raw + bytes(4)
    for window in (0, 0x20, 0x58, 0x88, 0xF8):
        yield magic + b"\0" + bytes([window]) + raw
    yield magic + b"\xc0\x58" + struct.pack("<Q", 1 << 62) + raw
    yield magic + b"\x03\x58" + bytes(4) + raw
    yield magic + b"\x08\x58" + raw
    skipped = struct.pack("<II", 0x184D2A50, 7) + b"comment"
    yield skipped + single + raw + skipped
    yield struct.pack("<II", 0x184D2A5F, 0xFFFFFFFF) + data
    yield single + raw + single + raw
    yield magic
    # What its own tool makes, where there is one: Huffman codes, sequences, and their tables.
    if packed := shutil.which("zstd"):
        for level in ("-1", "-19"):
            yield subprocess.run([packed, level, "-c"], input=data * 3, capture_output=True, check=True).stdout


def seeds(small: dict[Path, list[Packet]]) -> Iterator[bytes]:
    several = [
        [Packet(one.seconds, one.microseconds, one.data[:90]) for one in each]
        for each in small.values()
        if len(each) > 3
    ]
    for each in several[:4]:
        yield alone(pcap(each[:4]))
    first, second = several[0], several[1]
    for order in "<>":
        for magic in (MICROSECONDS, NANOSECONDS, KUZNETZOV, 0xA1B2C3D5):
            yield alone(pcap(first[:3], order, magic))
        for link in (0, 101, 113, 276, 0x04000001, 0xF0000001):
            yield alone(pcap(first[:1], order, link=link))
        yield from (alone(one) for one in blocks(order, first))
        whole = pcap(first[:2], order)
        for at, number in (
            (4, 0),
            (16, 0),
            (24, 0xFFFFFFFF),
            (28, 0xFFFFFFFF),
            (32, 0),
            (32, 5_000),
            (32, 0xFFFFFFFF),
            (36, 0),
        ):
            yield alone(whole[:at] + struct.pack(order + "I", number) + whole[at + 4 :])
        for length in (0, 1, 3, 4, 20, 24, 30, 40, 60, len(whole) - 1):
            yield alone(whole[:length])
    whole, other = pcap(first[:3]), section("<", interface("<"), *(enhanced("<", one) for one in second[:3]))
    packed = gzip.compress(whole, mtime=0)
    yield alone(packed)
    yield alone(gzip.compress(other, mtime=0))
    yield alone(packed + gzip.compress(whole[24:], mtime=0))
    yield alone(packed[:-9])
    yield alone(packed[:40] + b"\xff" + packed[41:])
    yield alone(packed[:-8] + bytes(8))
    yield alone(b"\x1f\x8b")
    yield alone(b"\x1f\x8b\x08\x1c" + bytes(40))
    yield alone(b"#!/bin/sh\necho no capture\n")
    yield from (alone(one) for one in zstandard(whole))
    for options in (0x20, 0xE0):
        yield together(whole, other, pcap(second[:5]), options=options)
        yield alone(pcap(first[:5]), options)
        yield alone(packed, options)
        yield from (alone(one, options) for one in list(zstandard(whole))[:2])
        yield together(pcap(first[:5]), whole[:60], options=options)
    yield together(whole, whole)
    yield together(whole, packed)
    yield together(whole, other)
    yield together(other, pcap(second[:3]), whole)
    yield together(pcap(first[3:6]), b"no capture at all", pcap(first[:3]))
    yield together(whole, pcap(first[:5]), pcap(list(reversed(first[:5]))))
    yield together(whole[:24], whole[:10], b"")
    yield together(whole, pcap(first[:5]), pcap(list(reversed(first[:5]))), options=0x40)
    yield together(whole, other, pcap(second[:4]), options=0xC0)
