"""Writes the seeds of the fuzz targets, out of the sample captures and of frames made here so that every length is met.

python fuzz/seeds.py FOLDER      writes FOLDER/TARGET/… and FOLDER/framing/PROTOCOL-FRAMING/…
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import seeds_claims
import seeds_file
import seeds_link
import seeds_names
import seeds_opcua
import seeds_sweeps
from captured import Packet, conversations, packets

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "pcaps").rglob("*.pcap"))
LONGEST = 2_048

# Before a seed that the minimising keeps: it goes through a table, of which the fuzzer's counters see nothing.
KEPT = b"kept:"

LATE, ANSWER = 0x4000, 0x8000
SERIAL_SAMPLES = re.compile("rtu")


def little(number: int, size: int = 2) -> bytes:
    return number.to_bytes(size, "little")


def message(is_client: bool, payload: bytes, late: bool = False) -> bytes:
    payload = payload[:0x0FFF]
    return little(len(payload) | (0 if is_client else ANSWER) | (LATE if late else 0)) + payload


def framing() -> Iterator[tuple[str, bytes]]:
    """Exchanges of every conversation: the first of each kind, and runs of them."""
    known: set[tuple[str, bool, int, bytes]] = set()
    for path in SAMPLES:
        if path.is_relative_to(seeds_opcua.FOLDER):
            continue
        for one in conversations(path):
            part = "udp" if one.udp else "rtu_over_tcp" if SERIAL_SAMPLES.search(path.stem) else "tcp"
            where = f"framing/modbus-{part}"
            for number, (is_client, payload) in enumerate(one.payloads):
                at = 1 if part == "rtu_over_tcp" else 7
                key = (part, is_client, len(payload), payload[at : at + 3])
                if key in known:
                    continue
                known.add(key)
                pair = b"".join(message(*each) for each in one.payloads[number : number + 2])
                for options in (b"\x01", b"\x06"):
                    yield where, options + bytes([number % 256]) + pair
                yield (
                    where,
                    b"\x03\x05" + message(is_client, payload, late=True) + message(is_client, payload, late=True),
                )
            run, runs = b"", 0
            for is_client, payload in one.payloads:
                run += message(is_client, payload)
                if len(run) > LONGEST - 300:
                    yield where, b"\x05\x07" + run
                    run, runs = b"", runs + 1
                    if runs > 8:
                        break
            yield where, b"\x07\x09" + run


def segments() -> Iterator[tuple[str, bytes]]:
    """Segments as they were captured, and with losses, copies, overlaps and flags."""
    for path in SAMPLES:
        for one in [each for each in conversations(path) if not each.udp][:2]:
            parts = [payload for payload in one.payloads if len(payload[1]) < 256][:24]
            plain = [bytes([int(not client), 0, 0, len(payload)]) + payload for client, payload in parts]
            opening = [bytes([0x12, 0, 0, 0]), bytes([0x03, 0, 0, 0]), bytes([0x00, 0, 0, 0])]
            closing = [bytes([0x04, 0, 0, 0]), bytes([0x05, 0, 0, 0]), bytes([0x00, 0, 0, 0])]
            for options in range(16):
                yield "tcp", bytes([options]) + b"".join([*opening, *plain[:4], *closing])
            yield "tcp", b"\x02" + b"".join(plain)
            if len(plain) < 6:
                continue
            # A hole: the third is sent late, as one that repeats.
            client, payload = parts[2]
            skipped = bytes([int(not client), len(parts[2][1]) % 128, 0, len(parts[4][1])]) + parts[4][1]
            back = bytes([int(not client), 256 - min(len(payload) + len(parts[4][1]), 127), 0, len(payload)]) + payload
            yield "tcp", b"\x02" + b"".join([*opening, *plain[:2], skipped, back, *plain[5:9]])
            yield "tcp", b"\x02" + b"".join([*plain[:2], skipped, *plain[5:9]])
            again = bytes([int(not client), 256 - min(len(payload), 128), 0, len(payload)])
            yield "tcp", b"\x02" + b"".join([*plain[:3], again + payload, again + payload[::-1], *plain[3:6]])
            yield "tcp", b"\x02" + b"".join([*plain[:3], bytes([0x08, 0, 0, 0]), *opening, *plain[3:6]])
            yield (
                "tcp",
                b"\x02" + b"".join([*opening, *plain[:2], bytes([0x12, 9, 0, 0]), bytes([0x03, 9, 0, 0]), *plain[2:6]]),
            )
            wild = bytes([0x20, 0, 0, 12, 0, 0, 1, 0]) + parts[0][1][:12]
            yield "tcp", b"\x02" + b"".join([*plain[:2], wild, *plain[2:4], wild, *plain[4:6]])
            cut = bytes([0x80, 0, 0, 8]) + parts[0][1][:8]
            yield "tcp", b"\x02" + b"".join([*plain[:2], cut, *plain[2:6]])
            for step in (0x15, 0x1F, 0x5F, 0x24, 0x25, 0x65, 0x9F, 0xA5):
                timed = [bytes([one[0] | 0x40, *one[1:4], step]) + one[4:] for one in plain[2:5]]
                yield "tcp", b"\x02" + b"".join([*opening, *plain[:2], *timed, *plain[5:7]])


def names() -> Iterator[tuple[str, bytes]]:
    """The samples of the recognition tests: transport, name, sender, ports, bytes in hex."""
    text = (ROOT / "crates/wire/src/protocols/recognise/tests.rs").read_text()
    for kind, source, destination, data in re.findall(r'\((TCP|UDP), "[^"]+", \w, (\d+), (\d+), "([0-9a-f]+)"\)', text):
        head = little(int(source)) + little(int(destination))
        yield "recognise", KEPT + bytes([int(kind == "UDP")]) + head + bytes.fromhex(data)[:LONGEST]
    link = (ROOT / "crates/wire/src/protocols/recognise/link.rs").read_text()
    for ethertype in re.findall(r"0x([0-9a-f]{4})", link):
        for inside in (b"", b"\x01", b"\xfe\xfe\x05\x00", b"\x01\x00\x0c\xcc"):
            yield "recognise", b"\x02" + little(int(ethertype, 16)) + b"\0\0" + inside
    for organisation in ("000000", "00000c", "000081", "00e02b", "080006", "0080c2", "000ecf", "00e0dc"):
        for kind in ("2000", "2004", "0104", "010b", "8137", "88cc", "0806", "00bb", "2003"):
            yield "recognise", b"\x03\0\0\0\0" + bytes.fromhex("aaaa03" + organisation + kind) + bytes(8)
    for llc in ("424203000000", "82820301040002", "fefe0383", "e0e003ffff", "ffff00", "f0f003", "f0f17f", "aaaa03"):
        yield "recognise", b"\x03\0\0\0\0" + bytes.fromhex(llc)
    for number in range(256):
        yield "recognise", b"\x04" + little(number) + little(number * 3)
    for port in (443, 3389, 5432, 3306, 1433, 1883, 8080, 4840, 102, 44818, 47808, 161):
        yield "recognise", b"\x04\0\0" + little(port)
        yield "recognise", b"\x04\x01\0" + little(port)


def first_of_each_kind(path: Path) -> list[Packet]:
    kinds: dict[tuple[int, bytes], Packet] = {}
    for packet in packets(path):
        kinds.setdefault((len(packet.data), packet.data[12:24]), packet)
    return list(kinds.values())[:12]


def all_seeds() -> Iterator[tuple[str, bytes]]:
    yield from ((where, KEPT + data) for where, data in seeds_sweeps.seeds())
    yield from framing()
    yield from seeds_opcua.seeds()
    yield from segments()
    yield from names()
    yield from (("recognise", seed) for seed in seeds_names.seeds())
    yield from ((f"claims/{reader}", seed) for reader, seed in seeds_claims.seeds())
    small = {path: first_of_each_kind(path) for path in SAMPLES}
    yield from (("link", seed) for seed in seeds_link.seeds(small))
    yield from (("link", KEPT + seeds_link.seed(link, frame)) for link, frame in seeds_link.frames())
    yield from (("file", seed) for seed in seeds_file.seeds(small))


def main(folder: Path) -> None:
    counts: dict[str, int] = {}
    for where, seed in all_seeds():
        place = folder / where
        place.mkdir(parents=True, exist_ok=True)
        name = "kept-" if seed.startswith(KEPT) else ""
        data = seed.removeprefix(KEPT)
        (place / (name + hashlib.sha1(data, usedforsecurity=False).hexdigest())).write_bytes(data)
        counts[where] = counts.get(where, 0) + 1
    for where, count in sorted(counts.items()):
        print(f"{where}: {count} seeds")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
