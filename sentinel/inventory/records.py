"""What the inventory remembers: addresses, cards, units, and the groups of them that are assets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sentinel.inventory.addresses import Facts, facts_of
from sentinel.inventory.claims import NO_CLAIMS, Claims
from sentinel.inventory.few import Few

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

WAYS_KEPT = 4_096
"""Steps from habits to habits that are remembered. Attack: hosts that each do something else."""


class Ways:
    """What hosts do, each way of it kept once: most hosts do what others do. Habits from here are shared, never changed."""

    def __init__(self) -> None:
        # With the habits that the step begins at, so that their id stays theirs.
        self._steps: dict[tuple[int, str, str, str], tuple[Habits, Habits]] = {}
        self._known: dict[str, Habits] = {}

    def after(self, habits: Habits, name: str, value: str, title: str = "") -> Habits:
        """The habits with one thing more, in the field of that name."""
        step = (id(habits), name, value, title)
        if (taken := self._steps.get(step)) is not None:
            return taken[1]
        before = getattr(habits, name)
        more: Any = {**before, value: title} if isinstance(before, dict) else before | {value}
        after = self.shared(replace(habits, **{name: more}))
        if len(self._steps) >= WAYS_KEPT:
            self._steps.clear()
            self._known.clear()
        self._steps[step] = habits, after
        return after

    def shared(self, habits: Habits) -> Habits:
        """The same, as others have them."""
        return self._known.setdefault(repr(habits.as_row()), habits)


@dataclass(slots=True, eq=False)
class Part:
    """What an address, a card or a unit said; nothing is kept for the many that said nothing."""

    said: Claims | None = field(default=None, init=False)

    @property
    def claims(self) -> Claims:
        """What it said, to read."""
        return NO_CLAIMS if self.said is None else self.said

    def hear(self) -> Claims:
        """What it said, to add to."""
        if self.said is None:
            self.said = Claims()
        return self.said

    def heard(self, rows: list[dict[str, Any]]) -> None:
        """Takes what it said in its persisted form."""
        self.said = Claims(rows) if rows else None


@dataclass(slots=True, eq=False)
class Host(Part):
    """What an address or a card did."""

    done: Habits = field(default_factory=lambda: NOTHING, init=False)
    """Shared with others; without whom it asked."""
    servers: tuple[str, ...] | set[str] = field(default=(), init=False)
    """Who answered it: a tuple while they are few."""

    @property
    def habits(self) -> Habits:
        """What it did, to read."""
        return replace(self.done, servers=set(self.servers)) if self.servers else self.done

    def asked(self, server: str) -> None:
        """One more server answered it."""
        if isinstance(self.servers, set):
            self.servers.add(server)
        elif len(self.servers) < FEW:
            self.servers = (*self.servers, server)
        else:
            self.servers = {*self.servers, server}

    def did(self, row: dict[str, Any], ways: Ways) -> None:
        """Takes what it did in its persisted form."""
        if row:
            habits = Habits.of_row(row)
            self.servers = tuple(sorted(habits.servers)) if len(habits.servers) <= FEW else habits.servers
            self.done = ways.shared(replace(habits, servers=set()))


FEW = 4
"""Servers of a client up to which a tuple is smaller than a set."""


@dataclass(slots=True, eq=False)
class Unit(Part):
    """A device behind an address that answered as this unit."""

    port: int
    number: int
    protocol: str
    first_seen: int
    last_seen: int
    answered: bool = False
    """Whether it answered with success, or told something of itself."""

    @property
    def key(self) -> str:
        """Port and number, as in a claim's subject behind the IP address."""
        return f"{self.port}/{self.number}"

    def as_row(self) -> dict[str, Any]:
        """The persisted form."""
        row = {name: getattr(self, name) for name in self.__slots__}
        return {**row, "claims": self.claims.as_rows()}

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Unit:
        """The reverse of as_row."""
        unit = cls(**{name: value for name, value in row.items() if name != "claims"})
        unit.heard(row["claims"])
        return unit


@dataclass(slots=True, eq=False)
class Address(Host):
    """An IP address that sent something, in one VLAN."""

    vlan: str
    facts: Facts
    order: int
    first_seen: int
    last_seen: int
    group: Group | None = None
    macs: Few[int] = field(default_factory=Few)
    """MAC addresses that sent for it, and how we know that it is theirs (SAID, INHERENT; 0: only sent)."""
    units: Few[Unit] = field(default_factory=Few)

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
            "macs": dict(self.macs.items()),
            "habits": self.habits.as_row(),
            "claims": self.claims.as_rows(),
            "units": [unit.as_row() for unit in self.units.values()],
        }

    @classmethod
    def of_row(cls, vlan: str, row: dict[str, Any], ways: Ways) -> Address:
        """The reverse of as_row."""
        facts = facts_of(row["ip"])
        assert facts is not None
        units = ((unit.key, unit) for unit in map(Unit.of_row, row["units"]))
        times = row["first_seen"], row["last_seen"]
        address = cls(vlan, facts, row["order"], *times, macs=Few(row["macs"].items()), units=Few(units))
        address.did(row["habits"], ways)
        address.heard(row["claims"])
        return address


def unit_id(site: str, address: Address, unit: Unit) -> str:
    """The stable id of a unit behind an address, as a row of its own."""
    return asset_id(site, address.vlan, f"unit:{address.subject}:{unit.key}")


@dataclass(slots=True, eq=False)
class Card(Host):
    """A MAC address that sent something, in one VLAN."""

    vlan: str
    mac: str
    first_seen: int
    last_seen: int
    seen: bool = False
    """Whether it sent something without an IP address: then it is a device of its own right."""
    group: Group | None = None
    """The asset whose card it is."""
    ips: Few[int] = field(default_factory=Few)
    """IP addresses that it sent for, and how we know that they are its own; an index."""
    own: int = 0
    """How many of them are its own."""

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

    def load(self, row: dict[str, Any], ways: Ways) -> None:
        """The reverse of as_row."""
        self.first_seen, self.last_seen, self.seen = row["first_seen"], row["last_seen"], row["seen"]
        self.did(row["habits"], ways)
        self.heard(row["claims"])


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
    person: Claims = NO_CLAIMS
    """What people said of it."""
    view: Any = None
    """The asset and its units as last shown; None if something changed since, or others were shown."""
    kept: bool = False
    """Is it in the store?"""

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
        """What all its parts did, to read."""
        parts = list(self.parts())
        if len(parts) == 1:
            return parts[0].habits
        sum_ = Habits()
        for part in parts:
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
