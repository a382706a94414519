"""Engineering of a controller by UMAS, Schneider Electric's protocol inside function 90.

Server and client are ours over real TCP, since no stack can be had: their messages have the layouts of the public sources
that are named in crates/wire/src/protocols/modbus/umas/, so this case proves nothing about UMAS itself. That is done with a
recorded session of a real controller (tests/test_modbus_umas.py).
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from pathlib import Path

from lab import Lab

OK, ERROR = 0xFE, 0xFD
NAMES = {(52, 0): "Tank_Level", (52, 4): "Pump_Speed", (53, 0): "Pump_On"}
CHECKSUM = 0x22F0A7C4
NAME, PROJECT, STATION = b"BMX P34 2020", b"Mixing\0", b"EWS-MIX"


class Controller:
    """A controller with three variables, a program of blocks, and one reservation at a time."""

    def __init__(self) -> None:
        self.values = {(52, 0): 8230, (52, 4): 1450, (53, 0): 1}
        self.owner, self.key, self.blocks = b"", 0, 0

    def answer(self, key: int, function: int, data: bytes) -> tuple[int, bytes]:
        """Status and data."""
        simple = {
            0x01: struct.pack("<HHIIB", 1022, 0x0300, 0, 0, len(NAME)) + NAME,
            0x02: struct.pack("<HIHHHHHIHB", 0xFF10, 0x15A, 0x20, 0x0310, 0, 39, 9, 8, 0, len(NAME)) + NAME
            + b"\1\1\1\0\0" + struct.pack("<I", 0x400000),
            0x03: bytes(18) + b"\2\0\0\x0c\x0e\1\xea\7\4\x1e\x2d\x10\x05\3\xea\7\x11\2\0\0" + bytes([len(PROJECT)]) + PROJECT,
            0x04: b"\2\x8a\x80\6" + struct.pack("<6I", 1, CHECKSUM, 0, CHECKSUM // 2, CHECKSUM // 2, 3),
            0x0A: data,
            0x12: b"",
        }  # fmt: skip
        if function in simple:
            return OK, simple[function]
        if function == 0x22:
            return OK, b"".join(self._read(data[5 + 7 * index :]) for index in range(data[4]))
        if function == 0x26:
            records = (
                struct.pack("<HHIBB", 5, *place, 0, 0) + name.encode() + b"\0" for place, name in sorted(NAMES.items())
            )
            return OK, struct.pack("<BHHH", 0, 0, 0, len(NAMES)) + b"".join(records)
        if function == 0x10:
            if self.owner:
                return ERROR, b"\x83\x01"
            self.owner, self.key = data[5:], 0x4F
            return OK, bytes([self.key])
        return self._guarded(key, function, data)

    def _guarded(self, key: int, function: int, data: bytes) -> tuple[int, bytes]:
        if function != 0x23 and (key != self.key or not self.owner):
            return ERROR, b"\x83\x02"
        if function == 0x11:
            self.owner, self.key = b"", 0
        elif function == 0x23:
            block, offset, value = struct.unpack_from("<HIH", data, 6)
            self.values[block, offset] = value
        elif function == 0x31:
            self.blocks += 1
        return OK, b"\1" if function in (0x30, 0x33) else b""

    def _read(self, item: bytes) -> bytes:
        size, block, _, base, low = struct.unpack_from("<BHBHB", item)
        return self.values[block, base << 8 | low].to_bytes(size, "little")


def message(connection: socket.socket) -> bytes:
    """One message, whole; empty at the end."""
    header = connection.recv(6, socket.MSG_WAITALL)
    return header + connection.recv(int.from_bytes(header[4:], "big"), socket.MSG_WAITALL) if header else b""


def serve(listener: socket.socket) -> None:
    """Answers clients until the recording ends."""
    controller = Controller()

    def one(connection: socket.socket) -> None:
        while request := message(connection):
            status, data = controller.answer(request[8], request[9], request[10:])
            body = request[6:9] + bytes([status]) + data
            connection.sendall(request[:4] + struct.pack(">H", len(body)) + body)

    while True:
        threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()


class Client:
    """Somebody who asks."""

    def __init__(self, server: str) -> None:
        self.connection = socket.create_connection((server, 502), timeout=1)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number, self.key, self.asked = 0, 0, 0

    def ask(self, function: int, data: bytes = b"") -> bytes:
        """One request; status and data of its answer."""
        self.number += 1
        body = bytes([0, 0x5A, self.key, function]) + data
        self.connection.sendall(struct.pack(">HHH", self.number, 0, len(body)) + body)
        self.asked += 1
        answer = message(self.connection)[9:]
        time.sleep(0.02)
        return answer

    def read(self, *places: tuple[int, int, int]) -> bytes:
        """Variables: block, offset, size 1 or 2."""
        items = (struct.pack("<BHBHB", size, block, 1, offset >> 8, offset & 255) for block, offset, size in places)
        return self.ask(0x22, struct.pack("<IB", CHECKSUM, len(places)) + b"".join(items))


def hmi(server: str) -> int:
    """Reads the names, then the values, and sets the speed."""
    client = Client(server)
    client.ask(0x02)
    client.ask(0x01, b"\0")
    client.ask(0x04)
    client.ask(0x26, struct.pack("<HBIHHH", 0xDD02, 0, 0x15A, 0xFFFF, 0, 0))
    for _ in range(4):
        client.read((52, 0, 2), (52, 4, 2), (53, 0, 1))
    client.ask(0x23, struct.pack("<IBBHIH", CHECKSUM, 1, 2, 52, 4, 1200))
    client.read((52, 4, 2))
    client.connection.close()
    return client.asked


def engineer(server: str) -> int:
    """Takes the reservation, stops, loads a program in blocks longer than Modbus allows, starts, gives it back."""
    client = Client(server)
    client.ask(0x02)
    client.ask(0x01, b"\0")
    client.ask(0x03, b"\0")
    client.key = client.ask(0x10, b"EW\0\0" + bytes([len(STATION)]) + STATION)[1]
    client.ask(0x41, b"\xff\0")
    client.ask(0x30, b"\0\1" + struct.pack("<H", 1012))
    for number, size in enumerate((64, 1012, 388), 1):
        client.ask(0x31, struct.pack("<2sHH", b"\0\1", number, size) + bytes(index % 251 for index in range(size)))
    client.ask(0x32, b"\0\1" + struct.pack("<H", 3))
    client.ask(0x40, b"\xff\0")
    client.ask(0x12)
    client.ask(0x11)
    client.connection.close()
    return client.asked


def stranger(server: str) -> int:
    """Stops the controller without a reservation: refused."""
    client = Client(server)
    client.ask(0x02)
    client.ask(0x41, b"\xff\0")
    client.connection.close()
    return client.asked


def make(folder: Path) -> str:
    """The operator station, the engineer, then a stranger."""
    lab = Lab(folder / "umas.pcap")
    plc = lab.host("plc", "10.10.6.10", "00:80:f4:06:00:10")  # Telemecanique
    people = {
        "hmi": lab.host("hmi", "10.10.6.5", "00:14:22:06:00:05"),  # Dell
        "ews": lab.host("ews", "10.10.6.7", "00:14:22:06:00:07"),
        "other": lab.host("other", "10.10.6.66", "00:1b:21:06:00:66"),  # Intel
    }
    with lab:
        listener = plc.do(lambda: socket.create_server((plc.ip, 502))).result()
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        asked = people["hmi"].do(lambda: hmi(plc.ip)).result()
        asked += people["ews"].do(lambda: engineer(plc.ip)).result()
        asked += people["other"].do(lambda: stranger(plc.ip)).result()
        time.sleep(0.06)
    return f"{asked} requests"
