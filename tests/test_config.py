"""The configuration: what may be set, and how faults are told."""

from __future__ import annotations

import dataclasses
import os
import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentinel import _core, sinks
from sentinel.baseline import BaselineSettings as BaselineDefaults
from sentinel.baseline import FactLimits
from sentinel.config import (
    BaselineLimitSettings,
    BaselineSettings,
    Config,
    InventoryLimitSettings,
    LimitSettings,
    SinkSettings,
    load_config,
    nanoseconds,
    size,
)
from sentinel.errors import SentinelError
from sentinel.inventory.limits import InventoryLimits

ROOT = Path(__file__).parent.parent


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sentinel.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> list[str]:
    path = write(tmp_path, text)
    with pytest.raises(SentinelError) as caught:
        load_config(path, sinks=sinks.settings)
    return [line.removeprefix(str(path)) for line in str(caught.value).splitlines()]


def test_without_a_file_all_is_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SENTINEL_CONFIG", raising=False)
    config = load_config()
    assert config == Config()
    assert config.display.modbus_addresses == "modicon5"
    assert config.limits.given() == {}


def test_without_a_file_nothing_that_checks_is_loaded(tmp_path):
    # What checks a file takes longer to load than a small capture to read.
    script = "import sys, sentinel.cli.run; from sentinel.config import load_config; load_config(); print('pydantic' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "SENTINEL_CONFIG"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_section_made_by_hand():
    assert Config(limits=LimitSettings(flows=7)).limits.given() == {"flows": 7}
    assert Config(limits=LimitSettings(flows=7)) != Config()
    with pytest.raises(TypeError, match="flow"):
        LimitSettings(flow=7)
    with pytest.raises(TypeError, match="type"):
        SinkSettings(batch=1)
    with pytest.raises(AttributeError, match="flows"):
        LimitSettings().flows = 7


def test_where_it_is_looked_for(tmp_path, monkeypatch):
    write(tmp_path, '[capture]\nsite = "here"')
    other = tmp_path / "other.toml"
    other.write_text('[capture]\nsite = "other"')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SENTINEL_CONFIG", raising=False)
    assert load_config().capture.site == "here"
    monkeypatch.setenv("SENTINEL_CONFIG", str(other))
    assert load_config().capture.site == "other"
    assert load_config("sentinel.toml").capture.site == "here"
    with pytest.raises(SentinelError, match=r"none\.toml: cannot be read"):
        load_config("none.toml")


def test_what_is_set_reaches_the_parts(tmp_path):
    path = write(
        tmp_path,
        '[limits]\nanswer_timeout = "2500ms"\nreorder_bytes = "1 MiB"\nflows = 7\n'
        '[baseline]\nlearn = "10m"\nunits = 9\n[baseline.limits]\nclass = 5\n[inventory.limits]\nassets = 3\n',
    )
    config = load_config(path)
    assert config.limits.given() == {"answer_timeout": 2_500_000_000, "reorder_bytes": 1 << 20, "flows": 7}
    assert BaselineDefaults(learn=config.baseline.learn, units=9).learn == timedelta(minutes=10)
    assert FactLimits(**config.baseline.limits.given()).class_ == 5
    assert InventoryLimits(**config.inventory.limits.given()).assets == 3
    assert config.path == path


@pytest.mark.parametrize("text", ['"2026-03-02T06:00:00Z"', "2026-03-02T06:00:00Z", "2026-03-02T06:00:00"])
def test_learning_until_a_time(tmp_path, text):
    config = load_config(write(tmp_path, f"[baseline]\nlearn = {text}"))
    assert config.baseline.learn == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_all_faults_at_once_each_with_its_line(tmp_path):
    found = faults(
        tmp_path,
        """sit = 1
[capture]
interfaces = "eth0"
vlan_in_keys = true
[limit]
[limits]
answer_timeout = "5 parsecs"
flows = "many"
operations = 0
[display]
modbus_addresses = "modicon7"
tz = "Mars/Phobos"
[baseline.limits]
clas = 3
[store]
max_bytes = true
""",
    )
    assert sorted(found, key=lambda line: int(line.split(":")[1])) == [
        ":1: sit: is not known; known are capture, limits, store, inventory, baseline, rules, display, sinks",
        ':3: capture.interfaces: "eth0" is not of the right type; write a list like ["one", "two"]',
        ":4: capture.vlan_in_keys: is not known; did you mean vlan_in_key?",
        ":5: limit: is not known; did you mean limits?",
        ':7: limits.answer_timeout: "5 parsecs" is no span of time; write "5s", "10m", "36h" or "30d"',
        ':8: limits.flows: "many" is not of the right type; write a whole number without quotes',
        ":9: limits.operations: 0 is too small; write 1 or more",
        ':11: display.modbus_addresses: "modicon7" is not known; did you mean "modicon6"?',
        ':12: display.tz: "Mars/Phobos" is no time zone; write one like Europe/Oslo, UTC or local',
        ":14: baseline.limits.clas: is not known; did you mean class?",
        ':16: store.max_bytes: true is no size; write "500 MB", "20 GB" or a number of bytes',
    ]


