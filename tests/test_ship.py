"""Shipping: at least once, in order, alerts first, whoever fails or dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from made import HOUR, MINUTE, START, Revision, put

from sentinel.config import SinkSettings
from sentinel.errors import SentinelError
from sentinel.ship import LONGEST_WAIT, Shipper, Stamp, wanted
from sentinel.sinks import Sink, SinkRefused, SinkUnavailable
from sentinel.store import Store


class Kept:
    """A sink that keeps what it got, and fails as told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.held: list[dict[str, Any]] = []
        self.fails = self.flush_fails = False
        self.refuses: set[str] = set()

    def write(self, documents: Sequence[dict[str, Any]]) -> None:
        if self.fails:
            raise SinkUnavailable("no route")
        refused = [place for place, one in enumerate(documents) if one["event.id"] in self.refuses]
        self.held += [one for place, one in enumerate(documents) if place not in refused]
        if refused:
            raise SinkRefused("mapping", [(place, "wrong type") for place in refused])

    def flush(self) -> None:
        if self.flush_fails:
            raise SinkUnavailable("cut off")
        self.got += self.held
        self.held = []

    def close(self) -> None:
        self.held = []

    @property
    def ids(self) -> list[str]:
        return [one["event.id"] for one in self.got]


class Line:
    """A state with a shipper, its sinks, and a clock that tests move."""

    def __init__(self, path: Path, *names: str, **settings: Any) -> None:
        self.path = path
        self.now = 0.0
        self.kept = {name: Kept() for name in names or ("one",)}
        self.settings = {name: SinkSettings(type=name, **settings) for name in self.kept}
        self.store = Store.open(path, write=True)
        self.restart()

    def restart(self) -> None:
        def open_(settings: SinkSettings) -> Sink:
            return self.kept[settings.type]

        self.outbox = self.store.outbox()
        stamp = Stamp("sensor", "box", lambda: 77)
        self.shipper = Shipper(self.outbox, self.settings, stamp=stamp, open=open_, monotonic=lambda: self.now)


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    made.outbox.close()
    made.store.close()


def test_everything_once_in_order_alerts_first(line):
    put(line.store, 3, 1, 2, alerts=(Revision("41c7aa"), Revision("41c7aa", 2)))
    sent = line.shipper.run_once()
    assert line.kept["one"].ids == ["41c7aa-1", "41c7aa-2", "e1", "e2", "e3"]
    assert (sent["one"].delivered, sent["one"].refused, sent["one"].error) == (5, 0, "")
    assert line.shipper.run_once()["one"].delivered == 0
    put(line.store, 4, alerts=(Revision("9f00cc"),))
    line.restart()
    line.shipper.run_once()
    assert line.kept["one"].ids[5:] == ["9f00cc-1", "e4"], "the cursor lasts"


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_order_does_not_depend_on_parts_or_batches(tmp_path, batch):
    line = Line(tmp_path, batch=batch)
    for numbers in ((0, 1, 2), (3,), (4, 59, 61), (62, 63)):
        put(line.store, *numbers, every=MINUTE)
        line.store.flush()
        if 3 in numbers:
            line.shipper.run_once()
            line.store.compact()  # merging moves no cursor
    line.shipper.run_once()
    assert line.kept["one"].ids == ["e0", "e1", "e2", "e3", "e4", "e59", "e61", "e62", "e63"]


def test_stamps_are_added_on_the_way_out_only(line):
    put(line.store, 1, alerts=(Revision("41c7aa"),))
    line.shipper.run_once()
    for one in line.kept["one"].got:
        assert one["event.ingested"] == 77
        assert START < one["event.created"] < time.time_ns() or one["event.created"] > 0
        assert one["observer.vendor"] == "Sentinel"
        assert one["observer.name"] == "box"
        assert one["agent.id"] == one["observer.serial_number"] == "sensor"
    kept = [*line.store.alerts(), *line.store.events()]
    prefixes = ("observer.", "agent.", "event.ingested", "event.created", "ecs.")
    assert not [name for one in kept for name in one if name.startswith(prefixes)]


def test_a_sink_that_is_away_gets_it_later_others_do_not_wait(tmp_path):
    line = Line(tmp_path, "one", "two")
    put(line.store, 1, alerts=(Revision("41c7aa"),))
    line.kept["one"].fails = True
    sent = line.shipper.run_once()
    assert sent["one"].error == "no route"
    assert line.kept["two"].ids == ["41c7aa-1", "e1"]
    one, two = line.store.sinks()
    assert (one["error"], one["waiting"]) == ("no route", {"alerts": 1, "assets": 0, "documents": 1})
    assert (two["error"], two["delivered"], two["waiting"]["documents"]) == (None, 2, 0)
    assert "one" not in line.shipper.run_once(), "it is left alone for a while"
    waits = []
    for _ in range(10):
        before = line.now
        while "one" not in line.shipper.run_once():
            line.now += 0.25
        waits.append(line.now - before)
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= LONGEST_WAIT + 0.25
    line.kept["one"].fails = False
    assert line.shipper.run_once(patient=False)["one"].delivered == 2
    assert line.store.sinks()[0]["error"] is None


