"""OPC UA: what `sentinel run` keeps of process values, held against what the stacks read, wrote and published."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from opcua_logs import FOLDERS, REFUSES_READ, STACKS, TIME, Call, encrypted, qualified, status_name, ticks
from test_opcua_round_trips import pairs

from sentinel.store import Store

VALUE = 13  # OPC 10000-6, A.1
MOST_ELEMENTS = 16
BAD = 0x80000000
UNIX = 116_444_736_000_000_000  # 100 ns from 1601 to 1970

NOTHING = "no value"
NULL = "no value, or a null String"  # Milo makes an empty Variant of both

Watched = dict[
    tuple[str, int, int], tuple[str, int]
]  # subscription and item, or the client's handle: node and attribute
# Name, value as `said`, status, direction; and the source's time in nanoseconds.
Reading = tuple[str, str, str | None, str]

WITH_POINTS = [folder for folder in FOLDERS if not encrypted(folder) and folder.name != "errors"]


# ---- what the log says ------------------------------------------------------------------------------------------


def said(kind: str, value: Any) -> str:
    """A value in the words of a reading; what a log does not hold (bytes of a structure) is left out."""
    # async-opcua's server puts a DataValue into the Variant of one.
    if isinstance(value, list) or kind in ("DataValue", "Variant", "DiagnosticInfo"):
        return "value within a value, digest"
    if kind == "ByteString":
        return f"{len(value or '') // 2} bytes, digest"
    if kind == "ExtensionObject":
        return "structure"
    if kind == "StatusCode":
        return status_name(value)
    if kind == "QualifiedName":
        return qualified(value or {})
    if kind == "LocalizedText":
        return str((value or {}).get("Text", ""))
    if kind == "DateTime":
        return moment(value)
    if kind in ("String", "XmlElement", "Guid", "NodeId", "ExpandedNodeId"):
        return value or ""
    if isinstance(value, str):
        return {"Infinity": "inf", "-Infinity": "-inf"}.get(value, value)
    return repr(float(value)) if kind in ("Float", "Double") or value >= 2**63 else str(int(value))


def moment(time: str) -> str:
    """In milliseconds: not all logs are more precise."""
    match = TIME.fullmatch(time)
    return f"{match[1]}.{(match[2] or '')[:3]:0<3}Z" if match else time


def elements(node: str, variant: dict[str, Any], first: int) -> Iterator[tuple[str, str]]:
    """One point a node, or one an element of an array that is short."""
    kind, value = variant["Type"], variant.get("Value")
    if not isinstance(value, list):
        yield node, said(kind, value)
    elif "Dimensions" in variant:
        yield node, f"{'×'.join(map(str, variant['Dimensions']))} of {kind}, digest"
    elif len(value) > MOST_ELEMENTS:
        yield node, f"{len(value)} of {kind}, digest"
    else:
        for index, one in enumerate(value, first):
            inner = (one["Type"], one.get("Value")) if kind == "Variant" else (kind, one)
            yield f"{node}[{index}]", said(*inner)


def readings(node: str, value: dict[str, Any], direction: str, first: int = 0) -> Iterator[tuple[Reading, int | None]]:
    status = status_name(value["StatusCode"]) if value.get("StatusCode", 0) >= 0x40000000 else None
    source = value.get("SourceTimestamp")
    time = (ticks(source) - UNIX) * 100 if source and not source.startswith("1601-01-01T00:00:00") else None
    variant = value.get("Value", {"Type": "Null"})
    if variant["Type"] != "Null":
        for name, text in elements(node, variant, first):
            yield (name, text, status, direction), time
    else:
        yield (node, "" if status else NOTHING, status, direction), time


def first_of(range_: str | None) -> int:
    return int((range_ or "0").split(":")[0]) if re.fullmatch(r"\d+(:\d+)?", range_ or "0") else 0


def told(call: Call, watched: Watched) -> Iterator[tuple[Reading, int | None]]:
    of_milo = STACKS[call["client"].partition(":")[0]] == "milo"
    for (node, text, status, direction), time in values(call, watched):
        is_null = of_milo and text == NOTHING and direction == "read"
        yield (node, NULL if is_null else text, status, direction), time


def values(call: Call, watched: Watched) -> Iterator[tuple[Reading, int | None]]:
    request, response = call["request"], call.get("response", {})
    results = response.get("Results", [])
    match call["service"]:
        # What is refused as a whole tells nothing of its nodes.
        case "Read" if any(value.get("StatusCode", 0) not in REFUSES_READ for value in results):
            for target, value in zip(request["NodesToRead"], results, strict=False):
                if target["AttributeId"] == VALUE:
                    yield from readings(target["NodeId"], value, "read", first_of(target.get("IndexRange")))
        case "Write":
            for target, code in zip(request["NodesToWrite"], results, strict=False):
                if target["AttributeId"] == VALUE and code < BAD:
                    yield from readings(
                        target["NodeId"], target["Value"], "written", first_of(target.get("IndexRange"))
                    )
        case "HistoryRead":
            for target, result in zip(request["NodesToRead"], results, strict=False):
                for value in result.get("HistoryData", {}).get("DataValues", []):
                    yield from readings(target["NodeId"], value, "history")
        case "Publish" | "Republish":
            subscription = response.get("SubscriptionId", request.get("SubscriptionId", 0))
            for data in response.get("NotificationMessage", {}).get("NotificationData", []):
                for item in data.get("MonitoredItems", []):
                    node, attribute = watched.get(("handle", subscription, item["ClientHandle"]), ("", 0))
                    if attribute == VALUE:
                        yield from readings(node, item["Value"], "read")


def watch(call: Call, watched: Watched) -> None:
    """Which node a client's handle stands for; for good, as reports may still be under way (OPC 10000-4, 5.13.6)."""
    request, results = call["request"], call.get("response", {}).get("Results", [])
    subscription = request.get("SubscriptionId", 0)
    for item, result in zip(request.get("ItemsToCreate", request.get("ItemsToModify", [])), results, strict=False):
        if result.get("StatusCode", 0) >= BAD:
            continue
        number = ("item", subscription, result.get("MonitoredItemId") or item.get("MonitoredItemId"))
        if "ItemToMonitor" in item:
            watched[number] = item["ItemToMonitor"]["NodeId"], item["ItemToMonitor"]["AttributeId"]
        if number in watched:
            watched["handle", subscription, item["RequestedParameters"]["ClientHandle"]] = watched[number]


