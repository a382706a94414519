"""The small cases: one server, one client, a few seconds, at their true times."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from calls import SERIAL_PORT, Client, Libmodbus, Log, Pymodbus, PymodbusSerial, PymodbusUdp, Raw
from lab import Host, Lab

HERE = Path(__file__).parent
SERVER = ("server", "10.10.2.10", "00:80:f4:0a:02:10")  # Telemecanique
CLIENT = ("client", "10.10.2.5", "00:14:22:5a:20:05")  # Dell


class Small:
    """A lab with one server and one client, and the log of their calls."""

    def __init__(self, capture: Path, stack: str, *options: str) -> None:
        self.lab = Lab(capture)
        self.server, self.client = self.lab.host(*SERVER), self.lab.host(*CLIENT)
        self.log = Log(time.time_ns)
        if stack == "pymodbus":
            self.command = [
                sys.executable,
                str(HERE / "server_pymodbus.py"),
                SERVER[1],
                "PLC-9",
                "3",
                "1",
                "2",
                *options,
            ]
        else:
            source = str(HERE / "server_libmodbus.c")
            subprocess.run(["gcc", "-O2", "-o", "/run/server", source, "-lmodbus", "-lm"], check=True)
            self.command = ["/run/server", SERVER[1], "502"]

    def run(self, job: Callable[[Log, str, str, Lab, Host], None]) -> str:
        """Runs the client's part. Returns what was done."""
        with self.lab:
            self.lab.serve(self.server, self.command)
            self.client.do(lambda: job(self.log, CLIENT[1], SERVER[1], self.lab, self.server)).result()
        return f"{len(self.log.lines)} calls"


def every_function(client: Client, functions: tuple[int, ...]) -> None:
    """Each function once, and some that are refused."""
    asks: dict[int, Callable[[], None]] = {
        1: lambda: client.call(1, 1, 0, 20),
        2: lambda: client.call(2, 1, 3, 9),
        3: lambda: client.call(3, 1, 4, 6),
        4: lambda: client.call(4, 1, 4, 6),
        5: lambda: client.call(5, 1, 7, None, [1]),
        6: lambda: client.call(6, 1, 11, None, [4711]),
        7: lambda: client.call(7, 1),
        8: lambda: client.call(8, 1, None, None, [0x1234]),
        11: lambda: client.call(11, 1),
        12: lambda: client.call(12, 1),
        15: lambda: client.call(15, 1, 20, None, [1, 0, 1, 1, 0, 0, 1, 0, 1, 1]),
        16: lambda: client.call(16, 1, 30, None, [1, 2, 65535]),
        17: lambda: client.call(17, 1),
        20: lambda: client.call(20, 1),
        21: lambda: client.call(21, 1),
        22: lambda: client.call(22, 1, 12, None, [0xF2, 0x25]),
        23: lambda: client.call(23, 1, 30, 3, [7, 8], write_address=31),
        24: lambda: client.call(24, 1, 40),
        43: lambda: client.call(43, 1),
    }
    for function in functions:
        asks[function]()
        time.sleep(0.02)
    client.call(3, 1, 9000, 2)  # refused: no such register
    client.call(5, 1, 9000, None, [1])  # refused: no such coil
    if isinstance(client, Pymodbus):
        client.call(3, 2, 0, 4)  # another unit
        client.call(3, 9, 0, 4)  # refused: nobody has this unit
    time.sleep(0.06)
    client.close()  # type: ignore[attr-defined]


def pymodbus_all_functions(folder: Path) -> str:
    """Pymodbus to pymodbus."""
    small = Small(folder / "pymodbus-all-functions.pcap", "pymodbus")
    functions = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43)
    said = small.run(lambda log, me, to, *_: every_function(Pymodbus(log, me, to), functions))
    small.log.write(folder / "stack.log")
    return said


