"""Seeds of the link target: each link type, header, tunnel, fragment and extension, with lengths that are true and that lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from captured import Packet

# The order of `LINKS` in src/link.rs.
LINKS = [
    1,
    0,
    108,
    9,
    50,
    51,
    166,
    204,
    104,
    205,
    12,
    14,
    101,
    228,
    229,
    113,
    219,
    239,
    6,
    105,
    107,
    189,
    190,
    195,
    224,
    147,
    276,
    8,
    10,
    163,
    187,
    230,
    240,
    247,
    250,
    252,
    253,
    257,
    271,
    300,
]
MACS = bytes.fromhex("020000000002020000000001")
CUT, LATE = 0x8000, 0x4000


def big(*words: int) -> bytes:
    return b"".join(word.to_bytes(2, "big") for word in words)


def seed(link: int, *frames: bytes, flags: int = 1, marks: int = 0) -> bytes:
    records = (struct.pack("<H", len(one[:0x3FFF]) | marks) + one[:0x3FFF] for one in frames)
    return bytes([LINKS.index(link), flags]) + b"".join(records)


def ethernet(ethertype: int, payload: bytes) -> bytes:
    return MACS + big(ethertype) + payload


def ip4(
    protocol: int, payload: bytes, number: int = 7, fragment: int = 0, options: bytes = b"", length: int | None = None
) -> bytes:
    size = 20 + len(options) + len(payload) if length is None else length
    head = (
        bytes([0x45 + len(options) // 4, 0])
        + big(size, number, fragment)
        + bytes([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2])
    )
    return head + options + payload


def ip6(following: int, payload: bytes, length: int | None = None) -> bytes:
    source, destination = bytes.fromhex("fd" + "00" * 14 + "01"), bytes.fromhex("fe80" + "00" * 13 + "02")
    return (
        bytes([0x60, 0, 0, 0])
        + big(len(payload) if length is None else length)
        + bytes([following, 64])
        + source
        + destination
        + payload
    )


def udp(source: int, destination: int, payload: bytes, length: int | None = None) -> bytes:
    return big(source, destination, 8 + len(payload) if length is None else length, 0) + payload


def tcp(
    payload: bytes, flags: int = 0x18, offset: int = 5, options: bytes = b"", ports: tuple[int, int] = (40_000, 502)
) -> bytes:
    return (
        big(*ports)
        + struct.pack(">II", 1_000, 5_000)
        + bytes([offset << 4, flags])
        + big(8_192, 0, 0)
        + options
        + payload
    )


ASK = bytes.fromhex("000100000006010300000002")
INSIDE = ip4(6, tcp(ASK))
FRAME = ethernet(0x0800, INSIDE)


def inner() -> Iterator[tuple[int, bytes]]:
    """IP packets by Ethernet type: transports, options, extensions, lengths that lie."""
    yield 0x0800, INSIDE
    yield 0x0800, ip4(17, udp(40_000, 502, ASK))
    yield 0x0800, ip4(6, tcp(ASK, offset=6, options=b"\x01\x01\x01\x00"))
    yield 0x0800, ip4(6, tcp(ASK), options=b"\x94\x04\0\0")
    for offset in (0, 4, 15):
        yield 0x0800, ip4(6, tcp(ASK, offset=offset))
    for length in (0, 10, 19, 20, 30, 2_000, 0xFFFF):
        yield 0x0800, ip4(6, tcp(ASK), length=length)
        yield 0x86DD, ip6(6, tcp(ASK), length=length)
        yield 0x0800, ip4(17, udp(40_000, 502, ASK, length=length))
        yield 0x86DD, ip6(17, udp(40_000, 502, ASK, length=length))
    yield 0x0800, ip4(1, b"\x08\0\0\0\0\x01\0\x01ping")
    yield 0x86DD, ip6(58, b"\x87\0\0\0" + bytes(20) + b"\x01\x01\x02\0\0\0\0\x01")
    for kind in (0, 43, 60, 135, 139, 140):
        yield 0x86DD, ip6(kind, bytes([6, 0]) + bytes(6) + tcp(ASK))
        yield 0x86DD, ip6(kind, bytes([6, 1]) + bytes(14) + tcp(ASK))
        yield 0x86DD, ip6(kind, bytes([6, 200]) + bytes(6))
    yield 0x86DD, ip6(51, bytes([6, 4]) + bytes(22) + tcp(ASK))
    yield 0x86DD, ip6(59, b"nothing")
    yield 0x86DD, ip6(0, b"".join(bytes([0, 0]) + bytes(6) for _ in range(10)))
    yield 0x86DD, ip6(0, bytes([6, 0, 0xC2, 4, 0, 0, 0x20, 0]) + tcp(ASK), length=0)
    yield 0x0806, bytes.fromhex("00010800060400020200000000010a0000010200000000020a000002")
    yield 0x0806, bytes.fromhex("0001080006040001020000000001000000000000000000000a000002")
    yield 0x0806, bytes.fromhex("000108000604")
    for ethertype in (0x88CC, 0x8892, 0x88B8, 0x88A4, 0x8137, 0x1234, 0x9000):
        yield ethertype, bytes(24)
    yield 0x0800, b""
    yield 0x0800, b"\x45"
    yield 0x0800, b"\x55" + bytes(30)
    yield 0x0800, b"\x41" + bytes(30)


def tunnels() -> Iterator[bytes]:
    """IP packets that carry packets."""
    yield ip4(4, INSIDE)
    yield ip4(41, ip6(6, tcp(ASK)))
    yield ip4(97, b"\x30\0" + FRAME)
    yield ip4(97, b"\x40\0" + FRAME)
    yield ip4(137, bytes.fromhex("00010140") + INSIDE)
    for protocol, inside in (
        (0x0800, INSIDE),
        (0x86DD, ip6(6, tcp(ASK))),
        (0x6558, FRAME),
        (0x8847, b"\0\x01\x01\x40" + INSIDE),
        (0x880B, b"\0\x21" + INSIDE),
    ):
        yield ip4(47, big(0, protocol) + inside)
        yield ip4(47, big(0xB000, protocol) + bytes(12) + inside)
    yield ip4(47, big(0x4000, 0x0800) + bytes(4) + bytes([0, 1, 0, 4]) + bytes(4) + bytes(4) + INSIDE)
    yield ip4(47, big(0x3001, 0x880B, 6 + len(INSIDE), 9) + bytes(4) + b"\xff\x03\0\x21" + INSIDE)
    yield ip4(47, big(0x3081, 0x880B, 0xFFFF, 9) + bytes(8) + b"\x21" + INSIDE)
    yield ip4(47, big(0x2001, 0x880B, 0, 9) + bytes(8))
    yield ip4(47, big(0, 0x88BE) + FRAME)
    yield ip4(47, big(0x1000, 0x88BE) + bytes(4) + big(0x1064, 0x0001) + bytes(4) + FRAME)
    yield ip4(47, big(0x1000, 0x88BE) + bytes(4) + big(0x2064, 0x1801) + bytes(4) + FRAME)
    yield ip4(47, big(0x1000, 0x22EB) + bytes(4) + big(0x2064, 0x0401) + bytes(8) + FRAME)
    yield ip4(47, big(0x1000, 0x22EB) + bytes(4) + big(0x2064, 0x0401) + bytes(6) + b"\0\x01" + bytes(8) + FRAME)
    yield ip4(47, big(0x1000, 0x22EB) + bytes(4) + big(0x2064, 0x0401) + bytes(6) + b"\0\x08" + INSIDE)
    yield ip4(47, big(0, 0x1234) + b"what")
    yield ip4(47, big(0x2004, 0x0800) + b"odd")
    yield ip4(47, b"\0")
    yield ip4(47, big(0xB000, 0x0800))
    yield ip4(47, big(0x3001, 0x880B, 4, 9))
    yield ip4(47, big(0x1000, 0x88BE) + bytes(4))
    yield ip4(47, big(0x1000, 0x88BE) + bytes(4) + b"\x10")
    yield ip4(47, big(0x1000, 0x22EB) + bytes(8))
    yield ip4(47, big(0x1000, 0x22EB) + bytes(4) + big(0x1064, 0) + bytes(8) + FRAME)
    yield ip4(47, big(0x1000, 0x22EB) + bytes(4) + big(0x2064, 0) + bytes(6) + b"\x28\0" + INSIDE)
    yield ip4(47, big(0, 0))


def datagram_tunnels() -> Iterator[bytes]:
    """IP packets whose datagrams carry packets, and packets many deep."""
    gpe = ["0c00000400000700", "0c00000500000700", "0800000000000700", "ff"]
    for at, start in ((4_789, "0900000000000700"), *((4_790, each) for each in gpe)):
        yield ip4(17, udp(50_000, at, bytes.fromhex(start) + FRAME))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("4000655800000700") + FRAME))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("0000123400000700") + FRAME))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("0000655800000701") + FRAME))
    for head in ("30ff0030", "30ff0004", "36ff0040", "3401", "10ff0030", "34ff0009"):
        yield ip4(17, udp(2_152, 2_152, bytes.fromhex(head) + bytes(4) + bytes(3) + b"\x85\xff" + INSIDE))
    yield ip4(17, udp(2_152, 2_152, bytes.fromhex("34ff001000000000") + bytes(3) + b"\x85\0"))
    yield ip4(17, udp(2_152, 2_152, bytes.fromhex("30ff001000000000") + bytes(16)))
    vlan = bytes.fromhex("0800000000000700") + MACS
    arp = big(0x0806) + bytes.fromhex("0001080006040001") + bytes(20)
    version_6 = big(0x86DD) + ip6(6, tcp(ASK))
    tagged = big(0x8100, 7, 0x0800) + INSIDE
    for frame in (tagged, version_6, arp, big(0x1234) + bytes(40), big(0x8100, 7) * 4 + bytes(20), b""):
        yield ip4(17, udp(50_000, 50_001, vlan + frame))
    vxlan = b"\x08\0\0\0\0\0\x07\0"
    yield ip4(17, udp(50_000, 4_789, vxlan + FRAME))
    yield ip4(17, udp(50_000, 8_472, vxlan + FRAME))
    yield ip4(17, udp(50_000, 4_790, b"\x0c\0\0\x03\0\0\x07\0" + FRAME))
    yield ip4(17, udp(50_000, 4_790, b"\x0c\0\0\x01\0\0\x07\0" + INSIDE))
    yield ip4(17, udp(50_000, 4_790, b"\x0c\0\0\x02\0\0\x07\0" + ip6(6, tcp(ASK))))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("0000655800000700") + FRAME))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("0240080000000700") + bytes(8) + INSIDE))
    yield ip4(17, udp(50_000, 6_081, bytes.fromhex("3f00080000000700") + INSIDE))
    gtp = bytes.fromhex("30ff") + big(len(INSIDE)) + bytes(4)
    yield ip4(17, udp(2_152, 2_152, gtp + INSIDE))
    yield ip4(
        17,
        udp(2_152, 2_152, bytes.fromhex("34ff") + big(len(INSIDE) + 8) + bytes(4) + b"\0\0\0\x85\x01\0\0\0" + INSIDE),
    )
    yield ip4(17, udp(2_152, 2_152, bytes.fromhex("3201000400000000") + bytes(4)))
    for kind in (0, 1):
        for protocol in (1, 0x12, 0x69, 0x78):
            tags = b"\x0a\x01\x07\x00\x01" if kind else b""
            yield ip4(
                17,
                udp(
                    50_000,
                    37_008,
                    bytes([1, kind]) + big(protocol) + tags + b"\x01" + (FRAME if protocol == 1 else bytes(30)),
                ),
            )
    yield ip4(17, udp(50_000, 37_008, b"\x01\0\0\x01\x0a\xff\0"))
    yield ip4(17, udp(1_701, 1_701, big(0x0002, 9, 9) + b"\xff\x03\0\x21" + INSIDE))
    yield ip4(17, udp(1_701, 1_701, big(0x4802, 12 + len(INSIDE), 9, 9, 0, 0) + b"\0\x21" + INSIDE))
    yield ip4(17, udp(1_701, 1_701, big(0x0202, 9, 9, 4) + bytes(4) + b"\x21" + INSIDE))
    yield ip4(17, udp(1_701, 1_701, big(0xC802, 12, 0, 0, 0, 0)))
    yield ip4(17, udp(3_544, 3_544, ip6(6, tcp(ASK))))
    yield ip4(17, udp(3_544, 3_544, b"\0\x01\0\0" + bytes(9) + b"\0\0\x12\x34\x0a\0\0\x01" + ip6(6, tcp(ASK))))
    yield ip4(17, udp(4_500, 4_500, bytes(4) + bytes(30)))
    yield ip4(17, udp(50_000, 6_635, b"\0\x01\x01\x40" + INSIDE))
    deep = INSIDE
    for _ in range(10):
        deep = ip4(4, deep)
    yield deep
    yield ip4(47, big(0, 0x6558) + ethernet(0x8100, big(7, 0x0800) + INSIDE))


def ethernet_headers() -> Iterator[tuple[int, bytes]]:
    """Frames of Ethernet: tags, labels, sessions, lengths."""
    yield 1, ethernet(0x8100, big(0x6007, 0x0800) + INSIDE)
    yield 1, ethernet(0x88A8, big(7, 0x8100, 8, 0x0800) + INSIDE)
    yield 1, ethernet(0x9100, big(7, 0x8100, 0, 0x0800) + INSIDE)
    yield 1, ethernet(0x8100, b"".join(big(number, 0x8100) for number in range(1, 11)) + big(7, 0x0800) + INSIDE)
    yield 1, ethernet(0x8100, b"\0")
    yield 1, ethernet(0x8847, bytes.fromhex("0001004000010140") + INSIDE)
    yield 1, ethernet(0x8848, bytes.fromhex("00010140") + ip6(6, tcp(ASK)))
    yield 1, ethernet(0x8847, bytes.fromhex("00010140") + bytes(4) + FRAME)
    yield 1, ethernet(0x8847, bytes.fromhex("00010140") + FRAME)
    yield 1, ethernet(0x8847, bytes.fromhex("00010040") * 20 + INSIDE)
    yield 1, ethernet(0x8847, bytes.fromhex("000101"))
    yield 1, ethernet(0x8864, b"\x11\0\0\x01" + big(2 + len(INSIDE)) + b"\0\x21" + INSIDE)
    yield 1, ethernet(0x8864, b"\x11\0\0\x01" + big(0xFFFF) + b"\0\x57" + ip6(6, tcp(ASK)))
    yield 1, ethernet(0x8864, b"\x11\0\0\x01" + big(6) + b"\xc0\x21\x09\0\0\x04")
    yield 1, ethernet(0x8863, b"\x11\x09\0\0" + big(4) + b"\x01\x01\0\0")
    for length in (0, 3, 38, 0x5DC, 0x5DD):
        yield 1, ethernet(length, bytes.fromhex("424203") + bytes(35))
    yield 1, ethernet(40, bytes.fromhex("aaaa03000000") + big(0x0800) + INSIDE)
    yield 1, ethernet(60, bytes.fromhex("aaaa0300000c2000") + bytes(40))
    yield 1, ethernet(60, bytes.fromhex("fefe03") + INSIDE)
    yield 1, ethernet(60, bytes.fromhex("060603") + INSIDE)
    yield 1, ethernet(60, bytes.fromhex("aaaa03000000") + big(0x8100) + b"\0")
    snaps = INSIDE
    for _ in range(10):
        snaps = bytes.fromhex("aaaa03000000") + big(0x0400) + snaps
    yield 1, ethernet(0x0400, snaps)
    yield 1, ethernet(0x88E7, b"\0")
    yield 1, ethernet(0x22F0, bytes(30))
    yield 1, ethernet(0x893F, bytes(4) + big(0x0800) + INSIDE)
    yield 1, ethernet(0x88E7, bytes(4) + FRAME)
    yield 1, ethernet(0x88E5, bytes(4) + INSIDE)
    yield 1, ethernet(0xF1C1, bytes(4) + big(0x0800) + INSIDE)
    yield 1, ethernet(0x8909, bytes(6) + big(0x0800) + INSIDE)
    yield 1, ethernet(0x892F, bytes(4) + big(0x0800) + INSIDE)
    for length in range(0, 18, 3):
        yield 1, FRAME[:length]


def headers() -> Iterator[tuple[int, bytes]]:
    """Frames of the other links."""
    for link in (0, 108):
        for family in (2, 10, 24, 28, 30, 99):
            yield link, struct.pack("<I", family) + INSIDE
            yield link, struct.pack(">I", family) + ip6(6, tcp(ASK))
    starts = [
        "ff030021",
        "0021",
        "21",
        "0057",
        "c021",
        "0281",
        "0283",
        "002d",
        "002f",
        "003d",
        "00fb",
        "c023",
        "8021",
        "4001",
        "0f000021",
        "ff",
        "01",
    ]
    for link in (9, 50, 166, 204):
        direction = b"\0" if link in (166, 204) else b""
        for start in starts:
            yield link, direction + bytes.fromhex(start) + INSIDE
    yield 9, b""
    yield 104, b"\x0f"
    yield 104, b"\x31\0\0"
    yield 9, b"\xff\x03\x02\x81\0\x01\x01\x40" + INSIDE
    yield 9, b"\0\x31\0\x01" + FRAME
    yield 51, b"\x11\0\0\x01" + big(2 + len(INSIDE)) + b"\0\x21" + INSIDE
    for link in (104, 205):
        direction = b"\x01" if link == 205 else b""
        for protocol in (0x0800, 0x86DD, 0x8035, 0x2000, 0x8847, 0xFEFE):
            yield link, direction + b"\x0f\0" + big(protocol) + INSIDE
    for link in (12, 14, 101, 228):
        yield link, INSIDE
    yield 229, ip6(6, tcp(ASK))
    yield 101, b""
    for following, inside in (
        (0x0800, INSIDE),
        (0x8100, big(7, 0x0800) + INSIDE),
        (0x0806, bytes(28)),
        (4, b"\x42\x42\x03" + bytes(30)),
        (1, bytes(9)),
        (0x0C, bytes(16)),
    ):
        for hardware, length in ((1, 6), (772, 6), (512, 0), (824, 4), (1, 200)):
            yield 113, big(4, hardware, length) + MACS[6:] + bytes(2) + big(following) + inside
            head = big(following, 0) + struct.pack(">I", 3) + big(hardware) + bytes([4, length])
            yield 276, head + MACS[6:] + bytes(2) + inside
    yield 113, big(4, 1, 6)
    yield 219, bytes.fromhex("00010140") + INSIDE
    payload = struct.pack("<HH", 4 + len(INSIDE), 9) + INSIDE
    for family in (2, 10, 0, 7):
        yield 239, bytes([family, 0, 0, 0]) + struct.pack("<HH", 8, 1) + bytes(4) + payload
    address = struct.pack("<HH", 16, 8) + big(6, 0) + MACS[6:] + bytes(2)
    yield 239, bytes([2, 0, 0, 0]) + address + payload
    yield 239, bytes([2, 1, 0, 0]) + payload
    yield 239, bytes([2, 0, 0, 0]) + struct.pack("<HH", 0, 9)
    yield 239, bytes([2, 0, 0, 0]) + struct.pack("<HH", 0xFFFF, 9) + INSIDE
    for link in (6, 105, 107, 189, 190, 195, 224, 147):
        yield link, bytes(20)


def fragments() -> Iterator[list[bytes]]:
    """Packets in parts: in order, not in order, with holes, overlaps, contradictions, past the longest packet."""
    whole = tcp(ASK)
    first, second, last = (
        ip4(6, whole[:16], fragment=0x2000),
        ip4(6, whole[16:24], fragment=0x2002),
        ip4(6, whole[24:], fragment=0x0003),
    )
    other = ip4(6, whole[16:24][::-1], fragment=0x2002)
    for order in (
        [first, second, last],
        [last, second, first],
        [first, last],
        [first, first, second, last],
        [first, second, other, last],
        [second, other],
    ):
        yield [ethernet(0x0800, one) for one in order]
    yield [ethernet(0x0800, ip4(6, whole[:16], number=number, fragment=0x2000)) for number in range(8)]
    yield [ethernet(0x0800, ip4(6, bytes(8), fragment=0x2000 | number)) for number in range(12)]
    yield [ethernet(0x0800, ip4(6, whole[24:], fragment=0x1FFF)), ethernet(0x0800, first)]
    yield [ethernet(0x0800, ip4(6, b"", fragment=0x2001)), ethernet(0x0800, ip4(6, b"odd", fragment=0x2001))]
    yield [ethernet(0x0800, ip4(6, bytes(1_400), number=9, fragment=0x2000 | at * 175)) for at in range(4)]

    def part(data: bytes, offset: int, more: bool, following: int = 6) -> bytes:
        return ethernet(0x86DD, ip6(44, bytes([following, 0]) + big(offset | int(more)) + struct.pack(">I", 7) + data))

    yield [part(whole[:16], 0, True), part(whole[16:24], 16, True), part(whole[24:], 24, False)]
    yield [part(whole, 0, False)]
    yield [part(whole[24:], 24, False), part(whole[:24], 0, True)]
    yield [part(whole[:16], 0, True), part(whole[8:], 8, False), part(whole[16:24], 16, True)]
    yield [part(bytes([6, 0]) + bytes(6) + whole[:16], 0, True, 60), part(whole[16:], 24, False, 60)]
    yield [part(whole[:13], 0, True), part(whole[24:], 0xFFF8, False)]
    inside = ip4(4, INSIDE)
    yield [
        ethernet(0x0800, ip4(4, inside[20:44], fragment=0x2000)),
        ethernet(0x0800, ip4(4, inside[44:], fragment=0x0003)),
    ]


def frames() -> Iterator[tuple[int, bytes]]:
    """Every frame that stands alone, with its link type."""
    yield from ((1, ethernet(ethertype, packet)) for ethertype, packet in inner())
    yield from ((1, ethernet(0x0800, packet)) for packet in (*tunnels(), *datagram_tunnels()))
    yield from ethernet_headers()
    yield from headers()


def seeds(small: dict[Path, list[Packet]]) -> Iterator[bytes]:
    for path, packets in small.items():
        if int.from_bytes(path.read_bytes()[20:24], "little") == 1:
            yield seed(1, *(one.data for one in packets[:6]))
    for link, frame in frames():
        yield seed(link, frame, frame[: len(frame) * 2 // 3], marks=CUT, flags=2)
    for parts in fragments():
        yield seed(1, *parts)
        yield seed(1, *parts, marks=LATE)
    hops = bytearray(FRAME)
    hops[22] -= 1
    tagged = ethernet(0x8100, big(7, 0x0800) + INSIDE)
    numbered = ethernet(0x0800, ip4(6, tcp(ASK), number=9))
    yield seed(1, FRAME, bytes(hops), FRAME, tagged, tagged)
    yield seed(1, numbered, numbered, ethernet(0x8100, big(7, 0x0800) + ip4(6, tcp(ASK), number=9)), numbered, flags=0)
    for port in range(20):
        yield seed(1, *(ethernet(0x0800, ip4(17, udp(40_000 + port * 16 + at, 502, ASK))) for at in range(16)))
