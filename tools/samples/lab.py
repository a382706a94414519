"""A small network to record on: each host a namespace of its own, all on one hub, nothing else reachable.

Needs root, iproute2, ethtool and tcpdump. Runs inside `unshare --net --mount`, where make.py puts it: nothing of the
machine's own network is seen or changed, and all is gone when the process ends.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")
CLONE_NEWNET = 0x40000000
CLOCK = Path("/run/clock")
PLAIN_WIRE = "tx off sg off tso off gso off gro off"


def run(command: str) -> None:
    """Runs a command that must succeed."""
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)


class Host:
    """A computer on the hub; its jobs run in one thread that sees only the host's own network."""

    def __init__(self, name: str, ip: str, mac: str) -> None:
        self.name, self.ip, self.mac = name, ip, mac
        self._jobs = ThreadPoolExecutor(1, initializer=self._move_in)

    def _move_in(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{self.name}") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def do(self, job: Callable[[], Result]) -> Future[Result]:
        """Runs the job in the host's thread, after those before it."""
        return self._jobs.submit(job)

    def stop(self) -> None:
        """Ends the thread."""
        self._jobs.shutdown()


class Lab:
    """The hub, its hosts, their servers, and the recording of every frame."""

    def __init__(self, capture: Path) -> None:
        self.capture = capture
        self.hosts: dict[str, Host] = {}
        self._processes: list[subprocess.Popen[Any]] = []
        run("mount -t tmpfs none /run")
        os.mkdir("/run/netns")
        CLOCK.write_bytes(bytes(8))
        with CLOCK.open("r+b") as file:
            self._clock = mmap.mmap(file.fileno(), 8)
        run("ip netns add hub")
        # ageing_time 0: the bridge forgets who is where at once, so each port sees each frame, as on a mirror port.
        run("ip -n hub link add br0 type bridge ageing_time 0 stp_state 0 mcast_snooping 0")
        run("ip netns exec hub sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        run("ip -n hub link set br0 up")
        self._plug("span", "02:00:00:00:00:01")
        run("ip -n span link set eth0 arp off promisc on")

    def tell_time(self, seconds: float) -> None:
        """What servers take as the time of the plant: their values follow it, not the machine's clock."""
        self._clock[:8] = struct.pack("<d", seconds)

    def _plug(self, name: str, mac: str) -> None:
        run(f"ip netns add {name}")
        run(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.tcp_timestamps=0")
        run(f"ip link add name {name}-b netns hub type veth peer name eth0 netns {name}")
        run(f"ip -n hub link set {name}-b master br0 up")
        run(f"ip -n {name} link set lo up")
        run(f"ip -n {name} link set eth0 address {mac} up")
        run(f"ip netns exec {name} ethtool -K eth0 {PLAIN_WIRE}")

    def host(self, name: str, ip: str, mac: str) -> Host:
        """Adds a host."""
        self._plug(name, mac)
        run(f"ip -n {name} addr add {ip}/24 dev eth0")
        self.hosts[name] = Host(name, ip, mac)
        return self.hosts[name]

    def serve(self, host: Host, command: Sequence[str]) -> None:
        """Starts a server that says `listening` on standard output when it does."""
        process = subprocess.Popen(["ip", "netns", "exec", host.name, *command], stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        if "listening" not in line:
            raise RuntimeError(f"{command}: {line}")
        time.sleep(0.3)

    def unplug(self, host: Host, pulled: bool) -> None:
        """Blocks the host's port of the hub, or opens it: frames to it are still seen by the recording."""
        run(f"bridge -n hub link set dev {host.name}-b flood {'off' if pulled else 'on'}")

    def __enter__(self) -> Lab:
        record = "tcpdump -i eth0 -s 0 -B 65536 -Z root --immediate-mode -U -w"
        recorder = subprocess.Popen(
            ["ip", "netns", "exec", "span", *record.split(), str(self.capture)], stderr=subprocess.PIPE, text=True
        )
        assert recorder.stderr is not None
        while "listening on" not in recorder.stderr.readline():
            pass
        self._recorder = recorder
        time.sleep(0.3)
        return self

    def __exit__(self, *exc: object) -> None:
        time.sleep(0.5)
        self._recorder.send_signal(2)
        _, said = self._recorder.communicate(timeout=10)
        print(*(line for line in said.splitlines() if "packets" in line), sep=", ")
        for host in self.hosts.values():
            host.stop()
        for process in self._processes:
            process.terminate()
            process.wait(5)
