"""Every sink keeps the contract; and what each does by itself."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys

import pytest

from sentinel import sinks
from sentinel.config import SinkSettings
from sentinel.sinks import SINKS, SinkUnavailable
from sentinel.sinks.ndjson import NdjsonSink

SETTINGS = {"ndjson": {"path": "{folder}/out.ndjson"}, "stdout": {}}
"""What each sink needs to be tried here. A new sink needs a line."""


def document(number: int, **more: object) -> dict[str, object]:
    return {"@timestamp": 1_767_225_600_000_000_001, "event.id": f"e{number}", "message": f"Pümpe {number}\n", **more}


@pytest.fixture(params=sorted(SINKS))
def made(request, tmp_path, capfd):
    """A sink, and what came out of it."""
    kind = request.param
    values = {key: value.format(folder=tmp_path) for key, value in SETTINGS[kind].items()}
    settings = sinks.settings()[kind](type=kind, **values)

    def out() -> list[dict[str, object]]:
        path = tmp_path / "out.ndjson"
        text = path.read_text(encoding="utf-8") if kind == "ndjson" else capfd.readouterr().out
        return [json.loads(line) for line in text.splitlines()]

    return settings, out


def test_contract(made):
    settings, out = made
    sink = sinks.open_sink(settings)
    sink.flush()
    sink.write([])
    sink.write([document(1), document(2, **{"modbus.request_values": [1, 2], "source.ip": "10.0.0.1"})])
    sink.write([document(1)])
    sink.flush()
    sink.flush()
    found = out()
    assert [one["event"]["id"] for one in found] == ["e1", "e2", "e1"], "in order, repeats are not its business"
    assert found[1]["modbus"] == {"request_values": [1, 2]}
    assert found[0] == {
        "@timestamp": "2026-01-01T00:00:00.000000001Z", "event": {"id": "e1"}, "message": "Pümpe 1\n",
    }  # fmt: skip
    sink.close()
    sink.close()


@pytest.mark.parametrize("kind", SINKS)
def test_settings(kind):
    settings = sinks.settings()[kind]
    assert issubclass(settings, SinkSettings)
    assert isinstance(settings.network, bool)
    assert set(SETTINGS) == set(SINKS), "each sink needs a line in this test"


def test_nothing_heavy_is_imported_before_it_is_used():
    program = "import sentinel.sinks, sys; print([m for m in sys.modules if m.startswith('sentinel.sinks.')])"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['sentinel.sinks.contract']"


# ndjson


def lines(path) -> list[str]:
    return [json.loads(line)["event"]["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_ndjson_takes_back_a_line_that_a_crash_cut_off(tmp_path):
    path = tmp_path / "out.ndjson"
    path.write_bytes(b'{"event":{"id":"e1"}}\n{"event":{"id":"e' + b"x" * 200_000)
    sink = NdjsonSink(path)
    sink.write([document(2)])
    sink.flush()
    assert lines(path) == ["e1", "e2"]


def test_ndjson_on_a_full_disk_keeps_whole_lines_and_goes_on_later(tmp_path, monkeypatch):
    path = tmp_path / "out.ndjson"
    sink = NdjsonSink(path)
    sink.write([document(1)])
    sink.flush()
    real, left = os.write, [30]

    def short(handle: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = real(handle, data[: left[0]])
        left[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(SinkUnavailable, match="No space left on device"):
        sink.write([document(2)])
    assert lines(path) == ["e1"]
    monkeypatch.undo()
    sink.write([document(2)])
    sink.flush()
    assert lines(path) == ["e1", "e2"]


def test_ndjson_puts_full_files_aside_and_deletes_none(tmp_path):
    path = tmp_path / "out.ndjson"
    sink = NdjsonSink(path, max_bytes=150)
    for number in range(5):
        sink.write([document(number)])
        sink.flush()
    assert [lines(tmp_path / f"out.ndjson{end}") for end in (".1", ".2", "")] == [["e0", "e1"], ["e2", "e3"], ["e4"]]


def test_ndjson_where_nothing_can_be_written(tmp_path):
    with pytest.raises(SinkUnavailable, match="No such file or directory"):
        NdjsonSink(tmp_path / "none" / "out.ndjson").write([document(1)])


# stdout


def test_stdout_whose_reader_has_gone():
    program = (
        "from sentinel.sinks.standard_output import StandardOutputSink as S\n"
        "from sentinel.sinks import SinkUnavailable\nimport sys\n"
        "try:\n    S().write([{'event.id': 'x' * 100}] * 10000); S().flush()\n"
        "except SinkUnavailable as error:\n    sys.stderr.write(str(error))\n"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == "standard output: whoever reads it has gone"
    assert process.wait() == 0
