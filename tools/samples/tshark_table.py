"""What tshark reads in a capture: one line a Modbus message, as a second source beside it."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from xml.etree import ElementTree

COLUMNS = (
    "frame",
    "time",
    "client",
    "server",
    "side",
    "transaction",
    "unit",
    "function",
    "exception",
    "address",
    "quantity",
    "values",
)
# Of serial frames tshark knows neither by content which they are nor who asks: the port tells it both.
SERIAL_PORT = "4001"
PORTS = ("502", SERIAL_PORT)
HEADERS = ("mbtcp", "mbudp", "mbrtu")


def shown(element: ElementTree.Element, name: str) -> list[str]:
    """`show` of every field of that name, at any depth."""
    return [field.get("show", "") for field in element.iter("field") if field.get("name") == name]


def first(element: ElementTree.Element, *names: str) -> str:
    """`show` of the first field found."""
    for name in names:
        if values := shown(element, name):
            return values[0]
    return ""


def lines_of(packet: ElementTree.Element) -> list[list[str]]:
    """The messages that tshark completes in this frame."""
    protocols = packet.findall("proto")
    by_name = {proto.get("name"): proto for proto in protocols}
    ip, frame = by_name["ip"], by_name["frame"]
    carrier = by_name["tcp"] if "tcp" in by_name else by_name["udp"]
    source = f"{first(ip, 'ip.src')}:{first(carrier, 'tcp.srcport', 'udp.srcport')}"
    target = f"{first(ip, 'ip.dst')}:{first(carrier, 'tcp.dstport', 'udp.dstport')}"
    asks = first(carrier, "tcp.dstport", "udp.dstport") in PORTS
    client, server = (source, target) if asks else (target, source)
    time = first(frame, "frame.time_epoch")
    lines, header = [], None
    for proto in protocols:
        if proto.get("name") in HEADERS:
            header = proto
        elif proto.get("name") == "modbus" and header is not None:
            code = int(first(proto, "modbus.func_code") or 0)
            values = (
                shown(proto, "modbus.regval_uint16") or shown(proto, "modbus.bitval") or shown(proto, "modbus.data")
            )
            lines.append(
                [
                    *(first(frame, "frame.number"), time, client, server, "request" if asks else "answer"),
                    *(first(header, "mbtcp.trans_id"), first(header, "mbtcp.unit_id", "mbrtu.unit_id"), str(code)),
                    first(proto, "modbus.exception_code"),
                    first(proto, "modbus.reference_num", "modbus.read_reference_num"),
                    first(proto, "modbus.word_cnt", "modbus.bit_cnt", "modbus.read_word_cnt"),
                    ",".join(values),
                ]
            )
            header = None
    return lines


def table(capture: Path) -> str:
    """The whole table."""
    command = [
        "tshark",
        "-n",
        "-r",
        str(capture),
        "-d",
        "tcp.port==502,mbtcp",
        "-d",
        "udp.port==502,mbudp",
        "-o",
        f"mbrtu.tcp.port:{SERIAL_PORT}",
        "-d",
        f"tcp.port=={SERIAL_PORT},mbrtu",
        "-Y",
        " || ".join(HEADERS),
        "-T",
        "pdml",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    text = "\t".join(COLUMNS) + "\n"
    for _, element in ElementTree.iterparse(process.stdout):
        if element.tag == "packet":
            text += "".join("\t".join(line) + "\n" for line in lines_of(element))
            element.clear()
    process.wait()
    return text


def write(out: Path, text: str) -> None:
    """Writes the table; gzipped if the name says so."""
    if out.suffix == ".gz":
        out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    else:
        out.write_text(text)