def test_what_was_written_but_not_flushed_comes_again(line):
    put(line.store, 1, alerts=(Revision("41c7aa"),))
    line.kept["one"].flush_fails = True
    line.shipper.run_once()
    assert line.kept["one"].got == []
    line.kept["one"].flush_fails = False
    line.shipper.run_once(patient=False)
    assert line.kept["one"].ids == ["41c7aa-1", "41c7aa-1", "e1"], "twice, with the same id"


def test_what_is_refused_is_set_aside_and_the_rest_goes_on(line):
    put(line.store, 1, 2, 3, alerts=(Revision("41c7aa"),))
    line.kept["one"].refuses = {"e2"}
    sent = line.shipper.run_once()
    assert line.kept["one"].ids == ["41c7aa-1", "e1", "e3"]
    assert (sent["one"].delivered, sent["one"].refused) == (3, 1)
    aside = (line.path / "refused" / "one.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(one)["error"]["message"] for one in aside] == ["wrong type"]
    assert json.loads(aside[0])["event"]["id"] == "e2"
    assert line.store.sinks()[0]["refused"] == 1
    line.kept["one"].refuses = set()
    line.shipper.run_once()
    assert len(line.kept["one"].got) == 3, "it is not sent for ever"


def test_assets_are_sent_in_their_newest_form_with_a_rising_revision(line):
    for name in ("PLC", "PLC-1"):
        line.store.commit(
            line_time=START, asset_documents=[{"host.id": "a-1", "host.name": name, "event.dataset": "sentinel.asset"}]
        )
    line.store.flush()
    line.shipper.run_once()
    line.store.commit(
        line_time=START, asset_documents=[{"host.id": "a-1", "host.name": "PLC-9", "event.dataset": "sentinel.asset"}]
    )
    line.store.flush()
    line.shipper.run_once()
    got = line.kept["one"].got
    assert [one["host.name"] for one in got] == ["PLC-1", "PLC-9"]
    assert got[0]["sentinel.asset.revision"] < got[1]["sentinel.asset.revision"]
    assert got[0]["event.id"] != got[1]["event.id"]


def test_what_was_removed_for_room_does_not_stop_the_rest(tmp_path):
    line = Line(tmp_path)
    for hour in range(3):
        put(line.store, hour, every=HOUR, alerts=(Revision(f"{hour}aaa"),))
    line.store._settings = line.store._settings.replaced(max_age=HOUR)
    put(line.store, 3, every=HOUR, alerts=(Revision("3aaa"),))
    line.shipper.run_once()
    assert line.kept["one"].ids == ["0aaa-1", "1aaa-1", "2aaa-1", "3aaa-1", "e2", "e3"]
    assert line.store.counters()["documents_removed_unsent"] == 2


def test_kill_in_the_middle_loses_nothing(tmp_path):
    out = tmp_path / "out.ndjson"
    with Store.open(tmp_path / "state", write=True) as store:
        for number in range(0, 3000, 100):
            put(store, *range(number, number + 100), alerts=(Revision(f"{number:04d}"),))
    program = (
        "from sentinel.ship import Shipper\nfrom sentinel.store import Store\n"
        "from sentinel.sinks.ndjson import Settings\n"
        f"store = Store.open({str(tmp_path / 'state')!r})\n"
        f"sink = Settings(type='ndjson', path={str(out)!r}, batch=20)\n"
        "shipper = Shipper(store.outbox(), {'archive': sink})\nprint('begun', flush=True)\nshipper.run_once()\n"
    )
    for wait in (0.0, 0.02, 0.05, 0.1, None):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        if wait is not None:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        process.stdout.close()
        code = process.wait()
    assert code == 0
    got = [json.loads(line)["event"]["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    first = list(dict.fromkeys(got))
    assert first == [f"{number:04d}-1" for number in range(0, 3000, 100)] + [f"e{number}" for number in range(3000)]
    assert len(got) - len(first) <= 20 * 5, "a batch again for each crash at most"


def test_sinks_by_name():
    sinks = {"one": SinkSettings(type="x"), "two": SinkSettings(type="x")}
    assert list(wanted(sinks)) == ["one", "two"]
    assert list(wanted(sinks, ["two"])) == ["two"]
    with pytest.raises(SentinelError, match="no sink three in the configuration; known: one, two"):
        wanted(sinks, ["three"])
