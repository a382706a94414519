"""A switch with hosts and a sensor, each a network namespace of its own, as live traffic for tests. Needs root.

The hub repeats every frame on every port; the switch learns, and mirrors what enters its ports to the sensor (SPAN). Nothing of
the machine's own network is touched, and all is gone at the end.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NUMBERS = itertools.count()
PATIENCE = 30
"""Seconds after which something that must happen has failed: generous, for a busy machine."""
EVERY_FRAME = "1,6 0 0 4294967295,"
"""A classic BPF program that takes all."""
ADDRESSES = {"plc": "192.168.90.10", "hmi": "192.168.90.11", "eng": "192.168.90.12"}

POLL = """
import sys, time
from pymodbus.client import ModbusTcpClient
server, seconds = sys.argv[1], float(sys.argv[2])
client = ModbusTcpClient(server, port=502)
assert client.connect()
print("connected", flush=True)
end = time.monotonic() + seconds
while time.monotonic() < end:
    assert not client.read_holding_registers(0, count=10).isError()
    assert not client.read_coils(0, count=8).isError()
    time.sleep(0.05)
"""
WRITE = """
import sys, time
from pymodbus.client import ModbusTcpClient
client = ModbusTcpClient(sys.argv[1], port=502)
assert client.connect()
client.write_coil(12, True)
print(time.time(), flush=True)
"""
SILENT_SERVER = """
import socket, time
listener = socket.create_server(("0.0.0.0", 502))
print("listening", flush=True)
taken = []
while True:
    taken.append(listener.accept())
"""

RELAY = """
import socket
here, there = (socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) for _ in range(2))
here.bind(("eth0", 3))
there.bind(("eth1", 0))
here.setsockopt(263, 1, socket.if_nametoindex("eth0").to_bytes(4, "little") + bytes([1, 0]) + bytes(10))  # promiscuous
print("relaying", flush=True)
while True:
    there.send(here.recv(65536))
