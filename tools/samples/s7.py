"""An S7 conversation beside Modbus: a protocol that is recognised but not read.

Server and client are 60 lines of ours over real TCP, not a stack: connect (COTP), set up communication, read five
times from a data block, every answer as the specification's field order has it.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from pathlib import Path

from calls import Log, Pymodbus
from lab import Lab

HERE = Path(__file__).parent
COTP_CONNECT = bytes.fromhex("11e00000000100c0010ac1020100c2020102")
COTP_CONFIRM = bytes.fromhex("11d00001000200c0010ac1020100c2020102")
DATA = b"\x02\xf0\x80"
SETUP = bytes.fromhex("f0000001000101e0")


def tpkt(payload: bytes) -> bytes:
    """With its TPKT header."""
    return struct.pack(">BBH", 3, 0, len(payload) + 4) + payload


def job_of(reference: int, parameter: bytes) -> bytes:
    """An S7 job."""
    return tpkt(DATA + struct.pack(">BBHHHH", 0x32, 1, 0, reference, len(parameter), 0) + parameter)


def answer_of(reference: int, parameter: bytes, data: bytes = b"") -> bytes:
    """Its answer."""
    head = struct.pack(">BBHHHHBB", 0x32, 3, 0, reference, len(parameter), len(data), 0, 0)
    return tpkt(DATA + head + parameter + data)


def read_db(number: int, start: int, size: int) -> bytes:
    """Read Var: `size` bytes of a data block."""
    return bytes.fromhex("0401120a1002") + struct.pack(">HHB", size, number, 0x84) + (start * 8).to_bytes(3, "big")


def packet(connection: socket.socket) -> bytes:
    """One TPKT packet."""
    header = connection.recv(4, socket.MSG_WAITALL)
    return header + connection.recv(int.from_bytes(header[2:], "big") - 4, socket.MSG_WAITALL) if header else b""


def serve(listener: socket.socket) -> None:
    """Answers one client until it leaves."""
    connection, _ = listener.accept()
    while request := packet(connection):
        if request[5] == 0xE0:
            connection.sendall(tpkt(COTP_CONFIRM))
            continue
        reference, function = int.from_bytes(request[11:13], "big"), request[17]
        if function == 0xF0:
            connection.sendall(answer_of(reference, SETUP))
        else:
            size = int.from_bytes(request[23:25], "big")
            data = b"\xff\x04" + struct.pack(">H", size * 8) + bytes(range(size))
            connection.sendall(answer_of(reference, b"\x04\x01", data))
    connection.close()


def ask(server: str) -> None:
    """The client's side."""
    with socket.create_connection((server, 102), timeout=1) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in (
            tpkt(COTP_CONNECT),
            job_of(1, SETUP),
            *(job_of(2 + n, read_db(10, 0, 16)) for n in range(5)),
        ):
            connection.sendall(request)
            packet(connection)
            time.sleep(0.05)


def make(folder: Path) -> str:
    """Records it, with a Modbus conversation on the same wire."""
    lab = Lab(folder / "s7.pcap")
    client = lab.host("client", "10.10.2.5", "00:14:22:5a:20:05")
    s7 = lab.host("s7", "10.10.2.30", "00:0e:8c:0a:02:30")  # Siemens
    modbus = lab.host("modbus", "10.10.2.10", "00:80:f4:0a:02:10")
    log = Log(time.time_ns)
    with lab:
        lab.serve(modbus, [sys.executable, str(HERE / "server_pymodbus.py"), modbus.ip, "PLC-9", "3", "1"])
        listener = s7.do(lambda: socket.create_server(("10.10.2.30", 102))).result()
        threading.Thread(target=serve, args=(listener,), daemon=True).start()

        def poll() -> None:
            plc = Pymodbus(log, client.ip, modbus.ip)
            for _ in range(3):
                plc.call(3, 1, 0, 10)
            time.sleep(0.06)
            plc.close()

        client.do(lambda: ask(s7.ip)).result()
        client.do(poll).result()
    log.write(folder / "stack.log")
    return "an S7 conversation of 7 requests, a Modbus conversation of 3"
