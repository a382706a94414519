"""README.md of a case: where it comes from, what happens frame by frame. Numbers are read from the capture's tables."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

LICENCE = "Licence: MIT, like the project. Made by the project; no real plant, no real person is in it."
STACKS = "pymodbus 3.16.1 and libmodbus 3.1.6, Linux 6 TCP"
OTHERS = {
    "sunspec": "pymodbus 3.16.1 and pysunspec2 1.3.7, Linux 6 TCP",
    "umas": "Server and client of ours, Linux 6 TCP",
}
LAB = (
    "Recorded with tcpdump in network namespaces, one a host, on one hub (`tools/samples/lab.py`). "
    "MAC addresses have real makers' prefixes, the rest is invented."
)
ABOUT = {
    "waterworks": (
        "A small water works: 22 minutes as every day, then a stranger",
        "Seven devices of the plant and a stranger. `SCADA-1` (10.10.1.5, pymodbus) polls three controllers "
        '(10.10.1.11-13, pymodbus servers with device identification, vendor "Northwater", invented), a dosing '
        "station (10.10.1.14, libmodbus server) and a gateway with units 1-4 (10.10.1.20, pymodbus) and gives commands; "
        "`HIST-1` (10.10.1.6, libmodbus) reads. At 09:21:58 the stranger, 10.10.1.66, comes (pymodbus, and plain sockets "
        "for the scan).\n\n"
        "**Times are made.** The stacks ran about 30 times faster: groups of calls one after the other with 45 ms between "
        "them. Each group was then moved to its time by the plan (`tools/samples/plan.py`). Inside a group, so between "
        "request, answer and acknowledgement, all distances are true; only idle time was put in. TCP timestamps were "
        "off, so that nothing contradicts this. The stacks' log has the same times.\n\n"
        "pymodbus refuses functions it does not know with function code 0x80; the controllers here were taught to name "
        "the function that they refuse, as controllers do (`--name-refused`). What pymodbus does by itself is in "
        "`../unknown-functions/`.\n\n"
        "Registers of a controller: holding 0 tank level (0.1 %), 1 inflow, 2 outflow (0.1 m3/h), 3 pressure (0.1 bar), "
        "10 level setpoint; coil 3 valve, coil 12 pump. Without its pump the tank falls. `names.csv` has the names.",
    ),
    "waterworks-cut": (
        "The water works, cut in the middle of a record",
        "The first 3000 frames of `../waterworks/waterworks.pcap` and the next record without its last 20 bytes, as "
        "when a disk is full. All before it must be used, and the cut be told.",
    ),
    "pymodbus-all-functions": (
        "Every function that pymodbus knows",
        "pymodbus client and server: functions 1-8, 11, 12, 15-17, 20-24, 43/14, then refused ones: an address and a coil "
        "out of range, a unit that nobody has; and a second unit. pymodbus refuses function 20 with code 0x80 (its "
        "record is not there), so that answer does not belong to its request.",
    ),
    "pymodbus-rtu-over-tcp": (
        "Serial frames inside TCP",
        "pymodbus client and server with `FramerType.RTU` on port 4001, as through a terminal server: functions 1-8, 11, 12, "
        "15-17, 21-23, 43/14, refused ones, a second unit, and a unit that nobody has, which nobody answers for. Then a "
        "second connection that writes to all devices (unit 0, no answer) and reads two blocks of the same length in turn: no number tells their answers apart. tshark "
        "knows no RTU by content: it was told the port, and passes over frames of four bytes and those to unit 0.",
    ),
    "pymodbus-udp": (
        "Messages in datagrams",
        "pymodbus client and server over UDP: functions 1-8, 11, 12, 15-17, 21-24, 43/14, refused ones, and a second unit. Then "
        "eight reads, a port each; twice the server's port of the hub was blocked, so that the request was lost and had no "
        "answer.",
    ),
    "pymodbus-tls": (
        "Modbus inside TLS",
        "pymodbus client and server, three reads each: on port 802 with TLS 1.3, and on port 8802 with TLS 1.2, where the client's "
        "certificate has the extension for its role (1.3.6.1.4.1.50316.802.1) and can be seen. Keys were made for the "
        "recording and are gone. What is inside must be named, and cannot be read.",
    ),
    "libmodbus": (
        "Every function that libmodbus knows",
        "libmodbus client and server: functions 1-6, 15-17, 22, 23, then an address and a coil out of range.",
    ),
    "pipelined": (
        "Requests that do not wait for answers",
        "Plain socket to a libmodbus server: 2, 3, 5, then 8 requests on the way before the first answer is read, each "
        "time first with a segment a request, then again, same ids, with all in one segment. Units 1 and 2 in turn. The "
        "server answers in order.",
    ),
    "one-sided": (
        "One direction only",
        "`../pymodbus-all-functions/` with only the frames from the client (`one-sided.pcap`), and only those from the "
        "server (`answers-only.pcap`): a mirror of one direction.",
    ),
    "with-gap": (
        "Frames that the mirror lost",
        "`../pymodbus-all-functions/` without its frames 14 (a request), 21 (an answer), 30 and 31 (a whole exchange) and 44 "
        "(a request). What is left must be read; the answer whose request is missing stands alone, the request whose "
        "answer is missing is unanswered.",
    ),
    "id-reuse": (
        "One transaction id for all",
        "Plain socket to a pymodbus server: every request has transaction id 0, as some devices do it. Requests and "
        "answers belong together by their order.",
    ),
    "retransmissions": (
        "TCP sends again",
        "pymodbus client and server; twice the server's port of the hub was blocked for 0.3 s. The recording sees the "
        "request more than once; it must be counted once.",
    ),
    "unknown-functions": (
        "Functions that nobody defined",
        "Plain socket to a pymodbus server: functions 9, 10, 65, 90, 100 and 127 between good reads. The server answers "
        "each with function code 0x80, exception 1: an answer that names no function and so belongs to no request. True "
        "for this stack, and a violation.",
    ),
    "sunspec": (
        "An inverter that describes itself",
        "pysunspec2 1.3.7 as client walks the SunSpec map of a pymodbus server (mark, then number and length of each model, "
        "then its registers), polls the inverter six times and lowers its power limit to 62.5 %. The registers' bytes were made "
        "by pysunspec2 too: an inverter (models 1, 103, 120, 121, 123, 124, 160) and a meter on it (1, 213), makers invented. "
        "`points.tsv` is what pysunspec2's client makes of each point at the end, scaled; `tests/test_modbus_sunspec.py` "
        "compares it.",
    ),
    "umas": (
        "UMAS: a controller is stopped, loaded and started",
        "Server and client are ours, not a stack (`tools/samples/umas.py`), over real TCP, since no stack that speaks UMAS "
        "can be had: the layouts are those of the public sources, so this case shows what Sentinel does with UMAS and proves "
        "nothing about UMAS. An operator station (10.10.6.5) reads the names of variables, polls them and sets one; an "
        "engineer (10.10.6.7) takes the reservation, stops the controller, loads a program in blocks of up to 1,012 bytes, "
        "which is longer than Modbus allows, and starts it; somebody without a reservation (10.10.6.66) is refused. What UMAS "
        "is in truth is tested with a recorded session of a real controller (`tests/test_modbus_umas.py`).",
    ),
    "s7": (
        "S7 beside Modbus",
        "An S7 conversation (connect, set up, five reads of a data block) made by a client and a server of ours, not by a "
        "stack (`tools/samples/s7.py`), over real TCP; then three Modbus reads by pymodbus on the same wire. S7 must be "
        "named and counted, not read.",
    ),
    "malformed": (
        "Twenty-three bad messages",
        "Written by `tools/samples/malformed.py`, not recorded. Each case is one connection: a good read (transaction 1), "
        "the bad bytes, a good read (transaction 5). Both good reads must be found whatever stands between. `cases.tsv` "
        "says which client port is which case, where the specification says what is wrong (TCP: Messaging on TCP/IP "
        "Implementation Guide V1.0b; APP: Application Protocol Specification V1.1b3), and which documents it must give. "
        "tshark is no judge of the bad bytes; it is of the good reads.",
    ),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    """A tab-separated table, gzipped or not; empty if there is none."""
    for candidate in (path, path.with_name(path.name + ".gz")):
        if candidate.exists():
            data = candidate.read_bytes()
            text = (gzip.decompress(data) if candidate.suffix == ".gz" else data).decode()
            return list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    return []


def clock(row: dict[str, str]) -> str:
    """Time of day."""
    return datetime.fromtimestamp(float(row["time"]), UTC).strftime("%H:%M:%S.%f")[:-3]


def what(row: dict[str, str]) -> str:
    """A message in a few words."""
    code = int(row["function"])
    number = f"id {row['transaction']} " if row["transaction"] else ""
    text = f"{number}unit {row['unit']} function {code & 127}"
    if row["exception"]:
        return f"{text} exception {row['exception']}"
    if row["side"] == "request" and row["address"]:
        text += f" address {row['address']}" + (f" quantity {row['quantity']}" if row["quantity"] else "")
    return text


def listing(folder: Path, case: str) -> str:
    """Frame by frame for small captures, by minute and stranger for the large one."""
    rows = rows_of(folder / "tshark.tsv")
    if case == "waterworks":
        theirs = [row for row in rows if row["client"].startswith("10.10.1.66") and row["side"] == "request"]
        scan = [row for row in theirs if int(row["function"]) > 0 and row["client"] == scan_client(theirs)]
        writes = [row for row in theirs if row not in scan and row["function"] in ("5", "6", "16")]
        lines = [
            f"{len(rows)} Modbus messages, {sum(row['side'] == 'request' for row in rows)} of them requests.",
            "",
        ]
        lines.append(f"- frame {theirs[0]['frame']}, {clock(theirs[0])}: the stranger's first request")
        lines.append(
            f"- frames {scan[0]['frame']}-{scan[-1]['frame']}, {clock(scan[0])}-{clock(scan[-1])}: tries "
            f"{len({row['function'] for row in scan})} functions on {scan[0]['server']}"
        )
        lines += [f"- frame {row['frame']}, {clock(row)}: {what(row)} on {row['server']}" for row in writes]
        lines.append(f"- frame {theirs[-1]['frame']}, {clock(theirs[-1])}: the stranger's last request")
        return "\n".join(lines)
    if len(rows) > 60 or not rows:
        return f"{len(rows)} Modbus messages by tshark's count."
    lines = [f"{row['frame']:>4}  {'->' if row['side'] == 'request' else '<-'}  {what(row)}" for row in rows]
    return "```text\n" + "\n".join(lines) + "\n```"


def scan_client(rows: list[dict[str, str]]) -> str:
    """The connection that tries most functions."""
    functions: dict[str, set[str]] = {}
    for row in rows:
        functions.setdefault(row["client"], set()).add(row["function"])
    return max(functions, key=lambda client: len(functions[client]))


def write(folder: Path, case: str) -> None:
    """README.md of the case."""
    title, about = ABOUT[case]
    sources = []
    if any(folder.glob("stack.log*")):
        sources.append("the client's own log of its calls (`stack.log`, written by `tools/samples/calls.py`)")
    if any(folder.glob("*tshark.tsv*")):
        sources.append("tshark 4.0.17 (`tshark.tsv`)")
    text = f"# {title}\n\n{about}\n\n## What happens\n\n{listing(folder, case)}\n\n## Origin\n\n"
    text += (f"{OTHERS.get(case, STACKS)}. {LAB}\n" if case != "malformed" else "") + "Made anew with "
    text += f"`tools/samples/make.py {case}` (as root), which writes this page too.\n"
    test = "test_malformed" if case == "malformed" else "test_samples_against_stacks"
    text += f"Second source: {' and '.join(sources)}; `tests/{test}.py` compares.\n\n{LICENCE}\n"
    (folder / "README.md").write_text(text)
