"""A recorded session of an engineering station with a Modicon controller, checked against its bytes by hand.

The capture is Digital Bond's `modicon_test.pcap`; it is not part of the repository.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from test_captures import CAPTURES

from sentinel.store import Store

CAPTURE = CAPTURES / "captures" / "digitalbond+Quickdraw-Snort" / "modicon_test.pcap"


@pytest.fixture(scope="module")
def transactions() -> dict[int, dict[str, Any]]:
    """By frame of the request."""
    if not CAPTURE.exists():
        warnings.warn(f"NOT TESTED against a real controller: no {CAPTURE}; set SENTINEL_CAPTURES", stacklevel=2)
        pytest.skip(f"no {CAPTURE}")
    line = [sys.executable, "-m", "sentinel", "decode", str(CAPTURE)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    return {document["sentinel"]["frame"]["request"]: document for document in documents}


def umas(transactions: dict[int, dict[str, Any]], frame: int) -> dict[str, Any]:
    told: dict[str, Any] = transactions[frame]["modbus"]["umas"]
    return {name: value for name, value in told.items() if name not in ("function", "function_code", "status")}


def test_every_message_is_known(transactions: dict[int, dict[str, Any]]) -> None:
    assert len(transactions) == 90
    for document in transactions.values():
        operation = document["sentinel"]["operation"]
        assert operation["name"] != "UMAS", "a function without a name"
        assert operation["class"] != "other"
        assert document["event"]["outcome"] == "success"
        assert "weird" not in document["sentinel"]


def test_what_the_controller_says_of_itself(transactions: dict[int, dict[str, Any]]) -> None:
    device = {"name": "140 CPU 311 10", "firmware": "2.70", "ident": 0x0001015A, "model": 0, "hardware": 9}
    assert umas(transactions, 4) == {"session_key": 0, "device": device}
    assert umas(transactions, 7) == {"session_key": 0, "subfunction_code": 0, "longest_message": 253}
    project = {"name": "Project", "revision": "0.0.8", "modified": "2014-01-14T12:59:12"}
    assert umas(transactions, 11) == {"session_key": 0, "subfunction_code": 0, "project": project}
    assert umas(transactions, 15)["status_words"] == [0x1B6FD5B0, 0x113D5837, 0, 0x113D5837, 0x113D5837, 3]


def test_the_reservation_gives_the_key_of_all_that_follows(transactions: dict[int, dict[str, Any]]) -> None:
    assert umas(transactions, 49) == {"session_key": 0, "reserved_by": "USER-714E74F21B", "new_session_key": 1}
    assert umas(transactions, 53) == {"session_key": 1, "steps": ["reset"]}
    assert umas(transactions, 55) == {"session_key": 1, "steps": ["read all"]}
    same = {transactions[frame]["sentinel"]["operation"]["id"] for frame in (15, 51)}
    assert len(same) == 1, "with another key it is the same operation"


def test_memory_blocks_are_named_by_place(transactions: dict[int, dict[str, Any]]) -> None:
    place = {"memory_block": 0x14, "offset": 0x0628, "length": 12}
    assert umas(transactions, 43) == {"session_key": 0, **place}
    assert transactions[43]["sentinel"]["operation"]["target"] == "unit 0 memory block 20 offset 1576 length 12"
    assert transactions[43]["sentinel"]["operation"]["class"] == "read"


def test_the_program_is_copied_in_fifty_three_blocks(transactions: dict[int, dict[str, Any]]) -> None:
    blocks = [one for one in transactions.values() if one["modbus"]["umas"]["function"] == "Download Block"]
    assert [one["modbus"]["umas"]["block_number"] for one in blocks] == list(range(1, 54))
    assert {one["sentinel"]["operation"]["class"] for one in blocks} == {"program"}
    assert len({one["sentinel"]["operation"]["id"] for one in blocks}) == 1
    lengths = [one["modbus"]["umas"]["block_length"] for one in blocks]
    assert (lengths[0], lengths[1], lengths[-1]) == (64, 246, 212)
    assert umas(transactions, 186)["block_count"] == 53


SAMPLE = Path(__file__).parent.parent / "pcaps" / "modbus" / "umas" / "umas.pcap"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sentinel run` keeps of the sample."""
    folder = tmp_path_factory.mktemp("state")
    line = [sys.executable, "-m", "sentinel", "run", "-r", str(SAMPLE), "--state", str(folder)]
    subprocess.run(line, check=True, capture_output=True)
    return folder


def test_variables_have_the_names_of_the_dictionary(state: Path) -> None:
    with Store.open(state) as store:
        points = {one["label"]: one for one in store.points()}
    values = {label: (one["name"], one["integer"]) for label, one in points.items()}
    assert values == {
        "Tank_Level": ("unit 0 variable block 52 offset 0", 8230),
        "Pump_Speed": ("unit 0 variable block 52 offset 4", 1200),
        "Pump_On": ("unit 0 variable block 53 offset 0", 1),
    }
    assert points["Pump_Speed"]["first_written"] is not None
    assert points["Tank_Level"]["first_written"] is None


def test_stopping_and_loading_alert_whoever_does_it(state: Path) -> None:
    with Store.open(state) as store:
        alerts = list(store.alerts())
        controller = store.asset("10.10.6.10")
    by_source = {one["source.ip"]: one for one in alerts}
    engineer, stranger = by_source["10.10.6.7"], by_source["10.10.6.66"]
    assert (engineer["event.severity"], stranger["event.severity"]) == (99, 47), "done, and refused"
    assert "program request: UMAS Initialize Upload" in engineer["message"]
    for what in ("UMAS Stop PLC", "UMAS Upload Block", "UMAS Start PLC"):
        assert f"10.10.6.7 may send 10.10.6.10: {what}" in engineer["sentinel.alert.approve"]
    assert "control command: UMAS Stop PLC" in stranger["message"]
    assert by_source.keys() == {"10.10.6.7", "10.10.6.66"}, "reading and setting variables alone is no alert yet"
    assert controller["device.model.name"] == "BMX P34 2020"
    assert controller["device.manufacturer"] == "Schneider Electric"
    assert controller["sentinel.asset.firmware"] == "3.10"


def test_blocks_longer_than_the_specification_allows_are_read() -> None:
    line = [sys.executable, "-m", "sentinel", "decode", str(SAMPLE)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    documents = [json.loads(line)["modbus"]["umas"] for line in done.stdout.splitlines()]
    assert [one["block_length"] for one in documents if one["function"] == "Upload Block"] == [64, 1012, 388]
    assert len(documents) == 25
