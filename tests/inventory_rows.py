"""Rows of the border made by hand, for the inventory's tests: one sequence over all tables, cut anyhow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import polars

from sentinel.inventory import Change, Inventory
from sentinel.sensor import Batch, schemas

SECOND = 10**9

Row = tuple[str, dict[str, Any]]


def mac(number: int) -> str:
    """A MAC address with a maker nobody knows."""
    return f"AC-DE-48-00-AA-{number:02X}"


def sender(ip: str | None, card: str | None, *, arp: bool = False, vlan: str = "", at: int = 0, last: int = 0) -> Row:
    """A MAC and IP pair that sent."""
    values = {"mac": card, "ip": ip, "vlan": vlan, "packets": 1, "bytes": 60, "arp": arp}
    return "senders", {**values, "first": at, "last": max(at, last), "time": max(at, last)}


def arp(ip: str, card: str, **more: Any) -> list[Row]:
    """What the core writes of an ARP packet: the card, then its word about the IP address."""
    return [sender(None, card, **more), sender(ip, card, arp=True, **more)]


def claim(
    subject: str, attribute: str, value: str, source: str, *, kind: str = "ip", at: int = 0, frame: int = 1
) -> Row:
    """A fact that a device told about itself."""
    values = {"subject_kind": kind, "subject": subject, "vlan": "", "attribute": attribute, "value": value}
    return "claims", {**values, "source": source, "file": 0, "frame": frame, "time": at}


def connection(client: str, server: str, group: str, title: str = "thing", **more: Any) -> Row:
    """A conversation whose application was recognised."""
    values = {
        "client": client,
        "server": server,
        "vlan": "",
        "transport": "tcp",
        "application": title.lower(),
    }
    values |= {
        "application_title": title,
        "group": group,
        "read": False,
        "server_port": 7,
        "bytes_server": 100,
    }
    return "connections", {**values, **more}


class Talk:
    """Rows of a decoded protocol: numbers its conversations and operations as the core does."""

    def __init__(self) -> None:
        self._conversations: dict[tuple[str, str, int, str, str], int] = {}
        self._operations = 0

    def __call__(
        self,
        client: str,
        server: str,
        class_: str = "read",
        *,
        unit: int | None = None,
        outcome: str = "success",
        protocol: str = "toy",
        port: int = 9000,
        vlan: str = "",
        table: str = "events",
        at: int = 0,
    ) -> list[Row]:
        rows: list[Row] = []
        key = (client, server, port, vlan, protocol)
        if key not in self._conversations:
            self._conversations[key] = len(self._conversations)
            values = {
                "protocol": protocol,
                "client": client,
                "server": server,
                "server_port": port,
                "vlan": vlan,
            }
            rows.append(("conversations", {"conversation": self._conversations[key], **values, "time": at}))
        self._operations += 1
        number = self._operations
        what = {"operation": number, "conversation": self._conversations[key], "class": class_, "unit": unit}
        rows.append(("operations", {**what, "id": f"1-{number}", "time": at}))
        rows.append((table, {"operation": number, "outcome": outcome, "time": at}))
        return rows


def batches(rows: Iterable[Row], cuts: Iterable[int] = ()) -> Iterator[Batch]:
    """The rows as batches that end before the given places."""
    kept = list(rows)
    places = sorted({min(max(cut, 0), len(kept)) for cut in cuts} | {0, len(kept)})
    for start, end in pairwise(places):
        tables: dict[str, list[dict[str, Any]]] = {}
        for sequence, (table, row) in enumerate(kept[start:end], start):
            tables.setdefault(table, []).append({"time": 0, **row, "sequence": sequence})
        frames = {name: polars.DataFrame(found, schema=schemas()[name]) for name, found in tables.items()}
        yield Batch(frames, end * SECOND)


def observe(
    rows: Iterable[Row], inventory: Inventory | None = None, cuts: Iterable[int] = ()
) -> tuple[Inventory, list[Change]]:
    """An inventory after these rows, and what it told."""
    inventory = inventory or Inventory("site")
    changes = [change for batch in batches(rows, cuts) for change in inventory.observe(batch)]
    return inventory, changes


def together(inventory: Inventory) -> list[list[str]]:
    """The IP addresses of each asset that has any, sorted."""
    return sorted(sorted(asset.ips) for asset in inventory.assets if asset.ips)
