"""Seeds of recognition that its tests do not hold: greetings and first lines in text, and names told by length or by kind."""

from __future__ import annotations

import struct
from collections.abc import Iterator

STREAM, DATAGRAM = 0, 1
FREE = 50_001


def asked(kind: int, data: bytes, source: int = FREE, destination: int = FREE) -> bytes:
    return bytes([kind]) + struct.pack("<HH", source, destination) + data


def web() -> Iterator[bytes]:
    """RFC 9112, RFC 9113, RFC 2326, RFC 3261, WS-Discovery 1.0."""
    long = b"GET /" + b"a" * 300
    lines = [
        b"GET /a?b HTTP/1.1\r\nHost: Plc-1.plant:8081\r\n\r\n",
        b"POST /x HTTP/1.0\r\nAccept: *\r\nhost:  [FD00::1]:80\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nAccept: *\r\n\r\nHost: plc",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 70,
        b"GET  HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\n\r\n",
        b"HTTP/1.1 4x1 Unauthorized\r\n\r\n",
        b"HTTP/1.1 ",
        b"RTSP/1.0 200 OK\r\n\r\n",
        b"SIP/2.0 100 Trying\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"DESCRIBE rtsp://10.0.0.1/1 RTSP/1.0\r\nCSeq: 1\r\n",
        b"REGISTER sip:10.0.0.1 SIP/2.0\r\n",
        b"FETCH /a HTTP/3.0\r\n",
        b"GET /\x80 HTTP/1.1\r\n",
        long,
        long + b"\x01",
        b"FETCH /" + b"a" * 300,
    ]
    for line in lines:
        yield asked(STREAM, line)
        yield asked(DATAGRAM, line)
    for port in (80, 8_080):
        yield asked(STREAM, b"GET /old\r\n", destination=port)
    for text in (
        b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n",
        b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\n",
        b"HTTP/1.1 200 OK\r\nST: x\r\nUSN: uuid:1\r\n",
        b'{"host_int": 1, "displayname": "a"}',
    ):
        yield asked(DATAGRAM, text)
    for word in (b"Probe", b"Resolve", b"ProbeMatches", b"ResolveMatches", b"Hello"):
        for begin in (b"<?xml", b"<s:Envelope>", b"<soap:Envelope>"):
            action = b"http://schemas.xmlsoap.org/ws/2005/04/discovery/" + word
            yield asked(DATAGRAM, begin + b"<a:Action>" + action + b"</a:Action>")


def greetings() -> Iterator[bytes]:
    """RFC 959, RFC 5321, RFC 1939, RFC 9051, RFC 4253, RFC 6143, RFC 854: whole words, and shared words on their ports."""
    own = [
        b"220 mail.plant ESMTP Postfix",
        b"220-Plant FTP server",
        b"331 Send the password",
        b"227 Entering Passive Mode (10,0,0,1,4,1)",
        b"250-SIZE 1000",
        b"250-PIPELINING",
        b"250 8BITMIME",
        b"25x no digit",
        b"* OK [CAPABILITY IMAP4rev1] ready",
        b"* OK ready",
        b"+OK POP3 server ready",
        b"+OK",
        b"SSH-2.0-OpenSSH_9.2",
        b"SSH-1.99-x",
        b"SSH-2.0-\x80",
        b"EHLO hmi",
        b"MAIL FROM:<a@b>",
        b"PASV",
        b"type i",
        b"RETR /a",
        b"OPTS UTF8 ON",
        b"no command",
        b"\x01",
    ]
    for text in own:
        yield asked(STREAM, text + b"\r\n")
    for text in (b"220 ready", b"421 no", b"USER operator", b"PASS x", b"LIST", b"QUIT"):
        for port in (21, 25, 587, 110, FREE):
            yield asked(STREAM, text + b"\r\n", destination=port)
    for port in (110, FREE):
        yield asked(STREAM, b"+OK\r\n", source=port)
    yield asked(STREAM, b"RFB 003.008\n")
    yield asked(STREAM, b"RFB 00x.008\n")
    for port in (23, FREE):
        for data in (b"\xff\xfd\x18", b"\xff\xfb\x01\xff\xfd\x1f", b"\xff\xfb\x80", b"\xff\xf0\x01", b"\xff"):
            yield asked(STREAM, data, source=port)


