"""What devices say about themselves: each claim kept where it belongs; what contradicts or changed, told."""

from __future__ import annotations

from sys import intern

from sentinel.inventory.addresses import is_mac, plain_mac
from sentinel.inventory.claims import (
    IDENTITY,
    TELLING,
    WATCHED,
    Claim,
    Claims,
    believed,
    comparable,
    contradicts,
    current,
)
from sentinel.inventory.limits import InventoryLimits
from sentinel.inventory.places import Places, Tell, place
from sentinel.inventory.records import Address, Card, Group, Unit, unit_id

UNIT_NUMBERS = range(1, 248)
"""Numbers of devices on a serial line; a device uses others (0, 255) for itself."""


class Hearsay:
    """Takes claims and answers of units."""

    def __init__(self, places: Places, limits: InventoryLimits, tell: Tell) -> None:
        self.places = places
        self.limits = limits
        self._tell = tell

    def claim(self, kind: str, subject: str, vlan: str, claim: Claim) -> None:
        """One row of claims. About an address that never sent, it is not kept."""
        claim.value = _readable(claim.value)[: self.limits.text]
        if not claim.value:
            return
        if kind == "unit":
            host, _, behind = subject.rpartition(":")
            address = self.places.addresses.get(place(vlan, host.strip("[]")))
            port, _, number = behind.partition("/")
            if address is None or not (port.isdigit() and number.isdigit()):
                return
            if int(number) in UNIT_NUMBERS:
                # It said something of itself, so it answered.
                unit = self.answered(address, int(port), int(number), "", claim.first_seen)
                if unit is not None and address.group is not None:
                    behind_others = sum(one.answered for one in address.units.values()) > 1
                    own_id = unit_id(self.places.site, address, unit) if behind_others else ""
                    self._keep(address.group, unit.hear(), claim, list(unit.claims), own_id)
                return
            kind, subject = "ip", address.ip
        about = self.subject(vlan, subject)
        if about is not None and about.group is not None:
            self._keep(about.group, about.hear(), claim, _all_of(about.group))
            if isinstance(about, Card):
                if claim.attribute == "ip":
                    self.places.says_address(about, claim.value)
                self.places.touch_device(about)

    def subject(self, vlan: str, text: str) -> Address | Card | None:
        """The address or card of which a table speaks; None if it never sent."""
        if is_mac(text):
            return self.places.cards.get(place(vlan, plain_mac(text)))
        return self.places.addresses.get(place(vlan, text.partition("%")[0]))

    def unit(self, address: Address, port: int, number: int, protocol: str, time: int) -> Unit | None:
        """The unit behind the address, new or known; None beyond the limit."""
        key = intern(f"{port}/{number}")
        unit = address.units.get(key)
        if unit is None:
            if len(address.units) >= self.limits.units:
                self.places.limit("units")
                return None
            unit = address.units[key] = Unit(port, number, protocol, time, time)
        unit.protocol = unit.protocol or protocol
        unit.last_seen = max(unit.last_seen, time)
        return unit

    def answered(self, address: Address, port: int, number: int, protocol: str, time: int) -> Unit | None:
        """A unit answered; None if the number is that of the address itself, or beyond the limit."""
        if number not in UNIT_NUMBERS or address.group is None:
            return None
        unit = self.unit(address, port, number, protocol, time)
        if unit is not None and not unit.answered:
            unit.answered = True
            self._tell(address.group, "asset-changed", "unit", None, f"{address.subject}:{unit.key}")
        return unit

    def _keep(self, group: Group, claims: Claims, claim: Claim, known: list[Claim], id_: str = "") -> None:
        attribute = claim.attribute
        before = believed(known, attribute)
        said = {one.source: one for one in current(known, attribute)}
        own, value = said.get(claim.source), comparable(claim.value)
        others = [
            one for one in said.values() if one.confidence == claim.confidence and contradicts(one.value, claim.value)
        ]
        if not claims.repeated(claim) and not claims.add(claim, self.limits.claims):
            self.places.limit("claims")
        self.places.touch(group)
        other = comparable(before.value) != value if before is not None else True
        better = before is None or before.confidence < claim.confidence
        if own is not None and comparable(own.value) != value:
            # Behind a router names come and go with the addresses; a device with a card of its own keeps its name.
            if attribute in WATCHED and (attribute != "name" or group.card is not None):
                self._tell(group, "identity-changed", attribute, own.value, claim.value, asset_id=id_)
        elif own is None and others and attribute in IDENTITY:
            self._tell(group, "conflict", attribute, others[0].value, claim.value, asset_id=id_)
        elif own is None and other and better and attribute in TELLING:
            was = before.value if before is not None else None
            self._tell(group, "asset-changed", attribute, was, claim.value, asset_id=id_)


def _all_of(group: Group) -> list[Claim]:
    claims = [claim for address in group.addresses for claim in address.claims]
    return claims + (list(group.card.claims) if group.card is not None else [])


def _readable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
