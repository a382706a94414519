"""Seeds of the readers of claims: messages of the tests' encoders, and made here what no encoder at hand writes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from seeds_heard import big, half_ascii, heard, requests, s7, smb, tls

SAMPLES = Path(__file__).parent.parent / "crates/wire/src/claims/samples.txt"
READERS = {
    "arp": "arp",
    "neighbour": "neighbour",
    "router": "neighbour",
    "lldp": "lldp",
    "cdp": "cdp",
    "profinet": "profinet",
    "dhcp": "dhcp",
    "netbios": "netbios-ns",
    "snmp": "snmp",
    "mdns": "mdns",
    "bacnet": "bacnet",
}


def samples() -> dict[str, bytes]:
    lines = (line.split("\t") for line in SAMPLES.read_text().splitlines() if not line.startswith("#"))
    return {line[0]: bytes.fromhex(line[2]) for line in lines}


def tlv(kind: int, data: bytes) -> bytes:
    return big(kind << 9 | len(data)) + data


def lldp() -> Iterator[bytes]:
    end = tlv(0, b"")
    port, life = tlv(2, b"\x07port-001"), tlv(3, big(20))
    for chassis in (
        b"\x04\0\x1b\x1b\0\0\x01",
        b"\x05\x01\x0a\0\0\x07",
        b"\x05\x02" + bytes(16),
        b"\x06eth0",
        b"\x07hmi",
        b"\x01x",
    ):
        for name in (b"\x03\0\x1b\x1b\0\0\x01", b"\x04\x02\x01\0", b"\x05gi0/1", b"\x07port-002.plc"):
            yield tlv(1, chassis) + tlv(2, name) + life + tlv(5, b"SW-8") + end
    text = b"Siemens, SIMATIC S7, CPU-1200, 6ES7 212-1BE40-0XB0 , HW: 3, FW: V.4.2.3, S C-J9CE25062016"
    yield tlv(1, b"\x07a.b") + port + life + tlv(4, b"port") + tlv(6, text) + tlv(7, big(0x14, 0x04)) + end
    for address in (
        b"\x05\x01\x0a\0\0\x4d",
        b"\x07\x06\0\x1b\x1b\0\0\x02",
        b"\x11\x02" + bytes(15) + b"\x01",
        b"\xff\x01",
    ):
        yield tlv(1, b"\x07a") + port + life + tlv(8, address + b"\x02\0\0\0\x07\0") + end
    own = [
        b"\x00\x0e\xcf\x02\0\0\0\0",
        b"\x00\x0e\xcf\x05\0\x1b\x1b\0\0\x05",
        b"\x00\x80\xc2\x01\0\x2a",
        b"\x00\x80\xc2\x03\0\x2a\x04vlan",
    ]
    own += [b"\x00\x12\xbb" + bytes([kind]) + b"text-%d" % kind for kind in range(1, 12)] + [
        b"\x00\x12\x0f\x01\x03\0\0\0\x10"
    ]
    for one in own:
        yield tlv(1, b"\x07a") + port + life + tlv(127, one) + end
    yield tlv(1, b"\x07a") + big(2 << 9 | 511) + b"\x07b"


def dns_name(text: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def record(name: bytes, kind: int, data: bytes, length: int | None = None) -> bytes:
    return name + big(kind, 0x8001, 0, 120, len(data) if length is None else length) + data


def answers(*records: bytes, flags: int = 0x8400, questions: bytes = b"", additional: int = 0) -> bytes:
    return big(0, flags, bool(questions), len(records) - additional, 0, additional) + questions + b"".join(records)


def dns() -> Iterator[bytes]:
    host, service = dns_name("plc-4.local"), dns_name("_http._tcp.local")
    instance = dns_name("Pump PLC._http._tcp.local")
    a = record(host, 1, bytes([10, 0, 0, 5]))
    aaaa = record(host, 28, bytes.fromhex("fe80" + "00" * 13 + "05"))
    yield answers(a, aaaa)
    yield answers(
        record(service, 12, instance),
        record(instance, 33, big(0, 0, 80) + host),
        record(instance, 16, b"\x08model=A1\x05fw=V2\x09serial=77"),
        a,
        additional=2,
    )
    yield answers(record(host, 13, b"\x03ARM\x05LINUX"), record(b"\xc0\x0c", 1, bytes([10, 0, 0, 5])))
    yield answers(record(host, 1, bytes(4), length=400))
    yield answers(record(b"\xc0\x0c", 12, b"\xc0\x0c"))
    yield answers(record(dns_name("5.0.0.10.in-addr.arpa"), 12, host))
    yield answers(a, questions=host + big(1, 1))
    yield big(0, 0, 1, 0, 0, 0) + host + big(255, 1)
    yield answers(
        record(dns_name("eng-4"), 1, bytes([10, 0, 0, 5])), flags=0x8000, questions=dns_name("eng-4") + big(1, 1)
    )
    yield answers(record(b"\xff" + bytes(20), 1, bytes(4)))
    yield answers(record(dns_name("_device-info._tcp.local"), 16, b"\x0cmodel=Macmini\x00\xff"))
    for key in (
        "model",
        "md",
        "ty",
        "usb_MFG",
        "usb_MDL",
        "manufacturer",
        "mf",
        "product",
        "fw",
        "fv",
        "version",
        "sn",
        "serial",
        "mac",
        "id",
    ):
        text = f"{key}=x1:2".encode()
        yield answers(record(instance, 16, bytes([len(text)]) + text), a)


def browser() -> Iterator[bytes]:
    """Datagrams of NetBIOS (RFC 1002, 4.4) with announcements of the browser protocol."""
    names = half_ascii(b"SCADA-1", 0) + half_ascii(b"WATER", 0x1D)
    for kind in (1, 8, 12, 15, 9, 2):
        announcement = (
            bytes([kind, 0])
            + struct.pack("<I", 60_000)
            + b"SCADA-1".ljust(16, b"\0")
            + b"\x0a\0"
            + struct.pack("<I", 0x0004900F)
        )
        announcement += b"\x0f\x01\x55\xaa" + b"the historian\0"
        pipe = b"\\MAILSLOT\\BROWSE\0"
        block = (
            b"\xffSMB\x25"
            + bytes(27)
            + bytes([17])
            + struct.pack(
                "<HHHHBBHIHHHHHBBHHH",
                0,
                len(announcement),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                len(announcement),
                86,
                3,
                0,
                1,
                0,
                2,
            )
        )
        block += struct.pack("<H", len(pipe) + len(announcement)) + pipe + announcement
        for first in (0x10, 0x11, 0x12):
            head = bytes([first, 0x0E]) + big(7) + bytes([10, 0, 0, 5]) + big(138, len(names) + len(block), 0)
            yield head + names + block
    yield b"\x11\x0e" + bytes(8) + big(0xFFFF, 0) + names


def identity(name: bytes, items: int = 1, length: int | None = None) -> bytes:
    """List Identity of CIP Networks Library volume 2, 2-4.2."""
    item = (
        bytes.fromhex("01000002af120a00000d")
        + bytes(8)
        + bytes.fromhex("01000e003700140b60002a17c060")
        + bytes([len(name)])
        + name
        + b"\x03"
    )
    size = len(item) if length is None else length
    return b"\x63\0" + struct.pack("<H", len(item) + 6) + bytes(20) + struct.pack("<HHH", items, 0x0C, size) + item


def enip() -> Iterator[bytes]:
    yield identity(b"1756-L71")
    yield identity(b"1756-L71", items=3)
    yield identity(b"1756-L71", length=0xFFFF)
    yield identity(b"")
    yield b"\x63\0\0\0" + bytes(20)
    yield b"\x65\0\x04\0" + bytes(20) + b"\x01\0\0\0"
    yield b"\x65\0\x04\0" + bytes(20) + b"\x01\0\0\0" + identity(b"1756-EN2T/B")
    single = (
        b"\x6f\0\x28\0"
        + bytes(20)
        + bytes(6)
        + b"\x02\0\0\0\0\0\xb2\0"
        + struct.pack("<H", 24)
        + b"\x81\0\0\0"
        + bytes.fromhex("01000e003700140b60002a17c060")
        + b"\x05PLC-1"
    )
    yield single
    yield b"\x63\0\xff\xff" + bytes(30)


def bacnet(all_samples: dict[str, bytes]) -> Iterator[bytes]:
    plain = all_samples["bacnet-i-am"]
    yield b"\x81\x0b\0" + bytes([len(plain) + 4]) + b"\x01\x08\0\x07\x01\x01" + plain[6:]
    yield b"\x81\x04\0" + bytes([len(plain) + 6]) + b"\x0a\0\0\x29\xba\xc0" + plain[4:]
    many = bytes.fromhex(
        "810a0000010030010e0c020000011e29464e7200414f292c5e910291205f294d4e7200424f1f0c000000011e294d4e7200434f1f"
    )
    yield many
    for property_ in (28, 44, 58, 70, 77, 121, 120, 75, 12):
        value = b"\x75\x06\0PUMP1" if property_ != 120 else b"\x21\xde"
        yield bytes.fromhex("810a0000010030010c0c02000001") + b"\x19" + bytes([property_]) + b"\x3e" + value + b"\x3f"
    yield bytes.fromhex("810a0000010030010c0c02000001") + b"\x19\x4d\x3e\x75\xfe\xff\xff\x04" + b"x" * 30 + b"\x3f"
    yield bytes.fromhex("810b000c0120ffff00ff1008")
    yield bytes.fromhex("810b00190120ffff00ff1007c402000001c40000000175060050554d5031")


def dhcp() -> Iterator[bytes]:
    def one(kind: int, options: bytes, operation: int = 1) -> bytes:
        head = bytes([operation, 1, 6, 0]) + bytes(24) + bytes.fromhex("001b1b000001") + bytes(202)
        return head + b"\x63\x82\x53\x63\x35\x01" + bytes([kind]) + options + b"\xff"

    for code, data in (
        (12, b"hmi-7"),
        (60, b"MSFT 5.0"),
        (15, b"plant.example"),
        (81, b"\0\0\0hmi.x"),
        (81, b"\x04\0\0" + b"\x03hmi\x01x\0"),
        (77, b"x"),
        (50, bytes([10, 0, 0, 7])),
        (55, bytes(range(1, 20))),
        (61, b"\x01\0\x1b\x1b\0\0\x01"),
        (43, b"\x01\x02ab"),
        (93, b"\0\0"),
        (82, b"\x01\x03abc"),
        (6, bytes(8)),
        (3, b"\x0a\0\0\xfe" * 2),
        (42, bytes([10, 0, 0, 3])),
        (54, bytes([10, 0, 0, 1])),
        (1, b"\xff\xff\xff\0"),
    ):
        for kind, operation in ((1, 1), (3, 1), (5, 2), (2, 2), (8, 1)):
            yield one(kind, bytes([code, len(data)]) + data, operation)
    yield one(3, b"\0\0\x0c\xff")
    yield one(3, b"\x0c\0\x34\x01\x03")


def profinet() -> Iterator[bytes]:
    def block(option: int, sub: int, data: bytes) -> bytes:
        return bytes([option, sub]) + big(len(data)) + data + bytes(len(data) % 2)

    blocks = [
        block(2, 1, b"\0\0S7-1200"),
        block(2, 2, b"\0\0pump-3"),
        block(2, 3, b"\0\0\0\x2a\x01\x0d"),
        block(2, 4, b"\0\0\x02\0"),
        block(1, 2, b"\0\x01" + bytes([10, 0, 0, 13]) + b"\xff\xff\xff\0\x0a\0\0\x01"),
        block(2, 6, b"\0\0alias"),
        block(2, 7, b"\0\0\0\x01"),
        block(2, 5, b"\0\0\x02\x01"),
        block(1, 1, b"\0\0\0\x1b\x1b\0\0\x01"),
        block(5, 4, b"\0\0\0"),
    ]
    for frame, service, kind in (
        (0xFEFF, 5, 1),
        (0xFEFC, 6, 0),
        (0xFEFE, 5, 0),
        (0xFEFD, 4, 0),
        (0xFEFD, 4, 1),
        (0xFEFD, 3, 1),
    ):
        for one in (*blocks, b"".join(blocks)):
            yield big(frame) + bytes([service, kind]) + bytes(4) + big(0, len(one)) + one
            yield big(frame) + bytes([service, kind]) + bytes(4) + big(0, 0xFFFF) + one
    yield big(0xFEFF) + bytes([5, 1]) + bytes(4) + big(0, 8) + b"\x02\x01\xff\xff" + bytes(4)


def cdp() -> Iterator[bytes]:
    def one(kind: int, data: bytes) -> bytes:
        return big(kind, len(data) + 4) + data

    header = bytes.fromhex("aaaa0300000c200002b4dc02")
    address = b"\0\0\0\x01\x01\x01\xcc\0\x04\x0a\0\0\x4e"
    for part in (
        one(1, b"SW-9"),
        one(2, address),
        one(2, b"\0\0\0\x02" + address[4:] + b"\x02\x08\xaa\xaa\x03\0\0\0\x86\xdd\0\x10" + bytes(15) + b"\x05"),
        one(3, b"Fa0/1"),
        one(4, b"\0\0\0\x29"),
        one(4, b"\0\0\0\x10"),
        one(5, b"IOS (tm) Version 12.2(55)SE3, RELEASE"),
        one(6, b"cisco WS-C2960"),
        one(10, big(42)),
        one(9, b"vtp"),
        one(0x16, address),
        one(0x14, b"sys"),
        big(1, 3),
        big(1, 0xFFFF),
    ):
        yield header + part
        yield header + part + one(6, b"cisco IE-3000")


def netbios() -> Iterator[bytes]:
    name = half_ascii(b"SCADA-1", 0)
    star = b"\x20CK" + b"A" * 30 + b"\0"
    entries = b"".join(
        each.ljust(15) + bytes([suffix]) + big(flags)
        for each, suffix, flags in (
            (b"SCADA-1", 0, 0x0400),
            (b"WATER", 0, 0x8400),
            (b"SCADA-1", 0x20, 0x0400),
            (b"\x01\x02__MSBROWSE__\x02", 1, 0x8400),
        )
    )
    status = bytes([4]) + entries + bytes.fromhex("001b1b000001") + bytes(40)
    yield big(7, 0x8400, 0, 1, 0, 0) + star + big(0x21, 1, 0, 0, len(status)) + status
    yield big(7, 0x8400, 0, 1, 0, 0) + star + big(0x21, 1, 0, 0, 9) + b"\xff" + entries
    for flags in (0x2910, 0x2810, 0x4010, 0x0110, 0x8500, 0xA800):
        yield (
            big(7, flags, 1, 0, 0, 1)
            + name
            + big(0x20, 1)
            + b"\xc0\x0c"
            + big(0x20, 1, 0, 0, 6, 0)
            + bytes([10, 0, 0, 5])
        )
        yield (
            big(7, flags, 0, 1, 0, 0)
            + name
            + big(0x20, 1, 0, 0, 12, 0)
            + bytes([10, 0, 0, 5])
            + big(0x8000)
            + bytes([10, 0, 0, 6])
        )


def ber(tag: int, data: bytes) -> bytes:
    return bytes([tag, len(data)]) + data if len(data) < 128 else bytes([tag, 0x82]) + big(len(data)) + data


def snmp() -> Iterator[bytes]:
    names = {number: bytes.fromhex("2b06010201010" + f"{number:x}" + "00") for number in range(1, 8)}
    own = [
        bytes.fromhex("2b060102010216010b"),
        bytes.fromhex("2b0601020102020106" + "01"),
        bytes.fromhex("2b060102012f010101010b01"),
        bytes.fromhex("2b060102010401140101"),
    ]
    for version in (0, 1):
        for pdu in (0xA0, 0xA2, 0xA4, 0xA7):
            for name, value in (
                (names[1], ber(4, b"Siemens, SIMATIC NET, SCALANCE X204, HW: 7, FW: V5")),
                (names[2], ber(6, bytes.fromhex("2b06010401813e"))),
                (names[5], ber(4, b"sw-7")),
                (names[6], ber(4, b"hall 3")),
                (names[4], ber(4, b"someone")),
                (names[7], ber(2, b"\x48")),
                *((each, ber(4, b"\0\x1b\x1b\0\0\x07")) for each in own),
            ):
                bindings = ber(0x30, ber(0x30, ber(6, name) + value))
                body = ber(2, b"\x07") + ber(2, b"\0") + ber(2, b"\0") + bindings
                yield ber(0x30, ber(2, bytes([version])) + ber(4, b"public") + ber(pdu, body))
    trap = (
        ber(6, bytes.fromhex("2b06010401813e"))
        + ber(0x40, bytes([10, 0, 0, 5]))
        + ber(2, b"\x06")
        + ber(2, b"\x01")
        + ber(0x43, b"\x01")
        + ber(0x30, b"")
    )
    yield ber(0x30, ber(2, b"\0") + ber(4, b"public") + ber(0xA4, trap))
    yield ber(
        0x30,
        ber(2, b"\x03")
        + ber(0x30, ber(2, b"\x01") + ber(2, b"\x05\xdc") + ber(4, b"\0") + ber(2, b"\x03"))
        + ber(4, ber(0x30, ber(4, b"\x80\0\x1f\x88\x04id") + ber(2, b"\x01") + ber(2, b"\x01")))
        + ber(0x30, b""),
    )
    yield b"\x30\x84\xff\xff\xff\xff\x02\x01\0"


def seeds() -> Iterator[tuple[str, bytes]]:
    every = samples()
    for name, data in every.items():
        reader = READERS.get(name.split("-")[0])
        if reader:
            yield reader, data
            yield reader, data[: len(data) * 2 // 3]
            for at in range(0, min(len(data), 80), 3):
                yield reader, data[:at] + b"\xff" + data[at + 1 :]
    arp = every["arp"]
    for operation in (1, 2, 3, 8):
        yield "arp", arp[:6] + big(operation) + arp[8:]
        yield "arp", arp[:6] + big(operation) + arp[8:14] + bytes(4) + arp[18:]
    for data in dns():
        yield "mdns", data
        yield "llmnr", data
    generated = {
        "lldp": lldp(),
        "netbios-dgm": browser(),
        "enip": enip(),
        "bacnet": bacnet(every),
        "smb-stream": smb(every),
        "s7comm-stream": s7(every),
        "tls-stream": tls(every),
        "dhcp": dhcp(),
        "profinet": profinet(),
        "cdp": cdp(),
        "netbios-ns": netbios(),
        "snmp": snmp(),
    }
    for reader, ones in generated.items():
        for data in ones:
            yield reader, data
    yield from requests()
    for data in enip():
        yield "enip-stream", heard(data, data)
        yield "enip-stream", heard(b"", identity(b"a") + data)
