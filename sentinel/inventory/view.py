"""From what is remembered to what is shown: one asset, and the units behind it that are rows of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sentinel.inventory.addresses import Reach, is_shared_mac
from sentinel.inventory.asset import Asset
from sentinel.inventory.claims import (
    IDENTITY,
    NAMES_FILE,
    NETWORK_CARD,
    PERSON,
    Claim,
    believed,
    contradicted,
    rank,
)
from sentinel.inventory.names_file import Named
from sentinel.inventory.places import Places
from sentinel.inventory.records import Address, Group, Unit, unit_id
from sentinel.inventory.roles import PURDUE, Role, role_of, told_role
from sentinel.inventory.vendors import Vendors

SHOWN = 1_024
"""Assets that are kept as they were shown: more would cost more than what they are worked out from."""

NAMING = ("name", "role", "zone", "contact", "vendor", "model")


class Views:
    """Works out assets from groups."""

    def __init__(self, places: Places, names: Mapping[str, Named], vendors: Vendors) -> None:
        self.places = places
        self.names = names
        self.vendors = vendors
        self.learnt_at: int | None = None
        self._shown: list[Group] = []

    def forget(self) -> None:
        """What is shown next is worked out again."""
        for group in self._shown:
            group.view = None
        self._shown.clear()

    def of(self, group: Group) -> list[Asset]:
        """The asset, then its units; worked out again only if something changed, or many others were shown since."""
        if group.view is None:
            group.view = self._all(group)
            if len(self._shown) >= SHOWN:
                self.forget()
            self._shown.append(group)
        views: list[Asset] = group.view
        return views

    def _all(self, group: Group) -> list[Asset]:
        asset = Asset(group.id, self.places.site, vlan=group.vlan, vlans=_vlan_ids(group.vlan))
        asset.ips = [address.ip for address in group.addresses]
        macs = [mac for address in group.addresses for mac in self.places.macs_of(address)]
        if group.card is not None:
            macs.insert(0, group.card.mac)
        asset.macs = list(dict.fromkeys(macs))
        asset.first_seen, asset.last_seen = group.first_seen, group.last_seen
        units = {address: real_units(address) for address in group.addresses}
        claims = [claim for part in self._parts(group) for claim in part]
        for found in units.values():
            if len(found) == 1:
                # One unit alone is the device itself, not something behind it.
                claims += found[0].claims
        claims += self._from_card(group, asset)
        claims += self._from_names((*asset.ips, *asset.macs), asset.first_seen)
        claims += group.person
        self._identify(asset, claims)
        for address in group.addresses:
            own = [mac for mac in self.places.macs_of(address) if not is_shared_mac(mac)]
            if len(own) > 1:
                asset.conflicts["mac"] = own
        self._describe(asset, group, units)
        if group.card is not None and not group.addresses:
            device = self.places.device_of(group.card)
            if device is not None and device.group is not None:
                asset.parent, asset.role_how = device.group.id, f"a network port of {device.ip}"
        children: list[Asset] = []
        for address, found in units.items():
            for unit in found:
                child = self._unit(asset, address, unit)
                asset.units.append(_brief(unit, child))
                if len(found) > 1:
                    children.append(child)
        return [asset, *children]

    def _parts(self, group: Group) -> Iterable[Iterable[Claim]]:
        yield from (address.claims for address in group.addresses)
        if group.card is not None:
            yield group.card.claims
        for address in group.addresses:
            yield from (port.claims for port in self.places.ports_of(address))

    def _from_card(self, group: Group, asset: Asset) -> list[Claim]:
        """The maker of the network card, where the card is this device's and not of a router before it."""
        mac = group.card.mac if group.card is not None else ""
        if not mac and any(one.facts.reach is Reach.PRIVATE for one in group.addresses):
            mac = next(iter(asset.macs), "")
        if not mac:
            return []
        asset.card = self.vendors.words(mac)
        maker = self.vendors.of(mac)
        seen = (asset.first_seen, asset.last_seen)
        return [Claim("vendor", maker, NETWORK_CARD, rank(NETWORK_CARD), None, None, *seen)] if maker else []

    def _from_names(self, addresses: Iterable[str], time: int) -> list[Claim]:
        found: list[Claim] = []
        for address in addresses:
            if (named := self.names.get(address)) is not None:
                values = ((attribute, getattr(named, attribute)) for attribute in NAMING)
                found += [
                    Claim(name, text, NAMES_FILE, rank(NAMES_FILE), None, None, time, time)
                    for name, text in values
                    if text
                ]
        return found

    @staticmethod
    def _identify(asset: Asset, claims: list[Claim]) -> None:
        asset.claims = sorted(
            claims, key=lambda claim: (claim.attribute, -claim.confidence, claim.first_seen, claim.value)
        )
        about: dict[str, list[Claim]] = {}
        for claim in claims:
            about.setdefault(claim.attribute, []).append(claim)

        def value(*attributes: str) -> str:
            for attribute in attributes:
                if (winner := believed(about.get(attribute, ()), attribute)) is not None:
                    return winner.value
            return ""

        if not about:
            return
        asset.name, asset.zone, asset.contact = value("name", "host_name"), value("zone"), value("contact")
        asset.vendor, asset.firmware, asset.serial = value("vendor"), value("firmware"), value("serial")
        asset.system = value("os")
        asset.model = value("model", "product_name", "product_code")
        maker = believed(about.get("vendor", ()), "vendor")
        asset.vendor_how = maker.source if maker is not None else ""
        for attribute in IDENTITY:
            if values := contradicted(about.get(attribute, ()), attribute):
                asset.conflicts[attribute] = values

    def _describe(self, asset: Asset, group: Group, units: Mapping[Address, list[Unit]]) -> None:
        habits = group.habits()
        asset.protocols = sorted(habits.protocols | habits.answers.keys() | habits.asked.keys())
        reaches = {address.facts.reach for address in group.addresses}
        new = self._is_new(asset)
        role = role_of(
            habits,
            [unit.number for found in units.values() if len(found) > 1 for unit in found],
            forwards=self.places.forwards_for(group.card) if group.card is not None else 0,
            public=reaches == {Reach.PUBLIC} and group.card is None,
            routed=not asset.macs,
            loopback=reaches == {Reach.LOOPBACK},
            new=new,
        )
        self._settle_role(asset, role, new=new)

    def _is_new(self, asset: Asset) -> bool:
        """Whether it came after learning ended and no person gave it a name: its own name says nothing."""
        if self.learnt_at is None or asset.first_seen <= self.learnt_at:
            return False
        named = any(claim.attribute == "name" and claim.source in (PERSON, NAMES_FILE) for claim in asset.claims)
        return not named

    @staticmethod
    def _settle_role(asset: Asset, role: Role, *, new: bool = False) -> None:
        if asset.claims and (told := believed(asset.claims, "role")) is not None:
            person = told.source in (PERSON, NAMES_FILE)
            role = told_role(role, told.value, told.source, told.confidence, person=person, new=new)
        asset.role, asset.role_how, asset.confidence = role.role, role.how, role.confidence
        asset.purdue_level = PURDUE.get(asset.role)

    def _unit(self, parent: Asset, address: Address, unit: Unit) -> Asset:
        key = f"{address.subject}:{unit.key}"
        child = Asset(unit_id(parent.site, address, unit), parent.site, vlan=address.vlan)
        child.vlans = parent.vlans
        child.parent, child.subject, child.protocols = (
            parent.id,
            key,
            [unit.protocol] if unit.protocol else [],
        )
        child.first_seen, child.last_seen = unit.first_seen, unit.last_seen
        self._identify(child, [*unit.claims, *self._from_names((key,), unit.first_seen)])
        child.zone, child.contact = child.zone or parent.zone, child.contact or parent.contact
        self._settle_role(child, Role("controller", f"answers as unit {unit.number} of {address.ip}", 0.6))
        return child


def real_units(address: Address) -> list[Unit]:
    """The units that answered, in order."""
    if not len(address.units):
        return []
    return sorted((unit for unit in address.units.values() if unit.answered), key=lambda unit: (unit.port, unit.number))


def _brief(unit: Unit, child: Asset) -> dict[str, str | int]:
    known: dict[str, str | int] = {
        "unit": unit.number,
        "port": unit.port,
        "protocol": unit.protocol,
        "name": child.name,
    }
    known |= {
        "vendor": child.vendor,
        "model": child.model,
        "firmware": child.firmware,
        "serial": child.serial,
    }
    return {name: value for name, value in known.items() if value != ""}


def _vlan_ids(vlan: str) -> list[int]:
    return [int(part) for part in vlan.split(".") if part.isdigit()]
