"""Seeds of the readers of connections: what both ends send first, whole, cut, and with lengths that lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def big(*words: int) -> bytes:
    return b"".join(word.to_bytes(2, "big") for word in words)


def half_ascii(name: bytes, suffix: int) -> bytes:
    """A NetBIOS name (RFC 1001, 14.1)."""
    padded = name.ljust(15) + bytes([suffix])
    return b"\x20" + b"".join(bytes([65 + (byte >> 4), 65 + (byte & 15)]) for byte in padded) + b"\0"


def heard(first: bytes, second: bytes = b"") -> bytes:
    """What both ends of a connection sent."""
    return b"\x0f\x03" + len(first).to_bytes(2, "little") + first + second


def requests() -> Iterator[tuple[str, bytes]]:
    alive = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nLOCATION: http://%s/d.xml?key=1\r\nNTS: ssdp:alive\r\nSERVER: Linux/4.4 UPnP/1.0 Cam/2\r\nNT: urn:schemas-upnp-org:device:Basic:1\r\nUSN: uuid:12::urn:x\r\n\r\n"
    for place in (b"10.0.0.5:80", b"[fe80::5]:80", b"10.0.0.99:80", b"camera:80"):
        yield "ssdp", alive % place
    yield (
        "ssdp",
        b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:77::upnp:rootdevice\r\nLocation: http://10.0.0.5/\r\nServer: x/1\r\n\r\n",
    )
    yield "ssdp", b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nUSER-AGENT: Windows/10.0 UPnP/1.1\r\n\r\n'
    request = b"GET /a?p=1 HTTP/1.1\r\nHost: scada.plant:8080\r\nUser-Agent: %s\r\n\r\nbody"
    agents = [
        b"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)",
        b"Mozilla/5.0 (X11; Linux x86_64)",
        b"curl/7.1",
        b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)",
        b"Mozilla/5.0 (Linux; Android 9)",
        b"Mozilla/5.0 (iPhone; CPU iPhone OS 12)",
    ]
    answer = b'HTTP/1.1 401 Unauthorized\r\nServer: Schneider-WEB/V2.1.4\r\nWWW-Authenticate: Basic realm="Quantum"\r\nContent-Length: 4\r\n\r\nbody'
    for agent in agents:
        yield "http-stream", heard(request % agent, answer)
    yield (
        "http-stream",
        heard(
            b"GET http://a.example/ HTTP/1.1\r\nVia: 1.1 x\r\nX-Forwarded-For: 10.0.0.9\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nVia: 1.1 squid\r\nServer: a\r\n\r\n",
        ),
    )
    yield (
        "http-stream",
        heard(
            b"POST / HTTP/1.1\r\nHost: 10.0.0.13\r\nContent-Length: 5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nServer: a\r\nX-Powered-By: b\r\n\r\n<title>PLC</title>",
        ),
    )
    yield (
        "http-stream",
        heard(
            b"GET / HTTP/1.1\r\nA: " + b"a" * 300,
            b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=open, nonce=1\r\n\r\n",
        ),
    )
    yield "ssh-stream", heard(b"SSH-2.0-PuTTY_Release_0.78\r\n", b"welcome\r\nSSH-2.0-OpenSSH_7.4p1 Debian\r\nbinary")
    yield "ssh-stream", heard(b"SSH-1.99-x y", b"a\n" * 30)
    yield "ftp-stream", heard(b"USER admin\r\n", b"220-a\r\n220 VxWorks (5.4.2) FTP server ready\r\n331 Password\r\n")
    yield "ftp-stream", heard(b"", b"421 no\r\n")
    yield "ftp-stream", heard(b"", b"220-" + b"x" * 300)
    yield (
        "telnet-stream",
        heard(b"admin\r\n", b"\xff\xfb\x01\xff\xfd\x1f\xff\xfa\x18\x01\xff\xf0\r\n\r\nMOXA NPort 5110\r\nlogin: "),
    )
    yield "telnet-stream", heard(b"", b"\xff\xff\xff\xf1text \xff\xfa\x18\xff\xff\xff\xf0\r\nMore\r\nPassword:")


def envelope(body: bytes) -> bytes:
    return b"\0\0" + big(len(body)) + body


def smb(all_samples: dict[str, bytes]) -> Iterator[bytes]:
    def two(logon: bytes, command: int = 1) -> bytes:
        return envelope(
            b"\xfeSMB" + bytes([64, 0]) + bytes(6) + bytes([command, 0]) + bytes(50) + b"\x19" + bytes(7) + logon
        )

    logons = [all_samples[f"ntlm-{kind}"] for kind in ("negotiate", "challenge", "authenticate")]
    yield heard(two(logons[0]) + two(logons[2]), two(logons[1]))
    for logon in logons:
        yield heard(two(logon), b"")
        yield heard(two(b"", 0) + two(logon)[:90], two(logon))
        for at in (12, 14, 16, 20, 28, 36, 40, 44, 52, 56):
            yield heard(two(logon[:at] + b"\xff\xff\xff\xff" + logon[at + 4 :]))
    wide = "Windows 5.1\0Windows 2000 LAN Manager\0WATER\0".encode("utf-16le")
    words = b"\xff\0\0\0\0\0"
    for flags in (0x8000, 0):
        text = b"\0" + wide if flags else b"Windows 5.1\0Windows 2000 LAN Manager\0WATER\0"
        first = b"\xffSMB\x73" + bytes(4) + b"\x98" + struct.pack("<H", flags) + bytes(20)
        yield heard(b"", envelope(first + b"\x03" + words + struct.pack("<H", len(text)) + text))
        yield heard(
            b"",
            envelope(first + b"\x04" + words + struct.pack("<H", 2) + struct.pack("<H", len(text) + 2) + b"ab" + text),
        )
        yield heard(envelope(first + b"\x0d" + words + bytes(20) + struct.pack("<H", len(text)) + text), b"")
        yield heard(envelope(first + b"\x0c" + words + bytes(18) + struct.pack("<H", len(logons[2])) + logons[2]), b"")
    yield heard(b"\x81\0\0\x44" + half_ascii(b"SCADA-1", 0x20) + half_ascii(b"ENG-4", 0), b"\x82\0\0\0")
    yield heard(b"\0\x01\xff\xff" + bytes(20), b"\x85\0\0\0")


def s7(all_samples: dict[str, bytes]) -> Iterator[bytes]:
    def message(part: bytes, more: int) -> bytes:
        return (
            bytes.fromhex("320700000001000c")
            + big(len(part) + 4)
            + bytes.fromhex("000112081284010101")
            + bytes([more])
            + b"\0\0\xff\x09"
            + big(len(part))
            + part
        )

    def packet(part: bytes, last: bool) -> bytes:
        return b"\x03\0" + big(len(part) + 7) + b"\x02\xf0" + (b"\x80" if last else b"\0") + part

    for identifier, length in ((0x1C, 34), (0x11, 28), (0x11, 0), (0x1C, 200), (0x424, 20)):
        entries = b"".join(
            big(number) + (b"PUMP-%d" % number).ljust(max(length - 2, 0), b"\0") for number in (1, 2, 3, 5, 7)
        )
        whole = big(0, identifier, length, 5) + entries
        first = message(whole[:40], 1)
        yield heard(b"", packet(first[:30], False) + packet(first[30:], True) + packet(message(whole[40:], 0), True))
        yield heard(packet(b"", True), packet(message(whole, 0), True))
    sample = all_samples["s7-server"]
    yield heard(b"", sample)
    yield heard(
        bytes.fromhex("0300001611e00000000f00c1020100c2020102c0010a"),
        bytes.fromhex("0300001611d0000f000300c0010ac1020100c2020102") + sample,
    )
    yield heard(b"\x03\0\0\x03", b"\x03\0\xff\xff" + sample[4:])
    yield heard(bytes.fromhex("030000231ee00000001100c1020600c20f53494d415449432d524f4f542d4553c0010a"), b"")


def tls(all_samples: dict[str, bytes]) -> Iterator[bytes]:
    client, server = all_samples["tls-client"], all_samples["tls-server"]
    yield heard(client, server)
    yield heard(server, client)
    for at in (3, 4, 6, 8):
        yield heard(client[:at] + b"\xff" + client[at + 1 :], server[:at] + b"\xff" + server[at + 1 :])
    yield heard(client[: len(client) // 2], server[: len(server) // 2])
    yield heard(b"\x15\x03\x01\0\x02\x02\x28" + client, b"\x16\x03\x03\0\x04\x0e\0\0\0")
