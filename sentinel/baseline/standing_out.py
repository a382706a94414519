"""What stands out while normal is not yet known: the few notes worth a person's look."""

from __future__ import annotations

import ipaddress
import statistics
from dataclasses import dataclass, replace

from sentinel.baseline.facts import MINUTE, Fact, Subject
from sentinel.baseline.kept import Facts
from sentinel.baseline.novelty import Novelty

NOTE_LIMIT = 2_000
"""Notes kept for ranking. Attack: a flood of invented actors while there is no baseline."""

ENOUGH_TRANSACTIONS = 100
"""Below this nothing is rare."""
ENOUGH_PAIRS = 4
SELDOM = 5
"""A pair with more transactions is a running one: its single command is an operator's."""
LATE_AFTER = 5 * MINUTE
LATE_SHARE = 0.25
BREADTH_AFTER = 2 * MINUTE
PUBLIC_SHARE = 0.2
"""A plant that numbers its own devices with public addresses: they say nothing."""
LEAST_SCORE = 25

RANKED_KINDS = (
    "conversation",
    "class",
    "asset",
    "breadth_hosts",
    "breadth_functions",
    "breadth_units",
    "breadth_points",
)


def is_public(address: str) -> bool:
    """An address of the internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return ip.is_global and not ip.is_multicast


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the notes are compared with."""

    since: int
    time: int
    transactions: int
    rare: float
    clients: dict[tuple[str, int | None, str], int]
    writers: dict[tuple[str, int | None, str], int]
    written_by: dict[tuple[str, str], int]
    public_plant: bool


class Notes:
    """Remembers notes and, when asked, chooses the best."""

    def __init__(self) -> None:
        self._notes: dict[str, Novelty] = {}

    def add(self, novelty: Novelty) -> None:
        """Remembers a note, once per key; of breadth the latest."""
        if novelty.kind not in RANKED_KINDS or (novelty.key in self._notes and novelty.kind[:7] != "breadth"):
            return
        if novelty.kind == "asset" and not is_public(novelty.subject.actor):
            return
        self._notes[novelty.key] = novelty
        if len(self._notes) > NOTE_LIMIT:
            del self._notes[next(iter(self._notes))]

    def best(self, facts: Facts, since: int, time: int, most: int) -> list[Novelty]:
        """The notes that stand out most, at most one for each actor and target, since the last call."""
        scene = _scene(facts, since, time)
        scored = []
        for novelty in self._notes.values():
            score, reasons = _judge(novelty, self._fact(facts, novelty), self._pair(facts, novelty), scene)
            if score >= LEAST_SCORE:
                scored.append((-score, novelty.timestamp, novelty.key, novelty, reasons))
        scored.sort(key=lambda one: one[:3])
        chosen: dict[tuple[str, str], Novelty] = {}
        for _, _, _, novelty, reasons in scored:
            pair = (novelty.subject.actor, novelty.subject.target)
            if len(chosen) < most and pair not in chosen:
                fact = self._fact(facts, novelty)
                count = max(fact.count, 1) if fact is not None else novelty.count
                chosen[pair] = replace(novelty, stands_out=reasons, count=count)
        self._notes.clear()
        return list(chosen.values())

    @staticmethod
    def _fact(facts: Facts, novelty: Novelty) -> Fact | None:
        """What is counted: of a class the pair's class, though a single operation would be approved."""
        return facts.get(novelty.subject.key() if novelty.kind == "class" else novelty.key)

    @staticmethod
    def _pair(facts: Facts, novelty: Novelty) -> Fact | None:
        return facts.get(novelty.subject._replace(kind="conversation", word="", id="").key())


def _scene(facts: Facts, since: int, time: int) -> _Scene:
    counts: list[int] = []
    hosts = public = 0
    clients: dict[tuple[str, int | None, str], int] = {}
    writers: dict[tuple[str, int | None, str], int] = {}
    written_by: dict[tuple[str, str], int] = {}
    for fact in facts.but_points():
        subject = fact.subject
        server = (subject.target, subject.port, subject.vlan)
        if subject.kind == "asset":
            hosts += 1
            public += is_public(subject.actor)
        elif subject.kind == "conversation":
            clients[server] = clients.get(server, 0) + 1
            counts.append(fact.count)
        elif subject.kind == "class" and subject.word == "write":
            writers[server] = writers.get(server, 0) + 1
            actor = (subject.actor, subject.vlan)
            written_by[actor] = written_by.get(actor, 0) + 1
    rare = statistics.median(counts) / 100 if len(counts) >= ENOUGH_PAIRS else 0.0
    public = hosts and public / hosts > PUBLIC_SHARE and hosts >= 5
    return _Scene(since, time, sum(counts), rare, clients, writers, written_by, bool(public))


def _judge(novelty: Novelty, fact: Fact | None, pair: Fact | None, scene: _Scene) -> tuple[int, tuple[str, ...]]:
    subject: Subject = novelty.subject
    server = (subject.target, subject.port, subject.vlan)
    found: list[tuple[int, str]] = []
    late = novelty.timestamp - scene.since
    if late >= LATE_AFTER and late >= LATE_SHARE * (scene.time - scene.since):
        found.append((25, f"appeared only after {late // MINUTE} min"))
    if not scene.public_plant and is_public(subject.actor) != is_public(subject.target):
        found.append((50, "talks across a public address"))
    if novelty.kind.startswith("breadth"):
        if late < BREADTH_AFTER:
            return 0, ()  # when watching begins, all that is there is new at once
        found.append((15 if novelty.kind == "breadth_points" else 40, "many different things within a minute"))
    elif novelty.kind == "class" and subject.word == "write" and scene.writers.get(server) == 1:
        many = scene.written_by.get((subject.actor, subject.vlan), 0)
        if scene.clients.get(server, 0) > 1:
            found.append((20, f"only writer to {many} devices" if many > 1 else "only writer to this device"))
    pairwise = novelty.kind in ("conversation", "class") and novelty.decoded
    if fact is not None and pairwise and scene.transactions >= ENOUGH_TRANSACTIONS:
        if fact.count == 1 and pair is not None and pair.count <= SELDOM:
            found.append((25, "seen only once"))
        if novelty.kind == "conversation" and scene.rare and fact.count <= scene.rare:
            found.append((30, "one of the rarest pairs"))
    score = sum(one for one, _ in found)
    if score >= LEAST_SCORE and novelty.kind == "class" and subject.word == "write":
        score += 10  # of several notes about one pair, the command is the one to tell
    return score, tuple(reason for _, reason in found)
