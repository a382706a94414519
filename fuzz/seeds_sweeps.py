"""Seeds that the minimising keeps: each goes through a table of names or codes, of which the fuzzer's counters see nothing."""

from __future__ import annotations

from collections.abc import Iterator

ANSWER, LATE = 0x8000, 0x4000


def record(is_client: bool, data: bytes) -> bytes:
    return (len(data) | (0 if is_client else ANSWER)).to_bytes(2, "little") + data


def checked(frame: bytes) -> bytes:
    """A serial frame with its checksum (MODBUS over Serial Line V1.02, appendix B)."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return frame + crc.to_bytes(2, "little")


def wrapped(part: str, number: int, pdu: bytes, unit: int = 1) -> bytes:
    if part == "rtu_over_tcp":
        return checked(bytes([unit]) + pdu)
    return number.to_bytes(2, "big") + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu


def exchanges() -> Iterator[tuple[bytes, bytes]]:
    """Requests with answers: every function, refusal, diagnostic, and those with lists in them."""
    for function in range(1, 128):
        yield bytes([function, 0, 0, 0, 1]), bytes([function | 0x80, function % 12])
    for sub in range(24):
        yield bytes([8, 0, sub, 0, 0]), bytes([8, 0, sub, 0, sub])
        yield bytes([8, 0, sub, 0xFF, 0]), bytes([8, 0, sub, 0xFF, 0])
    for code in (1, 2):
        yield bytes([code, 0, 3, 0, 19]), bytes([code, 3, 0xCD, 0x6B, 5])
        yield bytes([code, 0, 3, 0, 19]), bytes([code, 2, 0xCD, 0x6B])
    yield b"\x03\xff\xff\0\x02", b"\x03\x04\0\x01\0\x02"
    yield b"\x03\0\0\0\x02", b"\x03\x06\0\x01\0\x02\0\x03"
    yield b"\x05\0\x01\xff\0", b"\x05\0\x01\xff\0"
    yield b"\x05\0\x01\x12\x34", b"\x05\0\x02\0\0"
    yield b"\x06\0\x01\0\x03", b"\x06\0\x01\0\x04"
    yield b"\x07", b"\x07\x6d"
    yield b"\x0b", b"\x0b\xff\xff\x01\x08"
    yield b"\x0c", b"\x0c\x08\0\0\x01\x08\x01\x21\x20\0"
    yield b"\x0f\0\x13\0\x0a\x02\xcd\x01", b"\x0f\0\x13\0\x0a"
    yield b"\x10\0\x01\0\x02\x04\0\x0a\x01\x02", b"\x10\0\x01\0\x02"
    yield b"\x10\0\x01\0\x02\xff\0\x0a", b"\x10\0\x09\0\x02"
    yield b"\x11", b"\x11\x09\x05\xffPLC 7.1"
    yield (
        b"\x14\x0e\x06\0\x04\0\x01\0\x02\x06\0\x03\0\x09\0\x02",
        b"\x14\x0c\x05\x06\x0d\xfe\0\x20\x05\x06\x33\xcd\0\x40",
    )
    yield b"\x14\xff\x07\0\x04", b"\x14\xff\xff\x06"
    yield (
        b"\x15\x0d\x06\0\x04\0\x07\0\x03\x06\xaf\x04\xbe\x10\x0d",
        b"\x15\x0d\x06\0\x04\0\x07\0\x03\x06\xaf\x04\xbe\x10\x0d",
    )
    yield b"\x16\0\x04\0\xf2\0\x25", b"\x16\0\x04\0\xf2\0\x26"
    yield b"\x17\0\x03\0\x06\0\x0e\0\x03\x06\0\xff\0\xff\0\xff", b"\x17\x0c" + bytes(12)
    yield b"\x18\x04\xde", b"\x18\0\x06\0\x02\x01\xb8\x12\x84"
    yield b"\x2b\x0d\0\x01", b"\x2b\x0d\0\x01"
    for kind in (1, 2, 3, 4):
        objects = b"\0\x03abc\x01\x01d\x02\x02v1\0\x03xyz\x80\x01?"
        yield bytes([0x2B, 0x0E, kind, 0]), bytes([0x2B, 0x0E, kind, 0x83, 0xFF, 3, 5]) + objects
        yield bytes([0x2B, 0x0E, kind, 5]), bytes([0x2B, 0x0E, kind, 0x83, 0, 0, 9]) + b"\x04\xffshort"


def controller() -> Iterator[tuple[bytes, bytes]]:
    """Function 90: code, session, function, data; answered by 0xFE, or 0xFD and a reason."""
    for function in range(0x80):
        yield bytes([0x5A, 7, function]), bytes([0x5A, 7, 0xFE])
    for function in (1, 3, 6):
        for sub in (0, 1, 3, 4):
            yield bytes([0x5A, 7, function, sub]), bytes([0x5A, 7, 0xFD, sub, 0x80])
    name = b"\x0bBMX P34 2020" + bytes(20)
    yield b"\x5a\0\x02", b"\x5a\0\xfe" + bytes(2) + b"\x06\x03" + bytes(20) + name
    yield (
        b"\x5a\0\x02",
        b"\x5a\0\xfe\x00\x30\x0b\x01\0\0\x03\x08\x05\x01\x03\0\0\x0cBMX P34 2020\x01\x01\x02\x03\x04\0\x05\0\0\0",
    )
    yield b"\x5a\0\x03\0", b"\x5a\0\xfe" + bytes(30) + b"Project\0station\0"
    yield b"\x5a\0\x04", b"\x5a\0\xfe" + bytes(70)
    yield b"\x5a\0\x10" + b"\x3b\x0e\0\0\x05ENG-4", b"\x5a\0\xfe\x4d"
    yield b"\x5a\x4d\x12", b"\x5a\x4d\xfe"
    yield b"\x5a\x4d\x20\x01\x34\0\0\0\0\0\x04\0", b"\x5a\x4d\xfe\x01\x04\0abcd"
    yield b"\x5a\x4d\x20\x01\x34\0\xff\xff\xff\xff\xff\xff", b"\x5a\x4d\xfe\x01\xff\xff"
    yield b"\x5a\x4d\x21\x01\x34\0\0\0\0\0\x04\0abcd", b"\x5a\x4d\xfe"
    several = b"".join(bytes([size]) + b"\x34\0\x01\x10\0\0" for size in (1, 2, 3, 4)) + b"\x12\x34\0\x01\x20\0\0\x03\0"
    yield b"\x5a\x4d\x22" + bytes(4) + b"\x05" + several, b"\x5a\x4d\xfe" + bytes(21)
    yield b"\x5a\x4d\x22" + bytes(4) + b"\x01\x02\x34\0\x01\x10\0\0", b"\x5a\x4d\xfe\x07\0"
    yield b"\x5a\x4d\x22" + bytes(4) + b"\x01\x92\x34\0\x01\x10\0\0\xff\xff", b"\x5a\x4d\xfe\x07\0"
    yield b"\x5a\x4d\x23" + bytes(4) + b"\x02\x02\x34\0\x10\0\0\0\x07\0\x01\x34\0\x11\0\0\0\x01", b"\x5a\x4d\xfe"
    yield b"\x5a\x4d\x23" + bytes(4) + b"\x01\x12\x34\0\x10\0\0\0\x02\0\x07\0\x08\0", b"\x5a\x4d\xfe"
    yield b"\x5a\x4d\x24\x02\x02\x02\x05\0\x01\0\x02\x03\x09\0\x01\0", b"\x5a\x4d\xfe\x02\0\0\x01\0\0\x07\0"
    yield b"\x5a\x4d\x24\x01\x02\x03\x05\0\x01\0", b"\x5a\x4d\xfe\x01\0\0\x07"
    yield b"\x5a\x4d\x25\x01\x02\x03\x05\0\x01\0\x07\0", b"\x5a\x4d\xfe"
    yield b"\x5a\x4d\x25\xff\x02\x02\x05\0", b"\x5a\x4d\xfd\x83\x80"
    for kind in (0xDD02, 0xDD03, 0xDD05):
        entry = b"\x02\0\0\0\x10\0\0\0" + b"PUMP_SPEED\0"
        yield (
            b"\x5a\x4d\x26" + kind.to_bytes(2, "little") + b"\0\0" + bytes(4) + bytes(3),
            b"\x5a\x4d\xfe" + bytes(7) + b"\x02\0" + entry * 2,
        )
        yield (
            b"\x5a\x4d\x26" + kind.to_bytes(2, "little") + b"\0\0" + bytes(9),
            b"\x5a\x4d\xfe" + bytes(5) + b"\xff\xff" + entry,
        )
    steps = b"\x05\0\x34\0\x10\0\0\x07\x09\0\x34\0\x10\0\x0b"
    yield b"\x5a\x4d\x50\x15\0\x04" + steps, b"\x5a\x4d\xfe" + bytes(8)
    yield b"\x5a\x4d\x50\x15\0\xff" + steps, b"\x5a\x4d\xfe"
    for other in (b"\x22", b"\x23\0", b"\x24\0", b"\x50\0\0\0", b"\x26\x02", b"\x38" + bytes(40)):
        yield b"\x5a\x4d" + other, b"\x5a\x4d\xfe" + bytes(3)


def lines() -> Iterator[bytes]:
    """Frames as text: colon, digits, end of line."""
    for body in (b"\x01\x03\0\0\0\x01", b"\x01\x03\x02\0\x07", b"\x01\x83\x02"):
        check = (-sum(body)) & 0xFF
        yield b":" + (body + bytes([check])).hex().upper().encode() + b"\r\n"
        yield b":" + (body + bytes([check ^ 1])).hex().upper().encode() + b"\r\n"
    yield b":01zz\r\n"
    yield b":010\r\n"
    yield b":\r\n"


def framings() -> Iterator[tuple[str, bytes]]:
    for part in ("tcp", "udp", "rtu_over_tcp"):
        where = f"framing/modbus-{part}"
        pairs = [*exchanges(), *controller()]
        for number, first in enumerate(range(0, len(pairs), 24)):
            some = pairs[first : first + 24]
            run = b""
            for at, (request, answer) in enumerate(some):
                run += record(True, wrapped(part, at, request)) + record(False, wrapped(part, at, answer))
            # A poll before and behind, so that the rest is known by content too.
            poll = record(True, wrapped(part, 99, b"\x03\0\0\0\x01")) + record(
                False, wrapped(part, 99, b"\x03\x02\0\x07")
            )
            yield where, bytes([number % 2 * 2 + 5, number]) + poll + run + poll
            alone = b"".join(record(True, wrapped(part, at, request)) for at, (request, _) in enumerate(some))
            yield where, bytes([7, number]) + poll + alone
        # More requests than are kept, of each of which something is summed up.
        sweep = b""
        for at in range(40):
            request = wrapped(part, at, b"\x03\0" + bytes([at // 2]) + b"\0\x01")
            sweep += record(True, request) + record(False, wrapped(part, at, b"\x03\x02\0\x07"))
        yield where, bytes([1, 11]) + sweep
    for line in lines():
        yield "framing/modbus-tcp", b"\x00\x03" + record(True, line) + record(False, line)


def segment(kind: int, wish: int, payload: bytes, seen: int = 0, extra: bytes = b"") -> bytes:
    return bytes([kind, wish % 256, seen % 256, len(payload)]) + extra + payload


def ask(number: int) -> bytes:
    return number.to_bytes(2, "big") + bytes.fromhex("0000000601030000") + b"\0\x01"


def tell(number: int) -> bytes:
    return number.to_bytes(2, "big") + bytes.fromhex("00000005010302") + b"\0\x07"


def holes() -> Iterator[tuple[str, bytes]]:
    """Requests of twelve bytes with a hole of three of them: filled whole, at its start, end, middle, or never."""
    opening = bytes([0x12, 0, 0, 0]) + bytes([0x03, 0, 0, 0]) + bytes([0, 0, 0, 0])
    before = segment(0, 0, ask(1)) + segment(1, 0, tell(1))
    after = segment(0, 36, ask(5)) + segment(1, 0, tell(5)) + segment(0, 0, ask(6)) + segment(1, 0, tell(6))
    missing = ask(2) + ask(3) + ask(4)
    # The client's stream stands 60 bytes behind the start of the hole.
    back = -60
    fills = [
        [(0, 36)],
        [(0, 12)],
        [(24, 36)],
        [(12, 24)],
        [(6, 30)],
        [(5, 9), (20, 22), (0, 36)],
        [(0, 20), (16, 36)],
        [(-6, 10)],
        [(30, 40)],
    ]
    for options in (2, 3, 0):
        for fill in fills:
            late = b"".join(
                segment(0, back + start, (bytes(6) + missing + ask(5))[start + 6 : end + 6]) for start, end in fill
            )
            yield "tcp", bytes([options]) + opening + before + after + late + segment(1, 0, tell(7))
            yield (
                "tcp",
                bytes([options])
                + opening
                + before
                + segment(0, 36, ask(5))
                + segment(0, -48, missing[:20])
                + segment(0, -28, missing[20:])
                + segment(1, 0, tell(2)),
            )
    other = segment(0, 36, ask(5)) + segment(0, 24, ask(8)) + segment(0, -72, bytes(40)) + segment(0, -30, missing)
    yield "tcp", b"\x02" + opening + before + other
    far = (1 << 21).to_bytes(4, "little")
    wild = (
        segment(0x20, 0, ask(9), extra=far)
        + segment(0x20, 12, ask(10), extra=far)
        + segment(0x20, 24, ask(11), extra=far)
    )
    yield "tcp", b"\x02" + opening + before + wild + after
    yield "tcp", b"\x02" + before + wild[:20] * 2 + after
    flood = b"".join(segment(0, 20, bytes(200)) for _ in range(12))
    yield "tcp", b"\x02" + opening + before + flood
    for number in range(40):
        flood += segment(0, 0, ask(number))
    yield "tcp", b"\x02" + opening + before + flood[-640:] + segment(1, 0, tell(30))
    answers_first = (
        segment(1, 0, tell(1))
        + segment(0, 0, ask(1))
        + segment(1, 0, tell(3), seen=24)
        + segment(0, 12, ask(3))
        + segment(0, -24, ask(2))
    )
    yield "tcp", b"\x02" + opening + answers_first
    yield "tcp", b"\x02" + opening + before + segment(0, 0, ask(2)[:7]) + segment(0, 0, ask(3)) + segment(0, 0, ask(4))
    yield (
        "tcp",
        b"\x02"
        + opening
        + before
        + segment(0, 0, ask(2)[:5] + b"\x60" + ask(2)[6:])
        + segment(0, 0, ask(3))
        + segment(1, 0, tell(3)),
    )
    yield (
        "tcp",
        b"\x02"
        + opening
        + before
        + segment(0, 0, b"garbage that is no message")
        + segment(0, 0, ask(3))
        + segment(1, 0, tell(3)),
    )
    yield "tcp", b"\x02" + opening + before + segment(0, -1, b"\0") + segment(1, -11, tell(9)) + after
    yield "tcp", b"\x06" + opening + segment(0, 0, b"hello there, what are you?") * 3


def seeds() -> Iterator[tuple[str, bytes]]:
    yield from framings()
    yield from holes()