def serial(folder: Path) -> str:
    """Serial frames inside TCP, as through a terminal server, pymodbus to pymodbus."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        # Not 24: this client does not find the end of its answer.
        functions = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 21, 22, 23, 43)
        every_function(PymodbusSerial(log, me, to), functions)
        client = PymodbusSerial(log, me, to)
        client.call(16, 0, 50, None, [1, 2], no_response_expected=True)  # to all
        time.sleep(0.02)
        client.call(5, 0, 5, None, [1], no_response_expected=True)
        time.sleep(0.02)
        for n in range(20):  # two lines of a screen: alike, and told apart by their order alone
            client.call(3, 1, 10 * (n % 2), 5)
        time.sleep(0.06)
        client.close()

    small = Small(folder / "pymodbus-rtu-over-tcp.pcap", "pymodbus", "--serial", str(SERIAL_PORT))
    said = small.run(job)
    small.log.write(folder / "stack.log")
    return said


def udp(folder: Path) -> str:
    """Datagrams, pymodbus to pymodbus; the server's port is blocked for two calls, and what it lost is asked again."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        functions = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 21, 22, 23, 24, 43)
        every_function(PymodbusUdp(log, me, to), functions)
        for n in range(8):
            client = PymodbusUdp(log, me, to)
            if n in (3, 5):
                lab.unplug(server, True)
            client.call(3, 1, n, 4)
            if n in (3, 5):
                lab.unplug(server, False)
            client.close()

    small = Small(folder / "pymodbus-udp.pcap", "pymodbus", "--udp")
    said = small.run(job)
    small.log.write(folder / "stack.log")
    return said


def unknown_functions(folder: Path) -> str:
    """Functions that nobody defined, to pymodbus: it refuses each with function code 0x80."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        client = Raw(log, me, to)
        for function in (9, 10, 65, 90, 100, 127):
            client.call(3, 1, 0, 1, body=b"\0\0\0\1")
            client.call(function, 1, body=b"")
        client.call(3, 1, 0, 1, body=b"\0\0\0\1")
        time.sleep(0.06)
        client.close()

    small = Small(folder / "unknown-functions.pcap", "pymodbus")
    said = small.run(job)
    small.log.write(folder / "stack.log")
    return said


def libmodbus(folder: Path) -> str:
    """Libmodbus to libmodbus."""
    small = Small(folder / "libmodbus.pcap", "libmodbus")
    functions = (1, 2, 3, 4, 5, 6, 15, 16, 17, 22, 23)
    said = small.run(lambda log, me, to, *_: every_function(Libmodbus(log, me, to), functions))
    small.log.write(folder / "stack.log")
    return said


def pipelined(folder: Path) -> str:
    """Several requests on the way before the first answer is read: first a segment each, then all in one."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        client = Raw(log, me, to)
        for depth in (2, 3, 5, 8):
            batch = [client.message(1 + n % 2, bytes((3, 0, n, 0, 2 + n))) for n in range(depth)]
            for segments in (batch, [b"".join(batch)]):
                for segment in segments:
                    client.socket.sendall(segment)
                for _ in batch:
                    client.answer()
                time.sleep(0.05)
        client.close()

    return Small(folder / "pipelined.pcap", "libmodbus").run(job)


def id_reuse(folder: Path) -> str:
    """Every request has transaction id 0, as some devices' clients do."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        client = Raw(log, me, to)
        for n in range(12):
            function, quantity = (3, 2 + n) if n % 3 else (1, 8)
            client.call(function, 1, n, quantity, body=bytes((0, n, 0, quantity)), transaction=0)
        client.call(6, 1, 5, None, [77], body=b"\0\5\0\x4d", transaction=0)
        client.call(3, 1, 5, 1, body=b"\0\5\0\1", transaction=0)
        time.sleep(0.06)
        client.close()

    small = Small(folder / "id-reuse.pcap", "pymodbus")
    said = small.run(job)
    small.log.write(folder / "stack.log")
    return said


def retransmissions(folder: Path) -> str:
    """The server's port is blocked twice for 0.3 s while the client asks: TCP sends the request again."""

    def job(log: Log, me: str, to: str, lab: Lab, server: Host) -> None:
        client = Pymodbus(log, me, to)
        for n in range(12):
            if n in (4, 8):
                lab.unplug(server, True)
                subprocess.Popen(["sh", "-c", f"sleep 0.3; bridge -n hub link set dev {server.name}-b flood on"])
            client.call(3, 1, n, 4)
            time.sleep(0.02)
        time.sleep(0.06)
        client.close()

    small = Small(folder / "retransmissions.pcap", "pymodbus")
    said = small.run(job)
    small.log.write(folder / "stack.log")
    return said
