"""What `bench` says of costs is true: its stop watch, its contenders, its promises and tables."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import contenders, masses, suricata
from bench.__main__ import main
from bench.bars import Verdict, verdicts
from bench.captures import CAPTURES, QUICK
from bench.commits import commits, live_batch
from bench.measure import Contender, Cost, Failed, Run, Series, contest, cost_of, ratio, run_once
from bench.report import BEGIN, END, markdown, put_into
from bench.results import Results

ROOT = Path(__file__).parent.parent
RECORDED = ROOT / "pcaps" / "modbus" / "pymodbus-all-functions" / "pymodbus-all-functions.pcap"
TINY = replace(QUICK, name="tiny", malformed=400, connections=50, operations=200, flood=300)

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
    of_opc_ua = contenders.TSHARK_OF_OPC_UA.name
    told.contests["opcua"] = [made(run, "opcua", 1, peak=100), made(peer, "steady", 8), made(of_opc_ua, "opcua", 80)]
    told.contests["flood"] = [made(run, "flood", 1, peak=100), made(run, "flood-half", 1, peak=99)]
    told.contests["flood-asking"] = [
        made(run, "flood-asking", 1, peak=100),
        made(run, "flood-asking-half", 1, peak=99),
    ]
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
    assert judged(results(opcua_0=made(run, "opcua", 5)), "OPC UA: 2 times").kept is False
    assert (
        judged(results(opcua_2=made(contenders.TSHARK_OF_OPC_UA.name, "opcua", 20)), "OPC UA: 25 times").kept is False
    )
    assert judged(results(flood_0=made(run, "flood", 1, peak=150)), "flood of spoofed flows").kept is False
    asking = made(run, "flood-asking", 1, peak=150)
    assert judged(results(flood_asking_0=asking), "flood of spoofed requests").kept is False
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


def test_commits_are_timed() -> None:
    batch = live_batch(RECORDED)
    assert batch >= 1
    whole = commits(RECORDED, 10_000, each_on_disk=False)
    cut = commits(RECORDED, 10, each_on_disk=True)
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
