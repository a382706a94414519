"""What the inventory remembers: addresses, cards, units, and the groups of them that are assets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sentinel.inventory.addresses import Facts, facts_of
from sentinel.inventory.claims import Claims

SAID = 1
"""The card itself said that the IP address is its own (ARP)."""
INHERENT = 2
"""The IP address cannot come from elsewhere: link-local, or made from the MAC address."""


def asset_id(site: str, vlan: str, key: str) -> str:
    """The stable id of an asset."""
    return "a-" + hashlib.sha256("\x1f".join((site, vlan, key)).encode()).hexdigest()[:12]


@dataclass(slots=True)
class Habits:
    """What an address was seen doing, in the columns that all protocols share."""

    answers: dict[str, str] = field(default_factory=dict)
    """Control protocols that it answered, with what people call them."""
    asked: dict[str, str] = field(default_factory=dict)
    """Control protocols in which it asked and was answered."""
    sends: dict[str, str] = field(default_factory=dict)
    """Control protocols that it speaks to many, or without questions and answers."""
    servers: set[str] = field(default_factory=set)
    """Who answered it."""
    classes: set[str] = field(default_factory=set)
    """Classes of what it asked for, answered or not."""
    serves: set[str] = field(default_factory=set)
    """Office and network services that it gives."""
    uses: set[str] = field(default_factory=set)
    """Office services that it uses."""
    signs: set[str] = field(default_factory=set)
    """Roles that follow from a network protocol which only such a device sends."""
    protocols: set[str] = field(default_factory=set)
    """All applications that it took part in."""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    def merge(self, other: Habits) -> None:
        """Adds what the other did."""
        for name in self.__slots__:
            getattr(self, name).update(getattr(other, name))

    def as_row(self) -> dict[str, Any]:
        """The persisted form, sorted: without what is empty."""
        row: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value:
                row[name] = dict(sorted(value.items())) if isinstance(value, dict) else sorted(value)
        return row

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Habits:
        """The reverse of as_row."""
        taken: dict[str, Any] = {
            name: dict(value) if isinstance(value, dict) else set(value) for name, value in row.items()
        }
        return cls(**taken)


NOTHING = Habits()
"""What most addresses did: shared, never changed."""


@dataclass(slots=True)
class Unit:
    """A device behind an address that answered as this unit."""

    port: int
    number: int
    protocol: str
    first_seen: int
    last_seen: int
    answered: bool = False
    """Whether it answered with success, or told something of itself."""
    claims: Claims = field(default_factory=Claims)

    @property
    def key(self) -> str:
        """Port and number, as in a claim's subject behind the IP address."""
        return f"{self.port}/{self.number}"

    def as_row(self) -> dict[str, Any]:
        """The persisted form."""
        row = {name: getattr(self, name) for name in self.__slots__ if name != "claims"}
        return {**row, "claims": self.claims.as_rows()}

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Unit:
        """The reverse of as_row."""
        return cls(**{**row, "claims": Claims(row["claims"])})


@dataclass(slots=True, eq=False)
class Address:
    """An IP address that sent something, in one VLAN."""

    vlan: str
    facts: Facts
    order: int
    first_seen: int
    last_seen: int
    group: Group | None = None
    macs: dict[str, int] = field(default_factory=dict)
    """MAC addresses that sent for it, and how we know that it is theirs (SAID, INHERENT; 0: only sent)."""
    done: Habits | None = None
    claims: Claims = field(default_factory=Claims)
    units: dict[str, Unit] = field(default_factory=dict)

    @property
    def habits(self) -> Habits:
        """What it did, to read."""
        return self.done or NOTHING

    @property
    def ip(self) -> str:
        """As text, without zone."""
        return self.facts.ip

    @property
    def subject(self) -> str:
        """The IP address as it stands before a port."""
        return self.ip if self.facts.family == 4 else f"[{self.ip}]"

    def as_row(self) -> dict[str, Any]:
        """The persisted form."""
        return {
            "ip": self.ip,
            "order": self.order,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "macs": self.macs.copy(),
            "habits": self.habits.as_row(),
            "claims": self.claims.as_rows(),
            "units": [unit.as_row() for unit in self.units.values()],
        }

    @classmethod
    def of_row(cls, vlan: str, row: dict[str, Any]) -> Address:
        """The reverse of as_row."""
        facts = facts_of(row["ip"])
        assert facts is not None
        units = [Unit.of_row(unit) for unit in row["units"]]
        return cls(
            vlan,
            facts,
            row["order"],
            row["first_seen"],
            row["last_seen"],
            macs=dict(row["macs"]),
            done=Habits.of_row(row["habits"]) if row["habits"] else None,
            claims=Claims(row["claims"]),
            units={unit.key: unit for unit in units},
        )


def unit_id(site: str, address: Address, unit: Unit) -> str:
    """The stable id of a unit behind an address, as a row of its own."""
    return asset_id(site, address.vlan, f"unit:{address.subject}:{unit.key}")


@dataclass(slots=True, eq=False)
class Card:
    """A MAC address that sent something, in one VLAN."""

    vlan: str
    mac: str
    first_seen: int
    last_seen: int
    seen: bool = False
    """Whether it sent something without an IP address: then it is a device of its own right."""
    group: Group | None = None
    """The asset whose card it is."""
    ips: dict[str, int] = field(default_factory=dict)
    """IP addresses that it sent for, and how we know that they are its own; an index."""
    own: int = 0
    """How many of them are its own."""
    done: Habits | None = None
    claims: Claims = field(default_factory=Claims)

    @property
    def habits(self) -> Habits:
        """What it did, to read."""
        return self.done or NOTHING

    def as_row(self) -> dict[str, Any]:
        """The persisted form."""
        return {
            "mac": self.mac,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "seen": self.seen,
            "habits": self.habits.as_row(),
            "claims": self.claims.as_rows(),
        }

    def load(self, row: dict[str, Any]) -> None:
        """The reverse of as_row."""
        self.first_seen, self.last_seen, self.seen = row["first_seen"], row["last_seen"], row["seen"]
        self.done = Habits.of_row(row["habits"]) if row["habits"] else None
        self.claims = Claims(row["claims"])


@dataclass(slots=True, eq=False)
class Group:
    """An asset as it is kept: its addresses and its card. What is shown is worked out from them."""

    id: str
    vlan: str
    key: str
    """`mac:…` or `ip:…`: what the id is made of. It never changes."""
    order: int
    addresses: list[Address] = field(default_factory=list)
    card: Card | None = None
    person: Claims = field(default_factory=Claims)
    view: Any = None
    """The asset and its units as last shown; None if something changed since."""

    @property
    def last_seen(self) -> int:
        """When it last sent."""
        return max((part.last_seen for part in self.parts()), default=0)

    @property
    def first_seen(self) -> int:
        """When it first sent."""
        return min((part.first_seen for part in self.parts()), default=0)

    def parts(self) -> Iterable[Address | Card]:
        """Addresses, and the card if it sent something by itself."""
        yield from self.addresses
        if self.card is not None and (self.card.seen or not self.addresses):
            yield self.card

    def habits(self) -> Habits:
        """What all its parts did."""
        sum_ = Habits()
        for part in self.parts():
            sum_.merge(part.habits)
        return sum_

    def as_row(self) -> dict[str, Any]:
        """The persisted form."""
        return {
            "id": self.id,
            "vlan": self.vlan,
            "key": self.key,
            "order": self.order,
            "addresses": [address.as_row() for address in self.addresses],
            "card": self.card.as_row() if self.card is not None else None,
            "person": self.person.as_rows(),
        }
