"""The laws at the end of the line: cutting and replaying change no alert; a state goes on."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from replay import alerts, baseline
from tables import MINUTE, SECOND, START, STRANGER, plant
from test_baseline_laws import STEPS, played

from sentinel.documents import as_json
from sentinel.triage import Triage, TriageLimits

SETTINGS = {
    "functions": 3,
    "hosts": 3,
    "requests": 4,
    "points": 3,
    "units": 3,
    "refused": 3,
    "novelties": 5,
    "standing_out_every": timedelta(minutes=7),
}


def bytes_of(line, learn, cuts=()):
    of = baseline(None if learn is None else timedelta(seconds=learn), **SETTINGS)
    triage = Triage(limits=TriageLimits(alerts_per_minute=4))
    revisions = alerts(line, of, triage, cuts)
    return [(one.short, one.time, as_json(one.document)) for one in revisions], triage.changed()


@settings(max_examples=60, deadline=None)
@given(STEPS, st.lists(st.integers(1, 200), max_size=12), st.sampled_from([None, 600, 60]))
def test_batch_law(steps, cuts, learn):
    line = played(steps)
    assert bytes_of(line, learn) == bytes_of(line, learn, cuts)


@settings(max_examples=20, deadline=None)
@given(STEPS, st.sampled_from([None, 60]))
def test_replaying_gives_the_same_bytes_and_revisions_rise(steps, learn):
    line = played(steps)
    revisions, rows = bytes_of(line, learn)
    assert (revisions, rows) == bytes_of(line, learn)
    seen: dict[str, int] = {}
    for short, _, text in revisions:
        alert = json.loads(text)["sentinel"]["alert"]
        assert alert["revision"] == seen.get(short, 0) + 1
        seen[short] = alert["revision"]


@settings(max_examples=20, deadline=None)
@given(STEPS, st.sampled_from([None, 60]))
def test_alerts_are_loaded_as_they_were(steps, learn):
    _, rows = bytes_of(played(steps), learn)
    again = Triage()
    again.load(json.loads(json.dumps(rows)))
    for row in rows:
        assert again.find(row["short"]).row() == row


def test_every_cut_around_growth_that_is_due_gives_the_same():
    line = plant()
    for at in (1200, 1210, 1220, 1260, 1260, 1261, 1270, 1320, 1320, 1321, 1400):
        line.ask(at, name="Stop", klass="control", target="all")
        line.ask(at, f"10.0.3.{at}")
    whole = bytes_of(line, 600)
    assert [time % MINUTE for short, time, _ in whole[0] if short == whole[0][-1][0]] != []
    for cut in range(1, len(line.rows)):
        assert bytes_of(line, 600, [cut]) == whole


def test_growth_is_told_when_it_is_due_and_in_order():
    line = plant()
    line.ask(1200, name="Stop", klass="control", target="all")
    line.ask(1210, name="Stop", klass="control", target="all")
    line.ask(1500, STRANGER)
    shown = [(one.time - START) // SECOND for one in alerts(line, baseline()) if not one.note]
    assert shown == [1200, 1260, 1500]
