"""Writes crates/wire/src/claims/samples.txt: messages that other people's encoders made, for the tests of claims.

Needs scapy (in the development set), and besides it `pip install zeroconf bacpypes3 "python-snap7<2"` (a wrap of the C library snap7) and `openssl`. Run by
hand where a sample is added: the file is kept, so that the tests need none of them.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

PLACE = Path(__file__).parent.parent / "crates/wire/src/claims/samples.txt"
HEAD = """# Messages made by encoders that are not ours: name, what made it, bytes. Written by tools/make_claim_samples.py.
"""


def scapy_frames() -> Iterator[tuple[str, bytes]]:
    """What stands behind the Ethernet type, or in a datagram."""
    from scapy.all import ARP, BOOTP, DHCP, IPv6, Ether, ICMPv6ND_NA, ICMPv6ND_RA, ICMPv6ND_NS  # noqa: I001
    from scapy.all import ICMPv6NDOptDstLLAddr, ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr
    from scapy.contrib import cdp, lldp, pnio_dcp
    from scapy.layers.netbios import NBNSHeader, NBNSNodeStatusResponse, NBNSNodeStatusResponseService
    from scapy.layers.netbios import NBNSRegistrationRequest
    from scapy.layers.ntlm import AV_PAIR, NTLM_AUTHENTICATE_V2, NTLM_CHALLENGE, NTLM_NEGOTIATE
    from scapy.layers.snmp import SNMP, SNMPresponse, SNMPvarbind, SNMPget
    from scapy.asn1.asn1 import ASN1_OID, ASN1_STRING

    card = "00:1b:1b:11:22:33"
    yield "arp", bytes(ARP(op=2, hwsrc=card, psrc="10.0.0.11", hwdst="00:00:00:00:00:09", pdst="10.0.0.9"))
    six = {"src": "2001:db8::11", "dst": "2001:db8::9", "hlim": 255}
    yield (
        "neighbour-advertisement",
        bytes(IPv6(**six) / ICMPv6ND_NA(tgt="2001:db8::11", R=0) / ICMPv6NDOptDstLLAddr(lladdr=card)),
    )
    yield (
        "neighbour-solicitation",
        bytes(IPv6(**six) / ICMPv6ND_NS(tgt="2001:db8::9") / ICMPv6NDOptSrcLLAddr(lladdr=card)),
    )
    router = {"src": "fe80::1", "dst": "ff02::1", "hlim": 255}
    prefix = ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64)
    yield (
        "router-advertisement",
        bytes(IPv6(**router) / ICMPv6ND_RA(routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr=card) / prefix),
    )
    yield (
        "lldp",
        bytes(
            Ether(src=card, dst="01:80:c2:00:00:0e")
            / lldp.LLDPDUChassisID(subtype=4, id=card)
            / lldp.LLDPDUPortID(subtype=5, id="gi0/3")
            / lldp.LLDPDUTimeToLive(ttl=120)
            / lldp.LLDPDUPortDescription(description="to the pumps")
            / lldp.LLDPDUSystemName(system_name="SW-7")
            / lldp.LLDPDUSystemDescription(
                description="Siemens, SIMATIC NET, SCALANCE X204-2, 6GK5 204-2BB10-2AA3, HW: Version 7, "
                "FW: Version V05.02.00, SVPD9060514"
            )
            / lldp.LLDPDUSystemCapabilities(mac_bridge_available=1, mac_bridge_enabled=1)
            / lldp.LLDPDUManagementAddress(
                management_address_subtype=1,
                management_address=socket.inet_aton("10.0.0.77"),
                interface_numbering_subtype=2,
                interface_number=3,
                object_id="",
            )
            / lldp.LLDPDUGenericOrganisationSpecific(org_code=0x0080C2, subtype=1, data=b"\x00\x2a")
            / lldp.LLDPDUGenericOrganisationSpecific(org_code=0x0012BB, subtype=8, data=b"SN-4711")
            / lldp.LLDPDUGenericOrganisationSpecific(org_code=0x0012BB, subtype=10, data=b"X204-2")
            / lldp.LLDPDUEndOfLLDPDU()
        )[14:],
    )
    neighbour = (
        Ether(src=card, dst="01:00:0c:cc:cc:cc", type=0x64)
        / bytes.fromhex("aaaa0300000c2000")
        / cdp.CDPv2_HDR(
            msg=[
                cdp.CDPMsgDeviceID(val=b"SW-9"),
                cdp.CDPMsgAddr(addr=[cdp.CDPAddrRecordIPv4(addr="10.0.0.78")]),
                cdp.CDPMsgPortID(iface=b"FastEthernet0/1"),
                cdp.CDPMsgCapabilities(cap=0x28),
                cdp.CDPMsgSoftwareVersion(
                    val=b"Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 12.2(55)SE3, RELEASE"
                ),
                cdp.CDPMsgPlatform(val=b"cisco WS-C2960-24TT-L"),
                cdp.CDPMsgNativeVLAN(vlan=42),
            ]
        )
    )
    yield "cdp", bytes(neighbour)[14:]
    identify = pnio_dcp.ProfinetDCP(
        service_id=5,
        service_type=1,
        xid=0x1234,
        dcp_data_length=62,
        dcp_blocks=[
            pnio_dcp.DCPManufacturerSpecificBlock(device_vendor_value="S7-1200", dcp_block_length=9),
            pnio_dcp.DCPNameOfStationBlock(name_of_station="pump-3", dcp_block_length=8, padding=b""),
            pnio_dcp.DCPDeviceIDBlock(vendor_id=0x002A, device_id=0x010D, dcp_block_length=6, padding=b""),
            pnio_dcp.DCPDeviceRoleBlock(device_role_details=2, dcp_block_length=4, padding=b""),
            pnio_dcp.DCPIPBlock(
                ip="10.0.0.13", netmask="255.255.255.0", gateway="10.0.0.1", dcp_block_length=14, padding=b""
            ),
        ],
    )
    yield "profinet", b"\xfe\xff" + bytes(identify)
    hardware = bytes.fromhex(card.replace(":", "")) + bytes(10)
    asks = [
        ("message-type", "request"),
        ("hostname", b"HMI-2"),
        ("vendor_class_id", b"MSFT 5.0"),
        ("requested_addr", "10.0.0.21"),
        (81, b"\x00\x00\x00HMI-2.plant.example"),
        "end",
    ]
    yield "dhcp-request", bytes(BOOTP(op=1, chaddr=hardware, xid=7) / DHCP(options=asks))
    gives = [
        ("message-type", "ack"),
        ("server_id", "10.0.0.1"),
        ("subnet_mask", "255.255.255.0"),
        ("router", "10.0.0.254"),
        "end",
    ]
    yield "dhcp-ack", bytes(BOOTP(op=2, chaddr=hardware, yiaddr="10.0.0.21", xid=7) / DHCP(options=gives))
    yield (
        "netbios-registration",
        bytes(
            NBNSHeader(OPCODE=5, NM_FLAGS=0x11, QDCOUNT=1, ARCOUNT=1)
            / NBNSRegistrationRequest(QUESTION_NAME=b"SCADA-1", SUFFIX=0x4141, NB_ADDRESS="10.0.0.5", G=0)
        ),
    )
    names = [
        NBNSNodeStatusResponseService(NETBIOS_NAME=b"SCADA-1        ", SUFFIX=0, NAME_FLAGS=4),
        NBNSNodeStatusResponseService(NETBIOS_NAME=b"WATER          ", SUFFIX=0, NAME_FLAGS=0x84),
        NBNSNodeStatusResponseService(NETBIOS_NAME=b"SCADA-1        ", SUFFIX=0x20, NAME_FLAGS=4),
    ]
    yield (
        "netbios-status",
        bytes(
            NBNSHeader(RESPONSE=1, OPCODE=0, ANCOUNT=1)
            / NBNSNodeStatusResponse(RR_NAME=b"SCADA-1", NUM_NAMES=3, NODE_NAME=names, MAC_ADDRESS=card)
        ),
    )
    told = [
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.1.0"), value=ASN1_STRING(b"Linux gw 5.10.0-8-arm64 #1 SMP")),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.2.0"), value=ASN1_OID("1.3.6.1.4.1.8691.7.27")),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.5.0"), value=ASN1_STRING(b"GW-1")),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.6.0"), value=ASN1_STRING(b"pump house")),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.47.1.1.1.1.11.1"), value=ASN1_STRING(b"TAAB1234")),
        SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.47.1.1.1.1.11.2"), value=ASN1_STRING(b"of a module")),
    ]
    yield "snmp", bytes(SNMP(version=1, community=b"s3cretcommunity", PDU=SNMPresponse(id=-5, varbindlist=told)))
    asked = [SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.5.0"))]
    yield "snmp-question", bytes(SNMP(community=b"s3cretcommunity", PDU=SNMPget(id=5, varbindlist=asked)))
    yield (
        "ntlm-challenge",
        bytes(
            NTLM_CHALLENGE(
                NegotiateFlags=0xE2898215,
                ServerChallenge=b"\xaa" * 8,
                ProductMajorVersion=10,
                ProductMinorVersion=0,
                ProductBuild=17763,
                Payload=[
                    ("TargetName", "WATER"),
                    (
                        "TargetInfo",
                        [
                            AV_PAIR(AvId="MsvAvNbDomainName", Value="WATER"),
                            AV_PAIR(AvId="MsvAvNbComputerName", Value="SCADA-1"),
                            AV_PAIR(AvId="MsvAvDnsComputerName", Value="scada-1.water.example"),
                            AV_PAIR(AvId="MsvAvEOL"),
                        ],
                    ),
                ],
            )
        ),
    )
    yield (
        "ntlm-authenticate",
        bytes(
            NTLM_AUTHENTICATE_V2(
                NegotiateFlags=0xE2888215,
                ProductMajorVersion=10,
                ProductMinorVersion=0,
                ProductBuild=19041,
                Payload=[
                    ("DomainName", "WATER"),
                    ("UserName", "s3cretuser"),
                    ("Workstation", "ENG-4"),
                ],
            )
        ),
    )
    yield (
        "ntlm-negotiate",
        bytes(
            NTLM_NEGOTIATE(NegotiateFlags=0xE2088297, ProductMajorVersion=10, ProductMinorVersion=0, ProductBuild=19041)
        ),
    )


def zeroconf_messages() -> Iterator[tuple[str, bytes]]:
    """An announcement of a web service by python-zeroconf."""
    from zeroconf import DNSOutgoing, ServiceInfo
    from zeroconf.const import _FLAGS_AA, _FLAGS_QR_RESPONSE

    info = ServiceInfo(
        "_http._tcp.local.",
        "Pump web._http._tcp.local.",
        addresses=[socket.inet_aton("10.0.0.31")],
        port=80,
        server="cam-4.local.",
        properties={"model": "AXIS P3245", "serialNumber": "ACCC8E"},
    )
    out = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
    out.add_answer_at_time(info.dns_pointer(), 0)
    out.add_answer_at_time(info.dns_service(), 0)
    out.add_answer_at_time(info.dns_text(), 0)
    for address in info.dns_addresses():
        out.add_answer_at_time(address, 0)
    yield "mdns", out.packets()[0]


def bacnet_messages() -> Iterator[tuple[str, bytes]]:
    """I-Am and an answer to ReadProperty by bacpypes3, in their BACnet/IP envelopes."""
    from bacpypes3.apdu import APDU, IAmRequest, ReadPropertyACK
    from bacpypes3.basetypes import PropertyIdentifier, Segmentation
    from bacpypes3.constructeddata import Any
    from bacpypes3.primitivedata import CharacterString, ObjectIdentifier

    def envelope(apdu: APDU, function: int) -> bytes:
        # A network message without addresses: version 1, control 0.
        body = b"\x01\x00" + bytes(apdu.encode().encode().pduData)
        return bytes([0x81, function]) + (len(body) + 4).to_bytes(2, "big") + body

    i_am = IAmRequest(
        iAmDeviceIdentifier=ObjectIdentifier("device,2001"),
        maxAPDULengthAccepted=1476,
        segmentationSupported=Segmentation("segmented-both"),
        vendorID=222,
    )
    yield "bacnet-i-am", envelope(i_am, 0x0B)
    answer = ReadPropertyACK(
        objectIdentifier=ObjectIdentifier("device,2001"),
        propertyIdentifier=PropertyIdentifier("model-name"),
        propertyValue=Any(CharacterString("750-8212")),
    )
    answer.apduInvokeID, answer.apduSeg, answer.apduMor = 1, 0, 0
    yield "bacnet-model", envelope(answer, 0x0A)


def s7_messages() -> Iterator[tuple[str, bytes]]:
    """What the server of snap7 answers to its own client's questions for lists 11 and 1C."""
    from snap7.client import Client
    from snap7.server import Server

    server = Server(log=False)
    port = 10_102
    server.start(tcpport=port)
    heard = bytearray()
    relay = socket.create_server(("127.0.0.1", port + 1))

    def pump(one: socket.socket, other: socket.socket, copy: bytearray | None) -> None:
        while data := one.recv(65_536):
            if copy is not None:
                copy.extend(data)
            other.sendall(data)

    def serve() -> None:
        client, _ = relay.accept()
        upstream = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=pump, args=(client, upstream, None), daemon=True).start()
        pump(upstream, client, heard)

    threading.Thread(target=serve, daemon=True).start()
    client = Client()
    client.connect("127.0.0.1", 0, 2, port + 1)
    for number in (0x11, 0x1C):
        try:
            client.read_szl(number, 0)
        except Exception as error:
            print(f"list {number:x}: {error}")
    client.disconnect()
    server.stop()
    yield "s7-server", bytes(heard)


