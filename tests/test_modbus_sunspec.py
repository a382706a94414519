"""A SunSpec map as it is learnt in passing, against what pysunspec2's client made of the same answers."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import test_samples_against_stacks as samples

from sentinel.sensor import Sensor
from sentinel.store import Store

FOLDER = samples.PCAPS / "modbus" / "sunspec"
CAPTURE = FOLDER / "sunspec.pcap"
NOT_VALUES = ("Pad",)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    line = [sys.executable, "-m", "sentinel", "run", "-r", str(CAPTURE), "--state", str(folder)]
    subprocess.run(line, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def points(state: Path) -> dict[int, dict[str, Any]]:
    """By wire address."""
    with Store.open(state) as store:
        return {one["address"]: one for one in store.points()}


def told() -> list[dict[str, str]]:
    with (FOLDER / "points.tsv").open() as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["point"].split(".")[-1] not in NOT_VALUES]


def test_every_point_has_the_value_that_the_client_computed(points: dict[int, dict[str, Any]]) -> None:
    wrong = []
    for row in told():
        point = points[int(row["address"])]
        value, want = point["text"] if point["text"] is not None else point["number"], row["value"]
        scaled = not str(point["label"]).endswith("not scaled")
        if want == "":
            # pysunspec2 tells nothing of texts that are empty, of scale factors that are not there, and of sums of 0.
            right = point["status"] == "not implemented" or value in ("", 0)
        elif isinstance(value, str):
            right = value == want
        else:
            right = value is not None and value == pytest.approx(float(want), rel=1e-12) and scaled
        if not right:
            wrong.append((row, point["label"], value, point["status"]))
    assert not wrong
    assert len(told()) > 260


def test_labels_and_units(points: dict[int, dict[str, Any]]) -> None:
    def said(address: int) -> tuple[str, str | None, Any]:
        point = points[address]
        return point["label"], point["measure"], point["text"] or point["number"]

    assert said(40004) == ("Common: maker", None, "Northlight")
    assert said(40084) == ("Inverter: AC power", "W", 6978)
    assert said(40086) == ("Inverter: line frequency", "Hz", 50.013)
    assert said(40094) == ("Inverter: AC energy", "Wh", 87_654_321)
    assert said(40095) == ("Inverter: AC energy, register 2", "Wh", None)
    assert said(40182 + 5) == ("Controls: power limit", "%", 62.5)
    assert said(40234 + 10 + 20 + 9) == ("MPPT 2: DC current", "A", 5.92)
    assert said(40286) == ("Common: maker", None, "Gridcount")
    assert said(40352 + 28) == ("Meter: AC power", "W", -1520.5)
    assert points[40084]["changes"] == 7
    assert points[40187]["direction"] in ("read", "written")
    assert points[40187]["first_written"] is not None


def test_the_device_is_who_it_says(state: Path) -> None:
    with Store.open(state) as store:
        device = store.asset("10.10.5.20")
    assert device["device.manufacturer"] == "Northlight", "not the meter's maker, which says it later"
    assert device["device.model.name"] == "NL-8000"
    assert device["device.serial_number"] == "NL8K-000217"
    assert device["sentinel.asset.firmware"] == "3.1.4"


def test_the_list_says_what_a_point_is(state: Path) -> None:
    line = [sys.executable, "-m", "sentinel", "points", "--state", str(state), "--tz", "UTC"]
    done = subprocess.run(line, check=True, capture_output=True, text=True)
    text = " ".join(done.stdout.split())
    assert "Inverter: AC power (W), wire 40084 6978" in text
    assert "Common: maker, wire 40004 Northlight" in text
    assert "register 2" not in text, "the rest of a value"
    assert "not implemented" not in text
    everything = subprocess.run([*line, "--all"], check=True, capture_output=True, text=True).stdout
    assert everything.count("\n") > 479
    assert "register 2" in everything
    assert "Controls: power limit (%), wire 40187" in everything


def readings(folder: Path, batch_packets: int) -> list[dict[str, Any]]:
    """Documents of readings with batches of so many packets."""
    with Store.open(folder, write=True) as store:
        for batch in Sensor([str(CAPTURE)], limits={"batch_packets": batch_packets}):
            store.commit(line_time=batch.line_time, batch=batch)
    with Store.open(folder) as kept:
        return list(kept.readings())


def test_readings_are_the_same_however_batches_are_cut(tmp_path: Path) -> None:
    whole = readings(tmp_path / "whole", 65_536)
    assert len(whole) > 250
    assert {one.get("sentinel.point.label") is None for one in whole} == {False, True}, (
        "some came before the map was known"
    )
    assert readings(tmp_path / "one", 1) == whole
    assert readings(tmp_path / "seven", 7) == whole


def test_a_server_that_never_says_the_mark_has_no_labels(tmp_path: Path) -> None:
    for batch in Sensor([str(samples.PCAPS / "modbus" / "pymodbus-all-functions" / "pymodbus-all-functions.pcap")]):
        assert batch["labels"].height == 0
        assert batch["points"].height > 0


def test_memories_are_bounded() -> None:
    sensor = Sensor([str(CAPTURE)], limits={"memories": 1})
    assert sum(batch["labels"].height for batch in sensor) > 400
    assert "memories" not in sensor.counters()["limits"]


def test_the_table_of_models_is_what_the_definitions_say() -> None:
    tool = Path(__file__).parent.parent / "tools" / "make_sunspec_table.py"
    assert subprocess.run([sys.executable, str(tool), "--check"], check=False).returncode == 0
