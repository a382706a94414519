"""Captures of other people that are hard in one way each, with facts that were checked with tshark or byte by byte."""

from __future__ import annotations

import os
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars
import pytest

from sentinel.sensor import Sensor

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("SENTINEL_CAPTURES", ROOT.parent / "shared" / "captures"))


@dataclass
class Seen:
    tables: dict[str, polars.DataFrame]
    counters: dict[str, Any]

    def connections(self) -> set[tuple[str, str, int | None, str, str | None]]:
        """Client, server, port, VLAN tags and application of each conversation, as known at the end."""
        keys = ["client", "server", "server_port", "vlan"]
        last = self.tables["connections"].filter(self.tables["connections"]["application"].is_not_null())
        named = {row[:4] for row in last.select(keys).iter_rows()}
        every = self.tables["connections"].select(*keys, "application").unique().iter_rows()
        return {row for row in every if row[4] is not None or row[:4] not in named}

    def packets(self, transport: str = "tcp") -> dict[tuple[str, str, int | None], tuple[int, int]]:
        """Packets of client and server by conversation, as counted at the end."""
        rows = self.tables["connections"].filter(polars.col("transport") == transport).iter_rows(named=True)
        return {
            (row["client"], row["server"], row["server_port"]): (row["packets_client"], row["packets_server"])
            for row in rows
        }


def path_of(name: str) -> Path:
    path = FOLDER / "captures" / name
    if not path.exists():
        warnings.warn(f"NOT TESTED: no capture {path}; set SENTINEL_CAPTURES", stacklevel=2)
        pytest.skip(f"no capture at {path}")
    return path


def read(name: str, **options: Any) -> Seen:
    sensor = Sensor([str(path_of(name))], every_transaction=True, **options)
    batches = list(sensor)
    names = {table for batch in batches for table in batch.tables} | {"connections", "senders", "events", "weirds"}
    tables = {table: polars.concat([batch[table] for batch in batches]) for table in names}
    return Seen(tables, sensor.counters())


def test_loop_with_a_family_of_windows() -> None:
    """`filtered_packets.pcap`: link type LOOP, whose family should be in network order; here it is not, and IPv6 is 24."""
    name = "majasma+opc-ua-parser/filtered_packets.pcap"
    content = path_of(name).read_bytes()
    assert struct.unpack_from("<I", content, 20) == (108,)
    families: dict[bytes, int] = {}
    at = 24
    while at < len(content):
        length = struct.unpack_from("<I", content, at + 8)[0]
        families[content[at + 16 : at + 20]] = families.get(content[at + 16 : at + 20], 0) + 1
        at += 16 + length
    assert families == {b"\x18\0\0\0": 637, b"\x02\0\0\0": 16}
    seen = read(name)
    assert seen.counters["packets"] == 653
    assert seen.counters["unread"] == {}
    assert set(seen.tables["senders"]["ip"]) == {"::1", "127.0.0.1"}
    assert seen.packets() == {("::1", "::1", 4840): (322, 315), ("127.0.0.1", "127.0.0.1", 4840): (8, 8)}


def test_fuzzed_bytes_hide_no_message() -> None:
    """`fuzz-72.pcap`: broken lengths and sequence numbers; one segment's port was broken too, and is a flow of its own."""
    seen = read("zeek+zeek/fuzz-72.pcap")
    assert seen.counters["packets"] == 36
    assert seen.counters["transactions"] == 25
    assert sum(client + server for client, server in seen.packets().values()) == 36
    assert seen.packets()["166.161.16.230", "192.168.66.235", 2582] == (1, 0)
    assert [(row["frame"], row["names"]) for row in seen.tables["weirds"].iter_rows(named=True)] == [
        (1, ["bad_length"]),
        (6, ["bad_length"]),
        (35, ["bad_protocol_id"]),
    ]


def test_a_port_is_no_proof() -> None:
    """`modbus-and-non-modbus-p502.pcap`: seven hosts speak on the same port, one of them what the port is for."""
    seen = read("zeek+zeek/modbus-and-non-modbus-p502.pcap")
    events = seen.tables["events"]
    assert list(zip(events["request_frame"], events["response_frame"], strict=True)) == [
        (4, 5), (7, 8), (10, 11), (13, 14), (16, 17), (19, 20)
    ]  # fmt: skip
    spoken = {client: application for client, _, _, _, application in seen.connections()}
    assert spoken == {
        "10.0.0.9": "modbus",
        "87.236.176.106": "dce-rpc",
        "87.236.176.96": "sun-rpc",
        "66.175.213.4": "tls",
        "198.74.56.135": "http",
        "62.122.184.123": "rdp",
        "159.203.208.13": None,
    }
    assert seen.tables["weirds"].is_empty()


@pytest.mark.parametrize(("name", "packets"), [("http-ooo.pcap", 16), ("http-ooo2.pcap", 7)])
def test_out_of_order_is_no_loss(name: str, packets: int) -> None:
    """`http-ooo.pcap`, `http-ooo2.pcap`: every byte is there, in another order and more than once.

    The sender gives every packet the number 1, so a segment that comes twice is sent twice, not mirrored twice.
    """
    seen = read(f"wireshark+wireshark/{name}")
    assert seen.packets() == {("10.0.0.1", "10.0.0.2", 80): (packets, 0)}
    assert {application for *_, application in seen.connections()} == {"http"}
    assert seen.counters["gaps"] == seen.counters["lost_bytes"] == 0
    assert seen.counters["mirrored_twice"] == seen.counters["routed_duplicates"] == 0