"""


def run(command: str) -> str:
    """Runs a command that must succeed."""
    done = subprocess.run(command.split(), check=True, capture_output=True, text=True)
    return done.stdout


def sentinel(home: Path, *arguments: str, code: int = 0) -> str:
    environment = {**os.environ, "XDG_STATE_HOME": str(home), "SENTINEL_CONFIG": "", "TZ": "UTC"}
    line = [sys.executable, "-m", "sentinel", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def documents(home: Path, what: str, state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sentinel(home, what, "--state", str(state), "--json").splitlines()]


def why_no_lab() -> str:
    """Why there can be none; empty if there can."""
    missing = [tool for tool in ("ip", "tc", "bridge", "tcpdump", "setpriv") if shutil.which(tool) is None]
    if os.geteuid() != 0:
        return "it needs root"
    if missing:
        return f"it needs {', '.join(missing)}"
    name = f"s{os.getpid():x}try"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"no network namespaces: {done.stderr.strip()}"
    run(f"ip netns del {name}")
    return ""


def need_lab() -> None:
    """Skips in one loud line where there can be no lab."""
    if why := why_no_lab():
        warnings.warn(f"LISTENING IS NOT TESTED: {why}", stacklevel=2)
        pytest.skip(f"no network to listen on: {why}")


def wait_for(what: str, found: Callable[[], bool], instead: Callable[[], str] = str) -> None:
    """Waits until it is so; else it fails with what happened instead."""
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, f"did not happen: {what}\n{instead()}"
        time.sleep(0.02)


class Job:
    """A process whose output is collected while it runs."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment
        )
        self.lines: list[str] = []
        self.times: list[float] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.times.append(time.time())
            self.lines.append(line.rstrip("\n"))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def says(self, words: str) -> None:
        """Waits until a line has these words."""
        is_there = lambda: words in self.text or self.process.poll() is not None  # noqa: E731
        wait_for(f"{words!r} in {self.process.args}", is_there, lambda: self.text)
        self._join_if_over()
        assert words in self.text, self.text

    def _join_if_over(self) -> None:
        if self.process.poll() is not None:
            self._reader.join(PATIENCE)

    def time_of(self, words: str) -> float:
        """When the first line with these words was read."""
        return next(at for at, line in zip(self.times, self.lines, strict=False) if words in line)

    def end(self, number: int = signal.SIGINT) -> int:
        """Sends a signal and waits for the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


class Lab:
    """Hosts on a hub, or on a switch that mirrors."""

    def __init__(
        self,
        kind: str,
        *,
        mirrored: dict[str, tuple[str, ...]] | None = None,
        sensors: int = 1,
        cable: bool = False,
    ) -> None:
        """A lab of namespaces.

        `mirrored`: by port of the sensor, the port directions that it gets, as `plc in`; by default all in.
        `cable`: between switch and sensor frames leave the kernel, as on a wire. Without it a frame still carries the
        time at which its sender wanted it sent, and each capturing program reads the clock by itself.
        """
        self.kind = kind
        self._prefix = f"s{os.getpid():x}{next(NUMBERS)}"
        self._jobs: list[Job] = []
        self._names = ["net", "sensor", *ADDRESSES, *(["tap"] if cable else [])]
        for name in self._names:
            run(f"ip netns add {self.space(name)}")
            off = "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
            run(f"ip netns exec {self.space(name)} sysctl -qw {off}")
            run(f"ip -n {self.space(name)} link set lo up")
        ageing = "ageing_time 0" if kind == "hub" else ""
        self.net("link add br0 type bridge stp_state 0 mcast_snooping 0 " + ageing)
        self.net("link set br0 up")
        for number, (name, address) in enumerate(ADDRESSES.items()):
            self.plug(name, "eth0", f"{name}-0", f"02:00:00:00:00:1{number}")
            run(f"ip -n {self.space(name)} addr add {address}/24 dev eth0")
            self.net(f"link set {name}-0 master br0")
        for number in range(sensors):
            host = "tap" if cable else "sensor"
            self.plug(host, f"eth{number}", f"sensor-{number}", f"02:00:00:00:00:0{number}")
            if cable:
                run(
                    f"ip link add name eth1 netns {self.space('tap')} type veth peer name eth0 netns {self.space('sensor')}"
                )
                run(f"ip -n {self.space('tap')} link set eth1 up")
                run(f"ip -n {self.space('sensor')} link set eth0 up")
                self.python("tap", RELAY).says("relaying")
            run(f"ip -n {self.space('sensor')} link set eth{number} arp off")
            if kind != "span":
                self.net(f"link set sensor-{number} master br0")
        if kind == "span":
            for target, sources in (mirrored or {"sensor-0": tuple(f"{name} in" for name in ADDRESSES)}).items():
                self.mirror(target, *sources)

    def space(self, name: str) -> str:
        return f"{self._prefix}{name}"

    def net(self, command: str) -> None:
        """`ip` in the namespace of the switch."""
        run(f"ip -n {self.space('net')} {command}")

    def plug(self, name: str, device: str, port: str, mac: str) -> None:
        """A cable between a host and a port of the switch."""
        ends = f"name {port} netns {self.space('net')} type veth peer name {device} netns {self.space(name)}"
        run(f"ip link add {ends}")
        self.net(f"link set {port} up")
        run(f"ip -n {self.space(name)} link set {device} address {mac} up")

    def mirror(self, target: str, *sources: str) -> None:
        """What enters (in) or leaves (out) these ports is copied to the target."""
        tc = f"tc -n {self.space('net')}"
        for source in sources:
            name, way = source.split()
            port = f"{name}-0"
            subprocess.run([*f"{tc} qdisc add dev {port} clsact".split()], capture_output=True, check=False)
            hook = "ingress" if way == "in" else "egress"
            subprocess.run(
                [
                    *f"{tc} filter add dev {port} {hook} bpf bytecode".split(),
                    EVERY_FRAME,
                    *f"flowid 1:1 action mirred egress mirror dev {target}".split(),
                ],
                check=True,
            )

    def job(self, name: str, *command: str, environment: dict[str, str] | None = None) -> Job:
        """A process on a host."""
        job = Job(["ip", "netns", "exec", self.space(name), *command], environment)
        self._jobs.append(job)
        return job

    def python(self, name: str, program: str, *arguments: str) -> Job:
        """A Python program on a host."""
        return self.job(name, sys.executable, "-c", program, *arguments)

    def serve(self) -> Job:
        """A controller on `plc`: libmodbus, so that the client's pymodbus meets another stack; pymodbus where it is absent."""
        program = ROOT / "tools/samples"
        binary = program_of_libmodbus()
        command = (
            [str(binary), ADDRESSES["plc"], "502"]
            if binary
            else [sys.executable, str(program / "server_pymodbus.py"), ADDRESSES["plc"], "PLC-1", "1", "1"]
        )
        job = self.job("plc", *command)
        job.says("listening")
        return job

    def record(self, path: Path, device: str = "eth0") -> Job:
        """tcpdump on the sensor's own interface, with its times to the nanosecond."""
        options = "-s 0 -B 65536 -Z root --immediate-mode --nano -U -w"
        job = self.job("sensor", "tcpdump", "-i", device, *options.split(), str(path))
        job.says("listening on")
        return job

    def sensor(self, *arguments: str, prefix: tuple[str, ...] = (), home: Path) -> Job:
        """`sentinel run -i` on the sensor, listening."""
        environment = {**os.environ, "XDG_STATE_HOME": str(home), "SENTINEL_CONFIG": "", "TZ": "UTC"}
        command = (*prefix, sys.executable, "-m", "sentinel", "run", "-i", *arguments)
        return self.job("sensor", *command, environment=environment)

    def sent_by_sensor(self, device: str = "eth0") -> int:
        """Frames that left the sensor's interface, as the kernel counts them."""
        table = run(f"ip netns exec {self.space('sensor')} cat /proc/net/dev")
        return next(
            int(line.split(":")[1].split()[9]) for line in table.splitlines() if line.strip().startswith(device)
        )

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self._jobs:
            if job.process.poll() is None:
                job.process.send_signal(signal.SIGCONT)
                job.process.kill()
            job.process.wait(PATIENCE)
        for name in self._names:
            subprocess.run(["ip", "netns", "del", self.space(name)], capture_output=True, check=False)


def program_of_libmodbus() -> Path | None:
    """The server, built once; None without the library."""
    if shutil.which("gcc") is None or not Path("/usr/include/modbus/modbus.h").exists():
        return None
    built = ROOT / "target" / "lab-server"
    source = ROOT / "tools/samples/server_libmodbus.c"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(exist_ok=True)
        made = built.with_name(f"lab-server-{os.getpid()}")
        subprocess.run(["gcc", "-O2", "-o", str(made), str(source), "-lmodbus", "-lm"], check=True)
        made.replace(built)
    return built


@contextmanager
def lab(kind: str = "hub", **more: object) -> Iterator[Lab]:
    """A lab, or a loud skip."""
    need_lab()
    made = Lab(kind, **more)  # type: ignore[arg-type]
    with made:
        yield made


def first_packets(capture: Path, count: int, into: Path) -> int:
    """Copies so many packets of a pcap file; returns how many there were."""
    data = capture.read_bytes()
    at, number = 24, 0
    while number < count and at + 16 <= len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        number += 1
    into.write_bytes(data[:at])
    return number
