"""A real conversation, wrapped in everything that may stand around it: it must read as it does without.

The conversation was captured from a real stack; only what is around it is made here, with scapy, which knows these
headers from another source than the sensor. tshark says that the result is what it should be.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars
import pytest

from sentinel.cli.screens import mirror_text
from sentinel.sensor import Sensor

scapy = pytest.importorskip("scapy.all")
from scapy.contrib import erspan, geneve, gtp, mpls  # noqa: E402
from scapy.layers import vxlan  # noqa: E402
from scapy.utils import RawPcapReader  # noqa: E402

CAPTURE = Path(__file__).parent.parent / "pcaps" / "modbus" / "libmodbus" / "libmodbus.pcap"
OUTER = ("192.0.2.1", "192.0.2.2")
TOWARDS = ("02:00:00:00:00:aa", "02:00:00:00:00:bb")
ETHERNET, PPP, RAW, PPP_HDLC, CISCO, PPPD, PPP_DIRECTION, MPLS, NFLOG = 1, 9, 101, 50, 104, 166, 204, 219, 239


def frames() -> list[tuple[float, bytes]]:
    """Frames of the conversation that hold IP."""
    with RawPcapReader(str(CAPTURE)) as reader:
        return [(about.sec + about.usec / 1e6, frame) for frame, about in reader if frame[12:14] == b"\x08\x00"]


def ethernet(payload: Any) -> Any:
    return scapy.Ether(src=TOWARDS[0], dst=TOWARDS[1]) / payload


def outer(payload: Any) -> Any:
    return ethernet(scapy.IP(src=OUTER[0], dst=OUTER[1], id=0) / payload)


def ip_of(frame: bytes) -> bytes:
    return frame[14:]


def snap(frame: bytes) -> Any:
    inner = scapy.LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / scapy.SNAP(OUI=0, code=0x800) / ip_of(frame)
    return scapy.Dot3(src=frame[6:12], dst=frame[:6]) / inner


def nflog(frame: bytes) -> bytes:
    def record(kind: int, value: bytes) -> bytes:
        return struct.pack("<HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)

    address = struct.pack(">HH", 6, 0) + frame[6:12] + bytes(2)
    return bytes([2, 0, 0, 0]) + record(1, b"\x08\x00\x00\x00") + record(8, address) + record(9, ip_of(frame))


def labels(count: int, payload: Any) -> Any:
    stack = payload
    for at in range(count):
        stack = mpls.MPLS(label=100 + at, s=int(at == 0), ttl=64) / stack
    return stack


def gre(protocol: int, payload: Any, **options: Any) -> Any:
    return outer(scapy.GRE(proto=protocol, **options) / payload)


def udp(port: int, payload: Any, source: int = 50_000) -> Any:
    return outer(scapy.UDP(sport=source, dport=port) / payload)


def gtp_u(frame: bytes, **options: Any) -> Any:
    return udp(2152, gtp.GTP_U_Header(teid=7, gtp_type=255, **options) / ip_of(frame), 2152)


def gtp_extended(frame: bytes) -> Any:
    # E: sequence number, N-PDU number, type 0x85 (PDU session), one unit of four bytes, no further extension
    inner = bytes([0, 0, 0, 0x85, 1, 0x10, 0, 0]) + ip_of(frame)
    return udp(2152, bytes([0x34, 0xFF]) + struct.pack(">HI", len(inner), 7) + inner, 2152)


def pieces(frame: bytes) -> list[Any]:
    """A bridged frame in GRE, whose outer packet the road could not carry in one."""
    whole = scapy.IP(src=OUTER[0], dst=OUTER[1], id=sum(frame) & 0xFFFF or 1) / scapy.GRE(proto=0x6558) / frame
    return [ethernet(part) for part in scapy.fragment(whole, fragsize=48)]


def nested(frame: bytes) -> Any:
    inside = scapy.IP(src="198.51.100.1", dst="198.51.100.2", id=0) / scapy.GRE(proto=0x6558) / frame
    return udp(4789, vxlan.VXLAN(vni=9, flags=8) / ethernet(labels(2, bytes(inside))))


Wrap = Callable[[bytes], Any]
WRAPS: dict[str, tuple[int, str | None, Wrap]] = {
    "snap": (ETHERNET, None, snap),
    "nflog": (NFLOG, None, nflog),
    "hsr": (ETHERNET, None, lambda frame: frame[:12] + bytes.fromhex("892f00460001") + frame[12:]),
    "vn tag": (ETHERNET, None, lambda frame: frame[:12] + bytes.fromhex("892600010002") + frame[12:]),
    "rspan": (ETHERNET, None, lambda frame: frame[:12] + bytes.fromhex("81000384") + frame[12:]),
    "ppp": (PPP, None, lambda frame: b"\xff\x03\x00\x21" + ip_of(frame)),
    "ppp without address": (PPP, None, lambda frame: b"\x00\x21" + ip_of(frame)),
    "ppp with one byte": (PPP, None, lambda frame: b"\x21" + ip_of(frame)),
    "ppp in hdlc": (PPP_HDLC, None, lambda frame: b"\xff\x03\x00\x21" + ip_of(frame)),
    "ppp with direction": (PPP_DIRECTION, None, lambda frame: b"\x01\xff\x03\x00\x21" + ip_of(frame)),
    "ppp of pppd": (PPPD, None, lambda frame: b"\x00\xff\x03\x00\x21" + ip_of(frame)),
    "cisco hdlc": (CISCO, None, lambda frame: b"\x0f\x00\x08\x00" + ip_of(frame)),
    "pppoe": (ETHERNET, "PPPoE", lambda f: ethernet(scapy.PPPoE(sessionid=5) / scapy.PPP(proto=0x21) / ip_of(f))),
    "mpls": (ETHERNET, "MPLS", lambda frame: ethernet(labels(1, ip_of(frame)))),
    "mpls of three labels": (ETHERNET, "MPLS", lambda frame: ethernet(labels(3, ip_of(frame)))),
    "mpls link": (MPLS, "MPLS", lambda frame: labels(2, ip_of(frame))),
    "pseudowire": (ETHERNET, "MPLS", lambda frame: ethernet(labels(2, frame))),
    "pseudowire with control word": (ETHERNET, "MPLS", lambda frame: ethernet(labels(2, bytes(4) + frame))),
    "802.1ah": (
        ETHERNET,
        "802.1ah",
        lambda frame: scapy.Ether(src=TOWARDS[0], dst=TOWARDS[1], type=0x88E7) / (b"\x00\x00\x00\x09" + frame),
    ),
    "gre": (ETHERNET, "GRE", lambda frame: gre(0x800, ip_of(frame))),
    "gre with all fields": (
        ETHERNET,
        "GRE",
        lambda frame: gre(0x800, ip_of(frame), chksum_present=1, key_present=1, seqnum_present=1, key=1),
    ),
    "nvgre": (ETHERNET, "GRE", lambda frame: gre(0x6558, frame, key_present=1, key=0x1234)),
    "gre in fragments": (ETHERNET, "GRE", pieces),
    "pptp": (
        ETHERNET,
        "PPTP",
        lambda frame: outer(
            scapy.GRE_PPTP(call_id=1, seqnum_present=1, sequence_number=1) / (b"\xff\x03\x00\x21" + ip_of(frame))
        ),
    ),
    "erspan I": (ETHERNET, "ERSPAN", lambda frame: gre(0x88BE, frame)),
    "erspan II": (ETHERNET, "ERSPAN", lambda frame: gre(0x88BE, erspan.ERSPAN_II() / frame, seqnum_present=1)),
    "erspan III": (ETHERNET, "ERSPAN", lambda frame: gre(0x22EB, erspan.ERSPAN_III() / frame, seqnum_present=1)),
    "erspan III with platform": (
        ETHERNET,
        "ERSPAN",
        lambda f: gre(
            0x22EB, erspan.ERSPAN_III(o=1) / erspan.ERSPAN_PlatformSpecific(platf_id=1) / f, seqnum_present=1
        ),
    ),
    "vxlan": (ETHERNET, "VXLAN", lambda frame: udp(4789, vxlan.VXLAN(vni=9, flags=8) / frame)),
    "vxlan on another port": (ETHERNET, "VXLAN", lambda frame: udp(8472, vxlan.VXLAN(vni=9, flags=8) / frame)),
    "vxlan-gpe": (ETHERNET, "VXLAN-GPE", lambda f: udp(4790, bytes.fromhex("0c00000100000900") + ip_of(f))),
    "geneve": (ETHERNET, "GENEVE", lambda frame: udp(6081, geneve.GENEVE(vni=9, proto=0x6558) / frame)),
    "geneve with options": (
        ETHERNET,
        "GENEVE",
        lambda frame: udp(6081, bytes.fromhex("0200655800000900 0102800100000001") + frame),
    ),
    "gtp-u": (ETHERNET, "GTP-U", gtp_u),
    "gtp-u with sequence numbers": (ETHERNET, "GTP-U", lambda frame: gtp_u(frame, S=1, seq=3)),
    "gtp-u with an extension": (ETHERNET, "GTP-U", gtp_extended),
    "ip in ip": (ETHERNET, "IP in IP", lambda frame: outer(scapy.IP(ip_of(frame)))),
    "ip in ipv6": (
        ETHERNET,
        "IP in IP",
        lambda f: ethernet(scapy.IPv6(src="2001:db8::1", dst="2001:db8::2", nh=4) / ip_of(f)),
    ),
    "etherip": (
        ETHERNET,
        "EtherIP",
        lambda f: ethernet(scapy.IP(src=OUTER[0], dst=OUTER[1], id=0, proto=97) / (b"\x30\x00" + f)),
    ),
    "mpls in ip": (
        ETHERNET,
        "MPLS in IP",
        lambda f: ethernet(scapy.IP(src=OUTER[0], dst=OUTER[1], id=0, proto=137) / bytes(labels(1, ip_of(f)))),
    ),
    "authenticated": (
        ETHERNET,
        None,
        lambda f: scapy.Ether(f[:14]) / bytes(authenticated(f)),
    ),
    "a tunnel in mpls in a tunnel": (ETHERNET, "VXLAN", nested),
}
NOT_OF_TSHARK = {"vxlan on another port", "ppp of pppd", "mpls link"}
"""tshark believes the port only, and reads no files of these two links."""


def authenticated(frame: bytes) -> Any:
    packet = scapy.IP(ip_of(frame))
    header = scapy.AH(nh=packet.proto, payloadlen=4, spi=1, seq=1, icv=bytes(12))
    return scapy.IP(src=packet.src, dst=packet.dst, id=packet.id, proto=51) / header / bytes(packet.payload)


def write(path: Path, link: int, packets: Iterable[tuple[float, Any]]) -> None:
    content = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link)
    for time, packet in packets:
        for part in packet if isinstance(packet, list) else [packet]:
            data = bytes(part)
            content += struct.pack("<IIII", int(time), round(time % 1 * 1e6), len(data), len(data)) + data
    path.write_bytes(content)


def read(path: Path, **options: Any) -> tuple[polars.DataFrame, dict[str, set[str]], dict[str, Any]]:
    """Transactions without what depends on the road, addresses seen with their cards, and counters."""
    sensor = Sensor([str(path)], every_transaction=True, **options)
    batches = list(sensor)
    tables = {name: polars.concat([batch[name] for batch in batches]) for name in batches[0].tables}
    events = tables["events"].join(tables["operations"].select("operation", "name", "target", "unit"), on="operation")
    columns = (
        "timestamp",
        "duration",
        "outcome",
        "status",
        "client_port",
        "weird",
        "unanswered",
        "name",
        "target",
        "unit",
    )
    senders: dict[str, set[str]] = {}
    for row in tables["senders"].iter_rows(named=True):
        senders.setdefault(row["ip"] or "", set()).add(row["mac"] or "")
    return events.select(columns), senders, sensor.counters()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("plain") / "plain.pcap"
    write(path, ETHERNET, frames())
    return path


def test_the_conversation_is_worth_wrapping(plain: Path) -> None:
    events, _, counters = read(plain)
    assert events.height == counters["transactions"] > 5
    assert not counters["unread"]
    assert not counters["tunnels"]


@pytest.mark.parametrize("name", WRAPS)
def test_wrapped_it_reads_as_without(name: str, plain: Path, tmp_path: Path) -> None:
    link, tunnel, wrap = WRAPS[name]
    path = tmp_path / "wrapped.pcap"
    packets = [(time, wrap(frame)) for time, frame in frames()]
    write(path, link, packets)
    events, senders, counters = read(path)
    assert events.equals(read(plain)[0])
    assert counters["unread"] == {}
    assert counters["limits"] == {}
    assert counters["gaps"] == counters["lost_bytes"] == 0
    assert tunnel is None or counters["tunnels"][tunnel] == len(packets)
    assert set(read(plain)[1]) <= set(senders)
    if tunnel and ("in ip" in name or name in {"gre", "erspan II", "vxlan", "geneve", "gtp-u", "gre in fragments"}):
        sent = {"2001:db8::1"} if "ipv6" in name else {OUTER[0]}
        # Who runs the tunnel is there too, and its card is not that of those inside.
        assert sent <= set(senders)
        card = TOWARDS[0].upper().replace(":", "-")
        assert all(card in senders[ip] for ip in sent)
        assert all(card not in cards for ip, cards in senders.items() if ip and ip not in sent)


@pytest.mark.parametrize("name", [name for name in WRAPS if name not in NOT_OF_TSHARK])
def test_tshark_finds_the_conversation_too(name: str, plain: Path, tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("no tshark")
    link, _, wrap = WRAPS[name]
    path = tmp_path / "wrapped.pcap"
    write(path, link, [(time, wrap(frame)) for time, frame in frames()])

    def messages(capture: Path) -> int:
        line = [
            "tshark",
            "-r",
            str(capture),
            "-Y",
            "mbtcp",
            "-T",
            "fields",
            "-e",
            "frame.number",
            "-d",
            "tcp.port==1502,mbtcp",
        ]
        return len(subprocess.run(line, capture_output=True, text=True, check=True).stdout.split())

    assert messages(path) == messages(plain) > 0


def test_the_vlan_is_that_of_the_mirrored_frame(tmp_path: Path) -> None:
    """A mirror that takes tags off says which they were; the tag of the frame itself counts more."""

    def vlans(header: Any, protocol: int, tag: bytes = b"") -> set[str]:
        path = tmp_path / "mirrored.pcap"
        wrapped = [(t, gre(protocol, header / (f[:12] + tag + f[12:]), seqnum_present=1)) for t, f in frames()]
        write(path, ETHERNET, wrapped)
        batches = list(Sensor([str(path)]))
        return set(polars.concat([batch["conversations"] for batch in batches])["vlan"])

    assert vlans(erspan.ERSPAN_II(vlan=30), 0x88BE) == {"30"}
    assert vlans(erspan.ERSPAN_III(vlan=31), 0x22EB) == {"31"}
    assert vlans(erspan.ERSPAN_II(vlan=30), 0x88BE, bytes.fromhex("81000028")) == {"40"}


def test_what_a_tunnel_shortened_is_no_lie(tmp_path: Path) -> None:
    """A mirror may cut long frames and say so: what is missing is then lost, and what follows is still read."""

    def lost(is_truncated: int, packets: list[tuple[float, bytes]]) -> int:
        path = tmp_path / "short.pcap"
        header = erspan.ERSPAN_II(t=is_truncated)
        write(path, ETHERNET, [(t, gre(0x88BE, header / f[:70], seqnum_present=1)) for t, f in packets])
        sensor = Sensor([str(path)], every_transaction=True)
        assert list(sensor)
        bytes_lost: int = sensor.counters()["lost_bytes"]
        return bytes_lost

    everything = frames()
    missing = [max(0, len(frame) - 70) for _, frame in everything]
    first = next(at for at, length in enumerate(missing) if length)
    assert lost(1, everything) == sum(missing) > 0
    assert lost(1, everything[: first + 1]) == missing[first]
    # Nothing says that it was cut: it was sent so, and its receiver drops it.
    assert lost(0, everything[: first + 1]) == 0


def test_the_summary_tells_what_was_met(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrapped.pcap"
    count = len(frames())
    write(path, ETHERNET, [(time, WRAPS["vxlan"][2](frame)) for time, frame in frames()])
    assert mirror_text(read(path)[2]).endswith(f"; packets inside others: {count} in VXLAN")
    assert "inside others" not in mirror_text(read(plain)[2])
    # One hop less, 50 microseconds later; and the same frame again.
    behind = [(time + 5e-5, frame[:22] + bytes([frame[22] - 1]) + frame[23:]) for time, frame in frames()]
    write(path, ETHERNET, sorted([*frames(), *behind]))
    assert f"{count} packets seen again behind a router or in another VLAN, used once" in mirror_text(read(path)[2])
    assert read(path)[0].equals(read(plain)[0])
    write(path, ETHERNET, [pair for pair in frames() for _ in range(2)])
    assert "of packets came twice" in mirror_text(read(path)[2])
    # A mirror that tags what the client sends.
    client = frames()[0][1][6:12]
    half = [(t, f[:12] + bytes.fromhex("81000384") + f[12:] if f[6:12] == client else f) for t, f in frames()]
    write(path, ETHERNET, half)
    told = mirror_text(read(path)[2])
    assert "VLAN tags are missing or differ in one direction" in told
    assert "vlan_in_key = false under [capture]" in told
    assert read(path, vlan_in_key=False)[0].equals(read(plain)[0])


def test_a_fragment_that_contradicts_is_a_violation(tmp_path: Path) -> None:
    first, last = scapy.fragment(scapy.IP(src=OUTER[0], dst=OUTER[1], id=7) / scapy.UDP() / bytes(24), fragsize=16)
    other = first.copy()
    other.load = first.load[:-1] + b"X"
    path = tmp_path / "contradicting.pcap"
    write(path, ETHERNET, [(1.0, ethernet(one)) for one in (first, other, last)])
    sensor = Sensor([str(path)])
    weirds = polars.concat([batch["weirds"] for batch in sensor])
    assert weirds.select("protocol", "client", "server", "frame", "names").rows() == [
        ("ip", *OUTER, 2, ["fragment_overlap_conflict"])
    ]
    assert "1 IP fragment contradicted one before" in mirror_text(sensor.counters())


def test_tunnels_without_end_are_bounded(tmp_path: Path) -> None:
    packet = bytes(scapy.IP(src="10.0.0.1", dst="10.0.0.2", id=0) / scapy.UDP(sport=1, dport=2))
    for number in range(400):
        packet = bytes(scapy.IP(src=f"10.1.{number // 200}.{number % 200}", dst="10.9.9.9", id=0, proto=4) / packet)
    path = tmp_path / "deep.pcap"
    write(path, RAW, [(1.0, packet)])
    sensor = Sensor([str(path)])
    senders = polars.concat([batch["senders"] for batch in sensor])
    assert sensor.counters()["limits"] == {"tunnels": 1}
    assert sensor.counters()["unread"] == {"more tunnels around a packet than the limit": 1}
    assert senders.height == 9
