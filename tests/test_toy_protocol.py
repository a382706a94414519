"""A protocol added in Rust alone gets assets, baseline, alerts and points: not a line of Python knows it."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CLI = """
import importlib.machinery, importlib.util, sys
loader = importlib.machinery.ExtensionFileLoader("toy_core", sys.argv[1])
core = importlib.util.module_from_spec(importlib.util.spec_from_loader("toy_core", loader))
loader.exec_module(core)
import sentinel
sys.modules["sentinel._core"] = sentinel._core = core
from sentinel.cli import main
main(sys.argv[2:])
"""


def cargo() -> str:
    for place in (shutil.which("cargo"), str(Path.home() / ".cargo/bin/cargo"), "/usr/lib/rust-web/bin/cargo"):
        if place and Path(place).exists():
            return place
    raise AssertionError("no cargo: make build says how to get it")


@pytest.fixture(scope="module")
def library() -> Path:
    environment = {**os.environ, "PYO3_PYTHON": sys.executable, "PATH": f"{Path(cargo()).parent}:{os.environ['PATH']}"}
    line = [cargo(), "build", "--locked", "--quiet", "-p", "toy"]
    subprocess.run(line, cwd=ROOT, env=environment, check=True, timeout=280)
    return ROOT / "target/debug/libtoy_core.so"


def capture(path: Path) -> None:
    """60 s of polls by 10.0.0.1, then 10.0.0.9 sets a slot: TCP segments of a made-up protocol, so made up too."""
    numbers: dict[tuple[int, int], int] = {}
    records: list[bytes] = []
    time = 1_700_000_000.0

    def segment(source: int, target: int, port: int, payload: bytes) -> None:
        nonlocal time
        is_server = source == 2
        ports = (7777, port) if is_server else (port, 7777)
        sequence = numbers.setdefault((source, port), 1)
        acknowledged = numbers.setdefault((target, port), 1)
        numbers[(source, port)] += len(payload)
        tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 0x50, 0x18, 8192, 0, 0) + payload
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0)
        ip += bytes([10, 0, 0, source, 10, 0, 0, target])
        frame = bytes([2, 0, 0, 0, 0, target, 2, 0, 0, 0, 0, source, 8, 0]) + ip + tcp
        records.append(struct.pack("<IIII", int(time), int(time % 1 * 1e6), len(frame), len(frame)) + frame)
        time += 0.01

    for _ in range(60):
        segment(1, 2, 40_000, b"T?\x05\x00")
        segment(2, 1, 40_000, b"T!\x05\x2a")
        time += 1
    segment(9, 2, 40_001, b"T=\x07\x63")
    segment(2, 9, 40_001, b"T!\x07\x63")
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1) + b"".join(records))


def test_a_protocol_needs_no_python(tmp_path: Path, library: Path) -> None:
    capture(tmp_path / "toy.pcap")

    def sentinel(*arguments: str) -> str:
        line = [sys.executable, "-c", CLI, str(library), *arguments]
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    state = str(tmp_path / "state")
    assert "read fully: Toy 100 %" in sentinel(
        "run", "-r", str(tmp_path / "toy.pcap"), "--learn", "30s", "--state", state
    )
    assets = {
        one["host"]["ip"][0]: one
        for one in map(json.loads, sentinel("assets", "--state", state, "--json").splitlines())
    }
    assert assets["10.0.0.2"]["sentinel"]["asset"]["role"] == "controller"
    alerts = [json.loads(line) for line in sentinel("alerts", "--state", state, "--json").splitlines()]
    worst = max(alerts, key=lambda one: one["event"]["severity"])
    assert worst["event"]["severity"] == 99
    assert worst["message"] == "10.0.0.9 set slot 7 to 99 on 10.0.0.2"
    assert "slot S05" in sentinel("points", "--state", state)
    assert "toy" in sentinel("baseline", "--state", state)
    first = json.loads(sentinel("decode", str(tmp_path / "toy.pcap")).splitlines()[0])
    assert first["toy"] == {"slot": 5}
    assert first["event"]["action"] == "toy-get-slot"
    assert "numbered place" in sentinel("explain", "slot")
