"""Stacks of other languages: how they are built, and how a program made with one is told what to call.

A client is a program that reads a line a call and writes a line an outcome; cells are separated by tabs:

    function, unit, address, quantity, values sent (`1,2`), address to write, extra (subfunction; read code and object;
    file, record, length)
    outcome (`ok`, `exception 2`, `timeout`, `error ...`), values received

A server is a program that writes the lines of its log into a file, in the columns of `SERVED`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calls import PORT, Client, Log, joined, moment

HERE = Path(__file__).parent / "stacks"
BUILT = Path(__file__).parents[2] / "target" / "samples"
VERSIONS = {
    "pymodbus": "pymodbus 3.16.1",
    "libmodbus": "libmodbus 3.1.6",
    "tokio-modbus": "tokio-modbus 0.17.0",
    "j2mod": "j2mod 3.2.1",
    "modbus-serial": "modbus-serial 8.0.25",
}
TOOLS = ("gcc", "cargo", "mvn", "javac", "java", "npm", "node")
SERVED = (
    "time",
    "client",
    "unit",
    "function",
    "address",
    "quantity",
    "sent",
    "outcome",
    "received",
    "write_address",
    "write_quantity",
    "extra",
)
CLASSPATH = f"{BUILT}/j2mod/classes:{BUILT}/j2mod/lib/*"
# The machine has few cores and the calls are short: no compiler threads, small heap.
JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", CLASSPATH]


def build() -> None:
    """Builds all programs; needs the network the first time."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"the round trips need {', '.join(TOOLS)} and libmodbus-dev; not found: {', '.join(missing)}")
    BUILT.mkdir(parents=True, exist_ok=True)
    make = subprocess.check_call
    make(["gcc", "-O2", "-o", str(BUILT / "server_libmodbus"), str(HERE / "server_libmodbus.c"), "-lmodbus"])
    make(
        ["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", str(HERE / "tokio/Cargo.toml")],
        env={**os.environ, "CARGO_TARGET_DIR": str(BUILT / "tokio")},
    )
    libraries = f"-DoutputDirectory={BUILT}/j2mod/lib"
    make(["mvn", "-q", "-B", "-f", str(HERE / "j2mod/pom.xml"), "dependency:copy-dependencies", libraries])
    sources = sorted(map(str, (HERE / "j2mod").glob("*.java")))
    make(["javac", "-cp", f"{BUILT}/j2mod/lib/*", "-d", str(BUILT / "j2mod/classes"), *sources])
    node = BUILT / "modbus_serial"
    shutil.copytree(HERE / "modbus_serial", node, dirs_exist_ok=True)
    make(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=node)


def server(stack: str, ip: str, framing: str, log: Path) -> list[str]:
    """The command of a server."""
    arguments = [ip, str(PORT), framing, str(log)]
    return {
        "pymodbus": [sys.executable, str(HERE / "server_pymodbus.py")],
        "libmodbus": [str(BUILT / "server_libmodbus")],
        "tokio-modbus": [str(BUILT / "tokio/release/round_trips"), "server"],
        "j2mod": [*JAVA, "com.ghgande.j2mod.modbus.net.RoundTripServer"],
        "modbus-serial": ["node", str(BUILT / "modbus_serial/server.js")],
    }[stack] + arguments


def served(path: Path, address: str, framing: str) -> list[dict[str, Any]]:
    """What a server wrote into its log, in the columns of the clients' log."""
    lines = []
    for text in path.read_text().splitlines():
        line: dict[str, Any] = dict(zip(SERVED, text.split("\t"), strict=True))
        time = moment(int(line.pop("time")))
        lines.append({"start": time, "end": time, "server": f"{address}:{PORT}", "framing": framing, **line})
    return lines


class Foreign(Client):
    """A client that is a program; started in the network of the thread that makes it."""

    def __init__(self, stack: str, log: Log, me: str, server_ip: str, framing: str) -> None:
        super().__init__(log, me, server_ip)
        self.stack, self.framing = stack, framing
        command = {
            "tokio-modbus": [str(BUILT / "tokio/release/round_trips"), "client"],
            "j2mod": [*JAVA, "RoundTripClient"],
            "modbus-serial": ["node", str(BUILT / "modbus_serial/client.js")],
        }[stack]
        pipe = subprocess.PIPE
        self.program = subprocess.Popen(
            [*command, server_ip, str(PORT), framing], stdin=pipe, stdout=pipe, text=True, bufsize=1
        )
        self.own_port = int(self._said().removeprefix("connected").strip() or 0)

    def _said(self) -> str:
        assert self.program.stdout is not None
        line = self.program.stdout.readline()
        if not line:
            raise ConnectionError(f"{self.stack} ended")
        return line.rstrip("\n")

    def _tell(self, line: str) -> None:
        assert self.program.stdin is not None
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()

    def port(self) -> int | None:
        """The client's port, where its stack tells it."""
        return self.own_port or None

    def close(self) -> None:
        """Ends the connection and the program."""
        assert self.program.stdin is not None
        self.program.stdin.close()
        self.program.wait(10)

    @staticmethod
    def _line(function: int, unit: int, address: int, quantity: int, sent: Sequence[int], more: dict[str, Any]) -> str:
        cells = (function, unit, address, quantity, joined(sent), more.get("write_address"), joined(more.get("extra")))
        return "\t".join("" if cell is None else str(cell) for cell in cells)

    def _outcome(self) -> tuple[str, str | None]:
        outcome, _, received = self._said().partition("\t")
        return outcome, received or None

    def ask(self, function: int, unit: int, address: int, quantity: int, sent: list[int], more: dict[str, Any]) -> Any:
        """Does the call. Returns outcome and values received."""
        self._tell(self._line(function, unit, address, quantity, sent, more))
        return self._outcome()

    def together(self, reads: Sequence[tuple[int, int, int, int]]) -> None:
        """Reads (function, unit, address, quantity) that do not wait for each other."""
        start = self.log.now()
        self._tell(f"together\t{len(reads)}")
        for function, unit, address, quantity in reads:
            self._tell(self._line(function, unit, address, quantity, (), {}))
        for function, unit, address, quantity in reads:
            self.note(start, self.port(), function, unit, address, quantity, None, *self._outcome(), {})
