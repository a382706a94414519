"""Readings of captures into a state: stopped and gone on with, of files that grow, of parts of them, moved in time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sentinel.config import Config, LimitSettings
from sentinel.errors import SentinelError
from sentinel.pipeline import replay
from sentinel.reading import Choice, Moment, chosen, fingerprints
from sentinel.sensor import Sensor
from sentinel.store import Reader, Store

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(path for path in (ROOT / "pcaps").rglob("*.pcap") if path.stat().st_size > 100)
WATERWORKS = ROOT / "pcaps/modbus/waterworks/waterworks.pcap"
SMALL = Config(limits=LimitSettings(batch_packets=400))
LEARN = timedelta(minutes=20)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))


def records(capture: bytes) -> tuple[bytes, list[bytes]]:
    """The header of a little-endian pcap, and its records."""
    found, at = [], 24
    while at + 16 <= len(capture):
        size = 16 + int.from_bytes(capture[at + 8 : at + 12], "little")
        found.append(capture[at : at + size])
        at += size
    return capture[:24], found


def told(reader: Reader, *, places: bool = True) -> dict[str, Any]:
    """All that a state says, without when it was written; without `places`, without files and frames too."""
    what: dict[str, Any] = {
        "assets": reader.assets(),
        "alerts": sorted(reader.alerts(), key=lambda one: one["sentinel.alert.id"]),
        "revisions": [
            reader.alert_revisions(one) for one in sorted(alert["sentinel.alert.id"] for alert in reader.alerts())
        ],
        "events": sorted(reader.events(), key=lambda one: (one["@timestamp"], str(one.get("event.id")), str(one))),
        "readings": sorted(reader.readings(), key=str),
        "points": reader.points(),
        "facts": reader.facts(),
        "triage": reader.triage_rows(),
        "inventory": reader.asset_rows(),
        "changes": reader.changes(),
        "files": [(one.sha256, one.path, one.packets, one.bytes, one.taken) for one in reader.kept_files()],
        "counters": reader.counters(),
        "line_time": reader.line_time,
        "learning": reader.recall("learning"),
        "totals": reader.recall("counters"),
    }
    return what


def state_of(path: Path) -> dict[str, Any]:
    with Store.open(path) as store:
        return told(store)


# Files that grow, parts of files


def counted(reader: Reader) -> int:
    """Transactions that the documents tell: events and what is summed up."""
    return sum(one.get("sentinel.summary.count", 1) for one in reader.events() if "sentinel.operation.id" in one)


def old(path: Path) -> Path:
    """As if it was written an hour ago."""
    os.utime(path, (time.time() - 3_600,) * 2)
    return path


def test_a_ring_whose_newest_file_grows(tmp_path: Path) -> None:
    header, packets = records(WATERWORKS.read_bytes())
    ring, state = tmp_path / "ring", tmp_path / "state"
    ring.mkdir()
    (ring / "ring_1.pcap").write_bytes(header + b"".join(packets[:5_000]))
    newest = ring / "ring_2.pcap"
    newest.write_bytes(header + b"".join(packets[5_000:9_000]) + packets[9_000][:30])
    first = replay([ring], config=SMALL, state=state, site="s", learn=LEARN)
    assert first.counters["packets"] == 9_000
    assert [file["problem"] for file in first.counters["files"]] == [
        None,
        "is still being written? Its last record is incomplete, after packet 4000; all before it was used",
    ]
    newest.write_bytes(header + b"".join(packets[5_000:12_000]))
    (ring / "ring_3.pcap").write_bytes(header + b"".join(packets[12_000:14_000]))
    second = replay([ring], config=SMALL, state=state, site="s", learn=LEARN)
    assert second.already == [str(ring / "ring_1.pcap")]
    assert [(file["packets"], file["known"]) for file in second.counters["files"]] == [
        (0, 0),
        (3_000, 4_000),
        (2_000, 0),
    ]
    again = replay([ring], config=SMALL, state=state, site="s", learn=LEARN)
    assert len(again.already) == 3
    # The same as if the same packets had come in files that never grew.
    parts = [tmp_path / "a.pcap", tmp_path / "b.pcap"]
    parts[0].write_bytes(header + b"".join(packets[:9_000]))
    parts[1].write_bytes(header + b"".join(packets[9_000:14_000]))
    for part in parts:
        replay([part], config=SMALL, state=tmp_path / "parts", site="s", learn=LEARN)
    with Store.open(state) as grown, Store.open(tmp_path / "parts") as apart:
        assert counted(grown) == counted(apart) > 4_000
        assert [one["key"] for one in grown.facts()] == [one["key"] for one in apart.facts()]
        assert [one["host.id"] for one in grown.assets()] == [one["host.id"] for one in apart.assets()]
        frames = [one["sentinel.frame.request"] for one in grown.events() if "sentinel.frame.request" in one]
        assert max(frames) <= 7_000, "frames are numbered as in their file"


def test_reading_again_changes_nothing_whatever_the_name(tmp_path: Path) -> None:
    state = tmp_path / "state"
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(WATERWORKS, folder / "a.pcap")
    replay([folder], config=SMALL, state=state, site="s")
    expected = state_of(state)
    shutil.move(folder / "a.pcap", folder / "b.pcap")
    result = replay([folder], config=SMALL, state=state, site="s")
    assert result.already == [str(folder / "b.pcap")]
    assert state_of(state) == expected


def test_another_file_of_that_name_is_read_whole(tmp_path: Path) -> None:
    header, packets = records(WATERWORKS.read_bytes())
    capture = tmp_path / "a.pcap"
    capture.write_bytes(header + b"".join(packets[:3_000]))
    replay([capture], config=SMALL, state=tmp_path / "state", site="s")
    changed = [*packets[:2_000], packets[2_000][:-1] + b"\xff", *packets[2_001:4_000]]
    capture.write_bytes(header + b"".join(changed))
    result = replay([capture], config=SMALL, state=tmp_path / "state", site="s")
    assert result.counters["packets"] == 4_000


def test_a_state_of_an_older_version_knows_its_files(tmp_path: Path) -> None:
    state = tmp_path / "state"
    replay([WATERWORKS], config=SMALL, state=state, site="s")
    with Store.open(state, write=True) as store:
        store._connection.execute("UPDATE files SET bytes = NULL, head = NULL, taken = NULL")
    assert replay([WATERWORKS], config=SMALL, state=state, site="s").already == [str(WATERWORKS)]


def test_parts_of_a_file_one_after_the_other_are_the_file(tmp_path: Path) -> None:
    state = tmp_path / "state"
    total = len(records(WATERWORKS.read_bytes())[1])
    middle, late = Moment(600 * 10**9, from_first=True), Moment(900 * 10**9, from_first=True)
    read = []
    for since, until in [(None, middle), (late, None), (None, None), (middle, late), (None, None)]:
        result = replay([WATERWORKS], config=SMALL, state=state, site="s", choice=Choice(since, until))
        read.append(sum(file["packets"] for file in result.counters["files"]))
        outside = sum(file["outside"] for file in result.counters["files"])
        if not result.already:
            assert read[-1] + outside + sum(file["known"] for file in result.counters["files"]) == total
    assert sum(read[:3]) == total
    assert read[2] > 0
    with Store.open(state) as store:
        assert [one.taken for one in store.kept_files()] == [((total, None, None),)]
    with pytest.raises(SentinelError, match="not before"):
        replay([WATERWORKS], config=SMALL, state=tmp_path / "x", choice=Choice(late, middle))


def test_a_clock_put_right_pairs_both_directions(tmp_path: Path) -> None:
    header, packets = records(WATERWORKS.read_bytes())
    asked, answered = [], []
    for packet in packets[:4_000]:
        data = packet[16:]
        to_server = data[12:14] == b"\x08\x00" and data[23] == 6 and int.from_bytes(data[36:38], "big") == 502
        (asked if to_server else answered).append(packet)
    slow = [(int.from_bytes(one[:4], "little") - 3_600).to_bytes(4, "little") + one[4:] for one in answered]
    paths = [tmp_path / "asked.pcap", tmp_path / "answered.pcap"]
    paths[0].write_bytes(header + b"".join(asked))
    paths[1].write_bytes(header + b"".join(slow))
    whole = tmp_path / "whole.pcap"
    whole.write_bytes(header + b"".join(packets[:4_000]))

    def decoded(captures: list[Path], *shifts: tuple[str, int]) -> list[dict[str, Any]]:
        from sentinel.documents import Documents, rows

        sensor = Sensor([str(one) for one in captures], every_transaction=True)
        files, since, until = chosen(sensor, Choice(shifts=shifts))
        sensor.choose(files, since=since, until=until)
        documents, found = Documents(), []
        for batch in sensor:
            documents.of(batch)
            found += [
                {key: value for key, value in row.items() if "frame" not in key and key != "event.id"}
                for row in rows(documents.events)
            ]
        return found

    assert decoded(paths, ("answered.pcap", 3_600 * 10**9)) == decoded([whole])
    assert decoded(paths, ("*answered*", 3_600 * 10**9)) == decoded([whole])
    assert decoded(paths) != decoded([whole])
    result = replay(
        paths, config=SMALL, state=tmp_path / "state", choice=Choice(shifts=((str(paths[1]), 3_600 * 10**9),))
    )
    assert result.shifts == [(str(paths[1]), 3_600 * 10**9)]
    for wrong, said in ((("nothing.pcap", 1),), "none of the captures"), ((("*", 1), ("asked.pcap", 1)), "is meant by"):
        with pytest.raises(SentinelError, match=said):
            chosen(Sensor([str(one) for one in paths]), Choice(shifts=wrong))


def test_names_of_states_follow_the_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        shutil.copy(WATERWORKS, folder / "a.pcap")
    assert fingerprints([one]) == fingerprints([two]) == fingerprints([WATERWORKS]) != fingerprints([tmp_path / "none"])
    monkeypatch.setattr("sentinel.reading.HASHED_WHOLE", 1_000)
    large = fingerprints([one])
    assert large == fingerprints([two]) != fingerprints([SAMPLES[0]])
    with (one / "a.pcap").open("ab") as file:
        file.write(b"more")
    assert fingerprints([one]) != large


# Cutting, naming, packing and choosing against tools that others wrote


def events_of(captures: list[Path], *, numbers: bool, since: int | None = None, until: int | None = None) -> list[str]:
    """Every transaction; with `numbers` of frames too, always without the file."""
    from sentinel.documents import Documents, as_json, rows

    sensor = Sensor([str(one) for one in captures], every_transaction=True)
    sensor.choose([], since=since, until=until)
    documents, found = Documents(), []
    for batch in sensor:
        documents.of(batch)
        for row in rows(documents.events):
            dropped = ("event.id", "sentinel.capture.file", "sentinel.frame.response_file")
            found.append(
                as_json(
                    {
                        key: value
                        for key, value in row.items()
                        if key not in dropped and (numbers or not key.startswith("sentinel.frame"))
                    }
                )
            )
    return found


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        warnings.warn(f"NOT TESTED against {name}: it is not installed", stacklevel=2)
        pytest.skip(f"no {name}")
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_split_under_any_names_is_the_whole(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    header, packets = records(sample.read_bytes())
    packets = packets[:2_000]
    chance = data.draw(st.randoms(use_true_random=False))
    folder = tmp_path_factory.mktemp("split")
    whole = folder / "whole.pcap"
    whole.write_bytes(header + b"".join(packets))
    count = data.draw(st.integers(1, 5))
    # Packets of one time keep their order only within a file: they stay together.
    parts: list[list[bytes]] = [[] for _ in range(count)]
    names = chance.sample("abcdefgh", count)
    where, last = 0, b""
    for packet in packets:
        if packet[:8] != last:
            where, last = chance.randrange(count), packet[:8]
        parts[where].append(packet)
    assume(stamps(packets) == sorted(stamps(packets)))
    files = [folder / f"{name}.pcap" for name in names]
    for file, part in zip(files, parts, strict=True):
        file.write_bytes(header + b"".join(part))
    assert events_of(files, numbers=False) == events_of([whole], numbers=False)


def stamps(packets: list[bytes]) -> list[bytes]:
    """Times that compare as bytes."""
    return [packet[3::-1] + packet[7:3:-1] for packet in packets]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bounds=st.tuples(st.integers(0, 1_919_000_000), st.integers(0, 1_919_000_000)))
def test_a_window_is_that_of_editcap(tmp_path_factory: pytest.TempPathFactory, bounds: tuple[int, int]) -> None:
    editcap = tool("editcap")
    folder = tmp_path_factory.mktemp("window")
    _, packets = records(WATERWORKS.read_bytes())
    begins = int.from_bytes(packets[0][:4], "little") * 10**9 + int.from_bytes(packets[0][4:8], "little") * 1_000
    since, until = (begins + bound * 1_000 for bound in sorted(bounds))
    assume(since < until)
    cut = folder / "cut.pcap"
    times = [f"{one // 10**9}.{one % 10**9:09d}" for one in (since, until)]
    line = [editcap, "-F", "pcap", "-A", times[0], "-B", times[1], str(WATERWORKS), str(cut)]
    subprocess.run(line, check=True, capture_output=True)
    ours = events_of([WATERWORKS], numbers=False, since=since, until=until)
    assert ours == events_of([cut], numbers=False)
    numbered = [json.loads(one) for one in events_of([WATERWORKS], numbers=True, since=since, until=until)]
    stamped = [
        int.from_bytes(one[:4], "little") * 10**9 + int.from_bytes(one[4:8], "little") * 1_000 for one in packets
    ]
    for one in numbered[:50]:
        if "request" in one["sentinel"]["frame"]:
            assert since <= stamped[one["sentinel"]["frame"]["request"] - 1] < until


PACKERS: list[tuple[str, list[str]]] = [
    ("zstd", []),
    ("zstd", ["-19"]),
    ("zstd", ["--no-check", "-1"]),
    ("zstd", ["-T2", "-B65536"]),
    ("gzip", []),
]


@pytest.mark.parametrize(("name", "options"), PACKERS, ids="".join)
def test_packed_captures(tmp_path: Path, name: str, options: list[str]) -> None:
    packer = tool(name)
    expected = events_of([WATERWORKS], numbers=True)
    plain = WATERWORKS.read_bytes()
    packed = b"".join(
        subprocess.run([packer, *options, "-c"], input=part, capture_output=True, check=True).stdout
        for part in (plain[:700_000], plain[700_000:])
    )
    file = tmp_path / "packed"
    file.write_bytes(packed)
    assert events_of([file], numbers=True) == expected
    file.write_bytes(packed[: len(packed) * 3 // 4])
    old(file)
    sensor = Sensor([str(file)])
    for _ in sensor:
        pass
    cut = sensor.counters()["files"][0]
    assert "data stops too early after packet" in cut["problem"]
    assert not cut["unusable"]
    assert events_of([file], numbers=True)[: cut["packets"] // 4] == expected[: cut["packets"] // 4]


@pytest.mark.parametrize(("name", "word"), [("xz", "xz"), ("lz4", "lz4"), ("bzip2", "bzip2")])
def test_other_packings_are_named(tmp_path: Path, name: str, word: str) -> None:
    packed = subprocess.run([tool(name), "-c"], input=WATERWORKS.read_bytes(), capture_output=True, check=True).stdout
    (tmp_path / "a.pcap").write_bytes(packed)
    problem = Sensor([str(tmp_path / "a.pcap")]).counters()["files"][0]["problem"]
    assert problem == f"is compressed with {word}: not read; unpack it first"


def test_a_bomb_costs_time_not_memory(tmp_path: Path) -> None:
    """A pcapng block of 800 MB of zeros in 25 kB is stepped over."""
    zstd = tool("zstd")
    size = 3 << 28
    head = bytes.fromhex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000")
    head += (0x777).to_bytes(4, "little") + size.to_bytes(4, "little")
    file = tmp_path / "bomb.pcapng.zst"
    with file.open("wb") as out, subprocess.Popen([zstd, "-c"], stdin=subprocess.PIPE, stdout=out) as packing:
        assert packing.stdin is not None
        packing.stdin.write(head)
        for _ in range((size - 12) >> 20):
            packing.stdin.write(bytes(1 << 20))
        packing.stdin.write(bytes((size - 12) & 0xFFFFF))
        packing.stdin.write(size.to_bytes(4, "little"))
    assert file.stat().st_size < 1_000_000
    script = (
        "import resource, sys; from sentinel.sensor import Sensor\n"
        "sensor = Sensor([sys.argv[1]])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "list(sensor)\n"
        "print(sensor.counters()['files'][0]['problem'], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    problem, grown = done.stdout.rsplit(maxsplit=1)
    assert problem == "None"
    assert int(grown) < 64_000, "kB"
