"""Makes the sample captures under pcaps/modbus/ anew. Root only; see lab.py.

usage: tools/samples/make.py [CASE...]
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import readme
import tshark_table

PCAPS = Path(__file__).parents[2] / "pcaps" / "modbus"
CASES = {  # folder -> function, in an order in which those that cut others come after them
    "waterworks": "waterworks.make",
    "waterworks-cut": "cut.waterworks_cut",
    "pymodbus-all-functions": "small.pymodbus_all_functions",
    "pymodbus-rtu-over-tcp": "small.serial",
    "pymodbus-udp": "small.udp",
    "pymodbus-tls": "tls.make",
    "one-sided": "cut.one_sided",
    "with-gap": "cut.with_gap",
    "libmodbus": "small.libmodbus",
    "pipelined": "small.pipelined",
    "id-reuse": "small.id_reuse",
    "retransmissions": "small.retransmissions",
    "unknown-functions": "small.unknown_functions",
    "sunspec": "sunspec.make",
    "umas": "umas.make",
    "s7": "s7.make",
    "malformed": "malformed.make",
}
BIG = 200_000


def make(case: str) -> None:
    """One case, in this process."""
    folder = PCAPS / case
    folder.mkdir(parents=True, exist_ok=True)
    module, function = CASES[case].split(".")
    said = getattr(importlib.import_module(module), function)(folder)
    print(f"{case}: {said}")


def main() -> None:
    """Each case in a process of its own, since each has its own network."""
    if sys.argv[1:2] == ["--inside"]:
        make(sys.argv[2])
        return
    for case in sys.argv[1:] or CASES:
        command = ["unshare", "--net", "--mount", sys.executable, __file__, "--inside", case]
        subprocess.run(command, check=True)
        for capture in sorted((PCAPS / case).glob("*.pcap*")):
            text = tshark_table.table(capture)
            name = "tshark.tsv" if capture.stem == case else f"{capture.stem}.tshark.tsv"
            for old in (PCAPS / case / name, PCAPS / case / f"{name}.gz"):
                old.unlink(missing_ok=True)
            tshark_table.write(PCAPS / case / (f"{name}.gz" if len(text) > BIG else name), text)
            print(f"  {capture.name}: {capture.stat().st_size} bytes, tshark reads {text.count(chr(10)) - 1} messages")
        readme.write(PCAPS / case, case)


if __name__ == "__main__":
    main()
