"""Starts one command on one processor and says what it cost, as a line of JSON. Standard library only, and little of it.

    python -I -S launch.py PROCESSOR LOG COMMAND...

A process of its own, because the kernel's peak of a child begins with the memory of whoever started it: a small starter keeps
that below anything worth measuring. PROCESSOR -1 pins to none.
"""

import os
import sys
import time


def main() -> int:
    """One child; user and system seconds with those of its own children, wall seconds, peak KiB, exit status."""
    processor, log, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    began = time.monotonic()
    child = os.fork()
    if not child:
        try:
            if processor >= 0:
                os.sched_setaffinity(0, {processor})
            said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(said, 1)
            os.dup2(said, 2)
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    wall = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    print(
        f'{{"user": {used.ru_utime:.6f}, "system": {used.ru_stime:.6f}, "wall": {wall:.6f}, '
        f'"peak_kib": {used.ru_maxrss}, "status": {code}}}'
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
