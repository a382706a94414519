"""Rows to novelties: what each row says about facts, judged against what is normal at that moment."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sentinel.baseline.breadth import Place, Window, Windows
from sentinel.baseline.exposure import About, exposure_of
from sentinel.baseline.facts import ANY_HOST, HOUR, MINUTE, Fact, Subject, clean, slug
from sentinel.baseline.kept import Facts
from sentinel.baseline.learning import BaselineSettings, Learning
from sentinel.baseline.novelty import Novelty
from sentinel.baseline.plain import Place as PointPlace
from sentinel.baseline.repeats import Repeats
from sentinel.baseline.rows import CRITICAL_CLASSES, EVENT, QUIET_CLASSES, Numbers, Operation, Points, Row, Summaries
from sentinel.baseline.standing_out import Notes

if TYPE_CHECKING:
    from sentinel.known import Known
    from sentinel.sensor import Batch

BREADTH_KINDS = {"requests": "breadth_points", "refused": "refused", "explosion": "explosion"}

NAMES_LIMIT = 256
"""Names of requests and units remembered of one conversation. Attack: a client that invents functions."""

MOST_POWER = 24
"""Breadth is approved in powers of two, so that an approval has some room; up to this one."""

MACS_LIMIT = 20_000
"""Network cards remembered. Attack: a flood of invented senders."""

EPHEMERAL = 32_768
"""Ports from here on are one-time ports when nobody said which side is the server."""

EARLY_EXPLOSION = 20
"""A plant's first minute is full of novelties: while learning, so many times more make an explosion."""

NO_SENDER = ("0.0.0.0", "::")

NO_VALUES: dict[str, Any] = {}

Name = TypeVar("Name", str, int)


class Moment(NamedTuple):
    """What all facts and novelties of one row share."""

    sequence: int
    time: int
    timestamp: int
    times: int
    values: dict[str, Any]

    @property
    def minute(self) -> int:
        """The minute of the packets."""
        return self.timestamp // MINUTE


