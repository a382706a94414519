"""Clients of real stacks, and their own log of what they asked and got: the second source of the sample tests."""

from __future__ import annotations

import ctypes
import gzip
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient, ModbusUdpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu.file_message import FileRecord

COLUMNS = (
    "start",
    "end",
    "client",
    "server",
    "unit",
    "function",
    "address",
    "quantity",
    "sent",
    "outcome",
    "received",
    "write_address",
    "write_quantity",
)
PORT = 502
SERIAL_PORT = 4001  # of a terminal server's first line
LIBMODBUS_EXCEPTION = 112345678


def moment(ns: int) -> str:
    """ISO 8601, UTC, microseconds."""
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ns // 1000 % 10**6:06}Z"


@dataclass
class Log:
    """One line a call. Times are those of the capture."""

    now: Callable[[], int]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Tab-separated, by time; an empty cell is something the call does not have."""
        rows = sorted(self.lines, key=lambda line: (line["start"], line["client"]))
        text = "\t".join(COLUMNS) + "\n"
        for row in rows:
            cells = (row.get(column) for column in COLUMNS)
            text += "\t".join("" if cell is None else str(cell) for cell in cells) + "\n"
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        else:
            path.write_text(text)


def joined(values: Sequence[int] | None) -> str | None:
    """`1,2,3`."""
    return None if values is None else ",".join(str(int(value)) for value in values)


class Client:
    """A client's side of a call, and its entry in the log."""

    stack = ""
    server_port = PORT

    def __init__(self, log: Log, me: str, server: str) -> None:
        self.log, self.me, self.server = log, me, server

    def port(self) -> int:
        """The client's TCP port."""
        raise NotImplementedError

    def ask(self, function: int, unit: int, address: int, quantity: int, sent: list[int], more: dict[str, Any]) -> Any:
        """Does the call. Returns outcome and values received."""
        raise NotImplementedError

    def call(
        self,
        function: int,
        unit: int = 1,
        address: int | None = None,
        quantity: int | None = None,
        sent: Sequence[int] | None = None,
        **more: Any,
    ) -> None:
        """One call, logged."""
        start, port = self.log.now(), self.port()
        outcome, received = self.ask(function, unit, address or 0, quantity or 0, list(sent or ()), more)
        self.log.lines.append(
            {
                "start": moment(start),
                "end": moment(self.log.now()),
                "client": f"{self.me}:{port}",
                "server": f"{self.server}:{self.server_port}",
                "unit": unit,
                "function": function,
                "address": address,
                "quantity": quantity if quantity is not None else (len(sent) if sent and function != 22 else None),
                "sent": joined(sent),
                "outcome": outcome,
                "received": joined(received),
                "write_address": more.get("write_address"),
                "write_quantity": len(sent) if sent and "write_address" in more else None,
            }
        )


class Pymodbus(Client):
    """pymodbus' synchronous client."""

    stack = "pymodbus"

    def __init__(self, log: Log, me: str, server: str) -> None:
        super().__init__(log, me, server)
        self.client = self.make()
        if not self.client.connect():
            raise ConnectionError(server)

    def make(self) -> Any:
        """The stack's client."""
        return ModbusTcpClient(self.server, port=PORT, timeout=1, retries=0)

    def port(self) -> int:
        """The client's TCP port."""
        assert self.client.socket is not None
        return int(self.client.socket.getsockname()[1])

    def close(self) -> None:
        """Ends the connection."""
        self.client.close()

    def ask(self, function: int, unit: int, address: int, quantity: int, sent: list[int], more: dict[str, Any]) -> Any:
        """Does the call. Returns outcome and values received."""
        client, to = self.client, {"device_id": unit, "no_response_expected": more.get("no_response_expected", False)}
        bits = [bool(value) for value in sent]
        record = {"file_number": 1, "record_number": 1}
        calls: dict[int, Callable[[], Any]] = {
            1: lambda: client.read_coils(address, count=quantity, **to),
            2: lambda: client.read_discrete_inputs(address, count=quantity, **to),
            3: lambda: client.read_holding_registers(address, count=quantity, **to),
            4: lambda: client.read_input_registers(address, count=quantity, **to),
            5: lambda: client.write_coil(address, bits[0], **to),
            6: lambda: client.write_register(address, sent[0], **to),
            7: lambda: client.read_exception_status(**to),
            8: lambda: client.diag_query_data(struct.pack(">H", sent[0]), **to),
            11: lambda: client.diag_get_comm_event_counter(**to),
            12: lambda: client.diag_get_comm_event_log(**to),
            15: lambda: client.write_coils(address, bits, **to),
            16: lambda: client.write_registers(address, sent, **to),
            17: lambda: client.report_device_id(**to),
            20: lambda: client.read_file_record([FileRecord(**record, record_length=2)], **to),
            21: lambda: client.write_file_record([FileRecord(**record, record_data=b"\0\1\0\2")], **to),
            22: lambda: client.mask_write_register(address=address, and_mask=sent[0], or_mask=sent[1], **to),
            23: lambda: client.readwrite_registers(
                read_address=address,
                read_count=quantity,
                write_address=more["write_address"],
                values=sent,
                **to,
            ),
            24: lambda: client.read_fifo_queue(address=address, **to),
            43: lambda: client.read_device_information(read_code=1, object_id=0, **to),
        }
        try:
            answer = calls[function]()
        except ModbusException as error:
            return type(error).__name__, None
        if more.get("no_response_expected"):
            return "no answer expected", None
        if answer.isError():
            return f"exception {answer.exception_code}", None
        if function in (1, 2):
            return "ok", answer.bits[:quantity]
        return "ok", answer.registers if function in (3, 4, 23) else None


