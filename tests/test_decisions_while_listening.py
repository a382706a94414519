"""Decisions of one process while another writes the state: taken soon, about what their person saw, and never lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from replay import findings, only
from tables import MINUTE, STRANGER, plant

from sentinel.cli.alerts import _outcome
from sentinel.config import Config
from sentinel.detect import Finding
from sentinel.pipeline import Line, decide_elsewhere
from sentinel.store import Store, hearer
from sentinel.triage import Decision

LEARN = timedelta(minutes=10)


def stranger() -> Finding:
    made = plant()
    made.ask(1200, STRANGER)
    return only(findings(made), "new_conversation")


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Line]:
    """A line that hears, with one alert."""
    with Store.open(tmp_path, write=True, hears=True) as store:
        line = Line(store, Config(), learn=LEARN)
        finding = stranger()
        line._commit(finding.time, line.triage.consider([], [finding]))
        store.flush()
        yield line


def said(path: Path, kind: str, target: str, why: str = "", **more: Any) -> int:
    with Store.open(path) as store:
        return decide_elsewhere(store, Decision(kind, target, stranger().time + MINUTE, "ann", why, **more))


def alert(path: Path) -> dict[str, Any]:
    with Store.open(path) as store:
        (row,) = store.triage_rows()
        return row


def test_it_is_taken_and_told(tmp_path: Path, listening: Line) -> None:
    short = alert(tmp_path)["short"]
    assert listening.hear_decisions() == []
    assert said(tmp_path, "close", short, "was a test") == 1
    assert alert(tmp_path)["status"] == "open", "only who writes the state changes it"
    assert listening.hear_decisions() == [f"ann decided: close {short} (was a test)"]
    assert alert(tmp_path)["status"] == "closed"
    assert listening.hear_decisions() == []
    with Store.open(tmp_path) as store:
        assert store.recall("decided") == 1
        assert store.alert_revisions(store.triage_rows()[0]["id"])[-1]["event.action"] == "closed"


def test_an_approval_is_about_what_was_seen(tmp_path: Path, listening: Line) -> None:
    seen = alert(tmp_path)
    said(tmp_path, "approve", seen["short"], "WO 1")
    finding = stranger()
    other = replace(finding, approve=("operation write other",), time=finding.time + 1)
    listening.triage.consider([], [other])
    listening.hear_decisions()
    assert {listening.triage.ruling(key) is not None for key in seen["approve"]} == {True}
    assert listening.triage.ruling("operation write other") is None
    assert alert(tmp_path)["status"] == "open", "more has happened since"
    with Store.open(tmp_path) as store:
        assert store.alert_revisions(seen["id"])[-1]["event.action"] == "alert-updated"


def test_what_nobody_heard_is_taken_by_the_next(tmp_path: Path) -> None:
    with Store.open(tmp_path, write=True, hears=True) as store:
        line = Line(store, Config(), learn=LEARN)
        finding = stranger()
        line.decide(Decision("approve", "asset 10.0.0.1", finding.time, "ann"))
        line._commit(finding.time, line.triage.consider([], [finding]))
        store.flush()
        short = alert(tmp_path)["short"]
        said(tmp_path, "deny", short)
    assert alert(tmp_path)["status"] == "open"
    with Store.open(tmp_path, write=True) as store:
        line = Line(store, Config(), learn=LEARN)
        assert {line.triage.ruling(key).verdict for key in finding.approve} == {"denied"}  # type: ignore[union-attr]
    assert alert(tmp_path)["status"] == "denied"


def test_what_cannot_be_taken_is_refused_at_once(tmp_path: Path, listening: Line) -> None:
    with pytest.raises(Exception, match="there is nothing to undo"):
        said(tmp_path, "undo", alert(tmp_path)["short"])
    with pytest.raises(Exception, match="no alert A-0000"):
        said(tmp_path, "close", "A-0000")
    assert listening.hear_decisions() == []


def test_only_who_hears_is_written_to(tmp_path: Path) -> None:
    assert hearer(tmp_path) is None
    with Store.open(tmp_path, write=True):
        assert hearer(tmp_path) is None
    with Store.open(tmp_path, write=True, hears=True):
        assert hearer(tmp_path) == os.getpid()
    assert hearer(tmp_path) is None
    (tmp_path / "lock").write_text("nonsense hears\n")
    assert hearer(tmp_path) is None


@pytest.mark.usefixtures("listening")
def test_the_command_waits_for_it_and_says_so(tmp_path: Path) -> None:
    short = alert(tmp_path)["short"]
    words = [sys.executable, "-m", "sentinel", "alerts", "--state", str(tmp_path), "close", short, "--by", "ann"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"{short}: written down; process {os.getpid()}, which listens, has not taken it yet\n"


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        ("close", "closed", "A-1 is closed"),
        ("approve", "approved", "A-1 is approved"),
        ("approve", "open", "A-1: what you saw is approved; more has happened since, so it stays open"),
        ("undo", "open", "A-1 is open again"),
        ("undo", "denied", "A-1 is denied again"),
    ],
)
def test_what_became_of_it(kind: str, status: str, told: str) -> None:
    assert _outcome(kind, "A-1", [{"short": "A-2", "status": "note"}, {"short": "A-1", "status": status}]) == told
    assert _outcome("deny", "asset 10.0.0.1", []) == "asset 10.0.0.1 is denied"
