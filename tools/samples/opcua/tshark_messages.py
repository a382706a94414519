"""What tshark reads in an OPC UA capture: one line a chunk, as a second source beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parents[1]))
from tshark_table import first

COLUMNS = (
    "frame",
    "time",
    "source",
    "destination",
    "type",
    "chunk",
    "size",
    "channel",
    "sequence",
    "request_id",
    "service",
)
PORTS = (4840, 4841)
"""The server's, and that of a client who listens for a server."""


def lines_of(packet: ElementTree.Element, hidden: bool, secured: set[frozenset[str]]) -> list[list[str]]:
    """The chunks that tshark completes in this frame; connections with a security policy are noted in `secured`."""
    by_name = {proto.get("name"): proto for proto in packet.findall("proto")}
    ip, tcp, frame = by_name["ip"], by_name["tcp"], by_name["frame"]
    where = [
        first(frame, "frame.number"),
        first(frame, "frame.time_epoch"),
        f"{first(ip, 'ip.src')}:{first(tcp, 'tcp.srcport')}",
        f"{first(ip, 'ip.dst')}:{first(tcp, 'tcp.dstport')}",
    ]
    lines = []
    for proto in packet.findall("proto"):
        if proto.get("name") == "opcua" and (kind := first(proto, "opcua.transport.type")):
            inside = ("opcua.security.seq", "opcua.security.rqid", "opcua.servicenodeid.numeric")
            policy, ends = first(proto, "opcua.security.spu"), frozenset(where[2:])
            if policy and not policy.endswith("#None"):
                secured.add(ends)
            is_read = ends not in secured or (kind != "OPN" and not hidden)
            told = [first(proto, name) if is_read else "" for name in inside]
            names = ("opcua.transport.chunk", "opcua.transport.size", "opcua.transport.scid")
            lines.append([*where, kind, *(first(proto, name) for name in names), *told])
    return lines


def table(capture: Path, hidden: bool) -> str:
    """The whole table; `hidden`: messages with a security policy are encrypted, and what tshark makes of them is noise."""
    known = [word for port in PORTS for word in ("-d", f"tcp.port=={port},opcua")]
    command = ["tshark", "-n", "-r", str(capture), *known, "-Y", "opcua", "-T", "pdml"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    text, secured = "\t".join(COLUMNS) + "\n", set[frozenset[str]]()
    for _, element in ElementTree.iterparse(process.stdout):
        if element.tag == "packet":
            text += "".join("\t".join(line) + "\n" for line in lines_of(element, hidden, secured))
            element.clear()
    process.wait()
    return text
