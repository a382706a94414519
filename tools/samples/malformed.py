"""Twenty-three kinds of bad message, each between two good exchanges; three good kinds that look odd.

Every case is a TCP connection of its own, its client port 30000 + its number: a good read (transaction 1), the bytes of
the case, a good read (transaction 5). Whatever the bytes are, both reads must be found. Written by this program, not
recorded: no stack sends these.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

CLIENT, SERVER, PORT, FIRST_PORT = bytes((10, 10, 3, 5)), bytes((10, 10, 3, 10)), 502, 30000
CLIENT_MAC, SERVER_MAC = bytes.fromhex("0014225a3005"), bytes.fromhex("0080f40a0310")
START, STEP = 1_772_442_000_000_000, 5000  # microseconds: 2026-03-02 09:00 UTC, 5 ms between frames
SYN, ACK, PUSH_ACK, FIN_ACK, SYN_ACK = 0x02, 0x10, 0x18, 0x11, 0x12
ASK, ANSWER = True, False


def message(transaction: int, body: bytes, *, protocol: int = 0, length: int | None = None, unit: int = 1) -> bytes:
    """Header and body; `length` overrides the true one."""
    return struct.pack(">HHHB", transaction, protocol, len(body) + 1 if length is None else length, unit) + body


def read(transaction: int) -> bytes:
    """Read holding registers 0 and 1."""
    return message(transaction, bytes.fromhex("0300000002"))


def values(transaction: int) -> bytes:
    """Its answer: 1, 2."""
    return message(transaction, bytes.fromhex("030400010002"))


def body(text: str) -> bytes:
    """Bytes of hex digits."""
    return bytes.fromhex(text)


CASES: list[tuple[str, list[tuple[bool, bytes]]]] = [
    ("length field larger than the data (65535)", [(ASK, message(2, body("0300000002"), length=0xFFFF))]),
    ("length field 0", [(ASK, message(2, body("0300000002"), length=0))]),
    ("length field 1", [(ASK, message(2, body("0300000002"), length=1))]),
    ("length field too short (3) for function 3", [(ASK, message(2, body("0300000002"), length=3))]),
    ("length field 260, more than 254", [(ASK, message(2, b"\x10" + bytes(258)))]),
    ("protocol id 0x1234", [(ASK, message(2, body("0300000002"), protocol=0x1234))]),
    ("function code 0", [(ASK, message(2, body("0000000002")))]),
    ("reserved function code 99", [(ASK, message(2, body("6300000002")))]),
    ("function 3, quantity 0", [(ASK, message(2, body("0300000000"))), (ANSWER, message(2, body("8303")))]),
    (
        "function 3, quantity 65535",
        [(ASK, message(2, body("030000ffff"))), (ANSWER, message(2, body("8303")))],
    ),
    ("answer's byte count 250, with 4 bytes", [(ASK, read(2)), (ANSWER, message(2, body("03fa00010002")))]),
    ("answer shorter than asked", [(ASK, read(2)), (ANSWER, message(2, body("03020001")))]),
    ("function 16, byte count is not 2 x quantity", [(ASK, message(2, body("1000000002ff00010002")))]),
    ("function 5, value 0x1234", [(ASK, message(2, body("0500011234")))]),
    ("answer that nobody asked for", [(ANSWER, values(77))]),
    ("answer with another transaction id", [(ASK, read(2)), (ANSWER, values(999))]),
    ("answer of another unit", [(ASK, read(2)), (ANSWER, message(2, body("030400010002"), unit=9))]),
    ("exception code 0x77", [(ASK, read(2)), (ANSWER, message(2, body("8377")))]),
    (
        "device identification with an object cut short",
        [(ASK, message(2, body("2b0e0100"))), (ANSWER, message(2, body("2b0e01010000090020") + b"AB"))],
    ),
    ("function 8 with an odd number of bytes", [(ASK, message(2, body("080001ff")))]),
    ("function 23, write count too long", [(ASK, message(2, body("170000000200000002ff0001")))]),
    ("64 bytes of noise", [(ASK, bytes((index * 37 + 11) & 255 for index in range(64)))]),
    (
        "HTTP on port 502",
        [
            (ASK, b"GET / HTTP/1.1\r\nHost: plc\r\n\r\n"),
            (ANSWER, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ],
    ),
    (
        "good: a request in three segments, its answer in two",
        [
            (ASK, read(2)[:3]),
            (ASK, read(2)[3:7]),
            (ASK, read(2)[7:]),
            (ANSWER, values(2)[:8]),
            (ANSWER, values(2)[8:]),
        ],
    ),
    ("good: two requests in one segment", [(ASK, read(2) + read(3)), (ANSWER, values(2) + values(3))]),
    ("good: an ordinary exchange", [(ASK, read(2)), (ANSWER, values(2))]),
]
# For each case: where the specification says what is wrong (TCP: Messaging on TCP/IP Implementation Guide V1.0b; APP:
# Application Protocol Specification V1.1b3), and the documents it must give besides those of the two good reads: whose
# frames it has, function (`-`: none could be read), violations, values or exception.
EXPECTED: list[tuple[str, str]] = [
    ("TCP 3.1.3", "request - bad_length"),
    ("TCP 3.1.3", "request - bad_length"),
    ("TCP 3.1.3", "request - bad_length"),
    ("TCP 3.1.3, APP 6.3", "request - bad_protocol_id; request 3 bad_length"),
    ("TCP 3.1.3, APP 4.1", "request - bad_length"),
    ("TCP 3.1.3", "request - bad_protocol_id"),
    ("APP 4.1", "request 0 bad_function_code"),
    ("APP 5", "request 99 unassigned_function_code"),
    ("APP 6.3", "both 3 quantity_out_of_range exception 3"),
    ("APP 6.3", "both 3 quantity_out_of_range exception 3"),
    ("APP 6.3", "both 3 byte_count_mismatch 1,2"),
    ("APP 6.3", "both 3 answer_shorter_than_asked 1"),
    ("APP 6.12", "request 16 byte_count_mismatch 1,2"),
    ("APP 6.5", "request 5 bad_coil_value"),
    ("TCP 4.4.1.3", "response 3 unsolicited_answer 1,2"),
    ("TCP 4.4.1.3", "response 3 unsolicited_answer 1,2; request 3 unanswered"),
    ("TCP 4.4.1.3", "response 3 unsolicited_answer 1,2; request 3 unanswered"),
    ("APP 7", "both 3 bad_exception_code exception 119"),
    ("APP 6.21", "both 43 truncated_objects"),
    ("APP 6.8", "request 8 bad_length"),
    ("APP 6.17", "request 23 byte_count_mismatch 1"),
    ("TCP 3.1.3", "request - bad_protocol_id"),
    ("TCP 3.1.3", "request - bad_protocol_id; response - bad_protocol_id"),
    ("", "both 3 1,2"),
    ("", "both 3 1,2; both 3 1,2"),
    ("", "both 3 1,2"),
]


def checksum(data: bytes) -> int:
    """The Internet checksum."""
    data += b"\0" * (len(data) & 1)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF


@dataclass
class Writer:
    """Frames with rising times, sequence numbers kept by direction."""

    frames: list[bytes] = field(default_factory=list)
    next: dict[bool, int] = field(default_factory=dict)

    def send(self, port: int, asks: bool, flags: int, data: bytes = b"") -> None:
        """One frame, and what it does to the sequence number."""
        source, target = (CLIENT, SERVER) if asks else (SERVER, CLIENT)
        ports = (port, PORT) if asks else (PORT, port)
        acknowledged = self.next[not asks] if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", *ports, self.next[asks], acknowledged, 5 << 4, flags, 29200, 0, 0)
        pseudo = source + target + struct.pack(">HH", 6, len(tcp) + len(data))
        tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp + data)) + tcp[18:]
        length, number = 20 + len(tcp) + len(data), len(self.frames)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, length, number, 0x4000, 64, 6, 0) + source + target
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        macs = SERVER_MAC + CLIENT_MAC if asks else CLIENT_MAC + SERVER_MAC
        frame = macs + b"\x08\x00" + ip + tcp + data
        time = START + number * STEP
        self.frames.append(struct.pack("<IIII", time // 10**6, time % 10**6, len(frame), len(frame)) + frame)
        self.next[asks] += len(data) + (1 if flags & (SYN | 1) else 0)


def make(folder: Path) -> str:
    """Writes the capture."""
    writer = Writer()
    for number, (_, steps) in enumerate(CASES):
        port = FIRST_PORT + number
        writer.next = {ASK: 1000, ANSWER: 5000}
        writer.send(port, ASK, SYN)
        writer.send(port, ANSWER, SYN_ACK)
        writer.send(port, ASK, ACK)
        for asks, data in [(ASK, read(1)), (ANSWER, values(1)), *steps, (ASK, read(5)), (ANSWER, values(5))]:
            writer.send(port, asks, PUSH_ACK, data)
        writer.send(port, ASK, FIN_ACK)
        writer.send(port, ANSWER, FIN_ACK)
        writer.send(port, ASK, ACK)
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    (folder / "malformed.pcap").write_bytes(header + b"".join(writer.frames))
    rows = "client_port\tcase\tsection\tdocuments\n"
    for number, ((name, _), (section, wanted)) in enumerate(zip(CASES, EXPECTED, strict=True)):
        rows += f"{FIRST_PORT + number}\t{name}\t{section}\t{wanted}\n"
    (folder / "cases.tsv").write_text(rows)
    return f"{len(CASES)} connections, {len(writer.frames)} frames"
