"""Every client of five stacks against every server that speaks its framing; both sides log what their stack told them.

A case is one server; its clients come one after the other, each from an address of its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from calls import PORT, Client, Libmodbus, Log, Pymodbus, PymodbusSerial, PymodbusUdp
from foreign import Foreign, served, server
from lab import Lab

SERVER = ("10.10.4.10", "00:80:f4:0a:04:10")  # Telemecanique
CLIENTS = {  # Dell
    "pymodbus": ("10.10.4.21", "00:14:22:5a:40:21"),
    "libmodbus": ("10.10.4.22", "00:14:22:5a:40:22"),
    "tokio-modbus": ("10.10.4.23", "00:14:22:5a:40:23"),
    "j2mod": ("10.10.4.24", "00:14:22:5a:40:24"),
    "modbus-serial": ("10.10.4.25", "00:14:22:5a:40:25"),
}
SPEAKS = {
    "tcp": tuple(CLIENTS),
    "rtu_over_tcp": ("pymodbus", "tokio-modbus", "j2mod", "modbus-serial"),
    "udp": ("pymodbus", "j2mod", "modbus-serial"),
}
PYMODBUS = {"tcp": Pymodbus, "rtu_over_tcp": PymodbusSerial, "udp": PymodbusUdp}
BASIC = (1, 2, 3, 4, 5, 6, 15, 16, 22, 23)
SERIAL = (7, 8, 11, 12, 17, 20, 21, 24, 43)  # functions that not every stack has
CAN = {  # what else a client can ask for
    "pymodbus": SERIAL,
    "libmodbus": (17,),
    "tokio-modbus": (7, 8, 17, 20, 21, 43),
    "j2mod": SERIAL,
    "modbus-serial": (17, 20, 43),
}
UNASKED: dict[tuple[str, str, str], tuple[int, ...]] = {  # client, server, framing (`*`: any): what a stack cannot do
    # libmodbus takes any function that it does not know for one without data, and reads the data as the next request.
    ("*", "libmodbus", "tcp"): (8, 20, 21, 24, 43),
    # tokio-modbus answers function 17 over TCP with a length that is one too small.
    ("*", "tokio-modbus", "tcp"): (17,),
    # Of these, with RTU, it does not know where a request or an answer ends.
    ("*", "tokio-modbus", "rtu_over_tcp"): (8, 20, 21),
    ("tokio-modbus", "*", "rtu_over_tcp"): (8, 20, 21),
    # It wants a status in the second byte of an answer to 17, and loses step at an answer that names function 0.
    ("tokio-modbus", "pymodbus", "*"): (17, 20),
    # It takes the refusal that names function 0 for that of its own request; no request had that function.
    ("j2mod", "pymodbus", "*"): (20,),
    ("pymodbus", "*", "rtu_over_tcp"): (24,),
    ("modbus-serial", "*", "rtu_over_tcp"): (17, 20, 22, 23, 43),
    ("modbus-serial", "*", "udp"): (17,),
    # j2mod's datagrams of these end before their message does.
    ("*", "j2mod", "udp"): (20, 24),
}
REST = 0.003
# Longest request that j2mod takes as a server over UDP: it reads 256 bytes.
LONGEST_VALUES = {("j2mod", "udp"): 120}


@dataclass(frozen=True)
class Call:
    """A call that is made later."""

    arguments: tuple[Any, ...]
    more: dict[str, Any]

    def __call__(self, client: Client) -> None:
        """Makes it."""
        client.call(*self.arguments, **self.more)

    def words(self) -> int:
        """16-bit words that it writes."""
        function, sent = self.arguments[0], self.arguments[4] if len(self.arguments) > 4 else ()
        return len(sent) // 16 if function == 15 else len(sent)


def call(*arguments: Any, **more: Any) -> Call:
    """A call that is made later."""
    return Call(arguments, more)


def pattern(count: int) -> list[int]:
    """Bits in no regular order."""
    return [(at * at + at // 7) % 3 % 2 for at in range(count)]


def numbers(count: int) -> list[int]:
    """Values over the whole range, the ends among them."""
    return [0, 65535, *((at * 40503 + 9) % 65536 for at in range(count))][:count]


CALLS: dict[int, list[Call]] = {
    1: [call(1, 1, 0, 20), call(1, 2, 3, 1), call(1, 1, 0, 2000)],
    2: [call(2, 1, 3, 9), call(2, 1, 100, 2000)],
    3: [call(3, 1, 4, 6), call(3, 100, 0, 1), call(3, 1, 0, 125)],
    4: [call(4, 1, 4, 6), call(4, 2, 175, 125)],
    5: [call(5, 1, 7, None, [1]), call(5, 1, 7, None, [0]), call(1, 1, 6, 3)],
    6: [call(6, 1, 11, None, [4711]), call(6, 2, 11, None, [65535]), call(3, 1, 11, 1)],
    15: [call(15, 1, 20, None, pattern(10)), call(15, 1, 100, None, pattern(1968)), call(1, 1, 98, 16)],
    16: [call(16, 1, 30, None, [1, 2, 65535]), call(16, 1, 100, None, numbers(123)), call(3, 1, 99, 4)],
    22: [call(22, 1, 12, None, [0xF2, 0x25]), call(3, 1, 12, 1)],
    23: [
        call(23, 1, 30, 3, [7, 8], write_address=31),
        call(23, 1, 0, 125, numbers(121), write_address=150),
    ],
    7: [call(7, 1)],
    8: [call(8, 1, None, None, [0x1234], extra=[0])],
    11: [call(11, 1)],
    12: [call(12, 1)],
    17: [call(17, 1)],
    20: [call(20, 1, extra=[1, 2, 3])],
    21: [call(21, 1, None, None, [6, 7, 8], extra=[1, 2, 3])],
    24: [call(24, 1, 40)],
    43: [call(43, 1, extra=[code, object_id]) for code, object_id in ((1, 0), (2, 0), (3, 0), (4, 5), (4, 99))],
}
# modbus-serial asks for 100 registers of a file, whatever is wanted.
OWN = {("modbus-serial", 20): [call(20, 1, extra=[1, 2, 100])]}
REFUSED: list[Call] = [
    call(3, 1, 9000, 2),  # no such registers
    call(1, 1, 2099, 2),  # the second is one too many
    call(5, 1, 9000, None, [1]),
    call(16, 1, 299, None, [1, 2]),
    *(call(3, 1, 60000 + code, 1) for code in (1, 2, 3, 4, 5, 6, 8, 10, 11)),
    call(6, 1, 60004, None, [1]),
    call(4, 9, 0, 4),  # nobody has this unit
]


def asked_for(client: str, server_stack: str, framing: str) -> list[int]:
    """The functions that this client can ask this server for."""
    pair = (client, server_stack, framing)
    left_out = {
        function
        for names, functions in UNASKED.items()
        if all(name in ("*", own) for name, own in zip(names, pair, strict=True))
        for function in functions
    }
    return [function for function in (*BASIC, *CAN[client]) if function not in left_out]


def talk(stack: str, server_stack: str, framing: str, log: Log, me: str, to: str) -> None:
    """One client's part."""
    longest = LONGEST_VALUES.get((server_stack, framing), 125)
    client: Client
    if stack == "pymodbus":
        client = PYMODBUS[framing](log, me, to, PORT)
    elif stack == "libmodbus":
        client = Libmodbus(log, me, to)
    else:
        client = Foreign(stack, log, me, to, framing)
    for function in asked_for(stack, server_stack, framing):
        for one in OWN.get((stack, function), CALLS[function]):
            if one.words() <= longest:
                one(client)
                time.sleep(REST)
    for one in REFUSED:
        one(client)
        time.sleep(REST)
    if isinstance(client, Foreign) and stack == "modbus-serial" and framing != "rtu_over_tcp":
        client.together([(3, 1 + at % 2, at, 1 + at) for at in range(6)])
        client.together([(1, 1, 0, 8), (3, 1, 9000, 1), (4, 100, 5, 5), (2, 2, 9, 30)])
    time.sleep(0.06)
    client.close()  # type: ignore[attr-defined]


def make(stack: str, framing: str, folder: Path) -> str:
    """Records one server with its clients."""
    lab = Lab(folder / f"{folder.name}.pcap")
    host = lab.host("server", *SERVER)
    clients = {name: lab.host(name, *CLIENTS[name]) for name in SPEAKS[framing]}
    log, path = Log(time.time_ns), Path("/run/server.log")
    with lab:
        lab.serve(host, server(stack, SERVER[0], framing, path))
        for name, client in clients.items():
            client.do(partial(talk, name, stack, framing, log, client.ip, SERVER[0])).result()
    log.write(folder / "stack.log.gz")
    theirs = Log(time.time_ns, served(path, SERVER[0], framing))
    theirs.write(folder / "server.log.gz")
    return f"{len(log.lines)} calls by {len(clients)} clients, {len(theirs.lines)} seen by the server"
