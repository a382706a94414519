"""What `bench` measures is what it says: its captures hold what they promise, its stop watch tells the truth."""

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
from click.testing import CliRunner

from bench import captures, contenders, damage, masses, suricata
from bench.__main__ import main
from bench.bars import Verdict, verdicts
from bench.captures import CAPTURES, QUICK, contents, make, needed, path_of
from bench.commits import commits, live_batch
from bench.contests import CONTESTS
from bench.frames import PORT, START, SYN, Writer, packets
from bench.measure import Contender, Cost, Failed, Run, Series, contest, cost_of, ratio, run_once
from bench.multiply import multiply
from bench.record import NEEDED, CannotRecord, record
from bench.report import BEGIN, END, markdown, put_into
from bench.results import Results

ROOT = Path(__file__).parent.parent
RECORDED = ROOT / "pcaps" / "modbus" / "pymodbus-all-functions" / "pymodbus-all-functions.pcap"
TINY = replace(QUICK, name="tiny", malformed=400, connections=50, operations=200, flood=300)

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def tshark(capture: Path, wanted: str, *fields: str) -> list[list[str]]:
    """Rows of fields; checksums are looked at, for what makes a capture must make them true."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", wanted, "-T", "fields"]
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    command += [word for field in fields for word in ("-e", field)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def wrong_checksums(capture: Path) -> int:
    return len(tshark(capture, "tcp.checksum.status == 0 || ip.checksum.status == 0", "frame.number"))


def decoded(capture: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "sentinel", "decode", str(capture)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def answered(documents: list[dict[str, Any]]) -> int:
    return sum(1 for one in documents if {"request", "response"} <= one["sentinel"]["frame"].keys())


# Captures


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


@needs_tshark
@pytest.mark.parametrize("write", [masses.connections, masses.operations, masses.flood])
def test_what_we_make_is_sound_to_tshark(tmp_path: Path, write: Callable[[Path, int], None]) -> None:
    out = tmp_path / "out.pcap"
    write(out, 100)
    assert wrong_checksums(out) == 0
    assert tshark(out, "_ws.malformed || tcp.analysis.flags", "frame.number") == []
    made = len(tshark(out, "mbtcp", "frame.number"))
    assert made == {masses.connections: 200, masses.operations: 400, masses.flood: 0}[write]


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


def test_a_tool_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRecord, match="unshare, ip, tcpdump, ethtool"):
        record(tmp_path / "out.pcap", 1, "plant")


# The stop watch


def python(code: str) -> Contender:
    return Contender("python", lambda capture, work: [sys.executable, "-I", "-c", code])


def test_memory_and_seconds_of_a_known_process(tmp_path: Path) -> None:
    idle = cost_of([sys.executable, "-I", "-c", "pass"], tmp_path / "log")
    burns = "import time; kept = b'x' * (50 << 20)\nwhile time.process_time() < 0.4: pass"
    busy = cost_of([sys.executable, "-I", "-c", burns], tmp_path / "log")
    assert 45 < busy.peak - idle.peak < 60
    assert busy.cpu >= 0.4
    assert busy.cpu < 10, "seconds, not milliseconds"
    assert busy.wall >= 0.4
    assert idle.peak < 40, "the memory of whoever measures is not in it"


def test_seconds_of_children_count(tmp_path: Path) -> None:
    child = "import time\nwhile time.process_time() < 0.3: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}])"
    assert cost_of([sys.executable, "-I", "-c", parent], tmp_path / "log").cpu >= 0.3


def test_a_run_is_pinned(tmp_path: Path) -> None:
    last = max(os.sched_getaffinity(0))
    log = tmp_path / "log"
    cost_of([sys.executable, "-c", "import os; print(os.sched_getaffinity(0))"], log, processor=last)
    assert log.read_text().strip() == str({last})


def test_a_failure_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="status 3: no luck"):
        cost_of([sys.executable, "-c", "import sys; print('no luck'); sys.exit(3)"], tmp_path / "log")
    with pytest.raises(Failed, match="status 127"):
        cost_of(["/no/such/program"], tmp_path / "log")


def test_who_did_not_read_all_is_no_contender(tmp_path: Path) -> None:
    lazy = Contender("lazy", lambda capture, work: ["true"], lambda said, work: 7)
    assert run_once(Run(lazy, tmp_path / "c.pcap", 7)).cpu >= 0
    with pytest.raises(Failed, match="lazy read 7 of 8 packets"):
        run_once(Run(lazy, tmp_path / "c.pcap", 8))


def test_runs_take_turns(tmp_path: Path) -> None:
    turns = tmp_path / "turns"
    one, two = (
        Contender(name, lambda capture, work, name=name: ["sh", "-c", f"echo {name} >> {turns}"]) for name in "ab"
    )
    series = contest([Run(one, tmp_path / "x.pcap"), Run(two, tmp_path / "y.pcap")], 3)
    assert turns.read_text().split() == ["a", "b"] * 3
    assert [(s.contender, s.capture, len(s.costs)) for s in series] == [("a", "x", 3), ("b", "y", 3)]


def made(name: str, capture: str, *seconds: float, peak: float = 10) -> Series:
    return Series(name, capture, [Cost(one, 0.0, one, peak) for one in seconds])


def test_ratios_are_of_pairs() -> None:
    ours, theirs = made("a", "x", 1, 2, 10), made("b", "x", 4, 8, 20)
    assert ratio(theirs, ours) == 4
    assert theirs.cpu / ours.cpu == 4
    assert ratio(made("b", "x", 5, 4, 60), ours) == 5, "not the ratio of the medians, 2.5"
    assert ours.spread == 4.5


# Promises and tables


def results(size: str = "full", **changed: Series) -> Results:
    told = Results(size, {"sentinel": "1"}, ["zeek"])
    told.captures = {name: {"packets": 1_000, "requests": 100, "writes": 10} for name in CAPTURES}
    for name in CAPTURES:
        told.captures.setdefault(name, {})
        if name.endswith("-tenth"):
            told.captures[name]["packets"] = 100
    run, peer = contenders.RUN.name, contenders.SURICATA.name
    for name in ("steady", "novel", "connections", "operations"):
        told.contests[name] = [made(run, name, 1, 1, peak=100), made(peer, name, 8, 8, peak=480)]
    told.contests["flood"] = [made(run, "flood", 1, peak=100), made(run, "flood-half", 1, peak=99)]
    for name in ("steady", "lost", "reordered", "connections", "operations"):
        told.contests[f"growth-{name}"] = [made(run, name, 10.1), made(run, f"{name}-tenth", 1.1)]
    told.contests["start"] = [made(contenders.HELP.name, "one", 0.1), made(run, "one", 0.1)]
    for key, series in changed.items():
        contest_name, _, index = key.rpartition("_")
        told.contests[contest_name.replace("_", "-")][int(index)] = series
    return told


def judged(told: Results, promise: str) -> Verdict:
    (found,) = (one for one in verdicts(told) if one.promise.startswith(promise))
    return found


def test_promises_kept_and_not() -> None:
    assert all(one.kept for one in verdicts(results()))
    run = contenders.RUN.name
    slow = results(steady_0=made(run, "steady", 3, 3, peak=100))
    assert judged(slow, "steady: 4 times") == Verdict(
        "steady: 4 times the packets per CPU second of Suricata", "2.67 times", False
    )
    assert judged(results(steady_0=made(run, "steady", 1, 1, peak=181)), "steady: at most").kept is False
    assert judged(results(connections_0=made(run, "connections", 1, peak=451)), "100,000").kept is False
    assert judged(results(flood_0=made(run, "flood", 1, peak=150)), "flood").kept is False
    assert judged(results(growth_lost_0=made(run, "lost", 20)), "ten times the packets, 1 % lost").kept is False
    assert judged(results(start_0=made(contenders.HELP.name, "one", 0.2)), "`sentinel --help`").kept is False
    assert "(10% writes)" in judged(results(), "novel").promise


def test_start_hides_no_growth() -> None:
    run = contenders.RUN.name
    told = results(growth_steady_0=made(run, "steady", 2.1), growth_steady_1=made(run, "steady-tenth", 0.2))
    told.contests["start"] = [made(contenders.HELP.name, "one", 0.1), made(run, "one", 0.1)]
    verdict = judged(told, "ten times the packets: ")
    assert verdict.figure == "10.0 times the packets, 20.0 times the cost", "2.1 / 0.2 would pass"
    assert verdict.kept is False


def test_small_captures_prove_no_bound() -> None:
    small = results("quick")
    assert {one.kept for one in verdicts(small) if "MiB" in one.figure} == {None}
    assert judged(small, "steady: 4 times").kept


def test_what_was_not_measured_is_not_judged() -> None:
    assert {(one.figure, one.kept) for one in verdicts(Results("full"))} == {("not measured", None)}
    assert "**not kept**" not in markdown(Results("full"))


def test_results_come_back(tmp_path: Path) -> None:
    told = results()
    told.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == told


def test_tables_hold_medians_beside_ratios() -> None:
    told = results()
    told.commits = {
        "batch": 355,
        **{way: {"commits": 9, "median": 1.0, "p99": 2.5, "most": 3.0} for way in ("run", "disk")},
    }
    text = markdown(told)
    assert "Not installed, so not measured: zeek." in text
    assert f"| {contenders.SURICATA.name} | 1,000 | 8.00 | 0% | 125 | 8.00 | 480 |" in text
    assert f"| {contenders.RUN.name} (flood-half) | 1,000 | 1.00 |" in text
    assert "batches of 355 packets" in text
    assert "| as in a run | 9 | 1.00 | 2.50 | 3.00 |" in text


def test_figures_go_into_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold \\1\n{END}\nafter\n")
    put_into(page, "new \\1\n")
    put_into(page, "newer \\1\n")
    assert page.read_text() == f"before\n{BEGIN}\nnewer \\1\n{END}\nafter\n"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="figures: begin"):
        put_into(page, "new")


# Contenders


def capture_of(folder: Path) -> Path:
    out = folder / "c.pcap"
    masses.connections(out, 40)
    return out


@pytest.mark.parametrize(
    "contender",
    [contenders.RUN, contenders.LEARN, contenders.SURICATA, contenders.SURICATA_EACH, contenders.CAPINFOS],
    ids=lambda one: one.name,
)
def test_contenders_read_all_of_a_capture(tmp_path: Path, contender: Contender) -> None:
    if not contenders.is_there(contender):
        pytest.skip(f"{contenders.TOOL[contender.name]} is not installed")
    capture = capture_of(tmp_path)
    run_once(Run(contender, capture, 240))
    with pytest.raises(Failed, match="240 of 241"):
        run_once(Run(contender, capture, 241))


@pytest.mark.parametrize(
    "contender", [contenders.DECODE, contenders.HELP, contenders.TSHARK, contenders.ZEEK], ids=lambda one: one.name
)
def test_the_other_contenders_run(tmp_path: Path, contender: Contender) -> None:
    if not contenders.is_there(contender):
        pytest.skip(f"{contenders.TOOL[contender.name]} is not installed")
    assert run_once(Run(contender, capture_of(tmp_path))).cpu > 0


@pytest.mark.skipif(not suricata.EVENTS.exists(), reason="suricata is not installed")
def test_suricata_judges_by_29_rules(tmp_path: Path) -> None:
    assert len(suricata.rules()) == 29
    out = tmp_path / "c.pcap"
    masses.operations(out, 1_000)
    work = tmp_path / "work"
    work.mkdir()
    cost_of(suricata.command(out, work, [{"alert": {}}, "flow"]), tmp_path / "log")
    events = [json.loads(line) for line in (work / "eve.json").read_text().splitlines()]
    kinds = Counter(one["event_type"] for one in events)
    assert kinds.keys() == {"alert", "flow"}
    assert kinds["flow"] == 20
    said = Counter(one["alert"]["signature"] for one in events if one["event_type"] == "alert")
    # One operation in ten writes, each twice: the rules read Modbus, they do not only load.
    assert said["OT write single register"] == 200


def test_absent_peers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert contenders.absent() == ["suricata", "zeek", "tshark", "capinfos"]
    assert contenders.versions().keys() == {"sentinel"}
    assert contenders.is_there(contenders.RUN)
    assert not contenders.is_there(contenders.SURICATA)


def test_commits_are_timed(sample: Path) -> None:
    batch = live_batch(sample)
    assert batch >= 1
    whole = commits(sample, 10_000, each_on_disk=False)
    cut = commits(sample, 10, each_on_disk=True)
    assert cut["commits"] >= whole["commits"] + 5
    assert 0 < cut["median"] <= cut["p99"] <= cut["most"]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From captures to tables, in a size that takes a second."""
    monkeypatch.setattr("bench.__main__.SIZES", {"full": TINY})
    runner = CliRunner()
    folder = ["--folder", str(tmp_path)]
    done = runner.invoke(main, ["captures", "flood", *folder])
    assert done.exit_code == 0, done.output
    assert "300 packets" in done.output
    done = runner.invoke(main, ["measure", "connections-few-hosts", "--rounds", "1", *folder])
    assert done.exit_code == 0, done.output
    done = runner.invoke(main, ["report", *folder])
    assert done.exit_code == 0, done.output
    assert "| sentinel run | 300 |" in done.output
    assert (tmp_path / "tiny" / "results.md").read_text() == done.output
