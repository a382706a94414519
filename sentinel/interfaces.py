"""Interfaces before they are listened on: which are refused, and what makes them silent."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentinel import _core
from sentinel.errors import SentinelError

MOST_NAMED = 4


def check(names: Sequence[str], *, allow_addressed: bool = False) -> list[str]:
    """What must be said about the interfaces, one line each.

    An interface with an address lets this computer speak into the plant: whoever wants that must say so.

    Raises:
        SentinelError: An interface does not exist, is of a kind that is not read, is switched off, or is not silent.
    """
    if len(set(names)) < len(names):
        raise SentinelError(f"{' '.join(names)}: an interface is named twice")
    faults: list[str] = []
    warnings: list[str] = []
    for name in names:
        found = _core.interface(name)
        if found is None:
            faults.append(f"{name}: there is no such interface; there are {_all_names()}")
        elif found["kind"] is not None:
            faults.append(f"{name} is {found['kind']}: its frames are not read; Ethernet, loopback and plain IP are")
        elif not found["up"]:
            faults.append(f"{name} is switched off; switch it on: ip link set dev {name} up")
        elif not allow_addressed and (why := _speaks(found)):
            faults.append(
                f"{name} {why}: this computer could send into the plant by itself. Silence it by\n"
                f"  ip addr flush dev {name}\n"
                f"  sysctl -w net.ipv6.conf.{name.replace('.', '/')}.disable_ipv6=1\n"
                f"or listen all the same by --allow-addressed"
            )
        elif found["arp"] and not allow_addressed and not found["loopback"]:
            # Linux answers on any interface for the addresses of all of them.
            warnings.append(
                f"{name} answers when somebody there asks for an address of this computer's other interfaces (ARP); "
                f"it need not: ip link set dev {name} arp off"
            )
    if faults:
        raise SentinelError("\n".join(faults))
    return warnings


def _speaks(found: dict[str, Any]) -> str:
    addresses = found["addresses"]
    shown = ", ".join(addresses[:MOST_NAMED]) + (" and others" if len(addresses) > MOST_NAMED else "")
    parts = [f"has the address {shown}"] if addresses else []
    parts += ["has IPv6 enabled"] if found["ipv6"] else []
    return " and ".join(parts)


def _all_names() -> str:
    return ", ".join(name for _, name in socket.if_nameindex()) or "none"


def sent_by(name: str) -> int | None:
    """Frames that this computer sent on an interface since it was switched on; None if the system does not tell."""
    try:
        lines = Path("/proc/self/net/dev").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        head, colon, numbers = line.rpartition(":")
        if colon and head.strip() == name:
            return int(numbers.split()[9])
    return None
