"""OPC UA: what nameplates of companion models say of a server, held against what its client's stack was told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opcua_logs import PCAPS, Call, readable

MODELS = ("http://opcfoundation.org/UA/DI/", "http://opcfoundation.org/UA/Machinery/")
CAPTURE = PCAPS / "nameplates" / "nameplates.pcap"
# OPC 10000-100, 4.5.2 and 4.5.3; OPC 40001-1, 8.
ATTRIBUTES = {
    "Manufacturer": "vendor", "ManufacturerUri": "vendor_uri", "Model": "model", "ProductCode": "product_code", "SerialNumber": "serial",
    "HardwareRevision": "hardware", "SoftwareRevision": "firmware", "DeviceRevision": "revision", "DeviceClass": "device_class",
    "DeviceManual": "manual", "ProductInstanceUri": "product_instance_uri", "AssetId": "asset_id", "ComponentName": "component_name",
    "Location": "location", "YearOfConstruction": "year_of_construction", "MonthOfConstruction": "month_of_construction",
    "InitialOperationDate": "in_operation_since",
}  # fmt: skip
Names = dict[str, tuple[str, int, str]]  # node: object, namespace and text of its name


def sentinel(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sentinel", *words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def names(calls: list[Call]) -> Names:
    """What Browse and TranslateBrowsePathsToNodeIds call nodes; the samples ask for paths of one element."""
    found: Names = {}
    for call in calls:
        results = call.get("response", {}).get("Results", [])
        if call["service"] == "Browse":
            for asked, result in zip(call["request"]["NodesToBrowse"], results, strict=False):
                for one in result.get("References", []):
                    if one["IsForward"]:
                        name = one["BrowseName"]
                        found[one["NodeId"]] = (asked["NodeId"], name.get("NamespaceIndex", 0), name.get("Name", ""))
        if call["service"] == "TranslateBrowsePathsToNodeIds":
            for path, result in zip(call["request"]["BrowsePaths"], results, strict=False):
                name = path["RelativePath"]["Elements"][-1]["TargetName"]
                for target in result.get("Targets", []):
                    found[target["TargetId"]] = (path["StartingNode"], name.get("NamespaceIndex", 0), name["Name"])
    return found


def values(calls: list[Call]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Nodes with what was read or reported of them."""
    handles: dict[int, str] = {}
    for call in calls:
        request, response = call["request"], call.get("response", {})
        if call["service"] == "Read":
            for target, value in zip(request["NodesToRead"], response.get("Results", []), strict=False):
                if target["AttributeId"] == 13:
                    yield target["NodeId"], value
        if call["service"] == "CreateMonitoredItems":
            handles |= {
                one["RequestedParameters"]["ClientHandle"]: one["ItemToMonitor"]["NodeId"]
                for one in request["ItemsToCreate"]
            }
        for data in response.get("NotificationMessage", {}).get("NotificationData", []):
            for item in data.get("MonitoredItems", []):
                yield handles.get(item["ClientHandle"], ""), item["Value"]


def known(folder: Path) -> set[tuple[str, str]]:
    """Attribute and value, in words: the first object is the server, others are parts of it."""
    calls = readable(folder)
    spaces = next((one["Value"]["Value"] for node, one in values(calls) if node == "i=2255" and "Value" in one), [])
    named, plates, found = names(calls), list[str](), set[tuple[str, str]]()
    for node, value in values(calls):
        plate, space, name = named.get(node, ("", 0, ""))
        content = value.get("Value", {}).get("Value")
        if name in ATTRIBUTES and spaces[space : space + 1] and spaces[space] in MODELS and content:
            text = str(content["Text"] if isinstance(content, dict) else content)
            if plate not in plates:
                plates.append(plate)
            is_own = plate == plates[0]
            found.add((ATTRIBUTES[name], text) if is_own else (f"part_{ATTRIBUTES[name]}", f"{text} ({plate})"))
    return found


def told(state: Path, ip: str = "10.10.8.10") -> dict[tuple[str, str], dict[str, Any]]:
    assets = map(json.loads, sentinel("assets", "--json", "--all", "--state", str(state)).splitlines())
    claims = [one for asset in assets if ip in asset["host"]["ip"] for one in asset["sentinel"]["asset"]["claims"]]
    return {(one["attribute"], one["value"]): one for one in claims if one["source"] == "opcua nameplate"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nameplates") / "state"
    sentinel("run", "-r", str(CAPTURE), "--state", str(folder))
    return folder


def test_a_server_has_what_its_nameplates_say(state: Path) -> None:
    ours, theirs = told(state), known(CAPTURE.parent)
    assert set(ours) == theirs
    assert len(theirs) == 17
    assert {
        ("vendor", "Northwater Filling Ltd"),
        ("serial", "NF-2019-00417"),
        ("year_of_construction", "2019"),
    } <= theirs
    assert ("part_model", "HD 450 (ns=5;s=Drive)") in theirs
    assert told(state, "10.10.8.21") == {}


def test_what_was_reported_counts_as_what_was_read(state: Path) -> None:
    """The frames are those of the answers: Read of the machine, Read of the device, Publish."""
    documents = map(json.loads, sentinel("decode", str(CAPTURE)).splitlines())
    services = {one["sentinel"]["frame"].get("response"): one["opcua"].get("service") for one in documents}
    ours = told(state)
    assert services[ours["serial", "NF-2019-00417"]["frame"]] == "Read"
    assert services[ours["part_serial", "450-88123 (ns=5;s=Drive)"]["frame"]] == "Read"
    assert services[ours["part_firmware", "3.1.0 (ns=5;s=Drive)"]["frame"]] == "Publish"


def test_people_see_maker_model_and_serial(state: Path) -> None:
    """With who said it, and where; the plant's own variable of that name is no serial."""
    shown = sentinel("assets", "--state", str(state), "show", "10.10.8.10").splitlines()
    facts = {line.partition(" ")[0]: line for line in shown}
    for label, text in (
        ("Maker", "Northwater Filling Ltd"),
        ("Model", "Filler F-24"),
        ("Firmware", "7.3.1"),
        ("Serial", "NF-2019-00417"),
    ):
        assert text in facts[label]
        assert "opcua nameplate, frame" in facts[label]
    assert not any("batch 0042" in line and "nameplate" in line for line in shown)
