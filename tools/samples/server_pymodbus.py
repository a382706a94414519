"""A controller or a gateway of the water works: a pymodbus server whose values follow the plant's time.

usage: server_pymodbus.py IP NAME SEED UNIT... [--clock FILE] [--name-refused] [--serial PORT | --udp | --tls PORT]

pymodbus refuses a function that it does not know with function code 0x80, whatever was asked. A controller names the
function that it refuses: with --name-refused this one does too.
With --serial it speaks as a terminal server with a serial line behind it does: no answer where no device is, or to all.
With --tls it asks for a certificate; its own is in /run (see tls.py).
"""

from __future__ import annotations

import argparse
import asyncio
import math
import mmap
import ssl
import struct
from typing import Any

from pymodbus import FramerType, ModbusDeviceIdentification
from pymodbus.server import ModbusTcpServer, ModbusTlsServer, ModbusUdpServer
from pymodbus.simulator import DataType, SimData, SimDevice

PUMP_COIL = 12


class Tank:
    """A tank held at its level by a pump; without the pump it falls."""

    def __init__(self, seed: int, clock: mmap.mmap | None) -> None:
        self.seed, self.clock = seed, clock
        self.level, self.pump, self.last = 820.0, True, 0.0

    def now(self) -> float:
        """Seconds of the plant."""
        return float(struct.unpack("<d", self.clock[:8])[0]) if self.clock else 0.0

    async def action(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[Any] | None,
    ) -> None:
        """Called by the server before each read or write of a block."""
        now = self.now()
        # With the pump the level swings around 82 %; without it, it falls by 3 % in 8 minutes.
        if self.pump:
            self.level += (820 - self.level) * min((now - self.last) / 60, 1)
        else:
            self.level -= (now - self.last) / 16
        self.last = now
        if function in (5, 15) and values and address <= PUMP_COIL < address + len(values):
            self.pump = bool(values[PUMP_COIL - address])
        if function in (3, 4, 23) and start == 0 and len(registers) >= 4:
            swing = math.sin(now / 45 + self.seed)
            registers[0] = round(self.level + 3 * swing)  # level, 0.1 %
            registers[1] = 412 + round(6 * math.sin(now / 30 + self.seed))  # inflow, 0.1 m3/h
            registers[2] = 405 + round(5 * swing) if self.pump else 0  # outflow, 0.1 m3/h
            registers[3] = 38 + round(swing) if self.pump else 9  # pressure, 0.1 bar


def device(unit: int, seed: int, identity: ModbusDeviceIdentification, clock: mmap.mmap | None) -> SimDevice:
    """64 coils and inputs, 100 registers of each kind."""
    coils = [SimData(0, count=64, values=[index in (0, 1, PUMP_COIL) for index in range(64)], datatype=DataType.BITS)]
    inputs = [SimData(0, count=64, values=[index % 3 == 0 for index in range(64)], datatype=DataType.BITS)]
    registers = [
        [SimData(0, values=[base + index for index in range(100)], datatype=DataType.REGISTERS)] for base in (500, 200)
    ]
    tank = Tank(seed + unit, clock)
    return SimDevice(
        id=unit, simdata=(coils, inputs, registers[0], registers[1]), identity=identity, action=tank.action
    )


async def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ip")
    parser.add_argument("name")
    parser.add_argument("seed", type=int)
    parser.add_argument("units", type=int, nargs="+")
    parser.add_argument("--clock")
    parser.add_argument("--name-refused", action="store_true")
    parser.add_argument("--serial", type=int)
    parser.add_argument("--udp", action="store_true")
    parser.add_argument("--tls", type=int)
    options = parser.parse_args()
    clock = None
    if options.clock:
        with open(options.clock, "r+b") as file:
            clock = mmap.mmap(file.fileno(), 8)
    identity = ModbusDeviceIdentification(
        info_name={
            "VendorName": "Northwater",
            "ProductCode": "NW-30" if len(options.units) == 1 else "NW-G4",
            "MajorMinorRevision": f"2.{options.seed}",
            "ProductName": options.name,
        }
    )
    devices = [device(unit, options.seed, identity, clock) for unit in options.units]
    asked = 0

    def name_refused(sending: bool, data: bytes) -> bytes:
        nonlocal asked
        if not sending and len(data) > 7:
            asked = data[7]
        if sending and data[7] == 0x80:
            return data[:7] + bytes([asked | 0x80]) + data[8:]
        return data

    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("/run/server.pem", "/run/server.key")
        context.load_verify_locations("/run/maker.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        secure = ModbusTlsServer(devices, address=(options.ip, options.tls), identity=identity, sslctx=context)
        print("listening", flush=True)
        await secure.serve_forever()
    server = (ModbusUdpServer if options.udp else ModbusTcpServer)(
        devices if len(devices) > 1 else devices[0],
        address=(options.ip, options.serial or 502),
        framer=FramerType.RTU if options.serial else FramerType.SOCKET,
        identity=identity,
        trace_packet=name_refused if options.name_refused else None,
        ignore_missing_devices=bool(options.serial),
        broadcast_enable=bool(options.serial),
    )
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