class PymodbusSerial(Pymodbus):
    """The same, with serial frames inside TCP."""

    server_port = SERIAL_PORT

    def make(self) -> Any:
        """The stack's client."""
        return ModbusTcpClient(self.server, port=SERIAL_PORT, framer=FramerType.RTU, timeout=0.3, retries=0)


class PymodbusUdp(Pymodbus):
    """The same, in datagrams."""

    def make(self) -> Any:
        """The stack's client."""
        return ModbusUdpClient(self.server, port=PORT, timeout=0.3, retries=0)

    def port(self) -> int:
        """The client's UDP port, taken before the first call."""
        if super().port() == 0:
            self.client.socket.bind((self.me, 0))
        return super().port()


class Libmodbus(Client):
    """libmodbus, through its C interface."""

    stack = "libmodbus"

    def __init__(self, log: Log, me: str, server: str) -> None:
        super().__init__(log, me, server)
        self.c = ctypes.CDLL("libmodbus.so.5", use_errno=True)
        self.c.modbus_new_tcp.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.c.modbus_new_tcp(server.encode(), PORT))
        if self.c.modbus_connect(self.context):
            raise ConnectionError(server)

    def port(self) -> int:
        """The client's TCP port."""
        with socket.fromfd(self.c.modbus_get_socket(self.context), socket.AF_INET, socket.SOCK_STREAM) as copy:
            return int(copy.getsockname()[1])

    def close(self) -> None:
        """Ends the connection."""
        self.c.modbus_close(self.context)
        self.c.modbus_free(self.context)

    def ask(self, function: int, unit: int, address: int, quantity: int, sent: list[int], more: dict[str, Any]) -> Any:
        """Does the call. Returns outcome and values received."""
        c, context = self.c, self.context
        c.modbus_set_slave(context, unit)
        bits, words = (ctypes.c_uint8 * 2000)(), (ctypes.c_uint16 * 125)()
        out_bits, out_words = (ctypes.c_uint8 * len(sent))(), (ctypes.c_uint16 * len(sent))()
        for index, value in enumerate(sent):
            out_bits[index], out_words[index] = value & 255, value
        calls: dict[int, Callable[[], int]] = {
            1: lambda: c.modbus_read_bits(context, address, quantity, bits),
            2: lambda: c.modbus_read_input_bits(context, address, quantity, bits),
            3: lambda: c.modbus_read_registers(context, address, quantity, words),
            4: lambda: c.modbus_read_input_registers(context, address, quantity, words),
            5: lambda: c.modbus_write_bit(context, address, sent[0]),
            6: lambda: c.modbus_write_register(context, address, ctypes.c_uint16(sent[0])),
            15: lambda: c.modbus_write_bits(context, address, len(sent), out_bits),
            16: lambda: c.modbus_write_registers(context, address, len(sent), out_words),
            17: lambda: c.modbus_report_slave_id(context, 2000, bits),
            22: lambda: c.modbus_mask_write_register(
                context, address, ctypes.c_uint16(sent[0]), ctypes.c_uint16(sent[1])
            ),
            23: lambda: c.modbus_write_and_read_registers(
                context, more["write_address"], len(sent), out_words, address, quantity, words
            ),
        }
        ctypes.set_errno(0)
        if calls[function]() < 0:
            code = ctypes.get_errno() - LIBMODBUS_EXCEPTION
            return f"exception {code}" if 0 < code < 12 else f"errno {ctypes.get_errno()}", None
        if function in (1, 2):
            return "ok", bits[:quantity]
        return "ok", words[:quantity] if function in (3, 4, 23) else None


class Raw(Client):
    """Bytes of our own to a real server: what no proper client would send."""

    stack = "raw"

    def __init__(self, log: Log, me: str, server: str) -> None:
        super().__init__(log, me, server)
        self.socket = socket.create_connection((server, PORT), timeout=0.12)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.transaction = 0

    def port(self) -> int:
        """The client's TCP port."""
        return int(self.socket.getsockname()[1])

    def close(self) -> None:
        """Ends the connection."""
        self.socket.close()

    def message(self, unit: int, body: bytes, transaction: int | None = None) -> bytes:
        """A request with its header; ids count from 1."""
        if transaction is None:
            self.transaction += 1
            transaction = self.transaction
        return struct.pack(">HHHB", transaction, 0, len(body) + 1, unit) + body

    def answer(self) -> bytes:
        """The next answer's unit, function and data; empty if none came in time."""
        try:
            header = self._exactly(6)
            return self._exactly(struct.unpack(">H", header[4:])[0])
        except (TimeoutError, ConnectionError):
            return b""

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            piece = self.socket.recv(count - len(got))
            if not piece:
                raise ConnectionError
            got += piece
        return got

    def ask(self, function: int, unit: int, address: int, quantity: int, sent: list[int], more: dict[str, Any]) -> Any:
        """Sends the function with `more["body"]`. Returns the outcome."""
        self.socket.sendall(self.message(unit, bytes([function]) + more["body"], more.get("transaction")))
        answer = self.answer()
        if not answer:
            return "timeout", None
        if answer[1] & 0x7F != function:
            return f"answer of function {answer[1] & 0x7F}", None
        if answer[1] & 0x80:
            return f"exception {answer[2]}", None
        return "ok", None
