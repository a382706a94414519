"""What devices say in passing: checked with tshark on real captures of different plants, and told by every command."""

from __future__ import annotations

import runpy
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from test_captures import CAPTURES

from sentinel import _core
from sentinel.cli.explain import command as explain
from sentinel.cli.screens import asset_screen, inventory_of
from sentinel.cli.text import zone_of
from sentinel.config import Config
from sentinel.inventory.claims import UNRANKED, rank
from sentinel.inventory.roles import ROLES
from sentinel.pipeline import replay
from sentinel.sensor import Sensor
from sentinel.store import Store

ROOT = Path(__file__).parent.parent

# Who, what, as which source said it in which frame: read with tshark 4.0.17, field by field.
FACTS: dict[str, list[tuple[str, str, str, str, int]]] = {
    "EmreEkin+ICS-Pcaps/simens.pcap": [
        ("E0-DC-A0-34-21-D5", "name", "plcxb1d0ed", "LLDP discovery", 1),
        ("E0-DC-A0-34-21-D5", "product_code", "6ES7 214-1AG40-0XB0", "system description", 1),
        ("E0-DC-A0-34-21-D5", "firmware", "V.4.2.1", "system description", 1),
        ("E0-DC-A0-34-21-D5", "serial", "V-K2C13707", "system description", 1),
        ("E0-DC-A0-34-21-D5", "ip", "192.168.0.1", "LLDP discovery", 1),
        ("E0-DC-A0-29-C6-E7", "model", "SIMATIC HMI KTP700 Basic", "system description", 2),
    ],
    "ITI+ICS-Security-Tools/ChangeIPUsingDCP.pcap": [
        ("08-00-06-93-CF-32", "name", "X208-BORD", "PROFINET discovery", 2),
        ("08-00-06-93-CF-32", "vendor", "Siemens", "PROFINET discovery", 2),
        ("08-00-06-93-CF-32", "ip", "192.168.0.6", "PROFINET discovery", 2),
    ],
    "ITI+ICS-Security-Tools/s7comm_reading_plc_status.pcap": [
        ("192.168.1.40", "product_code", "6ES7 151-8AB01-0AB0", "S7 device identification", 39),
        ("192.168.1.40", "firmware", "V3.2.6", "S7 device identification", 59),
        ("192.168.1.40", "serial", "S C-C6TW74882012", "S7 device identification", 72),
        ("192.168.1.40", "model", "IM151-8 PN/DP CPU", "S7 device identification", 72),
    ],
    "cisagov+icsnpp-enip/enip_cip_example.pcap": [
        ("10.1.1.164", "vendor", "Rockwell Automation", "EtherNet/IP identity", 372),
        ("10.1.1.164", "model", "1756-ENBT/A", "EtherNet/IP identity", 372),
        ("10.1.1.164", "firmware", "4.003", "EtherNet/IP identity", 372),
        ("10.1.1.164", "serial", "00524D8E", "EtherNet/IP identity", 372),
    ],
    "digitalbond+Quickdraw-Snort/bacnet_test.pcap": [
        ("10.1.1.165", "vendor", "JCI", "BACnet device identification", 8),
        ("10.1.1.165", "firmware", "5.1.0.4400", "BACnet device identification", 10),
        ("10.1.1.165", "name", "KBRNAE", "BACnet device identification", 14),
        ("10.1.1.165", "model", "MS-NAE4510-2", "BACnet device identification", 16),
    ],
    "cisagov+icsnpp-profinet-io-cm/profinet_io_cm_mixed_1.pcap": [
        ("00-09-91-43-E0-67", "name", "versamax-pns11", "PROFINET discovery", 466),
        ("00-09-91-43-E0-67", "model", "IC200PNS001", "PROFINET discovery", 466),
        ("00-09-91-43-E0-67", "vendor", "vendor id 346", "PROFINET discovery", 466),
        ("00-09-91-43-E0-67", "role", "field device", "PROFINET discovery", 466),
        ("192.168.1.1", "name", "KW-VLIPC", "NetBIOS name", 120),
    ],
    "antoine-lemay+Modbus_dataset/characterization_modbus_6RTU_with_operate.pcap": [
        ("192.168.1.104", "name", "CONTROLL-F7B112", "NetBIOS description", 1739),
        ("192.168.1.100", "name", "MTU-61A79467232", "NTLM session", 10085),
        ("192.168.1.100", "os", "Windows 5.1", "SMB session", 10085),
        ("192.168.1.100", "software", "Windows 2000 LAN Manager", "SMB session", 10085),
    ],
    "digitalbond+Quickdraw-Suricata/CL5000EIP-Software_Upload.pcap": [
        ("00-1E-F6-73-59-81", "name", "Ns5gt", "CDP discovery", 363),
        ("00-1E-F6-73-59-81", "model", "WS-CE500-24TT", "CDP discovery", 363),
        ("00-1E-F6-73-59-81", "firmware", "12.2(25)SEG4", "system description", 363),
        ("00-1E-F6-73-59-81", "vlan", "3", "CDP discovery", 363),
    ],
    "zeek+zeek/smb311.pcap": [
        ("10.160.67.244", "host_name", "AD.foo.test", "NTLM session", 4),
        ("10.160.67.244", "os", "Windows 10.0 build 14393", "NTLM session", 4),
    ],
    "zeek+zeek/snmpwalk-short.pcap": [
        ("138.68.10.203", "os", "Linux 4.4.0-31-generic", "system description", 2),
        ("138.68.10.203", "name", "ubuntu-512mb-sfo2-01", "SNMP management", 10),
        ("138.68.10.203", "location", "Sitting on the Dock of the Bay", "SNMP management", 12),
    ],
    "zeek+zeek/lldp.pcap": [
        ("00-22-2D-81-DB-10", "name", "SMCGS8P-Smart", "LLDP discovery", 1),
        ("00-22-2D-81-DB-10", "ip", "192.168.2.10", "LLDP discovery", 1),
    ],
    "zeek+zeek/cdp-v1.pcap": [("00-E0-1E-D5-D5-15", "model", "1601", "CDP discovery", 1)],
    "zeek+zeek/dhcp.pcap": [("90-B1-1C-99-49-29", "name", "btest.is.cool", "DHCP client", 1)],
    "zeek+zeek/ipv6-http-atomic-frag.pcap": [("2001:db8:1::2", "mac", "00-10-18-95-31-6A", "neighbour discovery", 2)],
    "ZombieLee117+Simulated-PLC-Traffic-/modbus_capture.pcapng": [
        ("192.168.222.1", "name", "DESKTOP-6I5EFUD", "mDNS name", 90)
    ],
    "idaholab+Malcolm-Test-Artifacts/Modicon.pcap": [
        ("10.50.1.52", "software", "Schneider-WEB/V2.1.4", "HTTP banner", 135),
        ("10.50.1.52", "software", "FTP server ready.", "FTP banner", 1102),
    ],
}