def text_of(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else struct.pack("<I", len(value)) + value


def chunk(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    return kind + struct.pack("<I", len(body) + 8 if size is None else size) + body


def opc() -> Iterator[bytes]:
    """OPC 10000-6, 7.1.2 and 6.7.2."""
    url = b"opc.tcp://PLC-7:4840/x"
    hello = struct.pack("<IIIII", 0, 65_535, 65_535, 0, 0)
    policy = b"http://opcfoundation.org/UA/SecurityPolicy#"
    for text in (url, b"nothing", b"opc.tcp://a b/", None):
        yield asked(STREAM, chunk(b"HELF", hello + text_of(text) + bytes(4)))
        yield asked(STREAM, chunk(b"RHEF", text_of(b"urn:plc") + text_of(text)))
    yield asked(STREAM, chunk(b"RHEF", struct.pack("<I", 0xFFFFFF) + bytes(20)))
    yield asked(STREAM, chunk(b"ACKF", bytes(20)))
    yield asked(STREAM, chunk(b"ERRF", struct.pack("<I", 0x80010000) + text_of(b"why")))
    yield asked(STREAM, chunk(b"HELC", bytes(32)))
    for service in (446, 449, 397, 631, 2, 9_999):
        node = bytes([1, 0]) + struct.pack("<H", service) + bytes(8)
        yield asked(STREAM, chunk(b"MSGF", bytes(16) + node))
        yield asked(STREAM, chunk(b"CLOF", bytes(16) + node))
        for name in (b"None", b"Basic256Sha256"):
            opening = bytes(4) + text_of(policy + name) + text_of(None) + text_of(None) + bytes(8)
            yield asked(STREAM, chunk(b"OPNF", opening + node))
    yield asked(
        STREAM, chunk(b"OPNF", bytes(4) + text_of(b"#None") + text_of(None) + struct.pack("<I", 900) + bytes(30))
    )
    yield asked(STREAM, chunk(b"MSGC", bytes(16)) + chunk(b"MSGF", bytes(16)))
    yield asked(STREAM, chunk(b"MSGC", bytes(16)) + b"MSGX" + bytes(8))
    yield asked(STREAM, chunk(b"MSGF", bytes(16), size=1 << 27))


def ber(tag: int, data: bytes) -> bytes:
    size = bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])
    return bytes([tag]) + size + data


def directories() -> Iterator[bytes]:
    """RFC 4511, RFC 4120, RFC 1157, RFC 3416, RFC 3412."""
    number = ber(2, b"\x01")
    for tag, body in (
        (0x60, number + ber(4, b"cn=a") + ber(0x80, b"x")),
        (0x61, ber(10, b"\0") + ber(4, b"") * 2),
        (0x42, b""),
        (0x63, ber(4, b"dc=a")),
        (0x6F, b"x"),
    ):
        for kind in (STREAM, DATAGRAM):
            yield asked(kind, ber(0x30, number + ber(tag, body)))
    for tag in (0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x7E):
        version = {0x6A: 0xA1, 0x6C: 0xA1}.get(tag, 0xA0)
        body = ber(0x30, ber(version, ber(2, b"\x05")) + ber(version + 1, ber(2, bytes([tag & 31]))) + bytes(4))
        message = ber(tag, body)
        yield asked(DATAGRAM, message, destination=88)
        yield asked(STREAM, struct.pack(">I", len(message)) + message, destination=88)
        yield asked(STREAM, struct.pack(">I", len(message) + 1) + message, destination=88)
    for pdu in range(0xA0, 0xAA):
        for version in (0, 1, 2):
            yield asked(DATAGRAM, ber(0x30, ber(2, bytes([version])) + ber(4, b"public") + ber(pdu, bytes(12))))
    for model, flags in ((ber(2, b"\x03"), ber(4, b"\x04")), (ber(4, b"\x03"), ber(4, b"\x04")), (b"", ber(2, b"\0"))):
        header = ber(0x30, number + ber(2, b"\x05\xdc") + flags + model)
        yield asked(DATAGRAM, ber(0x30, ber(2, b"\x03") + header + ber(4, b"usm") + ber(0x30, b"x")))


def encrypted() -> Iterator[bytes]:
    """RFC 9147, 4; RFC 6347, 4.1."""
    for version in (0xFEFF, 0xFEFD):
        for kind, epoch, first in ((22, 0, 1), (22, 0, 2), (22, 0, 3), (22, 0, 4), (23, 1, 9), (20, 0, 1), (25, 0, 1)):
            for length in (12, 200):
                body = bytes([first]) + bytes(11)
                yield asked(DATAGRAM, struct.pack(">BHHHIH", kind, version, epoch, 0, 1, length) + body)


def calls() -> Iterator[bytes]:
    """C706, 12.5 and 12.6: every kind of message in both orders of bytes, and a body that is not there."""
    for kind in range(21):
        for order in (0x10, 0x00):
            sizes = struct.pack("<HH" if order else ">HH", 72, 0)
            yield asked(STREAM, bytes([5, 0, kind, 3, order, 0, 0, 0]) + sizes + bytes(60))
            yield asked(DATAGRAM, bytes([4, kind, 0, 0, order, 0, 0, 0]) + bytes(72))
        yield asked(DATAGRAM, bytes([4, kind, 0, 0, 0x10, 0, 0, 0]) + bytes(66) + b"\x10\0" + bytes(4))


