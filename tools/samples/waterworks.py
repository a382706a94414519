"""A small water works: 22 minutes as every day, then a computer that nobody knows, then 8 minutes after it.

Stacks: pymodbus servers (three controllers, one gateway with four units) and clients (SCADA, the stranger), a
libmodbus server (dosing station) and client (historian).
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from calls import Client, Libmodbus, Log, Pymodbus, Raw
from lab import Lab
from plan import Plan

HERE = Path(__file__).parent
START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
MINUTES = 32
HOSTS = {
    "SCADA-1": ("10.10.1.5", "00:14:22:5a:10:05"),  # Dell
    "HIST-1": ("10.10.1.6", "00:14:22:5a:10:06"),  # Dell
    "PLC-1": ("10.10.1.11", "00:80:f4:0a:01:11"),  # Telemecanique
    "PLC-2": ("10.10.1.12", "00:80:f4:0a:01:12"),
    "PLC-3": ("10.10.1.13", "00:80:f4:0a:01:13"),
    "DOSE-1": ("10.10.1.14", "00:a0:45:0a:01:14"),  # Phoenix Contact
    "GW-1": ("10.10.1.20", "00:90:e8:0a:01:20"),  # Moxa
    "stranger": ("10.10.1.66", "00:14:22:01:23:45"),  # Dell
}
UNITS = {"PLC-1": [1], "PLC-2": [1], "PLC-3": [1], "GW-1": [1, 2, 3, 4]}
PUMP = 12
COMMANDS = [      # minute, controller, function, address, value: what the operators do on an ordinary day
    (1.3, "PLC-3", 6, 10, 820), (2.1, "PLC-1", 5, PUMP, 0), (2.9, "PLC-3", 5, 3, 1), (3.6, "PLC-1", 5, PUMP, 1),
    (4.4, "PLC-2", 6, 10, 790), (5.2, "PLC-3", 5, 3, 0), (6.0, "PLC-3", 6, 10, 825), (6.8, "DOSE-1", 6, 4, 70),
    (7.5, "PLC-3", 5, 3, 1), (8.3, "PLC-1", 6, 10, 805), (9.1, "PLC-3", 6, 10, 820), (10.2, "PLC-3", 5, 3, 0),
    (11.0, "PLC-1", 5, PUMP, 0), (11.7, "PLC-2", 6, 10, 800), (12.4, "PLC-1", 5, PUMP, 1), (13.3, "PLC-3", 5, 3, 1),
    (14.1, "DOSE-1", 6, 4, 72), (15.0, "PLC-3", 6, 10, 815), (16.2, "PLC-3", 5, 3, 0), (17.1, "PLC-1", 6, 10, 800),
    (18.4, "PLC-3", 6, 10, 820), (19.2, "PLC-3", 5, 3, 1), (21.3, "PLC-2", 6, 10, 795), (25.2, "PLC-1", 6, 10, 805),
    (28.0, "DOSE-1", 6, 4, 70), (30.1, "PLC-2", 6, 10, 800),
]  # fmt: skip


def clock(text: str) -> float:
    """Seconds after the start of the capture: `09:21:58` is 1318."""
    hours, minutes, seconds = text.split(":")
    return (int(hours) - START.hour) * 3600 + int(minutes) * 60 + float(seconds)


def scan_body(function: int) -> bytes:
    """The harmless form of each function: reads that are in range; writes that no device may accept."""
    if function in (1, 2, 3, 4):
        return b"\0\0\0\1"
    if function in (5, 6):
        return b"\xff\xf0\0\0"  # address out of range
    if function in (15, 16):
        return b"\xff\xf0\0\1" + (b"\1\0" if function == 15 else b"\2\0\0")
    return {
        8: b"\0\0\x12\x34",  # return query data
        20: b"\x07\x06\0\1\0\1\0\1",
        21: b"\x09\x06\0\1\0\1\0\1\0\0",
        22: b"\xff\xf0\xff\xff\0\0",
        23: b"\xff\xf0\0\1\xff\xf0\0\1\2\0\0",
        24: b"\xff\xf0",
        43: b"\x0e\1\0",
    }.get(function, b"")


def every_day(plan: Plan, lab: Lab, clients: dict[str, dict[str, Client]], seed: random.Random) -> None:
    """Polls, the historian, and the operators' commands."""
    scada, historian = lab.hosts["SCADA-1"], lab.hosts["HIST-1"]

    def connect(host: str, kind: Callable[[Log, str, str], Client], log: Log) -> None:
        for server in ("PLC-1", "PLC-2", "PLC-3", "DOSE-1", "GW-1"):
            clients[host][server] = kind(log, HOSTS[host][0], HOSTS[server][0])

    log = Log(plan.now)
    clients["log"] = log  # type: ignore[assignment]
    plan.at(0, scada, lambda: connect("SCADA-1", Pymodbus, log))
    plan.at(0.4, historian, lambda: connect("HIST-1", Libmodbus, log))
    for minute in (0.02, 10.02, 20.02, 30.02):  # the SCADA asks two controllers who they are
        for server in ("PLC-1", "PLC-2"):
            plan.at(minute * 60 + 0.2, scada, lambda s=server: clients["SCADA-1"][s].call(43))

    def poll(cycle: int) -> None:
        mine = clients["SCADA-1"]
        for server in ("PLC-1", "PLC-2", "PLC-3"):
            mine[server].call(3, 1, 0, 20)
            if cycle % 2 == 0:
                mine[server].call(1, 1, 0, 16)
        if cycle % 2 == 0:
            mine["DOSE-1"].call(4, 1, 0, 8)
        if cycle % 10 == 5:
            mine["DOSE-1"].call(2, 1, 0, 8)
            for unit in UNITS["GW-1"]:
                mine["GW-1"].call(4, unit, 0, 6)

    for cycle in range(MINUTES * 30 - 1):
        plan.at(2 + cycle * 2 + seed.uniform(-0.03, 0.03), scada, lambda c=cycle: poll(c))

    def collect() -> None:
        for server in ("PLC-1", "PLC-2", "PLC-3"):
            clients["HIST-1"][server].call(3, 1, 0, 10)
        clients["HIST-1"]["DOSE-1"].call(3, 1, 0, 12)
        clients["HIST-1"]["GW-1"].call(4, 1, 0, 6)

    for cycle in range(MINUTES * 6 - 1):
        plan.at(10.19 + cycle * 10 + seed.uniform(-0.01, 0.01), historian, collect)
    for minute, server, function, address, value in COMMANDS:
        at = round(minute * 30) * 2 + 1 + seed.uniform(0, 0.2)
        plan.at(
            at, scada,
            lambda s=server, f=function, a=address, v=value: clients["SCADA-1"][s].call(f, 1, a, None, [v]),
        )  # fmt: skip


