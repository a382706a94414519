"""From a novelty to a finding: the parts that all detectors of novelties share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sentinel.baseline import Novelty
from sentinel.detect.attack import technique
from sentinel.detect.finding import MEDIUM, Finding, Frames, Party, Words
from sentinel.detect.words import capitalised, done, early, expected, habit

TITLE_LIMIT = 140

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What only the detector knows."""

    severity: int
    risk: int
    title: str
    observed: str
    meaning: str
    technique: str
    approve_words: str
    note: bool = False
    in_full: bool = False
    """Alerts although normal is not yet known."""


def rows_at(documents: Frames, sequences: Iterable[int]) -> dict[int, Row]:
    """The event documents of those rows."""
    wanted = sorted(set(sequences))
    events = documents.events
    if not wanted or not events.height:
        return {}
    return {row["sequence"]: row for row in events.filter(events["sequence"].is_in(wanted)).iter_rows(named=True)}


def short(title: str) -> str:
    """A title of one line."""
    return title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1] + "…"


def checks(words: Words, actor: Party | None, target: Party | None) -> tuple[str, ...]:
    """What to do, the first is a person to call."""
    who = words.contact or "the control room"
    about = f"is somebody working on {target.name}" if target else "is somebody working on the network"
    steps = [f"Call {who}: {about}{f' from {actor.name}' if actor else ''}?"]
    if actor is not None:
        steps.append(f"Ask which switch port has {actor.mac or actor.ip}")
        steps.append(f"See before and after, in order: sentinel events --asset {actor.ip}")
    return tuple(steps)


def frames_words(frames: Sequence[int], capture: str) -> str:
    """`Frames 1021-1022 of c.pcap.`"""
    if not frames:
        return ""
    where = f" of {PurePath(capture).name}" if capture else ""
    if len(frames) == 1:
        return f"Frame {frames[0]}{where}."
    return f"Frames {frames[0]}-{frames[-1]}{where}."


def sentences(*parts: str) -> str:
    """Joins what is said into one story."""
    return " ".join(capitalised(part if part.endswith((".", "?")) else f"{part}.") for part in parts if part)


class NoveltyDetector:
    """Turns novelties of its kinds into findings; a detector says only what is its own."""

    kind: str
    title: str
    novelties: tuple[str, ...]

    def __init__(self, words: Words) -> None:
        self.words = words

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """Findings of one batch, in order."""
        wanted = [novelty for novelty in novelties if novelty.kind in self.novelties and self.wants(novelty)]
        rows = rows_at(documents, (novelty.sequence for novelty in wanted))
        return [self._finding(novelty, rows.get(novelty.sequence, self._row(novelty))) for novelty in wanted]

    def wants(self, novelty: Novelty) -> bool:
        """Is it this detector's?"""
        return True

    def parts(self, novelty: Novelty, row: Row, actor: str, target: str) -> Parts:
        """What the finding says."""
        raise NotImplementedError

    def kind_of(self, novelty: Novelty) -> str:
        """The kind of finding."""
        return self.kind

    @staticmethod
    def _row(novelty: Novelty) -> Row:
        subject = novelty.subject
        return {
            "network.protocol": subject.protocol,
            "destination.ip": subject.target,
            "destination.port": subject.port,
            "sentinel.operation.name": novelty.operation,
            "sentinel.operation.target": novelty.operation_text,
        }

    def touched(self, row: Row) -> str:
        """Point and value in the plant's words, `"Pump 3 run" (coil 00013, wire 12)`."""
        return self.words.point_text(row)

    def _finding(self, novelty: Novelty, row: Row) -> Finding:
        subject, words = novelty.subject, self.words
        actor = target = None
        if subject.actor:
            name = words.name_of(subject.actor, subject.vlan)
            mac = novelty.mac or row.get("source.mac") or ""
            actor = Party(subject.actor, name, subject.vlan, novelty.client_port, mac)
        if subject.target not in ("", "*"):
            name = words.name_of(subject.target, subject.vlan)
            target = Party(subject.target, name, subject.vlan, subject.port, row.get("destination.mac") or "")
        said = self.parts(novelty, row, actor.name if actor else "", target.name if target else "many devices")
        learnt = novelty.state == "learnt" or said.in_full
        normal = self.expected(novelty, target.name if target else "this network")
        reasons = "; ".join(novelty.stands_out)
        capture = str(row.get("sentinel.capture.file") or row.get("sentinel.capture.interface") or "")
        story = sentences(
            said.observed,
            done(novelty.outcome, novelty.status),
            normal,
            habit(novelty.exposure, actor.name, words, subject.vlan) if actor else "",
            f"It stands out: {reasons}" if reasons else "",
            early(novelty.exposure) if novelty.state != "learnt" else "",
            frames_words(novelty.frames, capture),
        )
        severity = said.severity if learnt else min(said.severity, MEDIUM)
        return Finding(
            sequence=novelty.sequence,
            time=novelty.time,
            timestamp=novelty.timestamp,
            kind=self.kind_of(novelty),
            severity=severity,
            risk=said.risk if learnt else min(said.risk, MEDIUM),
            title=short(said.title),
            reason=story,
            actor=actor,
            target=target,
            action=novelty.action or self.kind_of(novelty).replace("_", "-"),
            expected=normal,
            observed=said.observed,
            meaning=said.meaning,
            check=checks(words, actor, target),
            technique=technique(said.technique),
            rule_name=self.title,
            contact=words.contact,
            protocol=subject.protocol,
            frames=novelty.frames,
            capture=capture,
            operations=(novelty.operation_id,) if novelty.operation_id else (),
            approve=(novelty.key, *novelty.also) if novelty.key else (),
            approve_words=said.approve_words,
            count=novelty.count,
            note=said.note or not (learnt or novelty.stands_out),
            denied=novelty.denied,
            outcome=novelty.outcome,
            supersedes=novelty.total > 1 and novelty.kind.startswith(("breadth", "refused", "explosion")),
        )

    def expected(self, novelty: Novelty, target: str) -> str:
        """What was normal."""
        word = novelty.operation_class or novelty.subject.word
        vlan = novelty.subject.vlan
        return expected(novelty.exposure, word, target, self.words, vlan=vlan, state=novelty.state)
