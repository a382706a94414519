"""Readings that were stopped or died, and gone on with: what comes out is what an uninterrupted one gives."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_reading import LEARN, ROOT, SMALL, WATERWORKS, home, records, state_of

from sentinel.config import Config, LimitSettings
from sentinel.errors import SentinelError
from sentinel.pipeline import Line, Result, replay, resume
from sentinel.store import Store
from sentinel.triage import Decision

__all__ = ["home"]


def after(batches: int) -> Callable[[], bool]:
    """Stops after so many batches."""
    left = iter(range(batches, -1, -1))
    return lambda: next(left, 0) <= 1


def stopped_and_resumed(captures: list[Path], state: Path, stops: list[int], **more: Any) -> Result:
    result = replay(captures, config=SMALL, state=state, site="s", learn=LEARN, stop=after(stops[0]), **more)
    for batches in [*stops[1:], 1_000_000]:
        if not result.stopped:
            break
        result = resume(state, config=SMALL, stop=after(batches))
    assert not result.stopped
    return result


def test_a_stop_at_any_batch_changes_nothing(tmp_path: Path) -> None:
    whole = replay([WATERWORKS], config=SMALL, state=tmp_path / "whole", site="s", learn=LEARN)
    expected = state_of(tmp_path / "whole")
    assert len(expected["alerts"]) > 3
    assert len(expected["events"]) > 100
    chance = random.Random(7)
    for number in range(4):
        stops = sorted(chance.sample(range(1, 46), 2))
        result = stopped_and_resumed([WATERWORKS], tmp_path / str(number), stops)
        assert state_of(tmp_path / str(number)) == expected, stops
        assert result.counters == whole.counters
        assert not (tmp_path / str(number) / "before").exists()


def test_a_death_at_any_moment_changes_nothing(tmp_path: Path) -> None:
    """Killed without a word, rows are ahead of documents: both are told once."""
    replay([WATERWORKS], config=SMALL, state=tmp_path / "whole", site="s", learn=LEARN)
    expected = state_of(tmp_path / "whole")
    script = (
        "import os, sys, time, pathlib, datetime\n"
        "from sentinel.config import Config, LimitSettings\n"
        "from sentinel import pipeline, store\n"
        "take, seen = pipeline.Line.take, []\n"
        "def slow(self, *rest):\n"
        "    take(self, *rest)\n"
        "    seen.append(1)\n"
        "    if len(seen) % 7 == 0: self._store._committed = 0  # as if a second had passed\n"
        "    if len(seen) % 13 == 0: self._store.flush()\n"
        "    if len(seen) == int(sys.argv[3]): os._exit(9)\n"
        "pipeline.Line.take = slow\n"
        "config = Config(limits=LimitSettings(batch_packets=400))\n"
        "if sys.argv[1] == 'begin':\n"
        "    pipeline.replay([pathlib.Path(sys.argv[4])], config=config, state=pathlib.Path(sys.argv[2]), site='s',\n"
        "                    learn=datetime.timedelta(minutes=20))\n"
        "else:\n"
        "    pipeline.resume(pathlib.Path(sys.argv[2]), config=config)\n"
    )
    for number, deaths in enumerate(([3, 20], [31, 9])):
        state = tmp_path / f"killed-{number}"
        for at, batches in enumerate(deaths):
            line = [
                sys.executable,
                "-c",
                script,
                "begin" if at == 0 else "go on",
                str(state),
                str(batches),
                str(WATERWORKS),
            ]
            assert subprocess.run(line, cwd=ROOT, check=False).returncode == 9
            with pytest.raises(SentinelError, match="a reading is not finished: sentinel run --resume"):
                replay([WATERWORKS], config=SMALL, state=state, site="s")
        resume(state, config=SMALL)
        found = state_of(state)
        ids = [one["event.id"] for one in found["events"] if "event.id" in one]
        assert len(ids) == len(set(ids)), "documents came twice"
        assert found == expected, deaths


def test_a_second_reading_that_is_stopped_begins_where_the_first_ended(tmp_path: Path) -> None:
    header, packets = records(WATERWORKS.read_bytes())
    first, second = tmp_path / "first.pcap", tmp_path / "second.pcap"
    first.write_bytes(header + b"".join(packets[:9_000]))
    second.write_bytes(header + b"".join(packets[9_000:]))
    for state in ("whole", "stopped"):
        replay([first], config=SMALL, state=tmp_path / state, site="s", learn=LEARN)
    replay([second], config=SMALL, state=tmp_path / "whole", site="s", learn=LEARN)
    stopped_and_resumed([second], tmp_path / "stopped", [5, 9])
    assert state_of(tmp_path / "stopped") == state_of(tmp_path / "whole")


def test_what_people_said_meanwhile_counts(tmp_path: Path) -> None:
    expected = {}
    for name, stops in (("one", [43]), ("two", [43, 3, 2])):
        state = tmp_path / name
        result = replay([WATERWORKS], config=SMALL, state=state, site="s", learn=LEARN, stop=after(stops[0]))
        assert result.stopped
        with Store.open(state, write=True) as store:
            line = Line(store, SMALL)
            alert = next(one for one in store.triage_rows() if one["status"] == "open" and one["approve"])
            line.decide(Decision("approve", alert["short"], 1_772_500_000_000_000_000, "ann", "WO 1", for_good=True))
            closed = [one for one in store.triage_rows() if one["status"] == "open"][-1]
            line.decide(Decision("close", closed["short"], 1_772_500_000_000_000_001, "ann"))
            asset = next(iter(line.inventory.assets))
            line.inventory.set(asset.id, name="Pump house")
            line.keep()
        for batches in [*stops[1:], 1_000_000]:
            result = resume(state, config=SMALL, stop=after(batches + 43))
            if not result.stopped:
                break
        found = state_of(state)
        statuses = {one["short"]: one["status"] for one in found["triage"]}
        assert (statuses[alert["short"]], statuses[closed["short"]]) == ("approved", "closed")
        assert "Pump house" in str(found["assets"])
        expected.setdefault("found", found)
        del found["counters"]["decisions"]
        assert found["triage"] == expected["found"]["triage"]
        assert found["events"] == expected["found"]["events"]


def test_what_cannot_be_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = tmp_path / "a.pcap"
    shutil.copy(WATERWORKS, capture)
    state = tmp_path / "state"
    with pytest.raises(SentinelError, match="no state there"):
        resume(tmp_path / "nowhere", config=SMALL)
    assert not (tmp_path / "nowhere").exists()
    assert replay([capture], config=SMALL, state=state, stop=after(9)).stopped
    with pytest.raises(SentinelError, match="settings"):
        resume(state, config=Config(limits=LimitSettings(batch_packets=401)))
    changed = bytearray(WATERWORKS.read_bytes())
    changed[9_000] ^= 1
    capture.write_bytes(changed)
    with pytest.raises(SentinelError, match=r"a\.pcap is not what it was"):
        resume(state, config=SMALL)
    shutil.copy(WATERWORKS, capture)
    assert not resume(state, config=SMALL).stopped
    with pytest.raises(SentinelError, match="nothing to go on with"):
        resume(state, config=SMALL)
    monkeypatch.chdir(tmp_path)
    assert replay([Path("a.pcap")], config=SMALL, state=tmp_path / "other", stop=after(9)).stopped
    monkeypatch.chdir(ROOT)
    with pytest.raises(SentinelError, match="go on from there"):
        resume(tmp_path / "other", config=SMALL)


def test_a_file_that_ended_and_grew_before_going_on_ends_where_it_did(tmp_path: Path) -> None:
    header, packets = records(WATERWORKS.read_bytes())
    one, two = tmp_path / "1.pcap", tmp_path / "2.pcap"
    state = tmp_path / "state"
    one.write_bytes(header + b"".join(packets[:1_000]))
    two.write_bytes(header + b"".join(packets[2_000:5_000]))
    replay([one, two], config=SMALL, state=tmp_path / "whole", site="s", learn=LEARN)
    assert replay([one, two], config=SMALL, state=state, site="s", learn=LEARN, stop=after(5)).stopped
    one.write_bytes(header + b"".join(packets[:1_500]))
    resume(state, config=SMALL)
    found, expected = state_of(state), state_of(tmp_path / "whole")
    for of in (found, expected):
        del of["totals"]  # they tell the size of the file now
    assert found == expected
    replay([one], config=SMALL, state=state, site="s", learn=LEARN)
    with Store.open(state) as store:
        assert {file.packets for file in store.kept_files()} == {1_000, 1_500, 3_000}
        assert store.recall("counters")["packets"] == 500