def the_stranger(plan: Plan, lab: Lab, clients: dict[str, dict[str, Client]]) -> None:
    """10.10.1.66: reads from three controllers, tries function codes on PLC-3, switches its pump off, writes."""
    host, ip, mine = lab.hosts["stranger"], HOSTS["stranger"][0], clients["stranger"]
    log: Log = clients["log"]  # type: ignore[assignment]

    def meet(server: str) -> None:
        mine[server] = Pymodbus(log, ip, HOSTS[server][0])
        mine[server].call(3, 1, 0, 20)
        mine[server].call(1, 1, 0, 16)

    for index, server in enumerate(("PLC-1", "PLC-2", "PLC-3")):
        plan.at(clock("09:21:58.5") + index * 2, host, lambda s=server: meet(s))

    def scan_start() -> None:
        mine["scan"] = Raw(log, ip, HOSTS["PLC-3"][0])

    scan_at = clock("09:22:05.2")
    plan.at(scan_at, host, scan_start)
    for index, function in enumerate(range(1, 48)):
        at = clock("09:22:05.3") + index // 2 + index % 2 * 0.3  # between the polls of the others
        plan.at(at, host, lambda f=function: mine["scan"].call(f, 1, body=scan_body(f)))
    plan.at(clock("09:22:29.7"), host, lambda: mine["scan"].close())  # type: ignore[attr-defined]  # noqa: PLW0108 (not there yet)

    def look() -> None:
        for server in ("PLC-1", "PLC-2", "PLC-3"):
            mine[server].call(3, 1, 0, 20)
        mine["PLC-3"].call(1, 1, 0, 16)

    for second in range(34, 138, 6):
        plan.at(clock("09:22:00.7") + second, host, look)
    plan.at(clock("09:23:41.207"), host, lambda: mine["PLC-3"].call(5, 1, PUMP, None, [0]))
    plan.at(clock("09:23:43.2"), host, lambda: mine["PLC-3"].call(1, 1, PUMP, 1))
    plan.at(clock("09:23:53.2"), host, lambda: mine["PLC-3"].call(6, 1, 10, None, [950]))
    plan.at(clock("09:23:59.2"), host, lambda: mine["PLC-2"].call(16, 1, 10, None, [950, 990]))
    plan.at(clock("09:24:09.2"), host, lambda: mine["PLC-3"].call(5, 1, PUMP, None, [0]))

    def leave() -> None:
        for server in ("PLC-1", "PLC-2", "PLC-3"):
            mine[server].close()  # type: ignore[attr-defined]

    plan.at(clock("09:24:21.2"), host, leave)


def make(folder: Path) -> str:
    """Records it. Returns what the README says of it."""
    raw = Path("/run/raw.pcap")
    lab = Lab(raw)
    for name, (ip, mac) in HOSTS.items():
        lab.host(name, ip, mac)
    subprocess.run(["gcc", "-O2", "-o", "/run/server", str(HERE / "server_libmodbus.c"), "-lmodbus", "-lm"], check=True)
    plan = Plan(int(START.timestamp()) * 10**9)
    clients: dict[str, dict[str, Client]] = {"SCADA-1": {}, "HIST-1": {}, "stranger": {}}
    every_day(plan, lab, clients, random.Random(7))
    the_stranger(plan, lab, clients)
    with lab:
        for seed, (name, units) in enumerate(UNITS.items(), 3):
            script = [sys.executable, str(HERE / "server_pymodbus.py"), HOSTS[name][0], name, str(seed)]
            lab.serve(lab.hosts[name], [*script, *map(str, units), "--clock", "/run/clock", "--name-refused"])
        lab.serve(lab.hosts["DOSE-1"], ["/run/server", HOSTS["DOSE-1"][0], "502", "/run/clock"])
        plan.run(lab)
    plan.rewrite(raw, folder / "waterworks.pcap")
    log: Log = clients["log"]  # type: ignore[assignment]
    log.write(folder / "stack.log.gz")
    names = "".join(f"{ip},{name}\n" for name, (ip, _) in HOSTS.items() if name != "stranger")
    (folder / "names.csv").write_text("address,name\n" + names)
    stranger = [line for line in log.lines if line["client"].startswith(HOSTS["stranger"][0])]
    return f"{len(log.lines)} calls, of them {len(stranger)} by the stranger"