def test_faults_of_sinks(tmp_path):
    found = faults(
        tmp_path,
        '[sinks.a]\ntype = "ndjsn"\n[sinks.b]\n[sinks.c]\ntype = "ndjson"\npth = "x"\n[sinks]\nd = 4\n',
    )
    assert found == [
        ':2: sinks.a.type: "ndjsn" is no kind of sink; did you mean "ndjson"?',
        ':3: sinks.b.type: is missing; write one of "ndjson", "stdout"',
        ":4: sinks.c.path: is missing; write it",
        ":6: sinks.c.pth: is not known; did you mean path?",
        ':8: sinks.d: is no table; write [sinks.d] with type = "ndjson"',
    ]


def test_sinks_are_read_only_by_commands_that_send(tmp_path):
    path = write(tmp_path, '[sinks.a]\ntype = "ndjson"\npath = "x.ndjson"\n')
    assert load_config(path).sinks == {}
    sink = load_config(path, sinks=sinks.settings).sinks["a"]
    assert (sink.type, sink.path, sink.batch) == ("ndjson", "x.ndjson", 500)


def test_a_file_that_is_no_toml_or_no_text(tmp_path):
    assert "is not TOML" in faults(tmp_path, "[capture\n")[0]
    path = tmp_path / "latin.toml"
    path.write_bytes(b"[capture]\nsite = '\xe6'\n")
    with pytest.raises(SentinelError, match="is not UTF-8 text"):
        load_config(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5s", 5 * 10**9), (5, 5 * 10**9), (0.5, 5 * 10**8), ("1.5h", 5400 * 10**9), ("30d", 2592 * 10**12)],
)
def test_spans_of_time(text, value):
    assert nanoseconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("20 GB", 20 * 10**9), ("1 MiB", 1 << 20), (7, 7), ("12", 12), ("1.5kb", 1500)]
)
def test_sizes(text, value):
    assert size(text) == value


# One truth: keys and defaults are those of the parts themselves.


def test_the_page_of_limits_is_fresh():
    page = runpy.run_path(str(ROOT / "tools/make_limit_docs.py"))["page"]()
    assert (ROOT / "docs/limits.md").read_text(encoding="utf-8") == page, "run tools/make_limit_docs.py"
    for name, about, reached, *_ in _core.limits_of_reader():
        assert re.search("; the (attack|accident): .", about), name
        assert reached, name


def test_limits_are_those_of_the_reader():
    assert set(LimitSettings.defaults()) == {name for name, *_ in _core.limits_of_reader()}


@pytest.mark.parametrize(
    ("model", "part", "but"),
    [
        (InventoryLimitSettings, InventoryLimits, set()),
        (BaselineLimitSettings, FactLimits, set()),
        (BaselineSettings, BaselineDefaults, set()),
    ],
)
def test_keys_are_those_of_the_part(model, part, but):
    assert set(model.defaults()) - but == {field.name for field in dataclasses.fields(part)}


def uncommented() -> str:
    """The example with every setting taken in."""
    lines = (ROOT / "sentinel.example.toml").read_text(encoding="utf-8").splitlines()
    return "\n".join(re.sub(r"^# (?=\[|\w+ = )", "", line) for line in lines)


def test_the_example_is_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_config(ROOT / "sentinel.example.toml").replaced(path=None) == Config()
    config = load_config(write(tmp_path, uncommented()), sinks=sinks.settings)
    assert set(LimitSettings.defaults()) == set(config.limits.given())
    for name, *_, value in _core.limits_of_reader():
        assert config.limits.given()[name] == value, name
    assert InventoryLimits(**config.inventory.limits.given()) == InventoryLimits()
    assert FactLimits(**config.baseline.limits.given()) == FactLimits()
    told = config.baseline.given()
    learn, _ = told.pop("learn"), told.pop("limits")
    assert learn == timedelta(days=3)
    assert BaselineDefaults(**told) == BaselineDefaults()
    shown = dict(config.store) | {"path": ""}
    assert shown == dict(Config().store)
    assert config.display.modbus_addresses == Config().display.modbus_addresses
    for section in (config.capture, config.inventory, config.rules, config.display, config.sinks["archive"]):
        assert vars(section)["_said"] == set(type(section).defaults()), type(section)
