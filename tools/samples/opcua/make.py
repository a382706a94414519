"""Makes the sample captures under pcaps/opcua/ anew. Root only; see ../lab.py.

usage: tools/samples/opcua/make.py [CASE...]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import page
import stacks
import tshark_messages
import tshark_table
from cases import CASES, MAKERS, make

PCAPS = Path(__file__).parents[3] / "pcaps" / "opcua"


def main() -> None:
    """Each case in a process of its own, since each has its own network."""
    if sys.argv[1:2] == ["--inside"]:
        name = sys.argv[2]
        folder = PCAPS / name
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{name}: {MAKERS[name](folder) if name in MAKERS else make(CASES[name], folder)}")
        return
    stacks.build()
    for name in sys.argv[1:] or list(CASES):
        command = ["unshare", "--net", "--mount", sys.executable, __file__, "--inside", name]
        subprocess.run(command, check=True)
        folder, case = PCAPS / name, CASES[name]
        capture = folder / f"{name}.pcap"
        text = tshark_messages.table(capture, case.is_hidden)
        tshark_table.write(folder / "tshark.tsv.gz", text)
        print(f"  {capture.name}: {capture.stat().st_size} bytes, tshark reads {text.count(chr(10)) - 1} chunks")
        page.write(folder, case)


if __name__ == "__main__":
    main()
