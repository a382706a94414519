"""What a person sees: the screens over the sample captures, bad input, exit codes, and that nothing promised is missing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WATERWORKS = "pcaps/modbus/waterworks/waterworks.pcap"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def call(home: Path, *arguments: str, code: int = 0, text: bytes | None = None) -> str:
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(home),
        "SENTINEL_CONFIG": "pcaps/modbus/waterworks/sentinel.toml",
    }
    line = [sys.executable, "-m", "sentinel", *arguments]
    done = subprocess.run(line, capture_output=True, cwd=ROOT, env=environment, input=text, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{out[-2000:]}{err[-2000:]}"
    assert "Traceback" not in err
    return out if not code else out + err


@pytest.fixture(scope="module")
def state(home: Path) -> str:
    call(home, "run", "-r", WATERWORKS, "--learn", "20m", "--site", "waterworks", "--state", str(home / "state"))
    return str(home / "state")


def screen(text: str) -> str:
    """The screen without what differs from run to run: the size of the state and its place."""
    assert all(len(line) <= 110 for line in text.splitlines()), [line for line in text.splitlines() if len(line) > 110]
    return re.sub(r"Kept in .*", "Kept in   HERE", re.sub(r"\n +computer\.$", "", text, flags=re.MULTILINE))


def golden(name: str, text: str) -> None:
    """Compares with the accepted screen; `SENTINEL_BLESS=1` accepts what is shown now: the diff is the review."""
    path = ROOT / "tests" / "screens" / f"{name}.txt"
    if os.environ.get("SENTINEL_BLESS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_screen_of_run(home: Path, state: str) -> None:
    out = call(home, "run", "-r", WATERWORKS, "--learn", "20m", "--site", "waterworks", "--state", str(home / "other"))
    golden("run", screen(out))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("assets", ["assets"]),
        ("assets-show", ["assets", "show", "PLC-3"]),
        ("alerts", ["alerts"]),
        ("alerts-show", ["alerts", "show", "A-BCB5"]),
        ("points", ["points", "--asset", "10.10.1.13"]),
    ],
)
def test_screens(home: Path, state: str, name: str, arguments: list[str]) -> None:
    golden(name, screen(call(home, *arguments[:1], "--state", state, *arguments[1:])))


def test_the_cut_capture_and_the_one_with_another_protocol(home: Path) -> None:
    cut = next((ROOT / "pcaps/modbus/waterworks-cut").glob("*.pcap"))
    out = call(home, "run", "-r", str(cut.relative_to(ROOT)), "--state", str(home / "cut"), code=2)
    assert "stops in the middle of a packet" in out
    golden("run-cut", re.sub(r"Kept in .*", "Kept in   HERE", out))
    assert "1 file not to the end" in out
    out = call(home, "run", "-r", "pcaps/modbus/s7/s7.pcap", "--state", str(home / "s7"))
    assert "recognised, not read: S7" in out
    golden("run-s7", screen(out))


def test_screen_of_the_demo() -> None:
    done = subprocess.run([sys.executable, "tools/demo.py"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == ""
    golden("demo", screen(re.sub(r"traffic  [\d.]+ s|\([\d.]+ [kM]B\)", "…", done.stdout)))


def test_the_story_of_the_water_works(home: Path, state: str) -> None:
    """The sample's README says what the stranger did: each of it must be told, and nothing of the daily routine."""
    alerts = [json.loads(line) for line in call(home, "alerts", "--state", state, "--json").splitlines()]
    raised = [one for one in alerts if one["sentinel"]["alert"]["status"] == "open"]
    assert {one["source"]["ip"] for one in raised if "ip" in one.get("source", {})} <= {"10.10.1.66", "10.10.1.13"}
    told = " ".join(one["message"] for one in raised)
    assert "set coil 00013, wire 12 to OFF" in told
    assert "tried 47 kinds of request" in told
    for one in raised:
        alert = one["sentinel"]["alert"]
        for part in ("id", "revision", "expected", "observed", "meaning", "check", "caution"):
            assert alert[part] not in ("", None, []), (one["message"], part)
        assert one["threat"]["technique"]["id"]


def test_again_changes_nothing(home: Path, state: str) -> None:
    before = call(home, "alerts", "--state", state, "--json"), call(home, "assets", "--state", state, "--json")
    out = call(home, "run", "-r", WATERWORKS, "--state", state)
    assert "already in this state" in out
    assert before == (
        call(home, "alerts", "--state", state, "--json"),
        call(home, "assets", "--state", state, "--json"),
    )


