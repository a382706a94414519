"""Exposure: what was seen before, so that "never" can be weighed."""

from __future__ import annotations

from typing import NamedTuple

from sentinel.baseline.facts import Fact, Subject
from sentinel.baseline.kept import Facts
from sentinel.baseline.learning import Learning
from sentinel.baseline.novelty import Exposure, Usual
from sentinel.baseline.rows import Operation


class About(NamedTuple):
    """What a novelty is about: its subject, the operation if there is one, and whether the pair is normal."""

    subject: Subject
    operation: Operation | None
    pair_normal: bool


def exposure_of(facts: Facts, learning: Learning, time: int, about: About) -> Exposure:
    """Who did the same to the target, what the actor usually does, and how long that was watched."""
    subject, since = about.subject, learning.since or time
    everything = learning.state(time) == "none"
    word = about.operation.word if about.operation else subject.word

    def known(found: list[Fact]) -> list[Fact]:
        return [fact for fact in found if everything or fact.normal(time)]

    others = [one for one in known(facts.classes_of_server(subject)) if one.subject.actor != subject.actor]
    does = known(facts.classes_of_actor(subject))
    does = [one for one in does if (one.subject.target, one.subject.word) != (subject.target, word)]
    asset = facts.get(Subject("asset", actor=subject.actor, vlan=subject.vlan).key())
    return Exposure(
        since=since,
        duration=max(time - since, 0),
        same=_most([one for one in others if one.subject.word == word]),
        target_served=len({one.subject.actor for one in others}),
        actor_does=_most(does),
        actor_since=asset.first if asset is not None else None,
        pair_known=about.pair_normal,
    )


def _most(facts: list[Fact], most: int = 5) -> tuple[Usual, ...]:
    facts.sort(key=lambda fact: (-fact.count, fact.key))
    found = []
    for fact in facts[:most]:
        one = fact.subject
        found.append(Usual(one.actor, one.target, one.port, one.word, fact.count, fact.first, fact.last))
    return tuple(found)
