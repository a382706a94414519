"""Half an hour of plant in two minutes: jobs have a time by the plan, and the recording gets that time.

The stacks run as fast as they can, one group of jobs after the other, with only 45 ms between two groups (so that
delayed acknowledgements still come). Afterwards each packet of a group is moved to the group's time by the plan.
Inside a group nothing is changed: request, answer and acknowledgement keep their true distance. Only idle time is
put in between groups.
"""

from __future__ import annotations

import bisect
import struct
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from lab import Host, Lab

REST = 0.045
LATE = 500_000_000


class Plan:
    """Jobs by time, and what they say about when they ran."""

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self._jobs: dict[float, list[tuple[Host, Callable[[], None]]]] = defaultdict(list)
        self._real: list[int] = []
        self._planned: list[int] = []

    def at(self, seconds: float, host: Host, job: Callable[[], None]) -> None:
        """A job for the host, so many seconds after the start. Jobs with one time run side by side, by host."""
        self._jobs[round(seconds, 6)].append((host, job))

    def now(self) -> int:
        """The time by the plan, in ns since 1970."""
        return self._planned[-1] + time.time_ns() - self._real[-1]

    def run(self, lab: Lab) -> None:
        """All jobs, in order."""
        for seconds in sorted(self._jobs):
            planned = self.start_ns + int(seconds * 1e9)
            late = self.now() - planned if self._planned else 0
            if late > LATE:
                raise RuntimeError(f"the jobs before {seconds} s took longer than the plan has time for")
            lab.tell_time(seconds)
            self._planned.append(planned + max(late, 0))
            self._real.append(time.time_ns())
            for outcome in [host.do(job) for host, job in self._jobs[seconds]]:
                outcome.result()
            time.sleep(REST)

    def rewrite(self, source: Path, target: Path) -> int:
        """Copies the recording with each packet at its time by the plan. Returns the number of packets."""
        data = source.read_bytes()
        if data[:4] != b"\xd4\xc3\xb2\xa1":
            raise ValueError(f"{source}: not a little-endian pcap with microseconds")
        out, offset, count, last = [data[:24]], 24, 0, 0
        while offset < len(data):
            seconds, micros, length, wire = struct.unpack_from("<IIII", data, offset)
            real = (seconds * 1_000_000 + micros) * 1000
            group = max(bisect.bisect_right(self._real, real) - 1, 0)
            planned = max(self._planned[group] + real - self._real[group], last)
            last = planned
            out.append(struct.pack("<IIII", planned // 10**9, planned // 1000 % 10**6, length, wire))
            out.append(data[offset + 16 : offset + 16 + length])
            offset += 16 + length
            count += 1
        target.write_bytes(b"".join(out))
        return count
