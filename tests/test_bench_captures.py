"""The captures of `bench` hold what they promise, to tshark and to us."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import captures, damage, masses
from bench.captures import CAPTURES, QUICK, contents, make, needed, path_of
from bench.contests import CONTESTS
from bench.frames import PORT, START, SYN, Writer, packets
from bench.multiply import multiply
from bench.record import NEEDED, CannotRecord, record

ROOT = Path(__file__).parent.parent
RECORDED = ROOT / "pcaps" / "modbus" / "pymodbus-all-functions" / "pymodbus-all-functions.pcap"
TINY = replace(QUICK, name="tiny", malformed=400, connections=50, operations=200, flood=300)

CHECKED = ("ip", "tcp", "udp")

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def tshark(capture: Path, wanted: str, *fields: str) -> list[list[str]]:
    """Rows of fields; checksums are looked at, for what makes a capture must make them true."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", wanted, "-T", "fields"]
    for layer in CHECKED:
        command += ["-o", f"{layer}.check_checksum:TRUE"]
    command += [word for field in fields for word in ("-e", field)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def wrong_checksums(capture: Path) -> int:
    wanted = " || ".join(f"{layer}.checksum.status == 0" for layer in CHECKED)
    return len(tshark(capture, wanted, "frame.number"))


def decoded(capture: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "sentinel", "decode", str(capture)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def answered(documents: list[dict[str, Any]]) -> int:
    return sum(1 for one in documents if {"request", "response"} <= one["sentinel"]["frame"].keys())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture of a real stack, without its ARP."""
    out = tmp_path_factory.mktemp("sample") / "sample.pcap"
    with Writer(out) as writer:
        for time, frame in packets(RECORDED):
            if frame[12:14] == b"\x08\x00":
                writer.write(time, frame)
    return out


@pytest.mark.parametrize("novel", [False, True])
def test_copies_hold_what_was_recorded(tmp_path: Path, sample: Path, novel: bool) -> None:
    recorded = decoded(sample)
    size = sum(1 for _ in packets(sample))
    out = tmp_path / "out.pcap"
    assert multiply(sample, out, 3 * size - 1, novel=novel, server_port=PORT) == 3
    times = [time for time, _ in packets(out)]
    assert len(times) == 3 * size
    assert times == sorted(times)
    copied = decoded(out)
    assert len(copied) == 3 * len(recorded)
    assert answered(copied) == 3 * answered(recorded)

    def counted(documents: list[dict[str, Any]]) -> Counter[tuple[int, int | None]]:
        words = [one.get("modbus", {}) for one in documents]
        return Counter((one.get("function_code"), one.get("exception_code")) for one in words)

    assert counted(copied) == Counter({key: 3 * number for key, number in counted(recorded).items()})
    clients = {(one["source"]["ip"], one["source"]["port"]) for one in copied}
    assert len(clients) == 3 * len({(one["source"]["ip"], one["source"]["port"]) for one in recorded})
    kinds = {one["sentinel"]["operation"]["id"] for one in copied}
    before = {one["sentinel"]["operation"]["id"] for one in recorded}
    assert len(kinds) == (3 if novel else 1) * len(before), "novel: all is new in every copy; else nothing is"


@needs_tshark
def test_tshark_reads_copies_as_we_do(tmp_path: Path, sample: Path) -> None:
    out = tmp_path / "out.pcap"
    multiply(sample, out, 2 * sum(1 for _ in packets(sample)), novel=True, server_port=PORT)
    assert wrong_checksums(out) == 0
    before = Counter(tuple(row) for row in tshark(sample, "mbtcp", "modbus.func_code"))
    after = Counter(tuple(row) for row in tshark(out, "mbtcp", "modbus.func_code"))
    assert after == Counter({key: 2 * number for key, number in before.items()})


def test_what_cannot_be_copied_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "strange.pcap"
    with Writer(strange) as writer:
        writer.write(START, b"\xff" * 12 + b"\x08\x06" + b"\0" * 46)
    with pytest.raises(ValueError, match="more than IPv4"):
        multiply(strange, tmp_path / "out.pcap", 10, novel=False, server_port=PORT)
    strange.write_bytes(b"not a capture, but long enough for a head")
    with pytest.raises(ValueError, match="not a classic pcap"):
        list(packets(strange))


@pytest.mark.parametrize("few_hosts", [False, True])
def test_connections_are_open_at_once(tmp_path: Path, few_hosts: bool) -> None:
    out = tmp_path / "out.pcap"
    masses.connections(out, 60, few_hosts=few_hosts)
    flags = [frame[47] for _, frame in packets(out)]
    assert len(flags) == 60 * 6
    assert all(flag & SYN for flag in flags[0::3][:60])
    assert not any(flag & SYN for flag in flags[180:]), "all are open before the first asks"
    documents = decoded(out)
    assert answered(documents) == len(documents) == 60
    assert len({(one["source"]["ip"], one["source"]["port"], one["destination"]["ip"]) for one in documents}) == 60
    assert len({one["source"]["ip"] for one in documents}) == (20 if few_hosts else 60)


def test_operations_differ(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    masses.operations(out, 1_200)
    documents = decoded(out)
    assert answered(documents) == len(documents) == 2_400
    kinds = Counter(one["sentinel"]["operation"]["id"] for one in documents)
    assert len(kinds) == 1_200
    assert set(kinds.values()) == {2}
    classes = Counter(one["sentinel"]["operation"]["class"] for one in documents)
    assert classes == {"read": 2_200, "write": 200}


def test_a_flood_is_a_flow_each(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    masses.flood(out, 2_000)
    senders = {frame[26:36] for _, frame in packets(out)}
    assert len(senders) == 2_000
    assert {frame[30:34] for _, frame in packets(out)} == {bytes((10, 0, 0, 2))}
    again = tmp_path / "again.pcap"
    masses.flood(again, 2_000)
    assert again.read_bytes() == out.read_bytes()


def test_a_flood_may_ask(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    _asking(out, 500)
    documents = decoded(out)
    assert len({one["source"]["ip"] for one in documents}) == len(documents) == 500
    assert {one["event"]["outcome"] for one in documents} == {"unknown"}


def _asking(out: Path, count: int) -> None:
    masses.flood(out, count, asking=True)


@needs_tshark
@pytest.mark.parametrize("write", [masses.connections, masses.operations, masses.flood, _asking])
def test_what_we_make_is_sound_to_tshark(tmp_path: Path, write: Callable[[Path, int], None]) -> None:
    out = tmp_path / "out.pcap"
    write(out, 100)
    assert wrong_checksums(out) == 0
    assert tshark(out, "_ws.malformed || tcp.analysis.flags", "frame.number") == []
    made = len(tshark(out, "mbtcp || mbudp", "frame.number"))
    assert made == {masses.connections: 200, masses.operations: 400, masses.flood: 0, _asking: 100}[write]


def test_lost_packets_are_gone(tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.pcap", tmp_path / "out.pcap"
    masses.operations(whole, 500)
    before = list(packets(whole))
    gone = damage.lose(whole, out, 0.05)
    after = list(packets(out))
    assert 0 < gone == len(before) - len(after)
    assert set(after) < set(before)
    assert len(before) * 0.02 < gone < len(before) * 0.1


def test_late_packets_are_late_and_all_there(tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.pcap", tmp_path / "out.pcap"
    masses.operations(whole, 500)
    before, after = list(packets(whole)), list(packets(out)) if damage.reorder(whole, out, 0.05) else []
    assert [time for time, _ in before] == [time for time, _ in after], "times stay"
    frames = [frame for _, frame in after]
    assert sorted(frames) == sorted(frame for _, frame in before)
    place = {frame: number for number, (_, frame) in enumerate(before)}
    moved = [number - place[frame] for number, frame in enumerate(frames)]
    late = [by for by in moved if by > 0]
    assert len(before) * 0.02 < len(late) < len(before) * 0.1
    assert max(late) <= damage.FARTHEST + 2, "a late one may wait for others that are late"
    assert min(moved) >= -damage.FARTHEST


def test_a_capture_is_made_once(tmp_path: Path) -> None:
    told: list[str] = []
    first = make(tmp_path, TINY, "operations", told.append)
    about = contents(first)
    assert (about["packets"], about["requests"], about["writes"]) == (20 * 3 + 200 * 2 * 3, 400, 0)
    stamp = first.stat().st_mtime_ns
    assert make(tmp_path, TINY, "operations", told.append) == first
    assert first.stat().st_mtime_ns == stamp
    assert len(told) == 1
    make(tmp_path, replace(TINY, operations=1_000), "operations", told.append)
    assert contents(first)["writes"] == 200
    assert contents(first)["packets"] == 60 + 6_000, "another recipe, another capture"
    assert len(told) == 2


def test_a_capture_follows_what_it_is_made_from(tmp_path: Path, sample: Path) -> None:
    plant = path_of(tmp_path, TINY, "plant")
    plant.parent.mkdir(parents=True)
    shutil.copy(sample, plant)
    recipe = {"recipe": captures._recipe(tmp_path, TINY, "plant"), "made": 1, **captures.counted(plant)}
    plant.with_suffix(".json").write_text(json.dumps(recipe))
    size = replace(TINY, steady=recipe["packets"])
    plant.with_suffix(".json").write_text(json.dumps(recipe | {"recipe": captures._recipe(tmp_path, size, "plant")}))
    told: list[str] = []
    make(tmp_path, size, "lost", told.append)
    assert [line.split()[1] for line in told] == ["steady:", "lost:"]
    changed = json.loads(plant.with_suffix(".json").read_text()) | {"made": 2}
    plant.with_suffix(".json").write_text(json.dumps(changed))
    make(tmp_path, size, "lost", told.append)
    assert len(told) == 4, "a new recording makes both anew"


def test_counts_of_a_capture(sample: Path) -> None:
    about = captures.counted(sample)
    documents = decoded(sample)
    requests = [one for one in documents if "request" in one["sentinel"]["frame"]]
    assert about["packets"] == sum(1 for _ in packets(sample))
    assert about["requests"] == len(requests)
    writes = [one for one in requests if one["sentinel"]["operation"]["class"] == "write"]
    assert about["writes"] == len(writes) > 0


def test_every_capture_of_a_contest_can_be_made() -> None:
    for one in CONTESTS.values():
        for _, name in one.runs:
            order = needed([name])
            assert order[-1] == name
            assert set(order) <= set(CAPTURES)
    assert needed(["lost"]) == ["plant", "steady", "lost"]


@pytest.mark.skipif(
    os.geteuid() != 0 or any(shutil.which(tool) is None for tool in NEEDED),
    reason="recording needs root and " + ", ".join(NEEDED),
)
@pytest.mark.parametrize("kind", ["plant", "stress"])
def test_a_recording_holds_what_the_plant_did(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.pcap"
    said = record(out, 4, kind)
    done: dict[str, int] = json.loads(said.replace("'", '"'))
    documents = decoded(out)
    transactions = sum(number for name, number in done.items() if name != "connections")
    asked = [one for one in documents if "request" in one["sentinel"]["frame"]]
    # What was on its way when the plant stopped is on the wire and in nobody's count.
    assert transactions <= len(asked) <= transactions + done["connections"]
    assert len({(one["source"]["ip"], one["source"]["port"]) for one in asked}) == done["connections"]
    writes = sum(one["sentinel"]["operation"]["class"] == "write" for one in asked)
    assert writes == done.get("write", 0)
    if kind == "stress":
        assert 0.05 < writes / len(asked) < 0.15


@pytest.mark.skipif(
    os.geteuid() != 0 or any(shutil.which(tool) is None for tool in (*NEEDED, "tshark")),
    reason="recording needs root and tshark, " + ", ".join(NEEDED),
)
def test_a_recording_of_subscriptions_holds_many_items_each(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    done: dict[str, int] = json.loads(record(out, 6, "opcua").replace("'", '"'))
    command = [
        "tshark",
        "-r",
        str(out),
        "-d",
        "tcp.port==4840,opcua",
        "-Y",
        "opcua.servicenodeid.numeric",
        "-T",
        "fields",
    ]
    told = subprocess.run(
        [*command, "-e", "opcua.servicenodeid.numeric"], capture_output=True, text=True, check=True
    ).stdout
    services = Counter(number for line in told.split() for number in line.split(","))
    assert services["631"] >= done["reads"]
    # A segment that TCP sent twice is counted twice.
    assert services["673"] == done.get("writes", 0) <= captures.counted(out)["writes"]
    assert services["829"] >= 20
    assert done["notifications"] / services["829"] >= 20, "a Publish brings at least 20 items"


def test_a_tool_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRecord, match="unshare, ip, tcpdump, ethtool"):
        record(tmp_path / "out.pcap", 1, "plant")
