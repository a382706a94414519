"""A password that anyone on the way can read."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel.baseline import Novelty
from sentinel.baseline.facts import clean
from sentinel.detect.counting import Tally
from sentinel.detect.document_story import Case, Reading, approve_key, finding_of, parties
from sentinel.detect.finding import MEDIUM, Finding, Frames, Words
from sentinel.detect.protocol_violation import with_weird

NAME = "clear_text_password"


class ClearTextPassword:
    """A password crosses the network without encryption.

    What it detects: a login whose password is neither encrypted itself nor in an encrypted connection, learning or not, whether the
    server took it or refused it. The password is not kept.
    Why it matters: whoever sees this traffic has the account, and what he does with it looks like its owner.
    False positives: none as to the fact; a test bench, or a server that offers nothing else: approve it there.
    ATT&CK for ICS: T0859 Valid Accounts.
    """

    kind = "clear_text_password"
    title = "Password in clear"

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reading = Reading()
        self._tally = Tally(many=10)

    def examine(self, documents: Frames, novelties: Sequence[Novelty]) -> list[Finding]:
        """One finding per client, server and user, growing."""
        found = []
        for row in self._reading.rows(with_weird(documents.events)):
            if NAME not in row["sentinel.weird"]:
                continue
            actor, target = parties(row, self._words)
            user = clean(row.get("user.name"), 60)
            told = self._tally.add((user, actor.ip, target.ip, target.port, actor.vlan))
            if told is None:
                continue
            total, count = told
            times = f" {total} times" if total > 1 else ""
            whose = f"the password of user {user}" if user else "a password"
            case = Case(
                kind=self.kind,
                rule_name=self.title,
                severity=MEDIUM,
                risk=50,
                title=f"{actor.name} sent {target.name} {whose} in clear{times}",
                observed=f"{actor.name} sent {target.name} {whose}{times} without encryption",
                expected="a password is encrypted, or the connection that carries it",
                meaning="Everybody on the way could read it, and can log in as that user. Have server and client "
                "encrypt, then change the password.",
                technique="T0859",
                approve=approve_key("password", user or "in-clear", row, actor, target),
                approve_words=f"{actor.name} may send {target.name} {whose} in clear. Nothing else.",
                note=False,
                count=count,
            )
            found.append(finding_of(row, self._words, actor, target, case))
        return found