def buildings() -> Iterator[bytes]:
    """ISO 22510; RFC 2131; FieldComm TS20085."""
    for service in (*range(0x201, 0x20E), 0x310, 0x311, 0x420, 0x421, 0x530, 0x532, 0x950, 0x955, 0x999):
        yield asked(DATAGRAM, struct.pack(">HHH", 0x0610, service, 14) + bytes(8))
    for kind in (1, 2, 3):
        yield asked(DATAGRAM, bytes([kind, 1, 6, 0]) + bytes(232) + b"\x63\x82\x53\x63\xff")
    for kind in (0, 1, 2, 15, 16):
        for number in range(6):
            for port in (5_094, FREE):
                session = bytes([1, kind, number, 0]) + b"\0\x01\0\x0d" + b"\x01\0\0\x75\x30"
                yield asked(DATAGRAM, session, destination=port)


def encapsulated(command: int, data: bytes, session: int = 0, status: int = 0) -> bytes:
    return struct.pack("<HHII", command, len(data), session, status) + bytes(12) + data


def automation() -> Iterator[bytes]:
    """EtherNet/IP (Volume 2, 2-4); TPKT with S7."""
    for kind in (STREAM, DATAGRAM):
        for command in (0x04, 0x63, 0x64, 0x65, 0x66, 0x6F, 0x70):
            for status in (0, 1):
                for data in (b"", b"\x01\0\0\0", b"\x01\0" + bytes(14)):
                    yield asked(kind, encapsulated(command, data, session=status ^ 1, status=status))
        for items in (
            b"\x02\0\0\0\0\0\xb2\0\x02\0\x4b\0",
            b"\x02\0\0\0\0\0\xb2\0\x02\0\xcb\0",
            b"\x02\0\xa1\0\x04\0\x01\0\0\0\xb1\0\x04\0\x01\0\xcd\0",
            b"\x02\0\0\0\0\0\x91\0\x02\0\x4b\0",
            b"\x02\0\xa1\0\x02\0\x01\0\xb1\0\x02\0\x01\0",
        ):
            yield asked(kind, encapsulated(0x6F, bytes(6) + items, session=5))
    for kind in (1, 2, 3, 7):
        for function in (0x04, 0x1B, 0x1C):
            for user in (0x40, 0x80, 0x00, 0xC0):
                rest = bytes([function, 0, 0, 0, 0, user, 0, 0])
                header = bytes([0x32, kind, 0, 0, 0, 1]) + struct.pack(">HH", len(rest), 0)
                part = header + (b"\0\0" if kind in (2, 3) else b"") + rest
                packet = b"\x02\xf0\x80" + part
                yield asked(STREAM, b"\x03\0" + struct.pack(">H", len(packet) + 4) + packet, destination=102)
    for version in (1, 2, 3, 0xFE):
        for operation in (0x31, 0x32, 0x33, 0x34):
            digest = b"\x20" + bytes(32) if version == 3 else b""
            body = digest + bytes([operation]) + bytes(10)
            packet = b"\x02\xf0\x80" + bytes([0x72, version]) + struct.pack(">H", len(body)) + body
            yield asked(STREAM, b"\x03\0" + struct.pack(">H", len(packet) + 4) + packet, destination=102)
    for tag in (0x65, 0x66, 0x67):
        packet = b"\x02\xf0\x80\x7f" + bytes([tag]) + bytes(9)
        yield asked(STREAM, b"\x03\0" + struct.pack(">H", len(packet) + 4) + packet, destination=3_389)


def questions() -> Iterator[bytes]:
    """RFC 1035, 4; RFC 6762, 18; RFC 1002, 4.2."""
    name = b"\x03plc\x05plant\0"
    for flags in (0x0100, 0x8180, 0x2800, 0x2000, 0x0040, 0x8203):
        for counts in ((1, 0, 0, 0), (1, 1, 0, 0), (0, 1, 0, 0), (2, 0, 0, 0)):
            head = struct.pack(">HHHHHH", 7, flags, *counts)
            question = name + struct.pack(">HH", 1, 1)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + b"\x0a\0\0\x01"
            data = head + question * counts[0] + answer * counts[1]
            for port in (53, 5_353, 5_355, FREE):
                yield asked(DATAGRAM, data, destination=port)
                yield asked(DATAGRAM, data[:-3], destination=port)
            yield asked(STREAM, struct.pack(">H", len(data)) + data, destination=53)
            yield asked(STREAM, struct.pack(">H", len(data) + 1) + data, destination=53)
    for word in (b"*", b"", b"SCADA-1"):
        letters = b"".join(bytes([65 + (byte >> 4), 65 + (byte & 15)]) for byte in word.ljust(15) + b"\0")
        for flags, end in ((0x0110, b"\0\x20\0\x01"), (0x0110, b"\0\x21\0\x01"), (0x8500, b"\0\x20\0\x01" + bytes(12))):
            head = struct.pack(">HHHHHH", 7, flags, int(flags < 0x8000), int(flags >= 0x8000), 0, 0)
            yield asked(DATAGRAM, head + b"\x20" + letters + b"\0" + end, 137, 137)


def seeds() -> Iterator[bytes]:
    for some in (web, greetings, opc, directories, encrypted, calls, buildings, automation, questions):
        yield from some()