def test_replay_twice_is_the_same(home: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        call(home, "run", "-r", WATERWORKS, "--learn", "20m", "--state", str(home / name), "--site", "s")
        outputs.append(
            [
                call(home, what, "--state", str(home / name), "--json")
                for what in ("assets", "alerts", "events", "points")
            ]
        )
    assert outputs[0] == outputs[1]


def test_decisions(home: Path) -> None:
    path = str(home / "decided")
    call(home, "run", "-r", WATERWORKS, "--learn", "20m", "--state", path)
    out = call(home, "alerts", "--state", path, "approve", "A-BCB5", code=2)
    assert "reason" in out
    call(home, "alerts", "--state", path, "approve", "A-BCB5", "--reason", "WO 4711", "--for-good")
    assert "A-BCB5" not in call(home, "alerts", "--state", path)
    call(home, "alerts", "--state", path, "undo", "A-BCB5")
    assert "A-BCB5" in call(home, "alerts", "--state", path)
    call(home, "alerts", "--state", path, "close", "A-BCB5")
    assert "A-BCB5" not in call(home, "alerts", "--state", path)


def test_names_of_people_outrank(home: Path) -> None:
    path = str(home / "named")
    call(home, "run", "-r", WATERWORKS, "--state", path)
    call(home, "assets", "--state", path, "set", "10.10.1.66", "name=Laptop Berg")
    assert "Laptop Berg" in call(home, "assets", "--state", path, "show", "10.10.1.66")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "name a capture"),
        (["run", "-r", "/nowhere.pcap", "--state", "{home}/a"], "does not exist"),
        (["run", "-r", "README.md", "--state", "{home}/b"], "is not a capture"),
        (["decode", "README.md"], "is not a capture"),
        (["alerts", "--state", "{home}/nothing"], "no state"),
        (["alerts", "show", "A-FFFF", "--state", "{home}/nothing"], "No such option"),
        (["explain", "xyzzy"], "no explanation"),
        (["assets", "--tz", "Mars/Olympus", "--state", "{home}/state"], "no such time zone"),
        (["nonsense"], "No such command"),
    ],
)
def test_used_wrongly(home: Path, state: str, arguments: list[str], said: str) -> None:
    assert said.lower() in call(home, *(one.format(home=home) for one in arguments), code=2).lower()


def test_standard_input(home: Path) -> None:
    capture = (ROOT / WATERWORKS).read_bytes()[:40_000]
    out = call(home, "decode", "-", code=2, text=capture)
    assert json.loads(out.splitlines()[0])["network"]["protocol"] == "modbus"
    assert "- stops in the middle of a packet" in out


def test_every_command_has_help_with_an_example(home: Path) -> None:
    from sentinel.cli import COMMANDS

    for name in COMMANDS:
        assert "Example:" in call(home, name, "--help"), name


def test_every_noun_on_a_screen_is_explained(home: Path, state: str) -> None:
    for noun in (
        "device",
        "controller",
        "gateway",
        "operator station",
        "alert",
        "note",
        "mirror",
        "state",
        "point",
        "coil",
        "unit",
        "packet",
        "gap",
        "baseline",
        "fact",
        "approve",
        "recognised",
        "severity",
    ):
        assert ":" in call(home, "explain", *noun.split())


def test_report_is_one_page_without_scripts(home: Path, state: str) -> None:
    call(home, "report", "--state", state, "--out", str(home / "page.html"))
    page = (home / "page.html").read_text(encoding="utf-8")
    assert "set coil 00013" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    assert "http" not in page.replace("http-equiv", "")


def test_the_reader_of_the_output_may_leave(home: Path) -> None:
    line = f"{sys.executable} -m sentinel decode {WATERWORKS} | head -1"
    done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, check=False)
    assert json.loads(done.stdout)
    assert done.stderr == b""


def test_output_to_a_full_disk_is_no_fault_of_ours(home: Path) -> None:
    for words in (f"decode {WATERWORKS}", "explain coil"):
        line = f"{sys.executable} -m sentinel {words} > /dev/full"
        done = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr == "sentinel: the disk that the output goes to is full: make room, or write it elsewhere\n"