@cache
def known(folder: Path) -> tuple[tuple[Reading, int | None], ...]:
    """All that the clients' stacks read, wrote and were told, in the order of the answers."""
    answered = [pair for pair in pairs(folder, "stack") if "response" in pair[1]["sentinel"]["frame"]]
    watched: Watched = {}
    found: list[tuple[Reading, int | None]] = []
    for call, _ in sorted(answered, key=lambda pair: int(pair[1]["sentinel"]["frame"]["response"])):
        watch(call, watched)
        found.extend(told(call, watched))
    return tuple(found)


# ---- what is kept -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("states")
    for folder in WITH_POINTS:
        run("run", "-r", str(folder / f"{folder.name}.pcap"), "--state", str(root / folder.name))
    return {folder.name: root / folder.name for folder in WITH_POINTS}


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sentinel", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def text_of(point: dict[str, Any]) -> str:
    """Text, or a number as it was; digests of bytes that no log holds are left out."""
    if point.get("text") is not None:
        text = re.sub(r" [0-9a-f]{16}$", "", point["text"])
        return "structure" if text.startswith("structure ") else moment(text)
    integer, value = point.get("integer"), point.get("value")
    return str(integer) if integer is not None else "" if value is None else repr(value)


def as_number(text: str) -> str:
    """Integers as a screen has them."""
    try:
        return repr(float(text))
    except ValueError:
        return text


def kept(state: Path) -> list[tuple[Reading, int | None]]:
    with Store.open(state) as store:
        rows = list(store.readings())
    points = [{name.removeprefix("sentinel.point."): value for name, value in row.items()} for row in rows]
    return [
        ((one["name"], text_of(one), one.get("status"), one["direction"]), one.get("source_time")) for one in points
    ]


@pytest.mark.parametrize("folder", WITH_POINTS, ids=lambda path: path.name)
def test_readings_are_the_values_of_the_stacks(folder: Path, states: dict[str, Path]) -> None:
    ours, theirs = kept(states[folder.name]), known(folder)
    # A good value that is none is a point without readings.
    kept_ones, others = {one for one, _ in ours}, {one for one, _ in theirs if one[1] not in (NOTHING, NULL)}
    nulls = {(name, "", status, direction) for (name, text, status, direction), _ in theirs if text == NULL}
    assert sorted(kept_ones - others - nulls, key=str) == []
    # What is read as it was written before is no change.
    assert [one for one in sorted(others - kept_ones, key=str) if (*one[:3], "written") not in kept_ones] == []


@pytest.mark.parametrize("folder", WITH_POINTS, ids=lambda path: path.name)
def test_readings_have_the_time_of_their_source(folder: Path, states: dict[str, Path]) -> None:
    """In milliseconds, as above; a log tells the last second there is for a time that its stack cannot hold."""
    nulls = [((name, "", *more), time) for (name, text, *more), time in known(folder) if text == NULL]
    times = {(one, time // 10**6) for one, time in (*known(folder), *nulls) if time is not None}
    timeless = {one for one, time in known(folder) if time is None}
    checked = 0
    for one, time in kept(states[folder.name]):
        if time is None:
            assert one in timeless, one
        else:
            assert (one, time // 10**6) in times, (one, time)
            checked += 1
    assert checked


@pytest.mark.parametrize("folder", WITH_POINTS, ids=lambda path: path.name)
def test_points_are_the_last_of_them(folder: Path, states: dict[str, Path]) -> None:
    lines = run("points", "--state", str(states[folder.name]), "--json", "--all").splitlines()
    points = [json.loads(line)["sentinel"]["point"] for line in lines]
    theirs = known(folder)
    assert {point["name"] for point in points} == {name for (name, *_), _ in theirs}
    for point in points:
        texts = {
            "" if text in (NOTHING, NULL) else as_number(text)
            for (name, text, *_), _ in theirs
            if name == point["name"]
        }
        assert as_number(text_of(point)) in texts, (point, texts)
