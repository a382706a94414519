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

ROUND_TRIPS = {  # folder -> server, framing
    **{f"tcp-{name}": (name, "tcp") for name in ("pymodbus", "libmodbus", "tokio-modbus", "j2mod", "modbus-serial")},
    **{f"rtu-{name}": (name, "rtu_over_tcp") for name in ("pymodbus", "tokio-modbus", "j2mod")},
    **{f"udp-{name}": (name, "udp") for name in ("pymodbus", "j2mod")},
}
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
    **dict.fromkeys(ROUND_TRIPS, "round_trips.make"),
}
BIG = 200_000


def make(case: str) -> None:
    """One case, in this process."""
    folder = PCAPS / case
    folder.mkdir(parents=True, exist_ok=True)
    module, function = CASES[case].split(".")
    said = getattr(importlib.import_module(module), function)(*ROUND_TRIPS.get(case, ()), folder)
    print(f"{case}: {said}")


def main() -> None:
    """Each case in a process of its own, since each has its own network."""
    if sys.argv[1:2] == ["--inside"]:
        make(sys.argv[2])
        return
    cases = sys.argv[1:] or list(CASES)
    if any(case in ROUND_TRIPS for case in cases):
        importlib.import_module("foreign").build()
    for case in cases:
        command = ["unshare", "--net", "--mount", sys.executable, __file__, "--inside", case]
        subprocess.run(command, check=True)
        for capture in sorted((PCAPS / case).glob("*.pcap*")):
            is_serial = ROUND_TRIPS.get(case, ("", ""))[1] == "rtu_over_tcp"
            text = tshark_table.table(capture, "502" if is_serial else tshark_table.SERIAL_PORT)
            name = "tshark.tsv" if capture.stem == case else f"{capture.stem}.tshark.tsv"
            for old in (PCAPS / case / name, PCAPS / case / f"{name}.gz"):
                old.unlink(missing_ok=True)
            tshark_table.write(PCAPS / case / (f"{name}.gz" if len(text) > BIG else name), text)
            print(f"  {capture.name}: {capture.stat().st_size} bytes, tshark reads {text.count(chr(10)) - 1} messages")
        if case in ROUND_TRIPS:
            importlib.import_module("round_trip_page").write(PCAPS / case, *ROUND_TRIPS[case])
        else:
            readme.write(PCAPS / case, case)


if __name__ == "__main__":
    main()
