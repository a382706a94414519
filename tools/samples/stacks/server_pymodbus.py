"""A pymodbus server that logs each request as the stack hands it over, and what the stack then answers.

usage: server_pymodbus.py IP PORT tcp|rtu_over_tcp|udp LOG
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from pymodbus import FramerType, ModbusDeviceIdentification
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer, ModbusUdpServer
from pymodbus.simulator import DataType, SimData, SimDevice

sys.path.insert(0, str(Path(__file__).parents[1]))
from pymodbus_words import answered, asked

BITS, REGISTERS = 2100, 300
REFUSED = 60000  # from here on an address is refused with the exception whose code is its distance
REGION = (
    "address",
    "quantity",
    "sent",
    "outcome",
    "received",
    "write_address",
    "write_quantity",
    "extra",
)


def text(value: object) -> str:
    """A cell."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


async def refuse(
    function: int, start: int, address: int, count: int, registers: list[int], values: list[Any] | None
) -> ExcCodes | None:
    """Called by the server before each read or write."""
    return ExcCodes(address - REFUSED) if address > REFUSED else None


def device(unit: int, identity: ModbusDeviceIdentification) -> SimDevice:
    """The same numbers as in every server of the round trips, and a block of addresses that are refused."""
    coils = [at % 5 < 2 for at in range(BITS)]
    inputs = [at % 3 == 0 for at in range(BITS)]
    bits = [
        [
            SimData(0, values=table, datatype=DataType.BITS),
            SimData(REFUSED, values=[False] * 16, datatype=DataType.BITS),
        ]
        for table in (coils, inputs)
    ]
    registers = [
        [
            SimData(0, values=[base + at for at in range(REGISTERS)], datatype=DataType.REGISTERS),
            SimData(REFUSED, values=[0] * 16, datatype=DataType.REGISTERS),
        ]
        for base in (500, 200)
    ]
    return SimDevice(id=unit, simdata=(*bits, *registers), identity=identity, action=refuse)


async def main(ip: str, port: str, framing: str, path: str) -> None:
    """Serves until it is ended."""
    identity = ModbusDeviceIdentification(
        info_name={
            "VendorName": "Northwater",
            "ProductCode": "PM-3",
            "MajorMinorRevision": "3.16.1",
            "VendorUrl": "http://plant.example",
            "ProductName": "Lab",
            "ModelName": "pymodbus",
            "UserApplicationName": "round trips",
        }
    )
    waiting: dict[str, Any] = {}
    with Path(path).open("w") as log:

        def trace(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
            if not sending:
                waiting.clear()
                waiting.update({"unit": pdu.dev_id, "function": pdu.function_code, **asked(pdu)})
                return pdu
            if not waiting:  # refused before it was handed over
                return pdu
            refused = pdu.isError()
            cells = dict(waiting)
            cells["outcome"] = f"exception {pdu.exception_code}" if refused else "ok"
            cells["received"] = None if refused else answered(pdu, cells.get("quantity", 0))
            line = [time.time_ns(), "", cells["unit"], cells["function"], *(text(cells.get(name)) for name in REGION)]
            print(*line, sep="\t", file=log, flush=True)
            waiting.clear()
            return pdu

        framer = FramerType.RTU if framing == "rtu_over_tcp" else FramerType.SOCKET
        kind = ModbusUdpServer if framing == "udp" else ModbusTcpServer
        devices = [device(unit, identity) for unit in (1, 2, 100)]
        server = kind(devices, framer=framer, address=(ip, int(port)), identity=identity, trace_pdu=trace)
        print("listening", flush=True)
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:5]))
