"""Messages that break their protocol's rules."""

from __future__ import annotations

from collections.abc import Sequence

import polars

from sentinel.baseline import Novelty
from sentinel.baseline.facts import clean
from sentinel.detect.counting import Tally
from sentinel.detect.document_story import Case, Reading, approve_key, finding_of, parties
from sentinel.detect.finding import LOW, MEDIUM, Finding, Frames, Words

MANY = 20
"""Violations of one name in one conversation from which on it is no accident."""

ONLY_COUNTED = ("event_flood", "clear_text_password")
"""Names that another detector tells."""

TIMING = ("late_answer", "answer_before_request", "gap", "mid_stream")
"""Names that a bad mirror or a slow device explains: they stay notes."""

TOLD_BETTER = ("unassigned_function_code",)
"""Names that many make a scan, which breadth and refusals tell as one story: they stay notes."""


class ProtocolViolation:
    """Malformed messages, by conversation and name.

    What it detects: names in `sentinel.weird`, of transactions and of frames that belong to none.
    Why it matters: exploits and fuzzers break protocols; a broken gateway does too.
    False positives: lost packets, gateways with quirks, another protocol on the port.
    ATT&CK for ICS: T0814 Denial of Service; T0866 Exploitation of Remote Services.
    """

    kind = "protocol_violation"
    title = "Protocol violation"

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reading = Reading()
        self._tally = Tally(MANY)

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """A note at the first, medium once there are many."""
        frames = [with_weird(frame) for frame in (documents.events, documents.weirds)]
        found = []
        for row in self._reading.rows(*frames):
            actor, target = parties(row, self._words)
            for name in dict.fromkeys(row["sentinel.weird"]):
                if name in ONLY_COUNTED:
                    continue
                told = self._tally.add((name, actor.ip, target.ip, target.port, actor.vlan))
                if told is None:
                    continue
                total, count = told
                word = clean(name, 60)
                many = total >= MANY and name not in (*TIMING, *TOLD_BETTER)
                case = Case(
                    kind=self.kind,
                    rule_name=self.title,
                    severity=MEDIUM if many else LOW,
                    risk=48 if many else 15,
                    title=f"{total} messages of {actor.name} and {target.name} break the protocol: {word}"
                    if total > 1
                    else f"A message between {actor.name} and {target.name} breaks the protocol: {word}",
                    observed=f"{actor.name} and {target.name}: {total} times {word}",
                    expected="messages that follow the specification",
                    meaning="A faulty device or lost packets; or somebody sends crafted messages to crash "
                    "or take over a device.",
                    technique="T0814",
                    approve=approve_key("violation", name, row, actor, target),
                    approve_words=f"{word} between {actor.name} and {target.name}. Nothing else.",
                    note=not many,
                    count=count,
                    word=word,
                )
                found.append(finding_of(row, self._words, actor, target, case))
        return found


def with_weird(frame: polars.DataFrame) -> polars.DataFrame:
    """Rows that name a violation."""
    if "sentinel.weird" not in frame.columns or frame["sentinel.weird"].null_count() == frame.height:
        return frame.clear()
    return frame.filter(frame["sentinel.weird"].list.len().fill_null(0) > 0)