class Observer:
    """Keeps facts up to date row by row, and collects novelties in `out`."""

    def __init__(self, settings: BaselineSettings, facts: Facts, learning: Learning) -> None:
        self._settings = settings
        self._facts = facts
        self._learning = learning
        self._numbers = Numbers()
        self._repeats = Repeats(facts, learning)
        self._told: dict[str, tuple[int, int]] = {}
        self._macs: dict[str, None] = {}
        self.windows = Windows()
        self.notes = Notes()
        self.out: list[Novelty] = []

    def remember(self, fact: Fact) -> None:
        """The network card of an asset: frames without an address are no other device."""
        if fact.subject.kind == "asset" and fact.text:
            self._macs[fact.text] = None
            if len(self._macs) > MACS_LIMIT:
                del self._macs[next(iter(self._macs))]

    def begin(self, batch: Batch, known: Known) -> None:
        """Before the rows of a batch: what their numbers stand for."""
        self._numbers.begin(batch, known)

    def read(self, row: Row | Points | Summaries) -> None:
        """One row of any other table, the points of one message, or summaries."""
        if isinstance(row, Points):
            self._points(row)
            return
        if isinstance(row, Summaries):
            self._summaries(row)
            return
        if row.table == "events":
            self._event(row)
            return
        values = row.values
        if row.table == "operations":
            self._numbers.operation(values)
        elif row.table == "conversations":
            self._numbers.conversation(values)
        elif row.table == "senders":
            self._sender(Moment(row.sequence, row.time, values["first"], 1, values))
        elif row.table == "connections":
            self._connection(Moment(row.sequence, row.time, values["first"], 1, values))
        else:
            self._numbers.evicted(values)

    # Transactions

    def _summaries(self, run: Summaries) -> None:
        for sequence, number, outcome, first, last, count in zip(*run[1:], strict=True):
            operation = self._numbers.get(number)
            if operation is None or self._repeats.count(operation, outcome, run.time, first, last, count):
                continue
            self._judge(operation, Moment(sequence, run.time, first, count, {"outcome": outcome, "last": last}))

    def _event(self, row: Row) -> None:
        number, time, outcome = row.cells[: len(EVENT)]
        operation = self._numbers.get(number)
        if operation is not None and not self._repeats.count(operation, outcome, row.time, time, time, 1):
            self._judge(operation, Moment(row.sequence, row.time, time, 1, row.values))

    def _judge(self, operation: Operation, now: Moment) -> None:
        pair_new, pair_normal = self._before(operation.conversation_key, now.time)
        class_new, class_normal = self._before(operation.class_key, now.time)
        single_new, _ = self._before(operation.key, now.time)
        pair = self._use(operation.conversation, operation.conversation_key, now)
        class_ = self._use(operation.class_, operation.class_key, now)
        single = self._use(operation.subject, operation.key, now)
        if single_new:
            single.name, single.text, single.unit = operation.name, operation.text, operation.unit
        accepted = single.standing(now.time) in ("approved", "imported")
        denied = single.standing(now.time) == "denied"
        about = About(operation.class_, operation, pair_normal)
        quiet = operation.word in QUIET_CLASSES
        if pair_new or pair.standing(now.time) == "denied" or (quiet and not pair_normal):
            self._tell("conversation", pair, pair_new, now, about)
        if operation.critical:
            if not accepted:
                self._tell("control", single, single_new, now, about)
        elif operation.word == "write" and not class_normal:
            if not accepted:
                self._tell("class", class_, class_new, now, about, key=operation.key)
        elif not class_normal and (pair_normal or not (quiet or pair_new)):
            self._tell("class", class_, class_new, now, about)
        elif class_normal and pair_normal and (single_new or denied):
            self._tell("operation", single, single_new, now, about)
        self._breadth_of(operation, pair, single, now)

    def _before(self, key: str, time: int) -> tuple[bool, bool]:
        """Is the fact new; is it normal?"""
        fact = self._facts.get(key)
        return fact is None, fact is not None and fact.normal(time)

    def _use(self, subject: Subject, key: str, now: Moment) -> Fact:
        """Counts a use of a fact; learns it if this is the time for it. Control is never learnt."""
        fact = self._facts.get(key)
        critical = subject.word in CRITICAL_CLASSES and subject.kind in ("class", "operation")
        teach = not critical and self._learning.teaches(now.time, now.timestamp)
        last = now.values.get("last") or now.timestamp
        if fact is None:
            hour = now.timestamp // HOUR
            fact = Fact(subject, key, "learnt" if teach else "seen", now.timestamp, last, 1, now.times, hour)
            self._facts.add(fact)
            return fact
        fact.saw(now.timestamp, last, now.times)
        if teach and fact.provenance == "seen" and not fact.alerted:
            fact.provenance = "learnt"
            self._facts.put(fact)
        else:
            self._facts.touch(fact)
        return fact

    def _usual(self, fact: Fact, now: Moment) -> bool:
        """Was it there in an earlier minute, and is nobody still to judge it?"""
        earlier = fact.first // MINUTE < now.minute
        return earlier and (fact.normal(now.time) or self._learning.state(now.time) == "none")

    # Breadth

    def _breadth_of(self, operation: Operation, pair: Fact, single: Fact, now: Moment) -> None:
        settings, subject = self._settings, operation.conversation
        place = (subject.protocol, subject.actor, subject.target, subject.port, subject.vlan)
        keep = self._learning.state(now.time) == "none" or self._learning.teaches(now.time, now.timestamp)
        if pair.functions is None:
            pair.functions = {}
        if pair.units is None:
            pair.units = {}
        if _fresh(pair.functions, operation.name, now.minute, keep):
            self._count(("functions", *place), operation.name, now, settings.functions)
        if operation.unit is not None and _fresh(pair.units, operation.unit, now.minute, keep):
            self._count(("units", *place), f"unit {operation.unit}", now, settings.units)
        if operation.text and not self._usual(single, now):
            self._swept("requests", place, operation.text, now)
        if not self._usual(pair, now):
            self._count_host(subject, now)
        if now.values["outcome"] == "failure":
            errors = Subject("errors", *place, word=slug(now.values.get("status") or "failure"))
            if not self._usual(self._use(errors, errors.key(), now), now):
                self._count(("refused", *place), operation.name, now, settings.refused, weight=now.times)

    def _swept(self, word: str, place: tuple[str, str, str, int | None, str], item: str, now: Moment) -> None:
        """New points or new requests: one sweep is told by one of the two counts."""
        other = "points" if word == "requests" else "requests"
        if not self.windows.was_told((other, *place), now.minute):
            threshold = self._settings.points if word == "points" else self._settings.requests
            self._count((word, *place), item, now, threshold)

    def _count_host(self, subject: Subject, now: Moment) -> None:
        place = ("hosts", subject.protocol, subject.actor, ANY_HOST, subject.port, subject.vlan)
        self._count(place, subject.target, now, self._settings.hosts)

    def _count(self, place: Place, item: str, now: Moment, threshold: int, weight: int | None = None) -> None:
        window = self.windows.add(place, now.minute, item.strip(), time=now.time, threshold=threshold, weight=weight)
        if window is not None:
            self.tell_window(window, now)

    def tell_window(self, window: Window, now: Moment) -> None:
        """A novelty of breadth, or its last growth."""
        word, protocol, actor, target, port, vlan = window.place
        first = window.told == 0
        grown = self.windows.tell(window)
        keys: list[str] = []
        fact = None
        if word == "explosion":
            subject = Subject("breadth", word=protocol)
        else:
            subject = Subject("breadth", protocol, actor, target, port, vlan, word)
            size = min(max((window.total - 1).bit_length(), 2), MOST_POWER)
            keys = [subject._replace(id=f"up-to-{1 << power}").key() for power in range(MOST_POWER, 1, -1)]
            if any(one.normal(now.time) for key in keys[: MOST_POWER - size + 1] if (one := self._facts.get(key))):
                return  # so many, or more, are approved
            keys = keys[MOST_POWER - size :]
            fact = self._facts.get(keys[0])
        novelty = self._novelty(
            BREADTH_KINDS.get(word, f"breadth_{word}"),
            keys[0] if keys else "",
            now,
            About(subject, None, False),
            count=grown,
            again=not first,
            denied=fact is not None and fact.standing(now.time) == "denied",
        )
        items = tuple(clean(item, 60) for item in window.examples)
        self._keep(replace(novelty, total=window.total, items=items, also=tuple(keys[1:])))

    # Points, senders, connections

    def _points(self, run: Points) -> None:
        """Points that one message touched: mostly new ones, which are judged together."""
        place = self._facts.points.place(run.protocol, run.server, run.port, run.vlan, run.word)
        ids = run.ids
        alone = len(ids) == 1 or len(set(ids)) == len(ids)
        if alone and not place.decided and place.rows.keys().isdisjoint(ids):
            self._new_points(run, place)
            return
        for at, id in enumerate(ids):
            if id in place.decided or id in place.rows:
                self._known_point(run.one(at), place)
            else:
                self._new_points(run.one(at), place)

    def _new_points(self, run: Points, place: PointPlace) -> None:
        time = run.time
        operation, state = self._numbers.get(run.operation), self._learning.state(time)
        texts = [name if name and len(name) < 100 and name.isprintable() else clean(name) for name in run.names]
        told = time if operation is not None else 0
        self._facts.points.add(
            place,
            run.ids,
            texts,
            run.units,
            time=time,
            told=told,
            alerted=operation is not None and state == "learnt",
            learnt=self._learning.teaches(time, time),
        )
        if operation is None:
            return
        pair = operation.conversation
        actor, where = pair.actor, (pair.protocol, pair.actor, pair.target, pair.port, pair.vlan)
        minute, threshold = time // MINUTE, self._explosion_from("point", time)
        # Past these two bounds a point changes a count at most: of a sweep over thousands nearly all are there.
        exploded = self._exploded("point", minute)
        full = self.windows.full(("points", *where), minute) is not None
        at, many = 0, len(texts)
        while at < many:
            if full and exploded is not None:
                counted = self.windows.count_many(exploded, actor, time, threshold, many - at)
                if counted is None:
                    return
                at += counted
                self.tell_window(exploded, Moment(run.sequences[at - 1], time, time, 1, NO_VALUES))
                continue
            now = Moment(run.sequences[at], time, time, 1, NO_VALUES)
            key = f"{place.before}{run.ids[at]}{place.after}"
            if exploded is None:
                subject = Subject("point", run.protocol, actor, run.server, run.port, run.vlan, run.word, run.ids[at])
                if not self._too_many("point", now, actor):
                    self._tell_point(key, texts[at], 1, True, False, now, About(subject, operation, False))
                exploded = self._exploded("point", minute)
            elif self.windows.count(exploded, actor, time, threshold, 1) is not None:
                self.tell_window(exploded, now)
            if not full:
                self._swept("points", where, texts[at] or key, now)
                full = self.windows.full(("points", *where), minute) is not None
            at += 1

    def _known_point(self, run: Points, place: PointPlace) -> None:
        """A point whose fact is there: of this process before, or of an earlier one."""
        time, id = run.time, run.ids[0]
        operation = self._numbers.get(run.operation)
        actor = operation.conversation.actor if operation is not None else ""
        subject = Subject("point", run.protocol, actor, run.server, run.port, run.vlan, run.word, id)
        key = f"{place.before}{id}{place.after}"
        now = Moment(run.sequences[0], time, time, 1, NO_VALUES)
        if id in place.decided:
            fact = self._use(subject, key, now)
        else:
            fact = self._facts.points.use(place, id, time, self._learning.teaches(time, time))
        if operation is None:
            return
        if fact.standing(time) == "denied":
            fact.told, fact.alerted = time, fact.alerted or self._learning.state(time) == "learnt"
            self._tell_point(key, fact.text, fact.count, False, True, now, About(subject, operation, False))
        pair = operation.conversation
        where = (pair.protocol, pair.actor, pair.target, pair.port, pair.vlan)
        if self.windows.full(("points", *where), now.minute) is None and not self._usual(fact, now):
            self._swept("points", where, fact.text or key, now)

    def _tell_point(self, key: str, text: str, total: int, new: bool, denied: bool, now: Moment, about: About) -> None:
        novelty = self._novelty("point", key, now, about, count=1, again=not new, denied=denied)
        self._keep(replace(novelty, total=total, items=(text,)))

    def _sender(self, now: Moment) -> None:
        address = now.values["ip"] or now.values["mac"]
        if not address or address in NO_SENDER:
            return
        mac = now.values["mac"] or ""
        if address == mac and mac in self._macs:
            return  # the same device, by a frame without an address
        subject = Subject("asset", actor=address, vlan=now.values["vlan"] or "")
        key = subject.key()
        new, _ = self._before(key, now.time)
        fact = self._use(subject, key, now)
        if address != mac:
            fact.text = mac
            self.remember(fact)
        if new or fact.standing(now.time) == "denied":
            self._tell("asset", fact, new, now, About(subject, None, False))

    def _connection(self, now: Moment) -> None:
        """Services that are recognised but not read: who talks to whom."""
        values = now.values
        port: int | None = values["server_port"]
        pair = (values["client"], values["server"], port, values["vlan"] or "")
        if values["read"] or not values["server"] or _to_many(values["server"]) or self._numbers.decoded(pair):
            return
        if values["role_source"] == "first" and port is not None and port >= EPHEMERAL:
            port = None
        protocol = slug(values["application"] or values["transport"])
        subject = Subject("conversation", protocol, values["client"], values["server"], port, values["vlan"] or "")
        key = subject.key()
        new, _ = self._before(key, now.time)
        fact = self._use(subject, key, now)
        if new:
            fact.name = clean(values["application_title"])
        if new or not fact.normal(now.time):
            self._tell("conversation", fact, new, now, About(subject, None, False))
        if not self._usual(fact, now) and values["role_source"] != "first":
            self._count_host(subject, now)

    # Novelties

    def _tell(
        self,
        kind: str,
        fact: Fact,
        new: bool,
        now: Moment,
        about: About,
        *,
        key: str = "",
    ) -> None:
        """Once when new; what nobody approved again at most once a minute; denied and control each time."""
        state = self._learning.state(now.time)
        denied = fact.standing(now.time) == "denied"
        count = now.times
        if not (new or denied or kind == "control"):
            if state != "learnt":
                return
            fact.pending += count
            if now.time - fact.told < MINUTE:
                return
            count, fact.pending = fact.pending, 0
        fact.told = now.time
        fact.alerted = fact.alerted or state == "learnt"
        name = "write" if kind == "class" and about.subject.word == "write" else kind
        if kind != "control" and not denied and self._too_many(name, now, about.subject.actor):
            return
        novelty = self._novelty(kind, key or fact.key, now, about, count=count, again=not new, denied=denied)
        also = about.operation.quiet_keys if kind == "conversation" and about.operation else ()
        self._keep(replace(novelty, also=also, total=fact.count))

    def _too_many(self, kind: str, now: Moment, actor: str) -> bool:
        """Past a number of novelties of a kind in a minute, one `explosion` stands for the rest."""
        minute, told = self._told.get(kind, (-1, 0))
        told = told + 1 if minute == now.time // MINUTE else 1
        minute = now.time // MINUTE
        self._told[kind] = (minute, told)
        if told <= self._most(kind):
            return False
        place = ("explosion", kind, "", "", None, "")
        threshold = self._explosion_from(kind, now.time)
        window = self.windows.add(place, minute, actor, time=now.time, threshold=threshold, weight=1)
        if window is not None:
            self.tell_window(window, now)
        return True

    def _explosion_from(self, kind: str, time: int) -> int:
        """How many more make an explosion."""
        return 1 if self._learning.state(time) == "learnt" else EARLY_EXPLOSION * self._most(kind)

    def _exploded(self, kind: str, minute: int) -> Window | None:
        """The minute's window of an explosion, if novelties of this kind are only counted any more."""
        at, told = self._told.get(kind, (-1, 0))
        if at != minute or told <= self._most(kind):
            return None
        return self.windows.of(("explosion", kind, "", "", None, ""), minute)

    def _most(self, kind: str) -> int:
        return self._settings.critical_novelties if kind == "write" else self._settings.novelties

    def _keep(self, novelty: Novelty) -> None:
        self.out.append(novelty)
        if novelty.state != "learnt":
            self.notes.add(novelty)

    def _novelty(
        self, kind: str, key: str, now: Moment, about: About, *, count: int, again: bool, denied: bool
    ) -> Novelty:
        values, operation = now.values, about.operation
        frames = [values.get("request_frame"), values.get("response_frame")]
        if values.get("response_file") is not None:
            frames.pop()  # its number belongs to another file
        return Novelty(
            sequence=now.sequence,
            time=now.time,
            timestamp=now.timestamp,
            kind=kind,
            key=key,
            subject=about.subject,
            state=self._learning.state(now.time),
            exposure=exposure_of(self._facts, self._learning, now.time, about),
            count=count,
            again=again,
            denied=denied,
            operation_id=operation.id if operation else "",
            operation=operation.name if operation else "",
            operation_class=operation.word if operation else "",
            operation_text=operation.text if operation else "",
            action=operation.action if operation else "",
            unit=operation.unit if operation else None,
            outcome=values.get("outcome") or "",
            status=clean(values.get("status")),
            client_port=values.get("client_port"),
            mac=values.get("mac") or "",
            file=values.get("file"),
            frames=tuple(frame for frame in frames if frame is not None),
            decoded=operation is not None or kind not in ("conversation",),
            group=values.get("group") or "",
            title=clean(values.get("application_title")),
        )


def _fresh(known: dict[Name, int], name: Name, minute: int, keep: bool) -> bool:
    """Is the name unknown? Remembers it with its minute, if it may be."""
    if name in known:
        return False
    if keep and len(known) < NAMES_LIMIT:
        known[name] = minute
    return True


def _to_many(address: str) -> bool:
    """Multicast and broadcast: nobody's service."""
    try:
        return ipaddress.ip_address(address).is_multicast or address.endswith(".255")
    except ValueError:
        return address.startswith(("FF-FF", "01-", "33-33"))
