"""From a document's row to a finding: what detectors share that judge documents rather than novelties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars

from sentinel.baseline.facts import clean, host_port, slug
from sentinel.detect.attack import technique
from sentinel.detect.finding import Finding, Party, Words
from sentinel.detect.story import checks, frames_words, sentences, short


@dataclass(frozen=True, slots=True)
class Case:
    """What only the detector knows."""

    kind: str
    rule_name: str
    severity: int
    risk: int
    title: str
    observed: str
    expected: str
    meaning: str
    technique: str
    approve: str
    approve_words: str
    note: bool
    count: int
    word: str = ""


class Reading:
    """Rows in `sequence` order, each once: at the end the frames of the last batch are seen again."""

    def __init__(self) -> None:
        self._last = -1

    def rows(self, *frames: polars.DataFrame) -> Iterator[Mapping[str, Any]]:
        """Rows of several frames that were not read before."""
        fresh = [frame.filter(polars.col("sequence") > self._last) for frame in frames if frame.height]
        rows = [row for frame in fresh for row in frame.iter_rows(named=True)]
        rows.sort(key=lambda row: int(row["sequence"]))
        if rows:
            self._last = rows[-1]["sequence"]
        yield from rows


def vlan_of(row: Mapping[str, Any]) -> str:
    """The VLAN as text, `10` or `10.20`."""
    outer, inner = row.get("network.vlan.id"), row.get("network.inner.vlan.id")
    return ".".join(str(tag) for tag in (outer, inner) if tag is not None)


def parties(row: Mapping[str, Any], words: Words) -> tuple[Party, Party]:
    """Client and server of a document."""
    vlan = vlan_of(row)
    found = []
    for side in ("source", "destination"):
        ip = str(row.get(f"{side}.ip") or row.get(f"{side}.mac") or "?")
        name, mac = words.name_of(ip, vlan), str(row.get(f"{side}.mac") or "")
        found.append(Party(ip, name, vlan, row.get(f"{side}.port"), mac))
    return found[0], found[1]


def approve_key(kind: str, word: str, row: Mapping[str, Any], actor: Party, target: Party) -> str:
    """A key that triage alone knows: `violation length toy 10.0.0.5 -> 10.0.0.9:502`."""
    protocol = row.get("network.protocol") or "-"
    key = f"{kind} {slug(word)} {protocol} {actor.ip} -> {host_port(target.ip, target.port)}"
    return key + (f" vlan {actor.vlan}" if actor.vlan else "")


def finding_of(row: Mapping[str, Any], words: Words, actor: Party, target: Party, case: Case) -> Finding:
    """The finding."""
    frames: Sequence[Any] = (row.get("sentinel.frame.request"), row.get("sentinel.frame.response"))
    if row.get("sentinel.frame.response_file"):
        frames = frames[:1]
    numbers = tuple(int(frame) for frame in frames if frame is not None)
    capture = str(row.get("sentinel.capture.file") or row.get("sentinel.capture.interface") or "")
    detail = clean(row.get("event.reason"))
    operation = row.get("sentinel.operation.id")
    return Finding(
        sequence=row["sequence"],
        time=row["time"],
        timestamp=row.get("@timestamp") or row["time"],
        kind=case.kind,
        severity=case.severity,
        risk=case.risk,
        title=short(case.title),
        reason=sentences(case.observed, detail, case.expected, frames_words(numbers, capture)),
        actor=actor,
        target=target,
        action=f"{case.kind}-{case.word}".strip("-").replace("_", "-"),
        expected=case.expected,
        observed=case.observed,
        meaning=case.meaning,
        check=checks(words, actor, target),
        technique=technique(case.technique),
        rule_name=case.rule_name,
        contact=words.contact,
        protocol=str(row.get("network.protocol") or ""),
        frames=numbers,
        capture=capture,
        operations=(operation,) if operation else (),
        approve=(case.approve,),
        approve_words=case.approve_words,
        count=case.count,
        note=case.note,
        outcome=str(row.get("event.outcome") or ""),
        supersedes=case.count > 1,
    )
