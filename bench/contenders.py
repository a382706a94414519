"""Who is measured, and with which command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench import suricata
from bench.measure import Contender, on_path

FIELDS = (
    "frame.number",
    "frame.time_epoch",
    "ip.src",
    "ip.dst",
    "tcp.srcport",
    "tcp.dstport",
    "mbtcp.trans_id",
    "mbtcp.unit_id",
    "modbus.func_code",
    "modbus.reference_num",
    "modbus.word_cnt",
)
FIELDS_OF_OPC_UA = (
    "frame.number",
    "frame.time_epoch",
    "ip.src",
    "ip.dst",
    "opcua.transport.type",
    "opcua.servicenodeid.numeric",
    "opcua.security.rqid",
    "opcua.Value",
)
SMALL_BATCH = 60
"""Packets: what a quiet link brings in the fifth of a second that a batch lasts where it is listened to."""

VERSION = {
    "suricata": ["suricata", "-V"],
    "zeek": ["zeek", "--version"],
    "tshark": ["tshark", "--version"],
    "capinfos": ["capinfos", "--version"],
}


def _sentinel(work: Path, *words: str) -> list[str]:
    # Neither the reader's settings nor the place of her last state are touched.
    apart = ["env", "-C", str(work), "-u", "SENTINEL_CONFIG", f"XDG_STATE_HOME={work}"]
    return [*apart, str(Path(sys.executable).with_name("sentinel")), *words]


def _run(capture: Path, work: Path) -> list[str]:
    return _sentinel(work, "run", "-r", str(capture), "--state", "state")


def _learn(capture: Path, work: Path) -> list[str]:
    return [*_run(capture, work), "--learn", "10m"]


def _small(capture: Path, work: Path) -> list[str]:
    (work / "small.toml").write_text(f"[limits]\nbatch_packets = {SMALL_BATCH}\n", encoding="utf-8")
    return [*_run(capture, work), "--config", "small.toml"]


def _decode(capture: Path, work: Path) -> list[str]:
    return _sentinel(work, "decode", str(capture))


def _help(capture: Path, work: Path) -> list[str]:
    return _sentinel(work, "--help")


def _read_by_sentinel(said: str, work: Path) -> int | None:
    found = re.search(r"^Read +([\d,]+) packets?", said, re.MULTILINE)
    return int(found[1].replace(",", "")) if found else None


def _suricata(capture: Path, work: Path) -> list[str]:
    return suricata.command(capture, work, [{"alert": {}}, "flow"])


def _suricata_each(capture: Path, work: Path) -> list[str]:
    return suricata.command(capture, work, [{"alert": {}}, "flow", "modbus"])


def _zeek(capture: Path, work: Path) -> list[str]:
    return ["zeek", "-C", "-r", str(capture), f"Log::default_logdir={work}"]


def _tshark(capture: Path, work: Path) -> list[str]:
    fields = [word for name in FIELDS for word in ("-e", name)]
    return ["tshark", "-n", "-r", str(capture), "-Y", "modbus", "-T", "fields", *fields]


def _tshark_of_opc_ua(capture: Path, work: Path) -> list[str]:
    fields = [word for name in FIELDS_OF_OPC_UA for word in ("-e", name)]
    return ["tshark", "-n", "-r", str(capture), "-Y", "opcua", "-T", "fields", *fields]


def _capinfos(capture: Path, work: Path) -> list[str]:
    return ["capinfos", "-c", "-M", str(capture)]


def _read_by_capinfos(said: str, work: Path) -> int | None:
    found = re.search(r"^Number of packets: +(\d+)", said, re.MULTILINE)
    return int(found[1]) if found else None


RUN = Contender("sentinel run", _run, _read_by_sentinel)
LEARN = Contender("sentinel run --learn 10m", _learn, _read_by_sentinel)
SMALL = Contender(f"sentinel run, batches of {SMALL_BATCH} packets", _small, _read_by_sentinel)
DECODE = Contender("sentinel decode", _decode)
HELP = Contender("sentinel --help", _help)
SURICATA = Contender("suricata, 29 rules, alerts and flows logged", _suricata, suricata.packets_read)
SURICATA_EACH = Contender("suricata, the same and each transaction logged", _suricata_each, suricata.packets_read)
ZEEK = Contender("zeek, its own scripts", _zeek)
TSHARK = Contender("tshark, 11 fields", _tshark)
TSHARK_OF_OPC_UA = Contender("tshark, 8 fields of OPC UA", _tshark_of_opc_ua)
CAPINFOS = Contender("capinfos, reads the file only", _capinfos, _read_by_capinfos)

TOOL = {SURICATA.name: "suricata", SURICATA_EACH.name: "suricata", ZEEK.name: "zeek", TSHARK.name: "tshark"} | {
    TSHARK_OF_OPC_UA.name: "tshark",
    CAPINFOS.name: "capinfos",
}
"""What must be installed for whom; ours is always there."""


def is_there(contender: Contender) -> bool:
    """Whether its program is installed."""
    tool = TOOL.get(contender.name)
    return tool is None or on_path(tool)


def versions() -> dict[str, str]:
    """Of what is installed, as each says it."""
    told = {"sentinel": _first_number([str(Path(sys.executable).with_name("sentinel")), "--version"])}
    told |= {tool: _first_number(command) for tool, command in VERSION.items() if on_path(tool)}
    return told


def absent() -> list[str]:
    """Peers that are not installed."""
    return [tool for tool in VERSION if not on_path(tool)]


def _first_number(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\w.-]*", done.stdout + done.stderr)
    return found[0].rstrip(".") if found else "?"