def tls_messages() -> Iterator[tuple[str, bytes]]:
    """Both sides of a TLS 1.2 handshake by OpenSSL, up to the server's certificate."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
        subject = "/O=Northwater/CN=plc-3.water.example"
        names = "subjectAltName=DNS:plc-3.water.example,IP:10.0.0.13"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate]
        subprocess.run([*command, "-days", "365", "-subj", subject, "-addext", names], check=True, capture_output=True)
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        theirs.load_cert_chain(certificate, key)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    ours.maximum_version = ssl.TLSVersion.TLSv1_2
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(to_client, to_server, server_hostname="plc-3.water.example")
    server = theirs.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
        if side is client:
            hello = to_server.read()
            to_server.write(hello)
            yield "tls-client", hello
    yield "tls-server", to_client.read()


def main() -> None:
    """Writes the file."""
    tools = {
        f"scapy {version('scapy')}": scapy_frames,
        f"zeroconf {version('zeroconf')}": zeroconf_messages,
        f"bacpypes3 {version('bacpypes3')}": bacnet_messages,
        f"python-snap7 {version('python-snap7')}": s7_messages,
        ssl.OPENSSL_VERSION: tls_messages,
    }
    lines = [f"{name}\t{tool}\t{content.hex()}\n" for tool, messages in tools.items() for name, content in messages()]
    PLACE.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
