"""What the commands that read captures take and say: times, clocks, Ctrl-C, how far they are."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from test_cli import ROOT, WATERWORKS, call
from test_reading import records

from sentinel.cli import shown
from sentinel.cli.captures import choice_of
from sentinel.cli.state import time_of
from sentinel.errors import SentinelError
from sentinel.reading import Moment
from sentinel.sensor import Sensor

SECOND = 10**9
BEGINS = 1_772_442_000 * SECOND
"""2026-03-02T09:00:00Z"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize(
    ("text", "zone", "ns"),
    [
        ("2026-03-02T09:00", UTC, BEGINS),
        ("2026-03-02T09:00:00.000001", UTC, BEGINS + 1_000),
        ("2026-03-02T09:00:00.123456789", UTC, BEGINS + 123_456_789),
        ("2026-03-02T09:00:00.1Z", ZoneInfo("Europe/Oslo"), BEGINS + 100_000_000),
        ("2026-03-02T10:00:00.25+01:00", UTC, BEGINS + 250_000_000),
        ("2026-03-02T10:00:00", ZoneInfo("Europe/Oslo"), BEGINS),
        ("2026-03-02", UTC, BEGINS - 9 * 3_600 * SECOND),
    ],
)
def test_times(text: str, zone: ZoneInfo, ns: int) -> None:
    assert time_of(text, zone, "--since") == ns


def test_what_the_options_say() -> None:
    choice = choice_of("+10m", "+1h30m", ("a=b.pcap=+1h", "c.pcap=-250ms", "d=+1.5s"), UTC)
    assert (choice.since, choice.until) == (Moment(600 * SECOND, True), Moment(5_400 * SECOND, True))
    assert choice.shifts == (("a=b.pcap", 3_600 * SECOND), ("c.pcap", -250_000_000), ("d", 1_500_000_000))
    for since, shifts in (("+", ()), ("+10", ()), ("noon", ()), (None, ("a",)), (None, ("a=1h",)), (None, ("a=+1x",))):
        with pytest.raises(SentinelError, match="--s"):
            choice_of(since, None, shifts, UTC)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["decode", WATERWORKS, "--since", "noon"], "--since noon: is not a time"),
        (["decode", WATERWORKS, "--shift", "x.pcap=+1h"], "--shift x.pcap: none of the captures"),
        (["decode", WATERWORKS, "--shift", "waterworks.pcap=1h"], "write FILE=+1h or FILE=-250ms"),
        (["decode", WATERWORKS, "--since", "+2m", "--until", "+1m"], "nothing would be read"),
        (["decode", "-", "--since", "+2m"], "a stream cannot be looked at before"),
        (["run", "--resume", "-r", WATERWORKS], "besides it name the --state only"),
        (["run", "--resume", "--state", "{home}/none"], "no state there"),
    ],
)
def test_used_wrongly(home: Path, arguments: list[str], said: str) -> None:
    out = call(home, *(one.format(home=home) for one in arguments), code=2, text=b"")
    assert said in " ".join(out.split())


def test_what_is_left_out_is_said(home: Path) -> None:
    bounds = ["--since", "2026-03-02T10:05", "--until", "+10m", "--tz", "Europe/Oslo"]
    out = call(home, "run", "-r", WATERWORKS, *bounds, "--state", str(home / "part"))
    left = re.search(r"Not read +left out by --since/--until: ([\d,]+) packets", out)
    read = re.search(r"Read +([\d,]+) packets", out)
    assert left
    assert read
    total = len(records((ROOT / WATERWORKS).read_bytes())[1])
    assert sum(int(one[1].replace(",", "")) for one in (left, read)) == total
    line = [sys.executable, "-m", "sentinel", "decode", WATERWORKS, *bounds]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == f"sentinel: left out by --since/--until: {left[1]} packets\n"
    times = [json.loads(one)["@timestamp"] for one in done.stdout.splitlines()]
    assert min(times) >= "2026-03-02T09:05"
    assert max(times) < "2026-03-02T09:10"


