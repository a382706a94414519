"""A plant on the loopback: six pymodbus servers, four clients, 34 lasting connections and short ones. Runs inside a namespace.

python -m bench.plant SECONDS plant     what a plant does: fixed polls, one write in 400, to one of 20 set points, by two clients
python -m bench.plant SECONDS stress    one transaction in ten is a write, a question for the identity or a failure, at random addresses
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from pymodbus import ModbusDeviceIdentification
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.exceptions import ModbusException
from pymodbus.server import ModbusTcpServer

from bench.frames import PORT

SERVERS = [f"127.0.1.{host}" for host in range(1, 7)]
CLIENTS = [f"127.0.2.{host}" for host in range(1, 5)]
UNITS = [[1], [1], [1, 2, 3], [1, 2, 3, 4, 5], [255], [17]]
WRITERS = 2
"""The first so many clients write in a plant."""
SET_POINTS = [(5 if number % 3 == 0 else 6, 20 + number) for number in range(20)]
PERIODS = (0.06, 0.08, 0.1, 0.2)
SHORT = 2.5
"""Seconds that a short connection lasts."""

Poll = tuple[int, int, int, int]
"""Function, unit, address, quantity."""


def polls_of(units: list[int], chance: random.Random) -> list[Poll]:
    """What one connection asks over and over, as an operator station asks for its tags."""
    polls = []
    for unit in units:
        for _ in range(chance.randrange(3, 8)):
            (function,) = chance.choices([1, 2, 3, 4], [15, 15, 50, 20])
            sizes = [1, 2, 4, 10, 20, 40, 60, 100, 125] if function > 2 else [8, 16, 64, 128, 500]
            polls.append((function, unit, chance.randrange(1000), chance.choice(sizes)))
    return polls


class Connection:
    """One client's connection to one server, and what it does besides its polls."""

    def __init__(self, client: int, server: int, seed: int, *, stress: bool, done: Counter[str]) -> None:
        self.chance = random.Random(1000 + seed)
        self.client, self.server, self.stress, self.done = client, server, stress, done
        self.polls = polls_of(UNITS[server], self.chance)
        self.stack: Any = None

    async def read(self, poll: Poll) -> None:
        """One poll."""
        function, unit, address, count = poll
        stack = self.stack
        ask = (stack.read_coils, stack.read_discrete_inputs, stack.read_holding_registers, stack.read_input_registers)
        await ask[function - 1](address, count=count, device_id=unit)
        self.done[f"function {function}"] += 1

    async def set_point(self, unit: int) -> None:
        """A write of an operator, seldom."""
        chance = self.chance
        if self.client >= WRITERS or chance.random() >= 0.0025:
            return
        function, point = chance.choice(SET_POINTS)
        if function == 5:
            await self.stack.write_coil(point, chance.random() < 0.5, device_id=unit)
        else:
            await self.stack.write_register(point, 400 + chance.randrange(20), device_id=unit)
        self.done["write"] += 1

    async def anything(self, unit: int) -> None:
        """Of a hundred calls: nine writes, half a question for the identity, half a refusal."""
        chance, stack = self.chance, self.stack
        bits: Callable[[int], list[bool]] = lambda count: [chance.random() < 0.5 for _ in range(count)]  # noqa: E731
        words: Callable[[int], list[int]] = lambda count: [chance.randrange(65536) for _ in range(count)]  # noqa: E731
        at = chance.randrange(1000)
        calls: list[tuple[float, str, Callable[[], Awaitable[Any]]]] = [
            (0.02, "write", lambda: stack.write_coil(at, chance.random() < 0.5, device_id=unit)),
            (0.05, "write", lambda: stack.write_register(at, chance.randrange(65536), device_id=unit)),
            (0.06, "write", lambda: stack.write_coils(at, bits(chance.choice([8, 17, 32])), device_id=unit)),
            (0.09, "write", lambda: stack.write_registers(at, words(chance.choice([2, 4, 10, 40])), device_id=unit)),
            (
                0.1,
                "write",
                lambda: stack.readwrite_registers(
                    read_address=at // 2, read_count=10, write_address=at // 2, values=[1, 2, 3], device_id=unit
                ),
            ),
            (0.105, "identity", lambda: stack.read_device_information(read_code=1, object_id=0, device_id=unit)),
            (0.11, "refused", lambda: stack.read_holding_registers(60_000, count=5, device_id=unit)),
        ]
        dice = chance.random()
        for below, name, call in calls:
            if dice < below:
                await call()
                self.done[name] += 1
                return

    async def run(self, until: float) -> None:
        """Polls until then (monotonic seconds)."""
        source = (CLIENTS[self.client], 0)
        self.stack = AsyncModbusTcpClient(SERVERS[self.server], port=PORT, source_address=source, timeout=3)
        await self.stack.connect()
        period = self.chance.choice(PERIODS)
        while time.monotonic() < until:
            for poll in self.polls:
                try:
                    await self.read(poll)
                    await (self.anything(poll[1]) if self.stress else self.set_point(poll[1]))
                except (ModbusException, OSError) as error:
                    self.done[type(error).__name__] += 1
                if time.monotonic() >= until:
                    break
                if self.chance.random() < 0.7:  # the others come back to back
                    await asyncio.sleep(period * self.chance.uniform(0.5, 1.5))
        self.stack.close()


def device(units: list[int], chance: random.Random) -> Any:
    """What a server holds: 2,000 points of each table."""

    def words() -> Any:
        return ModbusSequentialDataBlock(1, [chance.randrange(65536) for _ in range(2000)])

    def bits() -> Any:
        return ModbusSequentialDataBlock(1, [chance.random() < 0.5 for _ in range(2000)])

    contexts: dict[int, Any] = {
        unit: ModbusDeviceContext(di=bits(), co=bits(), hr=words(), ir=words()) for unit in units
    }
    return ModbusServerContext(devices=contexts, single=False)


async def run(seconds: float, *, stress: bool) -> Counter[str]:
    """Servers and clients, so long; what was done, by name."""
    chance = random.Random(7)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Plant", "ProductCode": "P-900", "MajorMinorRevision": "2.14"}
    )
    servers = []
    for host, units in zip(SERVERS, UNITS, strict=True):
        server = ModbusTcpServer(device(units, chance), identity=identity, address=(host, PORT))
        await server.listen()
        servers.append(server)
    done: Counter[str] = Counter()
    until = time.monotonic() + seconds

    def connection(client: int, server: int, seed: int) -> Connection:
        done["connections"] += 1
        return Connection(client, server, seed, stress=stress, done=done)

    async def come_and_go() -> None:
        seed = 100
        while time.monotonic() < until - SHORT:
            await connection(seed % 4, seed % 6, seed).run(time.monotonic() + SHORT)
            seed += 1

    lasting = [
        (client, server)
        for server in range(len(SERVERS))
        for client in [*range(len(CLIENTS))] * 2
        if (client + server) % 4 != 3
    ]
    jobs = [connection(client, server, seed).run(until) for seed, (client, server) in enumerate(lasting)]
    await asyncio.gather(*jobs, come_and_go())
    await asyncio.sleep(0.3)
    for server in servers:
        await server.shutdown()
    return done


if __name__ == "__main__":
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    print(dict(asyncio.run(run(float(sys.argv[1]), stress=sys.argv[2] == "stress"))))
