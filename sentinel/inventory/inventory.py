"""The inventory: what is on this network, from the rows of each batch in their one order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any

import polars

from sentinel.errors import SentinelError
from sentinel.inventory.addresses import is_group_address, is_mac, plain_mac
from sentinel.inventory.answers import Answers
from sentinel.inventory.asset import Asset, Change
from sentinel.inventory.claims import NO_CLAIMS, PERSON, Claim, Claims, rank
from sentinel.inventory.hearsay import Hearsay
from sentinel.inventory.limits import InventoryLimits
from sentinel.inventory.names_file import Named
from sentinel.inventory.places import Places, place
from sentinel.inventory.records import Address, Card, Group, Habits
from sentinel.inventory.roles import SIGNS
from sentinel.inventory.vendors import Vendors
from sentinel.inventory.view import NAMING, Views
from sentinel.known import Known

if TYPE_CHECKING:
    from sentinel.sensor import Batch

Row = tuple[Any, ...]

# Columns read of each table, `sequence` and `time` first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "senders": ("vlan", "mac", "ip", "arp", "first", "last"),
    "conversations": ("conversation", "protocol", "client", "server", "server_port", "vlan"),
    "operations": ("operation", "conversation", "class", "unit"),
    "events": ("operation", "outcome"),
    "summaries": ("operation", "outcome"),
    "claims": ("subject_kind", "subject", "vlan", "attribute", "value", "source", "file", "frame"),
    "connections": (
        *("client", "server", "vlan", "application", "application_title"),
        *("group", "read", "bytes_server", "server_port"),
    ),
    "evictions": ("kind", "number"),
}


class Inventory:
    """Assets and what changed about them. A person's word outranks the wire's."""

    def __init__(
        self,
        site: str = "",
        limits: InventoryLimits | None = None,
        names: Mapping[str, Named] | None = None,
        vendors: Vendors | None = None,
    ) -> None:
        limits = limits or InventoryLimits()
        self.site = site
        self._limits = limits
        self._places = Places(site, limits, self._tell)
        self._hearsay = Hearsay(self._places, limits, self._tell)
        self._views = Views(self._places, names or {}, vendors or Vendors())
        self._changes: list[Change] = []
        self._now: tuple[int, int, int | None, int | None] = (0, 0, None, None)
        self._conversations: dict[int, Row] = {}
        self._operations: dict[int, tuple[int, int | None]] = {}
        """Numbers that rows of the batch speak of."""
        self._answers = Answers()
        self._known = Known()
        self._titles: dict[str, str] = {}
        self._captures: list[str] = []

    def observe(self, batch: Batch, known: Known | None = None) -> list[Change]:
        """Takes the rows of a batch; gives what changed, in order.

        `known`: what its numbers stand for; without it, all batches must be seen here.
        """
        if known is None:
            known = self._known
            known.learn(batch)
        if any(batch[table].height for table in COLUMNS):
            self._read(batch, known)
        changes, self._changes = self._changes, []
        return changes

    def _read(self, batch: Batch, known: Known) -> None:
        self._begin(batch, known)
        tables: list[Iterator[tuple[int, str, Row]]] = []
        for table, columns in COLUMNS.items():
            frame = batch[table]
            if frame.height:
                if table in ("events", "summaries"):
                    frame = _first_answers(frame, batch["evictions"].height > 0)
                tables.append(_numbered(table, frame.select("sequence", "time", *columns)))
        take: dict[str, Callable[[Row], None]] = {
            "senders": self._sender,
            "conversations": self._conversation,
            "operations": self._operation,
            "events": self._answer,
            "summaries": self._answer,
            "claims": self._claim,
            "connections": self._connection,
            "evictions": self._eviction,
        }
        # Each table is in order; all rows at once would be the most that a flood costs here.
        for sequence, table, row in heapq.merge(*tables, key=itemgetter(0)):
            self._now = (sequence, row[1], None, None)
            take[table](row[2:])

    # --- questions

    def asset_of(self, ip_or_mac: str, vlan: str = "") -> Asset | None:
        """The asset of an IP address, a MAC address, or `ip:port/unit`, as known now.

        Without a VLAN, that of the only VLAN in which the address was seen.
        """
        subject, _, number = ip_or_mac.partition("/")
        if number:
            subject = subject.rpartition(":")[0].strip("[]")
        group = self._group_of(subject, vlan)
        if group is None and not vlan:
            only = self._places.only_vlan(plain_mac(subject) if is_mac(subject) else subject)
            group = self._group_of(subject, only) if only is not None else None
        if group is None:
            return None
        asset, *units = self._views.of(group)
        return next((unit for unit in units if unit.subject == ip_or_mac), asset if not number or not units else None)

    def get(self, id_: str) -> Asset | None:
        """The asset with this id."""
        if (group := self._places.groups.get(id_)) is not None:
            return self._views.of(group)[0]
        return next((asset for asset in self.assets if asset.id == id_), None)

    @property
    def assets(self) -> Iterator[Asset]:
        """All assets, in the order in which they were found; a gateway's units follow it."""
        for group in list(self._places.groups.values()):
            yield from self._views.of(group)

    @property
    def count(self) -> int:
        """How many assets there are, without the units behind them."""
        return len(self._places.groups)

    @property
    def devices(self) -> int:
        """How many of them are devices, not network ports of others."""
        return sum(
            bool(group.addresses) or group.card is None or self._places.device_of(group.card) is None
            for group in self._places.groups.values()
        )

    def limits_reached(self) -> dict[str, int]:
        """How often each limit was reached in this process."""
        return dict(sorted(self._places.reached.items()))

    # --- people

    def learning_ended(self, time: int | None) -> None:
        """From this line time on, who is new and asks is an unknown computer. None: nothing is learnt yet."""
        if time != self._views.learnt_at:
            self._views.learnt_at = time
            self._views.forget()

    def use_captures(self, files: Iterable[str]) -> None:
        """Takes the names of the files that the next batches are read from."""
        self._captures = list(files)

    def use_names(self, names: Mapping[str, Named]) -> None:
        """Takes the plant's names anew."""
        self._views.names = names
        self._views.forget()

    def set(self, id_: str, **values: str) -> None:
        """A person's word about an asset: name, role, zone, contact, vendor, model. Empty takes it back."""
        unknown = sorted(values.keys() - set(NAMING))
        if unknown:
            raise SentinelError(f"{', '.join(unknown)} cannot be set; what can: {', '.join(NAMING)}")
        group, claims = self._claims_of(id_)
        rows = [row for row in claims.as_rows() if row["source"] != PERSON or row["attribute"] not in values]
        told = (
            Claim(name, text, PERSON, rank(PERSON), None, None, self._now[1], self._now[1])
            for name, text in values.items()
            if text
        )
        claims.replace([*rows, *(claim.as_dict() for claim in told)])
        self._places.touch(group)

    # --- persisted form

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Takes back what changed() gave: the latest row per id. Rows that say `gone` are no assets."""
        self._places.load(row for row in rows if not row.get("gone"))

    def unsaved(self) -> Iterator[dict[str, Any]]:
        """The persisted form of what changed since `saved` was called last; `{"id", "gone": True}` if forgotten."""
        changed, groups = self._places.changed, self._places.groups
        yield from ({"id": id_, "gone": True} for id_ in sorted(changed.keys() - groups.keys()))
        for group in self._changed_groups():
            yield group.as_row()

    def documents(self) -> Iterator[dict[str, Any]]:
        """The documents of the same assets."""
        for group in self._changed_groups():
            yield self._views.of(group)[0].document()

    def saved(self) -> None:
        """The store has all of it now."""
        self._places.saved()

    def changed(self) -> list[dict[str, Any]]:
        """What is unsaved, taken for saved from now on."""
        rows = list(self.unsaved())
        self.saved()
        return rows

    def _changed_groups(self) -> list[Group]:
        groups = self._places.groups
        found = [groups[id_] for id_ in self._places.changed if id_ in groups]
        return sorted(found, key=lambda group: (group.order, group.id))

    # --- rows

    def _begin(self, batch: Batch, known: Known) -> None:
        """Takes what was known before the batch, of what its rows speak of."""
        asked = polars.concat([_answered(batch[table])["operation"] for table in ("events", "summaries")]).unique()
        untold = polars.Series([one for one in asked if not self._answers.is_settled(one)], dtype=asked.dtype)
        operations = known.operations(untold, before=True).select("operation", "conversation", "unit")
        of = polars.concat([operations["conversation"], batch["operations"]["conversation"]]).unique()
        self._operations = {number: (conversation, unit) for number, conversation, unit in operations.iter_rows()}
        self._conversations = {}
        for row in known.conversations(of, before=True).select(COLUMNS["conversations"]).iter_rows():
            self._conversation(row)

    def _tell(self, group: Group, kind: str, attribute: str, *values: str | None, asset_id: str = "") -> None:
        sequence, time, frame, file = self._now
        before, after = values
        self._places.touch(group)
        id_ = asset_id or group.id
        self._changes.append(Change(sequence, time, kind, id_, attribute, before, after, frame, file))

    def _sender(self, row: Row) -> None:
        vlan, mac, ip, arp, first, last = row
        self._places.saw(vlan, mac, ip, said=bool(arp), first=first, last=last)

    def _conversation(self, row: Row) -> None:
        number, protocol, client, server, port, vlan = row
        # The texts that are there already: a row brings its own.
        ends = (self._places.addresses.get(place(vlan, text)) for text in (client, server))
        client, server = (
            known.ip if known is not None else text for known, text in zip(ends, (client, server), strict=True)
        )
        self._conversations[number] = intern(protocol), client, server, port, vlan

    def _operation(self, row: Row) -> None:
        number, conversation, class_, unit = row
        self._operations[number] = conversation, unit
        self._answers.begin(number)
        if (facts := self._conversations.get(conversation)) is not None:
            protocol, client, _, _, vlan = facts
            if (host := self._host(vlan, client)) is not None:
                self._add(host, "classes", class_)
                self._add(host, "protocols", protocol)

    def _answer(self, row: Row) -> None:
        """An operation was answered: once for the fact, once more when it first succeeds, for its unit."""
        number, outcome = row
        if number not in self._operations or not self._answers.is_news(number, outcome):
            return
        conversation, unit = self._operations[number]
        if (facts := self._conversations.get(conversation)) is None:
            return
        protocol, client, server, port, vlan = facts
        title = self._titles.get(protocol, "")
        if (host := self._host(vlan, server)) is not None:
            self._put(host, "answers", protocol, title)
        if (host := self._host(vlan, client)) is not None:
            self._put(host, "asked", protocol, title)
            self._partner(host, server)
        address = self._places.addresses.get(place(vlan, server))
        if address is not None and unit is not None and outcome == "success":
            self._hearsay.answered(address, port or 0, unit, protocol, self._now[1])

    def _claim(self, row: Row) -> None:
        kind, subject, vlan, attribute, value, source, file, frame = row
        sequence, time, _, _ = self._now
        self._now = (sequence, time, frame, file)
        known = file is not None and file < len(self._captures)
        capture = self._captures[file] if known else ""
        claim = Claim(attribute, value or "", source, rank(source), file, frame, time, time, capture)
        self._hearsay.claim(kind, subject, vlan, claim)

    def _connection(self, row: Row) -> None:
        client, server, vlan, name, title, group, read, bytes_server, port = row
        if name is None:
            return
        title = title or name
        asking, asked = self._host(vlan, client), self._host(vlan, server)
        both = [host for host in (asking, asked) if host is not None]
        for host in both:
            self._add(host, "protocols", name)
        if read:
            self._titles[name] = title
            for host in both:
                for known in ("answers", "asked"):
                    if name in getattr(host.done, known):
                        self._put(host, known, name, title)
            return
        answered = bool(bytes_server) and not is_group_address(server)
        if group == "ot" and answered and not is_mac(server):
            if asked is not None:
                self._put(asked, "answers", name, title)
            if asking is not None:
                self._put(asking, "asked", name, title)
                self._partner(asking, server)
        elif group == "ot":
            if asking is not None:
                self._put(asking, "sends", name, title)
            if asked is not None and answered:
                self._put(asked, "sends", name, title)
        elif group == "office":
            if asking is not None:
                self._add(asking, "uses", title)
            if asked is not None and answered:
                self._add(asked, "serves", title)
        elif group == "network":
            if asking is not None and name in SIGNS:
                self._add(asking, "signs", SIGNS[name])
            if asked is not None and answered and port:
                self._add(asked, "serves", title)

    def _eviction(self, row: Row) -> None:
        kind, number = row
        if kind == "operation":
            self._operations.pop(number, None)
            self._answers.give_up(number)

    # --- small parts

    def _host(self, vlan: str, text: str) -> Address | Card | None:
        """Whose habits they are; None if it never sent."""
        host = self._hearsay.subject(vlan, text)
        return host if host is not None and host.group is not None else None

    def _put(self, host: Address | Card, habit: str, name: str, title: str) -> None:
        known = getattr(host.done, habit)
        if name not in known and len(known) >= self._limits.protocols:
            self._places.limit("protocols")
            return
        title = title or known.get(name, "")
        if known.get(name) != title:
            self._did(host, self._places.ways.after(host.done, habit, name, title))

    def _add(self, host: Address | Card, habit: str, name: str) -> None:
        known = getattr(host.done, habit)
        if name in known:
            return
        if len(known) >= self._limits.protocols:
            self._places.limit("protocols")
        else:
            self._did(host, self._places.ways.after(host.done, habit, name))

    def _did(self, host: Address | Card, habits: Habits) -> None:
        host.done = habits
        if host.group is not None:
            self._places.touch(host.group)

    def _partner(self, host: Address | Card, server: str) -> None:
        if server in host.servers:
            return
        if len(host.servers) >= self._limits.partners:
            self._places.limit("partners")
            return
        host.asked(server)
        if host.group is not None:
            self._places.touch(host.group)

    def _group_of(self, text: str, vlan: str) -> Group | None:
        host = self._hearsay.subject(vlan, text)
        if host is not None and host.group is None and is_mac(text):
            card = self._places.cards[place(vlan, plain_mac(text))]
            sole = next(iter(card.ips), "") if len(card.ips) == 1 else ""
            return self._places.addresses[place(vlan, sole)].group if sole else None
        return host.group if host is not None else None

    def _claims_of(self, id_: str) -> tuple[Group, Claims]:
        """Where a person's word about this id is kept."""
        if (group := self._places.groups.get(id_)) is not None:
            if group.person is NO_CLAIMS:
                group.person = Claims()
            return group, group.person
        for group in self._places.groups.values():
            for unit in self._views.of(group)[1:]:
                if unit.id == id_:
                    address, _, key = unit.subject.rpartition(":")
                    return group, self._places.addresses[place(group.vlan, address.strip("[]"))].units[key].hear()
        raise SentinelError(f"no asset has the id {id_}; see sentinel assets")


def _numbered(table: str, frame: polars.DataFrame) -> Iterator[tuple[int, str, Row]]:
    for row in frame.iter_rows():
        yield row[0], table, row


def _answered(frame: polars.DataFrame) -> polars.DataFrame:
    if not frame.height:
        return frame
    return frame.filter(polars.col("outcome").is_in(["success", "failure"]))


def _first_answers(frame: polars.DataFrame, numbers_return: bool) -> polars.DataFrame:
    """Of many transactions those that can tell something new: first answer and success of each operation."""
    answered = _answered(frame).select("sequence", "time", "operation", "outcome")
    if numbers_return:
        # A number given up in this batch may mean another operation later in it.
        return answered
    return answered.unique(["operation", "outcome"], keep="first", maintain_order=True)
