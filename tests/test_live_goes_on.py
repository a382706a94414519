"""Listening goes on: while the disk is full, and while people decide."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lab import ADDRESSES, POLL, WRITE, Job, documents, lab, run, sentinel, wait_for


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    run(f"mount -t tmpfs -o size={megabytes}m none {place}")
    try:
        yield place
    finally:
        run(f"umount -l {place}")  # a sensor of a test that failed still writes there


def tells(live: Job, words: str) -> None:
    """Waits for words that may stand on two lines: how long they are depends on the folder's name."""
    wait_for(words, lambda: words in " ".join(live.text.split()), lambda: live.text)


def test_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    with lab() as net, small_disk(tmp_path / "disk", 16) as disk:
        net.serve()
        state = disk / "state"
        live = net.sensor("eth0", "--learn", "1s", "--state", str(state), home=tmp_path)
        live.says("Listening")
        net.python("hmi", POLL, ADDRESSES["plc"], "60").says("connected")
        time.sleep(2)
        with open(disk / "filler", "wb") as filler, suppress(OSError):
            while True:
                filler.write(bytes(65_536))
                filler.flush()
        (state / "reserve").unlink(missing_ok=True)
        with open(disk / "more", "wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4_096))
        net.python("eng", WRITE, ADDRESSES["plc"])
        live.says("sentinel alerts show")
        tells(live, "the disk is full")
        time.sleep(2)
        assert live.process.poll() is None
        assert " ".join(live.text.split()).count("the disk is full") == 1
        for name in ("filler", "more"):
            (disk / name).unlink()
        tells(live, "there is room again")
        assert live.end() == 0, live.text
        short = re.findall(r"sentinel alerts show (A-\w+)", live.text)[0]
        assert short in sentinel(tmp_path, "alerts", "--state", str(state))


def test_people_decide_while_it_listens(tmp_path: Path) -> None:
    with lab() as net:
        net.serve()
        live = net.sensor("eth0", "--learn", "1s", home=tmp_path)
        live.says("Listening")
        net.python("hmi", POLL, ADDRESSES["plc"], "60").says("connected")
        time.sleep(2)
        net.python("eng", WRITE, ADDRESSES["plc"])
        live.says("sentinel alerts show")
        short = re.findall(r"sentinel alerts show (A-\w+)", live.text)[0]
        told = sentinel(tmp_path, "alerts", "close", short, "--by", "ann", "--reason", "a drill")
        assert told == f"{short} is closed\n"
        live.says(f"ann decided: close {short} (a drill)")
        found = documents(tmp_path, "alerts", tmp_path / "sentinel" / "default")
        assert "closed" in {one["sentinel"]["alert"]["status"] for one in found}
        assert live.process.poll() is None
        assert live.end() == 0