def captures() -> Path:
    if not (CAPTURES / "captures").exists():
        warnings.warn(f"NOT TESTED against real captures: none at {CAPTURES}; set SENTINEL_CAPTURES", stacklevel=2)
        pytest.skip(f"no real captures at {CAPTURES}")
    return CAPTURES / "captures"


def claims_of(capture: Path) -> Iterator[dict[str, Any]]:
    for batch in Sensor([str(capture)]):
        yield from batch["claims"].iter_rows(named=True)


@pytest.mark.parametrize("name", FACTS)
def test_facts_that_tshark_reads_too(name: str) -> None:
    told = {
        (one["subject"], one["attribute"], one["value"], one["source"], one["frame"])
        for one in claims_of(captures() / name)
    }
    assert set(FACTS[name]) - told == set()


def test_every_claim_is_of_a_source_that_declares_it() -> None:
    declared = {(one["name"], attribute) for one in _core.claim_sources() for attribute in one["attributes"]}
    for name in FACTS:
        for one in claims_of(captures() / name):
            # Protocols that are read have sources of their own.
            if one["subject_kind"] != "unit":
                assert (one["source"], one["attribute"]) in declared
            if one["attribute"] == "role":
                assert one["value"] in ROLES


def test_an_asset_shows_what_was_said_by_whom_and_where(tmp_path: Path) -> None:
    capture = captures() / "ITI+ICS-Security-Tools/s7comm_reading_plc_status.pcap"
    replay([capture], config=Config(), state=tmp_path / "state")
    with Store.open(tmp_path / "state") as store:
        asset = inventory_of(store).asset_of("192.168.1.40")
    assert asset is not None
    assert (asset.vendor, asset.model, asset.firmware) == ("Siemens", "IM151-8 PN/DP CPU", "V3.2.6")
    document = asset.document()
    assert document["device.serial_number"] == "S C-C6TW74882012"
    lines = asset_screen(asset, zone_of("UTC"))
    assert all(len(line) <= 110 for line in lines)
    screen = "\n".join(lines)
    how = "(S7 device identification, frame 72 of s7comm_reading_plc_status.pcap)"
    assert f"Model     IM151-8 PN/DP CPU {how}" in screen
    assert f"  serial: S C-C6TW74882012  {how}" in screen


def test_every_source_is_explained_and_ranked() -> None:
    for source in _core.claim_sources():
        done = CliRunner().invoke(explain, source["name"].split())
        assert done.exit_code == 0, done.output
        assert " ".join(done.output.split()).startswith(source["name"])
    assert rank("system description") > rank("LLDP discovery") > rank("SNMP management") > UNRANKED
    assert UNRANKED > rank("mDNS name") == rank("HTTP banner")


def test_the_page_of_sources_is_fresh() -> None:
    page = runpy.run_path(str(ROOT / "tools/make_claim_docs.py"))["page"]()
    assert (ROOT / "docs/claims.md").read_text(encoding="utf-8") == page, "run tools/make_claim_docs.py"
