"""An OPC UA plant on the loopback: two asyncua servers, four screens with subscriptions, a client that comes and goes.

python -m bench.opcua_plant SECONDS

Policy None. Each screen subscribes to 40 tags, numbers, truths, texts and arrays among them, whose values move; it reads
20 tags at once now and then, and seldom writes a set point or calls a method, as an operator does.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import time
from collections import Counter
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.methods import uamethod
from asyncua.common.node import Node
from asyncua.server.server import Server

PORT = 4840
SERVERS = [f"127.0.1.{host}" for host in (1, 2)]
SCREENS = 4
AREAS, TAGS = 4, 30
SUBSCRIBED = 40
STATES = ("RUN", "STOP", "STÖRUNG")
SHORT = 3.0
"""Seconds that the client stays that comes and goes."""


@uamethod
def add(_: Any, one: float, other: float) -> float:
    """Sum."""
    return one + other


def moved(value: Any, chance: random.Random) -> Any:
    """The next value of a tag."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return chance.choice(STATES)
    if isinstance(value, list):
        return [round(one + chance.uniform(-0.5, 0.5), 3) for one in value]
    return round(value + chance.uniform(-0.5, 0.5), 3)


async def served(host: str) -> tuple[Server, list[Node]]:
    """A server that runs, and its tags."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://{host}:{PORT}/line")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    at = await server.register_namespace("http://plant.example/line")
    first: list[Any] = [12.5, 99.0, True, "RUN", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.25]
    tags = []
    for area in range(AREAS):
        parent = await server.nodes.objects.add_object(f"ns={at};s=Area{area}", f"{at}:Area{area}")
        for tag in range(TAGS):
            name = f"Tag{tag:02}"
            node = await parent.add_variable(f"ns={at};s=Area{area}.{name}", f"{at}:{name}", first[tag % len(first)])
            await node.set_writable()
            tags.append(node)
        numbers = [ua.VariantType.Double, ua.VariantType.Double]
        await parent.add_method(f"ns={at};s=Area{area}.Add", f"{at}:Add", add, numbers, numbers[:1])
    await server.start()
    return server, tags


async def live(tags: list[Node], until: float, chance: random.Random) -> None:
    """Moves the process: three in four of the tags, five times a second."""
    while time.monotonic() < until:
        for node in chance.sample(tags, len(tags) * 3 // 4):
            await node.write_value(moved(await node.read_value(), chance))
        await asyncio.sleep(0.2)


class Nobody:
    """Takes what a subscription brings."""

    def __init__(self, done: Counter[str]) -> None:
        self.done = done

    def datachange_notification(self, *_: Any) -> None:
        """Counted only."""
        self.done["notifications"] += 1


async def screen(number: int, tags: list[Node], until: float, done: Counter[str]) -> None:
    """One operator station, until the end."""
    chance = random.Random(100 + number)
    async with Client(f"opc.tcp://{SERVERS[number % 2]}:{PORT}/line", timeout=10) as client:
        mine = [client.get_node(tag.nodeid) for tag in tags]
        subscription = await client.create_subscription(200, Nobody(done))
        await subscription.subscribe_data_change(chance.sample(mine, SUBSCRIBED))
        while time.monotonic() < until:
            dice = chance.random()
            if dice < 0.9:
                await client.read_values(chance.sample(mine, 20))
                done["reads"] += 1
            elif dice < 0.95:
                await chance.choice(mine).read_data_value()
                done["reads"] += 1
            elif dice < 0.98:
                node = mine[6 * chance.randrange(4)]  # set points
                await node.write_value(round(chance.uniform(10, 20), 1))
                done["writes"] += 1
            else:
                at = tags[0].nodeid.NamespaceIndex
                await client.get_node(f"ns={at};s=Area0").call_method(f"{at}:Add", 1.5, 2.5)
                done["calls"] += 1
            await asyncio.sleep(0.25 * chance.uniform(0.5, 1.5))
        await subscription.delete()


async def come_and_go(tags: list[Node], until: float, done: Counter[str]) -> None:
    """A client that opens a session, looks around, reads, and leaves."""
    while time.monotonic() < until - SHORT:
        async with Client(f"opc.tcp://{SERVERS[0]}:{PORT}/line", timeout=10) as client:
            for child in await client.nodes.objects.get_children():
                await child.get_children()
            await client.read_values([client.get_node(tag.nodeid) for tag in tags[:20]])
        done["sessions"] += 1
        await asyncio.sleep(SHORT)


async def run(seconds: float) -> Counter[str]:
    """Servers and clients, so long; what was done, by name."""
    servers = [await served(host) for host in SERVERS]
    until, done = time.monotonic() + seconds, Counter[str]()
    jobs = [live(tags, until + 1, random.Random(at)) for at, (_, tags) in enumerate(servers)]
    screens = [screen(number, servers[number % 2][1], until, done) for number in range(SCREENS)]
    await asyncio.gather(*jobs, *screens, come_and_go(servers[0][1], until, done))
    for server, _ in servers:
        await server.stop()
    return done


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(dict(asyncio.run(run(float(sys.argv[1])))))