def test_an_answer_in_three_fragments() -> None:
    """`ipv6-fragmented-dns.pcap`: frames 6 to 8 are one answer; of the packet of frame 4 the first part is missing."""
    seen = read("zeek+zeek/ipv6-fragmented-dns.pcap")
    host, resolver = "2001:470:1f11:81f:d138:5f55:6d4:1fe2", "2607:f740:b::f93"
    assert seen.counters["fragments"] == 4
    assert seen.counters["unread"] == {"IP fragment whose packet never became whole": 1}
    assert seen.packets("udp") == {(host, resolver, 53): (3, 2)}
    last = seen.tables["connections"].row(-1, named=True)
    assert last["bytes_server"] == 385 + 1494 + 1494 + 436
    senders = seen.tables["senders"].group_by("ip").agg(polars.col("packets").max())
    assert dict(senders.iter_rows()) == {host: 3, resolver: 5}


def test_three_tags() -> None:
    """`vlan-qinqinq.pcap`: three tags, outermost first."""
    seen = read("zeek+zeek/vlan-qinqinq.pcap")
    assert seen.connections() == {("141.142.228.5", "192.150.187.43", 80, "30.20.10", "http")}
    assert seen.packets() == {("141.142.228.5", "192.150.187.43", 80): (7, 7)}
    untagged = read("zeek+zeek/vlan-qinqinq.pcap", vlan_in_key=False)
    assert untagged.connections() == {("141.142.228.5", "192.150.187.43", 80, "", "http")}


def test_eleven_interfaces_of_two_links() -> None:
    """`many_interfaces.pcapng.1`: Ethernet and a loopback that saw the same two broadcasts, 39 and 33 µs before."""
    seen = read("wireshark+wireshark/many_interfaces.pcapng.1")
    assert seen.counters["packets"] == 64
    assert seen.counters["unread"] == {}
    assert seen.counters["routed_duplicates"] == 2
    udp, tcp = seen.packets("udp"), seen.packets("tcp")
    assert sum(client + server for client, server in [*udp.values(), *tcp.values()]) == 62
    assert udp["192.168.1.139", "192.168.1.255", 17500] == (1, 0)
    assert tcp["192.168.1.139", "74.125.228.227", 443] == (20, 12)


def test_a_file_that_was_cut() -> None:
    """`trunc.pcap`: one packet, 46 records that are all zeros, and a record that the end of the file cuts."""
    seen = read("wireshark+wireshark/trunc.pcap")
    assert seen.counters["packets"] == 47
    assert seen.counters["unread"] == {"frame cut in its link header": 46}
    assert seen.counters["files"][0]["problem"] == (
        "stops in the middle of a packet after packet 47; all before it was used"
    )
    assert seen.connections() == {("10.0.0.5", "207.46.134.94", 80, "", "http")}


def test_the_log_of_a_packet_filter() -> None:
    """`nflog-http.pcap`: link type NFLOG; three rules logged the first packet, so it is there three times."""
    seen = read("zeek+zeek/nflog-http.pcap")
    assert seen.counters["unread"] == {}
    assert seen.connections() == {("10.0.2.15", "93.184.216.34", 80, "", "http")}
    assert seen.counters["mirrored_twice"] == 2
    assert seen.packets() == {("10.0.2.15", "93.184.216.34", 80): (6, 5)}


def test_arp_in_snap() -> None:
    """`snap-arp.pcapng`: ARP behind LLC and SNAP tells two addresses."""
    seen = read("zeek+zeek/snap-arp.pcapng")
    told = seen.tables["senders"].filter(polars.col("arp")).select("ip", "mac").unique()
    assert set(told.iter_rows()) == {("10.0.0.2", "C2-3C-19-6C-00-01"), ("10.0.0.1", "C2-3D-19-6C-00-01")}


def test_both_sides_of_a_router() -> None:
    """`Modicon.pcap`: a firewall's two sides on one mirror; each copy has one hop less and the firewall's card."""
    seen = read("idaholab+Malcolm-Test-Artifacts/Modicon.pcap")
    assert seen.counters["routed_duplicates"] == 833
    assert seen.counters["mirrored_twice"] == 13
    client = seen.tables["connections"].filter(polars.col("client") == "10.200.1.232")
    assert set(client["client_mac"]) == {"00-1F-3B-8F-20-6B"}, "the client's own card, not the firewall's"


def test_every_packet_mirrored_twice() -> None:
    """`profinet_io_cm_mixed_1.pcap`: frames come in pairs, one or two microseconds apart."""
    seen = read("cisagov+icsnpp-profinet-io-cm/profinet_io_cm_mixed_1.pcap")
    assert seen.counters["mirrored_twice"] == 531
    assert seen.counters["routed_duplicates"] == 0
