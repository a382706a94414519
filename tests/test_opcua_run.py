"""What people see of an OPC UA plant: `run` over the samples, with assets, ledger, points and alerts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sentinel.store import Store

SAMPLES = Path(__file__).parent.parent / "pcaps" / "opcua"


def sentinel(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sentinel", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opcua") / "state"
    sentinel("run", "-r", str(SAMPLES / "asyncua-services" / "asyncua-services.pcap"), "--state", str(folder))
    return folder


def rows(command: str, state: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in sentinel(command, "--json", "--state", str(state)).splitlines()]


def claims(state: Path, ip: str) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for row in rows("assets", state):
        if ip in row["host"]["ip"]:  # type: ignore[index]
            for claim in row["sentinel"]["asset"]["claims"]:  # type: ignore[index]
                told.setdefault(claim["attribute"], set()).add(claim["value"])
    return told


def test_a_server_says_what_it_is_and_how_it_is_protected(state: Path) -> None:
    told = claims(state, "10.10.8.10")
    assert "None" in told["security_used"]
    assert "None" in told["security_offered"]
    assert "Anonymous" in told["login_offered"]
    assert any(uri.startswith("urn:") for uri in told["application_uri"])
    assert told["application_name"]
    assert told["namespace"]


def test_a_client_has_a_name_and_a_login(state: Path) -> None:
    told = claims(state, "10.10.8.21")
    assert told["application_name"]
    assert told["application_uri"]
    assert told["login_used"] & {"Anonymous", "UserName"}


def test_nodes_have_values_and_the_standards_go_by_their_names(state: Path) -> None:
    points = rows("points", state)
    named = {str(row["sentinel"]["point"]["name"]): row["sentinel"]["point"] for row in points}  # type: ignore[index]
    assert any(name.startswith("ns=") for name in named)
    assert any("value" in point or "text" in point for point in named.values())
    assert named["i=2259"]["label"] == "Server_ServerStatus_State"


def test_a_method_call_is_told_with_object_and_method(state: Path) -> None:
    events = rows("events", state)
    calls = [one["sentinel"]["operation"] for one in events if one["event"]["action"] == "opcua-call"]  # type: ignore[index]
    assert calls
    assert {one["class"] for one in calls} == {"control"}
    assert all(" of " in one["target"] for one in calls)


def test_changing_the_address_space_is_an_alert(state: Path) -> None:
    text = sentinel("alerts", "--state", str(state))
    assert "critical" in text
    assert "program" in text


@pytest.mark.parametrize("word", ["secure channel", "sequence_gap", "publish"])
def test_explain_knows_the_words(word: str) -> None:
    assert len(sentinel("explain", word)) > 60


@pytest.mark.parametrize("case", ["encrypted-asyncua", "encrypted-node-opcua"])
def test_nothing_is_told_out_of_ciphertext(case: str) -> None:
    documents = [json.loads(line) for line in sentinel("decode", str(SAMPLES / case / f"{case}.pcap")).splitlines()]
    hidden = [one for one in documents if one["opcua"].get("encrypted") and one["opcua"]["message_type"] != "OPN"]
    assert hidden
    for one in hidden:
        allowed = {
            "message_type",
            "secure_channel_id",
            "token_id",
            "message_size",
            "chunk_count",
            "encrypted",
            "response",
        }
        assert set(one["opcua"]) <= allowed | {"service"}
        assert one["opcua"].get("service") in (None, "CloseSecureChannel")


def test_what_a_server_remembers_is_no_value_of_now(tmp_path: Path) -> None:
    """History is kept as readings of the past; the newest value of a node is what was read or reported."""
    state = tmp_path / "state"
    sentinel("run", "-r", str(SAMPLES / "asyncua-answers" / "asyncua-answers.pcap"), "--state", str(state))
    with Store.open(state) as store:
        assert "history" in {one["sentinel.point.direction"] for one in store.readings()}
    newest = rows("points", state)
    assert newest
    assert {row["sentinel"]["point"].get("direction") for row in newest} <= {None, "read", "written"}  # type: ignore[attr-defined]
