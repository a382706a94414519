"""What is said about a mirror port, out of counters; test_live.py shows the same on switches that are set wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sentinel.mirror import advice, faults, notes, seen, subnets, verdict
from sentinel.sensor import Sensor

ROOT = Path(__file__).parent.parent


def counters(*interfaces: dict[str, int], **more: Any) -> dict[str, Any]:
    """Those of a good mirror, with changes; per interface the frames."""
    made = Sensor([]).counters()
    names = ("eth1", "eth2")
    frames = interfaces or ({},)
    good = {"unicast": 1_000, "broadcast": 20, "multicast": 10}
    made["frames"] = [made["frames"][0] | good | one for one in frames]
    made["interfaces"] = [
        {"name": name, "packets": 1_030, "bytes": 90_000, "dropped": more.get("dropped", 0), "up": True}
        for name, _ in zip(names, frames, strict=False)
    ]
    directions = {"both": 9, "only_requests": 0, "only_answers": 0, "tags_differ": 0, "examples": []}
    made["directions"] = directions | more.pop("directions", {})
    return made | {"packets": 1_030 * len(frames)} | more


NO_DIRECTION = {"both": 0}


@pytest.mark.parametrize(
    ("found", "kind", "words", "change"),
    [
        (
            counters({"unicast": 0}, directions=NO_DIRECTION),
            "no_mirror",
            "ordinary port of a switch, not a mirror",
            "destination of a mirror session",
        ),
        (counters({"unicast": 0, "broadcast": 0, "multicast": 0}), "silent", "no packet came on eth1", "session on"),
        (
            counters(directions={"both": 1, "only_answers": 5}),
            "one_way",
            "answers came, but no requests in 5 of 6 conversations",
            "both directions",
        ),
        (
            counters(directions={"both": 0, "only_requests": 5}),
            "one_way",
            "requests came, but no answers in 5 of 5 conversations",
            "both directions",
        ),
        (
            counters(directions={"only_requests": 1}, one_sided=["10.2.0.14"]),
            "one_way_of_some",
            "only one direction was captured of 10.2.0.14, so silence raises no alert there",
            "both directions of the ports of 10.2.0.14",
        ),
        (
            counters(directions={"tags_differ": 4}, one_sided=["10.2.0.14"]),
            "tags",
            "VLAN tags are missing or differ in one direction of 4 conversations",
            "vlan_in_key",
        ),
        (counters({"copies": 500}), "twice", "100 % of packets came twice", "one direction (rx, ingress)"),
        (counters({"short": 500}), "truncated", "500 frames shorter than they say", "truncation"),
        (counters({"cut": 3}), "cut", "3 frames cut short by this computer", ""),
        (counters(dropped=17), "dropped", "17 packets of eth1 dropped by this computer", ""),
        (counters(lost_bytes=12, gaps=1), "gaps", "12 bytes missing in 1 gap", ""),
    ],
)
def test_each_fault_has_words_and_a_remedy(found: dict[str, Any], kind: str, words: str, change: str) -> None:
    (fault,) = faults(found)
    assert fault.kind == kind
    assert words in fault.words
    assert change in fault.change
    assert advice([fault, fault]) == ([fault.change] if change else [])
    assert words in verdict(found)


def test_a_good_mirror() -> None:
    assert verdict(counters()) == "good: both directions, nothing lost"
    assert verdict(counters(packets=0)) == "no packets"
    assert not notes(counters())


def test_little_is_not_judged() -> None:
    assert not faults(counters({"unicast": 0, "broadcast": 5}, directions=NO_DIRECTION))
    assert not faults(counters({"unicast": 10, "copies": 5}))
    assert not faults(counters({"copies": 20})), "a few repetitions are no fault"


def test_interfaces_are_told_apart() -> None:
    found = faults(counters({}, {"copies": 900}))
    assert [(one.kind, "on eth2" in one.words) for one in found] == [("twice", True)]


def test_frames_that_this_computer_joined_are_no_fault() -> None:
    found = counters({"long": 4, "longest": 65_226})
    assert not faults(found)
    assert "65,226 bytes" in notes(found)[0]


def test_captures_of_the_samples_are_good() -> None:
    for capture in ("pcaps/modbus/waterworks/waterworks.pcap", "pcaps/modbus/s7/s7.pcap"):
        sensor = Sensor([str(ROOT / capture)])
        for _ in sensor:
            pass
        assert not faults(sensor.counters()), capture
        assert sensor.counters()["directions"]["both"] > 0


def test_networks_that_are_seen() -> None:
    addresses = ["10.1.1.2", "10.1.1.3", "10.1.2.9", "8.8.8.8", "224.0.0.1", "fe80::1", "0.0.0.0", "127.0.0.1", "noise"]
    assert subnets(addresses) == [("10.1.1.0/24", 2), ("10.1.2.0/24", 1), ("fe80::/64", 1), ("public addresses", 1)]
    assert seen(addresses[:2], ["PLC-1"]) == "10.1.1.0/24 (2 devices); controllers: PLC-1"
    assert seen([], []) == "no device yet; no controller yet"
    many = [f"10.1.{number}.1" for number in range(9)]
    assert "3 more networks" in seen(many, many)
    assert "and 3 more" in seen(many, many)
