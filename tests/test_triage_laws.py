"""The laws at the end of the line: cutting and replaying change no alert; a state goes on."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from replay import alerts, baseline
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
