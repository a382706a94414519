"""Suricata's side: 29 rules for Modbus and its alert and flow log, made from the files that its package installs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

HOME = Path("/etc/suricata")
EVENTS = HOME / "rules" / "modbus-events.rules"
FIRES_ON_EVERY_READ = "sid:2250008"
"""Left out: of the rules for protocol events, this one alerts at every answer to functions 3 and 4."""
OWN = (
    ("write single coil", "function 5"),
    ("write single register", "function 6"),
    ("write multiple coils", "function 15"),
    ("write multiple registers", "function 16"),
    ("mask write register", "function 22"),
    ("read and write multiple registers", "function 23"),
    ("encapsulated interface", "function 43"),
    ("report server id", "function 17"),
    ("restart communications", "function 8, subfunction 1"),
    ("force listen only", "function 8, subfunction 4"),
    ("clear counters", "function 8, subfunction 10"),
    ("programming, function 90", "function 90"),
    ("read file record", "function 20"),
    ("write file record", "function 21"),
    ("user defined function", "function user"),
    ("reserved function", "function reserved"),
    ("write to protected registers", "access write holding, address 900<>950"),
    ("set point out of range", "access write holding, address 100, value >60000"),
    ("write to protected coils", "access write coils, address 10<>20"),
    ("unit 99 addressed", "unit 99"),
    ("write to unit 2", "unit 2, function 6"),
    ("read of high coils", "access read coils, address >990"),
)


def rules() -> list[str]:
    """The rules for protocol events that the package brings, but for one, and 22 of our own."""
    own = [
        f'alert modbus any any -> any 502 (msg:"OT {says}"; flow:established,to_server; modbus: {what}; '
        f"classtype:protocol-command-decode; sid:{9_000_001 + number}; rev:1;)"
        for number, (says, what) in enumerate(OWN)
    ]
    brought = [line for line in EVENTS.read_text().splitlines() if line.startswith("alert")]
    return [line for line in brought if FIRES_ON_EVERY_READ not in line] + own


def configure(folder: Path, log: list[Any]) -> Path:
    """Writes rules and a configuration: the package's own, with the Modbus parser on. Returns the configuration.

    Args:
        folder: Where to write.
        log: Types of the event log; none: no event log.
    """
    settings = yaml.safe_load((HOME / "suricata.yaml").read_text())
    settings["app-layer"]["protocols"]["modbus"].update({"enabled": "yes", "stream-depth": 0})
    statistics = {
        "stats": {"enabled": "yes", "filename": "stats.log", "append": "no", "totals": "yes", "threads": "no"}
    }
    events = {
        "eve-log": {"enabled": "yes", "filetype": "regular", "filename": "eve.json", "append": "no", "types": log}
    }
    settings["outputs"] = [statistics, events] if log else [statistics]
    settings["default-rule-path"] = str(folder)
    settings["rule-files"] = ["bench.rules"]
    settings["pcap-file"] = {"checksum-checks": "auto"}
    settings["logging"] = {"default-log-level": "notice", "outputs": [{"console": {"enabled": "yes"}}]}
    settings["unix-command"] = {"enabled": "no"}
    (folder / "bench.rules").write_text("\n".join(rules()) + "\n")
    path = folder / "suricata.yaml"
    path.write_text("%YAML 1.1\n---\n" + yaml.safe_dump(settings, sort_keys=False))
    return path


def command(capture: Path, work: Path, log: list[Any]) -> list[str]:
    """Suricata over a capture, on one thread."""
    configuration = configure(work, log)
    return ["suricata", "-c", str(configuration), "-r", str(capture), "-l", str(work), "--runmode", "single"]


def packets_read(said: str, work: Path) -> int | None:
    """Out of its statistics."""
    found = re.findall(r"^decoder\.pkts\s*\|[^|]*\|\s*(\d+)", (work / "stats.log").read_text(), re.MULTILINE)
    return int(found[-1]) if found else None
