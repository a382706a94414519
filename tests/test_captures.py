"""Real captures that nobody here wrote: every message against tshark's word, every host against an independent parser."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CAPTURES = Path(os.environ.get("SENTINEL_CAPTURES", ROOT.parent / "shared" / "captures"))
FEW = (
    "fuzz-72",
    "modbus_example",
    "modbus_test_data_part1",
    "modicon_test",
    "modbus-and-non-modbus",
    "modbus_w_pafs",
    "ntop",
)


def compare(script: str, command: str, *names: str) -> str:
    if not (CAPTURES / script).exists():
        warnings.warn(f"NOT TESTED against real captures: no {CAPTURES / script}; set SENTINEL_CAPTURES", stacklevel=2)
        pytest.skip(f"no real captures at {CAPTURES}")
    line = [sys.executable, str(CAPTURES / script), "--command", command, *names]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout.splitlines()[-1]


def test_modbus_agrees_with_tshark_on_some() -> None:
    last = compare("compare.py", f"{sys.executable} -m sentinel decode", "--protocol", "modbus", *FEW)
    assert last.endswith("0 missing, 0 extra, 0 with other fields")


def test_opc_ua_agrees_with_tshark_on_some() -> None:
    names = (
        "opcua_with-gap",
        "mainloop",
        "OpcUaConversation1",
        "prosys",
        "opcua-encrypted",
        "pending_overflow",
        "browse_next",
    )
    last = compare("compare.py", f"{sys.executable} -m sentinel decode", "--protocol", "opcua", *names)
    assert last.endswith("0 missing, 0 extra, 0 with other fields")
    assert int(last.split(" captures")[0]) >= len(names)


def test_hosts_of_some() -> None:
    last = compare("compare_assets.py", f"{sys.executable} -m sentinel", "ntop", "wireshark", "Lemay", "vlan", "arp")
    assert "0 failed, 0 missing, 0 twice, 0 mac, 0 merged, 0 invented" in last


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_modbus_agrees_with_tshark_on_all() -> None:
    last = compare("compare.py", f"{sys.executable} -m sentinel decode", "--protocol", "modbus")
    assert last.startswith("29 captures (0 differ, 0 failed), 31135 messages")


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_opc_ua_agrees_with_tshark_on_all() -> None:
    last = compare("compare.py", f"{sys.executable} -m sentinel decode", "--protocol", "opcua")
    assert last.startswith("40 captures (0 differ, 0 failed)")


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_hosts_of_all() -> None:
    last = compare("compare_assets.py", f"{sys.executable} -m sentinel")
    assert last == "192 captures (0 differ): 0 failed, 0 missing, 0 twice, 0 mac, 0 merged, 0 invented"