def test_a_shift_is_shown(home: Path) -> None:
    options = ["--shift", "waterworks.pcap=-1h30m", "--state", str(home / "shifted")]
    out = call(home, "run", "-r", WATERWORKS, *options)
    assert "times moved by -1 h 30 min (--shift)" in out
    assert "2 Mar 2026 07:30:00 to" in out


def many(path: Path, times: int) -> Path:
    """The water works again and again, each time later."""
    header, packets = records((ROOT / WATERWORKS).read_bytes())
    with path.open("wb") as file:
        file.write(header)
        for number in range(times):
            for one in packets:
                file.write((int.from_bytes(one[:4], "little") + 2_000 * number).to_bytes(4, "little") + one[4:])
    return path


@pytest.mark.parametrize("signals", [1, 2])
def test_interrupted_and_gone_on_with(home: Path, tmp_path: Path, signals: int) -> None:
    capture = many(tmp_path / "many times.pcap", 3)
    config = tmp_path / "sentinel.toml"
    config.write_text("[limits]\nbatch_packets = 400\n")
    environment = {**os.environ, "XDG_STATE_HOME": str(home), "SENTINEL_CONFIG": str(config)}
    state, whole = tmp_path / "the state", tmp_path / "whole"
    line = [sys.executable, "-m", "sentinel", "run", "-r", str(capture), "--learn", "20m", "--site", "s", "--state"]
    with subprocess.Popen([*line, str(state)], stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as running:
        while running.poll() is None and not list(state.rglob("*.parquet")):
            time.sleep(0.01)
        for _ in range(signals):
            running.send_signal(signal.SIGINT)
            time.sleep(0.001)
        _, err = running.communicate()
    assert running.returncode in ((2,) if signals == 1 else (2, -signal.SIGINT)), err
    command = f"sentinel run --resume --state {shlex.quote(str(state))}"
    if running.returncode == 2:
        said = re.fullmatch(r"stopped after ([\d,]+) packets, in (.*) after its packet ([\d,]+); (.*)\n", err)
        assert said, err
        assert (said[1], said[2]) == (said[3], str(capture))
        assert said[4] == f"all before is kept. Go on: {command}"
    refused = subprocess.run(
        [*line, str(state)], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert refused.returncode == 2
    assert "a reading is not finished: sentinel run --resume" in refused.stderr
    go_on = [sys.executable, "-m", *shlex.split(command)]
    for words in (go_on, [*line, str(whole)]):
        subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True)
    for what in ("assets", "alerts", "events", "points"):
        texts = [call(home, what, "--json", "--state", str(one)) for one in (state, whole)]
        found, expected = ([json.loads(line) for line in text.splitlines()] for text in texts)
        assert found == expected, what


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_it_is_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "EVERY", 0)
    for worth, stream, says in ((0, Terminal(), True), (10**9, Terminal(), False), (0, io.StringIO(), False)):
        monkeypatch.setattr(shown, "WORTH", worth)
        monkeypatch.setattr(sys, "stderr", stream)
        sensor = Sensor([str(ROOT / WATERWORKS)], limits={"batch_packets": 5_000})
        told = shown.Shown()
        for _ in sensor:
            told.tell(sensor)
        told.clear()
        assert ("10,000 packets" in stream.getvalue()) == says
        assert stream.getvalue().endswith("\r") == says


def test_the_line() -> None:
    assert shown.line_of((1_234_567, 0, 11, 370), 340, 1_000, 10.0) == (
        "file 12 of 340, 37 %, 1,234,567 packets, 123,000 a second, 17 s left"
    )
    assert shown.line_of((900, 0, 1, 1_000), 1, 1_000, 3.0) == "100 %, 900 packets, 300 a second"
    assert shown.line_of((0, 0, 0, 0), 1, 0, 0.0) == "0 packets"