def test_sinks_get_every_document_once(home: Path, tmp_path: Path) -> None:
    config = tmp_path / "sentinel.toml"
    config.write_text(
        f'[sinks.archive]\ntype = "ndjson"\npath = "{tmp_path}/archive.ndjson"\n[sinks.out]\ntype = "stdout"\n'
    )
    path = str(home / "shipped")
    out = call(home, "run", "-r", WATERWORKS, "--learn", "20m", "--state", path, "--config", str(config))
    lines = (tmp_path / "archive.ndjson").read_text().splitlines()
    documents = [json.loads(line) for line in lines]
    assert len({one["event"]["id"] for one in documents}) == len(documents)
    assert {json.loads(line)["event"]["id"] for line in out.splitlines()} == {one["event"]["id"] for one in documents}
    assert all(one["observer"]["product"] == "Sentinel" for one in documents)
    datasets = {one["event"]["dataset"] for one in documents}
    assert {"sentinel.modbus", "sentinel.alert", "sentinel.asset", "sentinel.connection"} <= datasets
    transactions = [
        one for one in documents if one["event"]["dataset"] == "sentinel.modbus" and "frame" in one["sentinel"]
    ]
    summed = sum(one["sentinel"]["summary"]["count"] for one in documents if "summary" in one["sentinel"])
    decoded = call(home, "decode", WATERWORKS).splitlines()
    assert len(transactions) + summed == len(decoded)
    assert call(home, "ship", "--state", path, "--config", str(config)) == ""
    assert len((tmp_path / "archive.ndjson").read_text().splitlines()) == len(lines)


def test_baseline_goes_out_and_comes_back(home: Path, state: str, tmp_path: Path) -> None:
    text = call(home, "baseline", "--state", state, "export")
    assert "10.10.1.5" in text
    (tmp_path / "normal.yaml").write_text(text, encoding="utf-8")
    assert call(home, "baseline", "--state", state, "diff", str(tmp_path / "normal.yaml")) == "no difference\n"
    other = str(home / "elsewhere")
    call(home, "run", "-r", "pcaps/modbus/s7/s7.pcap", "--state", other)
    assert "10.10.1.5" in call(home, "baseline", "--state", other, "diff", str(tmp_path / "normal.yaml"))
    assert "facts taken" in call(home, "baseline", "--state", other, "import", str(tmp_path / "normal.yaml"))
    assert "10.10.1.5" in call(home, "baseline", "--state", other, "export")
    assert "cannot be read" in call(home, "baseline", "--state", other, "import", str(tmp_path / "none.yaml"), code=2)


def test_alerts_of_a_level_and_a_device(home: Path, state: str) -> None:
    critical = [
        json.loads(line)
        for line in call(home, "alerts", "--state", state, "--json", "--level", "critical").splitlines()
    ]
    assert [one["event"]["severity"] for one in critical] == [99, 99]
    of_one = call(home, "alerts", "--state", state, "--asset", "PLC-2", "--json").splitlines()
    assert {json.loads(line)["destination"]["ip"] for line in of_one} == {"10.10.1.12"}


def test_names_from_a_file(home: Path, tmp_path: Path) -> None:
    path = str(home / "imported")
    call(home, "run", "-r", "pcaps/modbus/s7/s7.pcap", "--state", path)
    address = json.loads(call(home, "assets", "--state", path, "--json").splitlines()[0])["host"]["ip"][0]
    (tmp_path / "names.csv").write_text(f"address,name,zone\n{address},Mixer 4,hall 2\n", encoding="utf-8")
    assert "1 device named" in call(home, "assets", "--state", path, "import", str(tmp_path / "names.csv"))
    assert "hall 2" in call(home, "assets", "--state", path, "show", "Mixer 4")


@pytest.mark.parametrize(("command", "said", "threads"), [("run", None, 1), ("run", "3", 3), ("events", "3", 3)])
def test_run_asks_for_one_thread(command: str, said: str | None, threads: int) -> None:
    """Threads that wait for work cost a sensor more than they save; who says how many has them."""
    load = "import sys, sentinel.cli; sentinel.cli.sentinel.get_command(None, sys.argv[1])"
    ask = f"{load}; import polars; print(polars.thread_pool_size())"
    environment = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    if said is not None:
        environment["POLARS_MAX_THREADS"] = said
    line = [sys.executable, "-c", ask, command]
    told = subprocess.run(line, env=environment, check=True, capture_output=True, text=True, timeout=60)
    assert int(told.stdout) == threads
