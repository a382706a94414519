"""Which addresses are one asset: decided row by row, so that any cutting into batches decides the same.

An asset is named once: its id never changes. It is keyed by MAC where that is known as its own, else by IP.
Addresses share an asset only if one card sent for all of them and nothing says that it forwards for others:

- an address is a card's *own* if the card said so (ARP) or it cannot be routed (link-local, made of the MAC);
- own addresses stay together while at most four, their IPv4 ones in one /24 and used by no other card;
- one private address per family that the card only sent for is taken for its own while it sends for no other.

As soon as more is seen, such an address leaves for an asset of its own: the card belongs to whoever owns it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from sentinel.inventory.addresses import (
    Facts,
    Reach,
    are_neighbours,
    facts_of,
    is_group_mac,
    is_shared_mac,
    plain_mac,
)
from sentinel.inventory.claims import Claims
from sentinel.inventory.limits import InventoryLimits
from sentinel.inventory.records import INHERENT, SAID, Address, Card, Group, Ways, asset_id

MOST_OWN = 4
"""Addresses of one card that may be one asset; more look like a router that answers for others."""


def place(vlan: str, text: str) -> str:
    """The key of an IP or MAC address in a VLAN: the address itself where there are none, as mostly."""
    return f"{text}\x1f{vlan}" if vlan else text


class Tell(Protocol):
    """Told of a change of an asset, or of a unit behind it by its own id."""

    def __call__(self, group: Group, kind: str, attribute: str, *values: str | None, asset_id: str = "") -> None:
        """`values`: before and after."""


class Places:
    """All addresses, cards and assets."""

    def __init__(self, site: str, limits: InventoryLimits, tell: Tell) -> None:
        self.site = site
        self.limits = limits
        self.addresses: dict[str, Address] = {}
        """By `place`; so are the cards."""
        self.cards: dict[str, Card] = {}
        self.groups: dict[str, Group] = {}
        self.ways = Ways()
        self._scopes: dict[str, dict[str, None]] = {}
        """The VLANs in which an IP or MAC address was seen that have a number."""
        self.ports: dict[tuple[str, str], dict[str, None]] = {}
        """MAC addresses that said once that their device has this IP address: a hint where to look."""
        self.changed: dict[str, None] = {}
        self.reached: dict[str, int] = {}
        self._tell = tell
        self._order = 0
        self._idle: list[tuple[bool, int, int, str]] | None = None
        """Who goes first; in order once the limit was reached."""

    def saw(self, vlan: str, mac_text: str | None, ip_text: str | None, *, said: bool, first: int, last: int) -> None:
        """A MAC address sent, for an IP address if one is given; `said`: by ARP."""
        mac = plain_mac(mac_text)
        last = first if first == last else last
        address = self.addresses.get(place(vlan, ip_text)) if ip_text else None
        facts = address.facts if address is not None else facts_of(ip_text) if ip_text else None
        if facts is None or facts.reach is Reach.NONE:
            if mac and not is_group_mac(mac):
                self._saw_card(self._card(vlan, mac, first), first, last)
            return
        address = address or self.addresses.get(place(vlan, facts.ip))
        new = address is None
        if address is None:
            address = Address(vlan, facts, self._next(), first, last)
            self._know(address)
        elif first < address.first_seen or last > address.last_seen:
            address.first_seen, address.last_seen = (
                min(address.first_seen, first),
                max(address.last_seen, last),
            )
            if address.group is not None:
                self.touch(address.group)
        if mac:
            self._pair(address, self._card(vlan, mac, first), SAID if said else 0, new)
        elif new:
            self._found(f"ip:{address.ip}", [address], None)
        self._make_room(address.group)

    def touch(self, group: Group) -> None:
        """Notes that an asset is no longer as it was shown and stored, and its ports with it."""
        group.view = None
        self.changed[group.id] = None
        if self.ports:
            for address in group.addresses:
                for mac in self.ports.get((address.vlan, address.ip), ()):
                    card = self.cards.get(place(address.vlan, mac))
                    if card is not None and card.group is not None:
                        card.group.view = None
                        self.changed[card.group.id] = None

    def saved(self) -> None:
        """The store has everything as it is now."""
        for id_ in self.changed:
            if (group := self.groups.get(id_)) is not None:
                group.kept = True
        self.changed.clear()

    def only_vlan(self, text: str) -> str | None:
        """The VLAN in which the IP or MAC address was seen, if it is the only one and has a number."""
        scopes = self._scopes.get(text, {})
        elsewhere = text in self.addresses or text in self.cards
        return next(iter(scopes)) if len(scopes) == 1 and not elsewhere else None

    def says_address(self, card: Card, ip: str) -> None:
        """The card said that its device has this IP address."""
        known = self.ports.setdefault((card.vlan, ip), {})
        if len(known) < self.limits.macs:
            known[card.mac] = None

    def ports_of(self, address: Address) -> Iterator[Card]:
        """Cards of the device with this address that send no IP packets: ports, which speak for their device.

        Only those whose number lies next to that of the address's own card: behind an address translation, another
        device has the address that a port gives.
        """
        for mac in self.ports.get((address.vlan, address.ip), ()):
            card = self.cards.get(place(address.vlan, mac))
            told = card is not None and not card.ips and address.ip in card.claims.values_of("ip")
            if card is not None and told and any(are_neighbours(mac, own) for own in self.macs_of(address)):
                yield card

    def device_of(self, card: Card) -> Address | None:
        """The address of the device that this card is a port of."""
        for ip in card.claims.values_of("ip"):
            address = self.addresses.get(place(card.vlan, ip))
            if address is not None and address.group is not None and card in self.ports_of(address):
                return address
        return None

    def touch_device(self, card: Card) -> None:
        """Notes that what a port says of its device is no longer as it was."""
        for ip in card.claims.values_of("ip"):
            address = self.addresses.get(place(card.vlan, ip))
            if address is not None and address.group is not None:
                self.touch(address.group)

    def owns(self, card: Card, address: Address) -> bool:
        """Whether the MAC address belongs to the asset of this IP address, as far as we know."""
        if len(card.ips) == 1 or (address.group is not None and address.group is card.group):
            return True
        return bool(card.ips.get(address.ip)) and card.own <= MOST_OWN

    def macs_of(self, address: Address) -> list[str]:
        """The MAC addresses that are those of this IP address, not of a router before it."""
        cards = ((mac, self.cards.get(place(address.vlan, mac))) for mac in address.macs)
        return [mac for mac, card in cards if card is not None and self.owns(card, address)]

    def forwards_for(self, card: Card) -> int:
        """For how many addresses of others the card sends that no other card sends for."""
        inside = {address.ip for address in card.group.addresses} if card.group else set()
        if len(card.ips) > 64:
            return len(card.ips) - len(inside)
        others = (self.addresses[place(card.vlan, ip)] for ip in card.ips if ip not in inside)
        return sum(len(other.macs) == 1 for other in others)

    # --- placing

    def _card(self, vlan: str, mac: str, first: int) -> Card:
        card = self.cards.get(place(vlan, mac))
        if card is None:
            card = self.cards[place(vlan, mac)] = Card(vlan, mac, first, first)
            if vlan:
                self._scopes.setdefault(mac, {})[vlan] = None
        return card

    def _know(self, address: Address) -> None:
        self.addresses[place(address.vlan, address.ip)] = address
        if address.vlan:
            self._scopes.setdefault(address.ip, {})[address.vlan] = None

    def _unknow(self, vlan: str, text: str) -> None:
        if vlan:
            scopes = self._scopes.get(text, {})
            scopes.pop(vlan, None)
            if not scopes:
                self._scopes.pop(text, None)

    def _saw_card(self, card: Card, first: int, last: int) -> None:
        before = card.seen, card.first_seen, card.last_seen
        if card.seen:
            card.first_seen, card.last_seen = min(card.first_seen, first), max(card.last_seen, last)
        else:
            card.seen, card.first_seen, card.last_seen = True, first, last
        if card.group is None:
            self._found(f"mac:{card.mac}", [], card)
        elif before != (card.seen, card.first_seen, card.last_seen):
            self.touch(card.group)
        self._make_room(card.group)

    def _pair(self, address: Address, card: Card, said: int, new: bool) -> None:
        known = address.macs.get(card.mac)
        bits = (known or 0) | said | self._inherent(address.facts, card.mac)
        if known == bits:
            return
        if known is None and len(address.macs) >= self.limits.macs:
            self.limit("macs")
            self._forget_card(card)
            return
        had = self.macs_of(address)
        if known is None and len(card.ips) == 1:
            # What was the only address of this card may lose it.
            self._touch_addresses(card)
        address.macs[card.mac] = card.ips[address.ip] = bits
        card.own += bool(bits) and not known
        if card.own == MOST_OWN + 1 and bits and not known:
            self._touch_addresses(card)
        if address.group is None:
            self._place(address, card)
        else:
            self._recheck(card)
            if address.group.card is not None:
                self._recheck(address.group.card)
            self._anchor(address, card)
        for mac in address.macs:
            other = self.cards[place(address.vlan, mac)]
            if other.group is not None:
                self.touch(other.group)
        if not new and address.group is not None and card.mac not in had and self.owns(card, address):
            others = [mac for mac in had if not is_shared_mac(mac)]
            kind = "conflict" if others and not is_shared_mac(card.mac) else "asset-changed"
            self._tell(address.group, kind, "mac", ", ".join(had) or None, card.mac)

    @staticmethod
    def _inherent(facts: Facts, mac: str) -> int:
        return INHERENT if facts.reach is Reach.LINK or facts.card == mac else 0

    def _place(self, address: Address, card: Card) -> None:
        if not self._join(address, card):
            self._recheck(card)
            if not self._join(address, card):
                own = bool(card.ips[address.ip]) and card.group is None and card.own <= MOST_OWN
                if own and address.facts.reach is not Reach.LOOPBACK:
                    self._found(f"mac:{card.mac}", [address], card)
                else:
                    self._found(f"ip:{address.ip}", [address], None)
                    self._anchor(address, card)

    def _join(self, address: Address, card: Card) -> bool:
        group = card.group
        if group is None or not self._sound(card, [*group.addresses, address]):
            return False
        group.addresses.append(address)
        address.group = group
        self._tell(group, "asset-changed", "ip", None, address.ip)
        return True

    def _anchor(self, address: Address, card: Card) -> None:
        """Takes the card for that of an asset that is keyed by its IP address, if it is so."""
        group = address.group
        alone = len(address.macs) == 1 and group is not None and group.addresses == [address]
        if alone and group is not None and card.group is None and group.card is None and self._sound(card, [address]):
            self._attach(group, card)

    @staticmethod
    def _attach(group: Group, card: Card) -> None:
        group.card, card.group = card, group
        if not card.seen and group.addresses:
            card.first_seen, card.last_seen = group.first_seen, group.last_seen

    def _sound(self, card: Card, members: list[Address]) -> bool:
        """Whether these addresses, all of which this card sent for, may be one asset."""
        if len(members) > MOST_OWN or card.own > MOST_OWN:
            return False
        outside = len(card.ips) - len(members)
        if any(member.facts.reach is Reach.LOOPBACK for member in members):
            return False
        link_local = {member.facts.family for member in members if member.facts.reach is Reach.LINK}
        for family in (4, 6):
            settled = [one for one in members if one.facts.family == family and one.facts.reach is not Reach.LINK]
            weak = [one for one in settled if not card.ips.get(one.ip)]
            if weak and (outside or len(settled) > 1):
                return False
            if any(one.facts.reach is Reach.PUBLIC and not (family == 6 and 6 in link_local) for one in weak):
                return False
            if len({one.facts.network for one in settled}) > 1:
                return False
            if len(settled) > 1 and any(len(one.macs) > 1 for one in settled):
                return False
        return True

    def _recheck(self, card: Card) -> None:
        """Lets go the addresses for which the card turned out to be a router's, or another's."""
        group = card.group
        if group is None or self._sound(card, group.addresses):
            return
        if card.own > MOST_OWN:
            leaving = list(group.addresses)
        else:
            leaving = [one for one in group.addresses if not card.ips.get(one.ip)]
            rest = [one for one in group.addresses if one not in leaving]
            if not self._sound(card, rest):
                leaving += [one for one in rest if len(one.macs) > 1 and one.facts.reach is not Reach.LINK]
        namesake = next((one for one in leaving if group.key == f"ip:{one.ip}"), None)
        if namesake is None:
            group.addresses = [one for one in group.addresses if one not in leaving]
        else:
            staying = [one for one in group.addresses if one not in leaving]
            leaving.remove(namesake)
            group.addresses, group.card, card.group = [namesake], None, None
            if staying or card.seen:
                self._found(f"mac:{card.mac}", staying, card, split_from=group)
        self.touch(group)
        for one in leaving:
            one.group = None
            self._found(f"ip:{one.ip}", [one], None, split_from=group)

    def _found(self, key: str, members: list[Address], card: Card | None, split_from: Group | None = None) -> None:
        vlan = card.vlan if card is not None else members[0].vlan
        group = Group(asset_id(self.site, vlan, key), vlan, key, self._next(), members)
        self.groups[group.id] = group
        for member in members:
            member.group = group
        if card is not None:
            self._attach(group, card)
        group.kept = group.id in self.changed  # it was forgotten, and the store was not told yet
        if self._idle is not None:
            heapq.heappush(self._idle, self._rank(group))
        self.touch(group)
        shown = members[0].ip if members else key.partition(":")[2]
        if split_from is None:
            self._tell(group, "asset-new", "address", None, shown)
        else:
            self._tell(group, "asset-changed", "split", split_from.id, shown)

    def _touch_addresses(self, card: Card) -> None:
        for ip in card.ips:
            group = self.addresses[place(card.vlan, ip)].group
            if group is not None:
                self.touch(group)

    def _next(self) -> int:
        self._order += 1
        return self._order

    # --- room

    def limit(self, name: str) -> None:
        """Counts that a limit was reached."""
        self.reached[name] = self.reached.get(name, 0) + 1

    def _rank(self, group: Group) -> tuple[bool, int, int, str]:
        """Who goes first: what only sent, then the longest idle, then the oldest."""
        speaks = any(part.habits.answers or part.habits.asked for part in group.parts())
        return speaks, group.last_seen, group.order, group.id

    def _make_room(self, keep: Group | None) -> None:
        """Forgets the idlest assets beyond the limit; never one that a person named, nor the one seen now."""
        if len(self.groups) <= self.limits.assets:
            return
        if self._idle is None:
            self._idle = [self._rank(group) for group in self.groups.values()]
            heapq.heapify(self._idle)
        back: list[tuple[bool, int, int, str]] = []
        while len(self.groups) > self.limits.assets and self._idle:
            entry = heapq.heappop(self._idle)
            group = self.groups.get(entry[3])
            if group is None or group.order != entry[2]:
                continue
            now = self._rank(group)
            if now != entry:
                heapq.heappush(self._idle, now)
            elif group is keep:
                back.append(entry)
            elif not len(group.person):
                self._forget(group)
        for entry in back:
            heapq.heappush(self._idle, entry)

    def _forget(self, group: Group) -> None:
        self.limit("assets")
        self.touch(group)
        if group.card is not None:
            self.touch_device(group.card)
        del self.groups[group.id]
        if not group.kept:
            del self.changed[group.id]  # the store never heard of it
        if group.card is not None:
            group.card.group, group.card.seen = None, False
            self._forget_card(group.card)
        for address in group.addresses:
            del self.addresses[place(address.vlan, address.ip)]
            self._unknow(address.vlan, address.ip)
            for mac in address.macs:
                card = self.cards[place(address.vlan, mac)]
                card.own -= bool(card.ips.pop(address.ip))
                if len(card.ips) == 1 or card.own == MOST_OWN:
                    self._touch_addresses(card)
                self._forget_card(card)
            address.group = None  # no ring: nobody looks for garbage as often as a flood makes it
        group.addresses, group.card = [], None

    def _forget_card(self, card: Card) -> None:
        if not card.ips and card.group is None:
            self.cards.pop(place(card.vlan, card.mac), None)
            self._unknow(card.vlan, card.mac)

    # --- persisted form

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Takes back what was stored. Cards of several assets are put together from their addresses."""
        for row in sorted(rows, key=lambda row: row["order"]):
            vlan = row["vlan"]
            group = Group(row["id"], vlan, row["key"], row["order"], kept=True)
            if row["person"]:
                group.person = Claims(row["person"])
            self.groups[group.id] = group
            for stored in row["addresses"]:
                address = Address.of_row(vlan, stored, self.ways)
                address.group = group
                group.addresses.append(address)
                self._know(address)
                self._order = max(self._order, address.order)
                for mac, bits in address.macs.items():
                    card = self._card(vlan, mac, address.first_seen)
                    card.ips[address.ip] = bits
                    card.own += bool(bits)
            if row["card"] is not None:
                card = self._card(vlan, row["card"]["mac"], row["card"]["first_seen"])
                card.load(row["card"], self.ways)
                for ip in card.claims.values_of("ip"):
                    self.says_address(card, ip)
                group.card, card.group = card, group
            self._order = max(self._order, group.order)
