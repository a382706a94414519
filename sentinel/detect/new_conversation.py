"""A device talks to another that it never talked to."""

from __future__ import annotations

from sentinel.baseline import Novelty
from sentinel.baseline.standing_out import is_public
from sentinel.detect.finding import HIGH, LOW, MEDIUM
from sentinel.detect.story import NoveltyDetector, Parts, Row
from sentinel.detect.words import MEANINGS, VERBS, endpoint


class NewConversation(NoveltyDetector):
    """A new client of a service.

    What it detects: client, server, port and protocol that were never together while normal was learnt.
    Why it matters: who is a client of which service finds most incidents at once: every attack has to talk.
    False positives: failover, a spare engineering station, a new historian, a changed address.
    ATT&CK for ICS: T0848 Rogue Master; T0886 Remote Services for services that are not read; T0883 if public.
    """

    kind = "new_conversation"
    title = "New client of a service"
    novelties = ("conversation",)

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """Control services page; other services only between devices of the plant."""
        subject = novelty.subject
        public = is_public(subject.actor) != is_public(subject.target)
        service = novelty.title or subject.protocol
        where = endpoint(target, subject.port)
        if novelty.decoded:
            verb = VERBS.get(novelty.operation_class, "talked to")
            observed = f"{actor} {verb} {where} ({subject.protocol}: {novelty.operation})"
            approve = f"{actor} may connect to {where} by {subject.protocol} and read. It may not write or control."
        else:
            observed = f"{actor} talked to {where} ({service})"
            approve = f"{actor} may use {service} of {where}. Nothing else."
        plant = novelty.decoded or novelty.group == "ot" or bool(novelty.exposure.actor_does)
        severity = HIGH if public and plant else MEDIUM if public or plant else LOW
        meaning = MEANINGS.get(novelty.operation_class) or (
            "Two devices use a service between them that they never used: the way by which attackers move on."
        )
        return Parts(
            severity=severity,
            risk=70 if severity == HIGH else 55 if novelty.decoded else 40,
            title=f"New client of {target}: {actor} ({service})",
            observed=observed,
            meaning=meaning,
            technique="T0883" if public else "T0848" if novelty.decoded else "T0886",
            approve_words=approve,
            note=severity == LOW,
        )
