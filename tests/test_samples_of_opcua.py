"""The OPC UA samples: what they hold, their logs against each other and against tshark, message by message."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from opcua_logs import MEETING, kept, of_the_stack, server_stack

PCAPS = Path(__file__).parent.parent / "pcaps" / "opcua"
FOLDERS = sorted(path for path in PCAPS.iterdir() if path.is_dir())
MOST_BYTES, MOST_OF_ALL = 400_000, 6_000_000
CLOSE = 0.003  # seconds between the clock of a program and that of the recorder
OPEN, MESSAGE, CLOSING = "OPN", "MSG", "CLO"
TYPES = {
    "OpenSecureChannel": OPEN,
    "CloseSecureChannel": CLOSING,
    "Hello": "HEL",
    "Error": "ERR",
    "ReverseHello": "RHE",
}
# Numeric ids of the binary encodings (Part 6, annex A; `Opc.Ua.NodeIds.csv`): request, answer.
ENCODINGS = {
    "FindServers": (422, 425), "FindServersOnNetwork": (12208, 12209), "GetEndpoints": (428, 431),
    "RegisterServer": (437, 440), "RegisterServer2": (12211, 12212), "OpenSecureChannel": (446, 449),
    "CloseSecureChannel": (452, 455), "CreateSession": (461, 464), "ActivateSession": (467, 470),
    "CloseSession": (473, 476), "Cancel": (479, 482), "AddNodes": (488, 491), "AddReferences": (494, 497),
    "DeleteNodes": (500, 503), "DeleteReferences": (506, 509), "Browse": (527, 530), "BrowseNext": (533, 536),
    "TranslateBrowsePathsToNodeIds": (554, 557), "RegisterNodes": (560, 563), "UnregisterNodes": (566, 569),
    "QueryFirst": (615, 618), "QueryNext": (621, 624), "Read": (631, 634), "HistoryRead": (664, 667),
    "Write": (673, 676), "HistoryUpdate": (700, 703), "Call": (712, 715), "CreateMonitoredItems": (751, 754),
    "ModifyMonitoredItems": (763, 766), "SetMonitoringMode": (769, 772), "SetTriggering": (775, 778),
    "DeleteMonitoredItems": (781, 784), "CreateSubscription": (787, 790), "ModifySubscription": (793, 796),
    "SetPublishingMode": (799, 802), "Publish": (826, 829), "Republish": (832, 835),
    "TransferSubscriptions": (841, 844), "DeleteSubscriptions": (847, 850),
}  # fmt: skip
FAULT = 397
SERVICES = {number: name for name, numbers in ENCODINGS.items() for number in numbers} | {FAULT: "ServiceFault"}

Call = dict[str, Any]
Row = dict[str, str]


@cache
def log(path: Path) -> list[Call]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


@cache
def chunks(folder: Path) -> list[Row]:
    """A line a chunk, as tshark read them."""
    text = gzip.decompress((folder / "tshark.tsv.gz").read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def servers(folder: Path) -> set[str]:
    return {call["server"] for call in log(folder / "stack.log.gz")}


def seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_sample_says_where_it_comes_from(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert "## Origin" in text
    assert "Licence: MIT" in text
    assert (folder / f"{folder.name}.pcap").exists()
    assert sum(path.stat().st_size for path in folder.iterdir()) < MOST_BYTES
    assert log(folder / "stack.log.gz")
    # No call came through, or the stack tells nothing.
    assert log(folder / "server.log.gz") or folder.name == "errors" or folder.name.endswith("async-opcua")


def test_all_samples_are_small() -> None:
    assert sum(path.stat().st_size for path in PCAPS.rglob("*") if path.is_file()) < MOST_OF_ALL


def is_readable(call: Call) -> bool:
    """An OPN with a security policy is encrypted in any mode."""
    if call.get("policy", "None") == "None":
        return True
    return call.get("mode") == "Sign" and call["service"] != "OpenSecureChannel"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_request_of_the_clients_is_one_that_tshark_reads(folder: Path) -> None:
    """By connection and request id: the same service, and near in time."""
    asked = {
        (row["source"], row["request_id"]): row
        for row in chunks(folder)
        if row["request_id"] and row["destination"] in servers(folder)
    }
    checked = 0
    for call in log(folder / "stack.log.gz"):
        if "request_id" in call and is_readable(call):
            row = asked[call["client"], str(call["request_id"])]
            assert abs(float(row["time"]) - seconds(call["start"])) < 0.5
            assert int(row["service"] or 0) in (ENCODINGS[call["service"]][0], 0), call["service"]
            checked += bool(row["service"])
    assert checked or not any("request_id" in call and is_readable(call) for call in log(folder / "stack.log.gz"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_request_that_a_server_saw_is_one_that_tshark_reads(folder: Path) -> None:
    """Of each client as many of each service, where nothing is encrypted."""
    seen: Counter[tuple[str, str]] = Counter()
    for call in log(folder / "server.log.gz"):
        if call["service"] in ENCODINGS and "answer" in call and is_readable(call):
            seen[call["client"], call["service"]] += 1
    assert seen <= messages(folder)


def messages(folder: Path) -> Counter[tuple[str, str]]:
    """Readable messages by client and service, requests only, as tshark counts them."""
    found: Counter[tuple[str, str]] = Counter()
    for row in chunks(folder):
        if row["service"] and row["destination"] in servers(folder) and row["chunk"] == "F":
            found[row["source"], SERVICES[int(row["service"])]] += 1
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_tshark_counts_as_many_requests_of_each_service(folder: Path) -> None:
    """A request without an answer may have been given up before its last chunk."""
    sent: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    for call in log(folder / "stack.log.gz"):
        if call["service"] in ENCODINGS and is_readable(call):
            sent[call["client"], call["service"]] += 1
            answered[call["client"], call["service"]] += "answer" in call
    theirs = Counter({key: count for key, count in messages(folder).items() if is_told(key, sent)})
    assert theirs <= sent + of_the_stack(folder)
    assert answered <= theirs


def is_told(key: tuple[str, str], sent: Counter[tuple[str, str]]) -> bool:
    """Some stacks keep what opens and closes a channel to themselves."""
    client, service = key
    return client in {one for one, _ in sent} and (key in sent or service not in kept(client))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_answers_are_what_tshark_reads(folder: Path) -> None:
    answers = {
        (row["destination"], row["request_id"]): int(row["service"])
        for row in chunks(folder)
        if row["service"] and row["source"] in servers(folder)
    }
    for call in log(folder / "stack.log.gz"):
        number = answers.get((call["client"], str(call.get("request_id"))))
        if number is not None and "answer" in call:
            name = "ServiceFault" if number == FAULT else f"{SERVICES[number]}Response"
            assert call["answer"] == name


def without_times(value: Any) -> Any:
    """A message as both sides must know it."""
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if one not in ([], {}, "")}
    return [without_times(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "folder", [path for path in FOLDERS if path.name.startswith("asyncua")], ids=lambda path: path.name
)
def test_both_sides_say_the_same(folder: Path) -> None:
    """Where client and server are of one stack, their logs agree call by call, value by value."""
    seen: dict[tuple[str, int], list[Call]] = defaultdict(list)
    for call in log(folder / "server.log.gz"):
        if "request_id" in call:
            seen[call["client"], call["request_id"]].append(call)
    compared = 0
    for call in log(folder / "stack.log.gz"):
        if call.get("request_id") is None:
            continue
        if not seen[call["client"], call["request_id"]] and "answer" not in call:
            continue  # given up, or refused before it was read
        (other,) = seen[call["client"], call["request_id"]]
        assert other["service"] == call["service"]
        assert without_times(other["request"]) == without_times(call["request"])
        if "response" in call:
            assert without_times(other.get("response")) == without_times(call["response"]), call["service"]
            compared += 1
    assert compared


def test_every_service_is_asked_and_answered() -> None:
    asked: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for folder in FOLDERS:
        for call in log(folder / "stack.log.gz"):
            if call["service"] in ENCODINGS:
                asked[call["service"]] += 1
                answered[call["service"]] += call.get("answer", "").endswith("Response")
    assert set(asked) == set(ENCODINGS)
    assert {service for service, count in answered.items() if count} == set(ENCODINGS) - {"CloseSecureChannel"}


def test_four_stacks_meet_as_clients_and_servers() -> None:
    servers = {server_stack(folder) for folder in FOLDERS if MEETING.fullmatch(folder.name)}
    clients = {call["client"].split(":")[0] for folder in FOLDERS for call in log(folder / "server.log.gz")}
    assert servers == {"asyncua", "node-opcua", "milo", "async-opcua"}
    assert clients == {f"10.10.8.{host}" for host in (21, 22, 23, 24)}


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"])
@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
def test_every_policy_is_met_in_both_modes(policy: str, mode: str) -> None:
    """As both sides say: whole sessions, not only an opened channel."""
    for side in ("stack", "server"):
        calls = [call for folder in FOLDERS for call in log(folder / f"{side}.log.gz")]
        asked = {call["service"] for call in calls if (call.get("policy"), call.get("mode")) == (policy, mode)}
        assert {"CreateSession", "Read", "Write", "Publish", "CloseSession"} <= asked
