"""What whole processes cost: each pinned to one processor, in turns, round by round; medians, and medians of ratios."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")


class Failed(Exception):
    """A command that did not do its work: no figure of it counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process, its children with it."""

    user: float
    system: float
    wall: float
    peak: float
    """MiB, of the largest process."""

    @property
    def cpu(self) -> float:
        """Seconds of a processor, user and system."""
        return self.user + self.system


@dataclass(frozen=True)
class Contender:
    """A program and how it is used, over any capture."""

    name: str
    command: Callable[[Path, Path], Sequence[str]]
    """The command, given the capture and an empty folder to write to."""
    packets_read: Callable[[str, Path], int | None] | None = None
    """How many packets it read, out of what it said and wrote in the folder. None: it does not say."""


@dataclass(frozen=True)
class Run:
    """One contender over one capture."""

    contender: Contender
    capture: Path
    packets: int | None = None
    """How many it must have read."""


@dataclass
class Series:
    """What a run cost, round by round."""

    contender: str
    capture: str
    costs: list[Cost] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Median seconds of a processor."""
        return statistics.median(cost.cpu for cost in self.costs)

    @property
    def wall(self) -> float:
        """Median seconds of a clock."""
        return statistics.median(cost.wall for cost in self.costs)

    @property
    def peak(self) -> float:
        """Most MiB of all rounds: a bound holds always or not at all."""
        return max(cost.peak for cost in self.costs)

    @property
    def spread(self) -> float:
        """(Most - least) / median of the seconds: how far to trust the median."""
        seconds = [cost.cpu for cost in self.costs]
        return (max(seconds) - min(seconds)) / self.cpu if self.cpu else 0.0


def cost_of(command: Sequence[str], log: Path, *, processor: int = 0) -> Cost:
    """Runs one command to its end; what it says goes to the log.

    Raises:
        Failed: It did not end with status 0.
    """
    starter = [sys.executable, "-I", "-S", str(LAUNCH), str(processor), str(log), *command]
    done = subprocess.run(starter, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    if told["status"]:
        said = log.read_text(errors="replace") if log.exists() else ""
        raise Failed(f"{' '.join(command)}: status {told['status']}: {said[-500:]}")
    return Cost(told["user"], told["system"], told["wall"], told["peak_kib"] / 1024)


def run_once(run: Run, *, processor: int = 0) -> Cost:
    """Once, in an empty folder that is gone afterwards.

    Raises:
        Failed: It failed, or read another number of packets.
    """
    contender = run.contender
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder:
        work, log = Path(folder, "work"), Path(folder, "log")
        work.mkdir()
        cost = cost_of(contender.command(run.capture.resolve(), work), log, processor=processor)
        if contender.packets_read is not None and run.packets is not None:
            read = contender.packets_read(log.read_text(errors="replace"), work)
            if read != run.packets:
                raise Failed(f"{contender.name} read {read} of {run.packets} packets of {run.capture.name}")
    return cost


def contest(
    runs: Sequence[Run], rounds: int, *, processor: int = 0, tell: Callable[[str], None] = lambda line: None
) -> list[Series]:
    """All runs in turns (A B A B …), so that whatever else the machine does falls on all of them."""
    series = [Series(run.contender.name, run.capture.stem) for run in runs]
    for number in range(rounds):
        for run, one in zip(runs, series, strict=True):
            cost = run_once(run, processor=processor)
            one.costs.append(cost)
            tell(f"  round {number + 1}  {one.contender} over {one.capture}: {cost.cpu:.2f} s, {cost.peak:.0f} MiB")
    return series


def ratio(many: Series, few: Series) -> float:
    """Cost of one by cost of the other: the median over the rounds, each of which is a pair."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(many.costs, few.costs, strict=True))


def on_path(tool: str) -> bool:
    """Whether the tool is installed."""
    return shutil.which(tool) is not None
