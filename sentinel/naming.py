"""How the plant calls things: names of assets, notation of points, values as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars

from sentinel import _core
from sentinel.inventory import Asset, Inventory

MOST_LABELS = 100_000
"""Labels of points that alerts may use; the attack: devices that describe themselves without end."""

MODICON = {"modicon5": 0, "modicon6": 1}
"""Digits that each notation has beyond the descriptor's."""


@dataclass(frozen=True)
class Notation:
    """How a table's points are written: `coil 00013, wire 12`."""

    word: str
    prefix: str
    digits: int
    offset: int
    boolean: bool


def notations() -> dict[tuple[str, str], Notation]:
    """By protocol and table, out of the protocols' descriptors."""
    return {
        (protocol["name"], table["table"]): Notation(
            table["word"], table["prefix"], table["digits"], table["offset"], table["boolean"]
        )
        for protocol in _core.protocols_read()
        for table in protocol["notation"]
    }


class Labels:
    """What devices told of their own points, and from which row on it counts: the same however batches are cut."""

    def __init__(self) -> None:
        self._labels: dict[tuple[Any, ...], list[tuple[int, str]]] = {}

    def learn(self, rows: Iterable[Mapping[str, Any]], settled: bool = False) -> None:
        """Takes rows of the border's `labels`; of what was kept, `settled`, each counts from the start."""
        for row in rows:
            key = self._key(row["server"], row["server_port"], row["vlan"], row["protocol"], row["unit"], row["table"])
            place = (*key, row["address"])
            if place in self._labels or len(self._labels) < MOST_LABELS:
                # The last ones are enough for all rows of one batch.
                known = self._labels.get(place, [])[-7:]
                self._labels[place] = [*known, (0 if settled else row["sequence"], row["label"])]

    def of(self, row: Mapping[str, Any], protocol: str, table: str, address: int) -> str:
        """The label of a point that an event touched; empty if there is none."""
        vlans = [row.get(name) for name in ("network.vlan.id", "network.inner.vlan.id")]
        vlan = ".".join(str(one) for one in vlans if one is not None)
        where = (row.get("destination.ip"), row.get("destination.port"), vlan, protocol, row.get(f"{protocol}.unit_id"))
        told = self._labels.get((*self._key(*where, table), address), ())
        at = row.get("sequence")
        return next((label for since, label in reversed(told) if at is None or since <= at), "")

    @staticmethod
    def _key(server: Any, port: Any, vlan: Any, protocol: Any, unit: Any, table: Any) -> tuple[Any, ...]:
        return server, port, vlan or "", protocol, unit, table


class Naming:
    """The words of one plant; also what alerts are told in."""

    def __init__(self, inventory: Inventory, addresses: str = "modicon5", contact: str = "") -> None:
        self.contact = contact
        self._inventory = inventory
        self._addresses = addresses
        self._notations = notations()
        self.labels = Labels()

    def learn(self, labels: polars.DataFrame) -> None:
        """What devices told of their points in a batch."""
        if labels.height:
            self.labels.learn(labels.iter_rows(named=True))

    def asset_at(self, ip: str, vlan: str) -> Asset | None:
        """The asset of an address."""
        return self._inventory.asset_of(ip, vlan)

    def name_of(self, ip: str, vlan: str) -> str:
        """The asset's name, or its address."""
        asset = self._inventory.asset_of(ip, vlan)
        return asset.name if asset is not None and asset.name else ip

    def asset_fields(self, ip: str, vlan: str) -> Mapping[str, Any]:
        """What is known of the asset, for an alert."""
        asset = self._inventory.asset_of(ip, vlan)
        if asset is None:
            return {}
        known = {
            "id": asset.id,
            "name": asset.name,
            "role": asset.role,
            "zone": asset.zone,
            "purdue_level": asset.purdue_level,
        }
        return {name: value for name, value in known.items() if value not in ("", None)}

    def point(self, protocol: str, table: str, address: int, quantity: int = 1) -> str:
        """`coil 00013, wire 12`; of several: `holding registers 40001 to 40010, wire 0 to 9`."""
        notation = self._notations.get((protocol, table))
        word = notation.word if notation else table.replace("_", " ")
        last = address + max(quantity, 1) - 1
        if notation is None or self._addresses == "wire":
            return f"{word} {address}" if last == address else f"{word}s {address} to {last}"
        digits = notation.digits + MODICON[self._addresses]

        def written(number: int) -> str:
            return f"{notation.prefix}{number + notation.offset:0{digits}d}"

        if last == address:
            return f"{word} {written(address)}, wire {address}"
        return f"{word}s {written(address)} to {written(last)}, wire {address} to {last}"

    def point_of(self, row: Mapping[str, Any]) -> str:
        """A kept point: `unit 1 coil 00013, wire 12`; where the device says what it is: `Inverter: AC power (W), wire 40084`."""
        known = row["address"] is not None and (row["protocol"], row["table"]) in self._notations
        if not row["label"]:
            unit = f"unit {row['unit']} " if row["unit"] is not None else ""
            return f"{unit}{self.point(row['protocol'], row['table'], row['address'])}" if known else str(row["name"])
        measure = f" ({row['measure']})" if row["measure"] else ""
        unit = f"unit {row['unit']} " if row["unit"] not in (None, 0, 1, 255) else ""
        return f"{row['label']}{measure}, {unit}wire {row['address']}" if known else f"{row['label']}, {row['name']}"

    def point_text(self, row: Mapping[str, Any]) -> str:
        """What an event touched, in the plant's words; the wire's where the protocol has no notation."""
        protocol = str(row.get("network.protocol") or "")
        table = row.get(f"{protocol}.table")
        address = row.get(f"{protocol}.write_address")
        quantity = row.get(f"{protocol}.write_quantity")
        if address is None:
            address, quantity = row.get(f"{protocol}.address"), row.get(f"{protocol}.quantity")
        if table is None or address is None:
            return str(row.get("sentinel.operation.target") or "")
        unit = row.get(f"{protocol}.unit_id")
        where = f" of unit {unit}" if unit not in (None, 0, 1, 255) else ""
        place = self.point(protocol, str(table), int(address), int(quantity or 1)) + where
        label = self.labels.of(row, protocol, str(table), int(address))
        return f'"{label}" ({place})' if label else place

    def values_of(self, row: Mapping[str, Any]) -> str:
        """What was written: `OFF`, `842`, `1, 2, 3 and 9 more`; empty if nothing."""
        protocol = str(row.get("network.protocol") or "")
        values = row.get(f"{protocol}.request_values")
        if not values:
            return ""
        notation = self._notations.get((protocol, str(row.get(f"{protocol}.table"))))
        words = [self.value(value, notation) for value in values[:8]]
        return ", ".join(words) + (f" and {len(values) - 8} more" if len(values) > 8 else "")

    @staticmethod
    def value(value: Any, notation: Notation | None) -> str:
        """One value; of a bit `ON` or `OFF`."""
        if notation is not None and notation.boolean:
            return "ON" if value else "OFF"
        return str(value)
