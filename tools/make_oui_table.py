"""Makes sentinel/inventory/oui.bin from the copy of IEEE's registry that netaddr carries (development only).

    python tools/make_oui_table.py [--check]

The file: text lines up to an empty one, then zlib: counts, prefixes and name numbers per prefix length, names.
Names lose their legal form ("Inc.", "Co., Ltd."), which says nothing to a reader and costs a third of the size.
Prefixes of "IEEE Registration Authority" are left out: their holders are in lists that netaddr does not carry.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from array import array
from importlib.metadata import version
from pathlib import Path

import netaddr.eui

TARGET = Path(__file__).parent.parent / "sentinel" / "inventory" / "oui.bin"
PUBLISHED = {"1.3.0": "2024-05-28"}
NOBODY = {"ieee registration authority", "private", ""}
LEGAL = re.compile(
    r"[\s,.]+\(?(incorporated|inc|corporation|corp|company|co|limited|ltd|ltda|llc|l\.l\.c|gmbh|mbh|ag|kg|co\.?\s*kg|s\.?a|"
    r"s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|plc|pty|pte|a/s|aps|ab|oy|oyj|as|a\.?s|k\.?k|kgaa|sdn|bhd|pvt|private|"
    r"sp\.?\s*z\.?\s*o\.?\s*o|s\.?r\.?o|d\.?o\.?o|&\s*co|e\.?k|se)\)?[\s.,]*$",
    re.IGNORECASE,
)


def short(name: str) -> str:
    """The name without its legal form."""
    name = " ".join(name.split())
    while (shorter := LEGAL.sub("", name)) != name and shorter:
        name = shorter
    return name.strip(" .,&") or name


def registry(folder: Path) -> dict[int, dict[int, str]]:
    """Names by prefix, by the prefix's length in bits."""
    found: dict[int, dict[int, str]] = {24: {}, 36: {}}
    text = (folder / "oui.txt").read_text(encoding="utf-8")
    for prefix, name in re.findall(r"^([0-9A-F-]{8})\s+\(hex\)[ \t]*(.*)$", text, re.MULTILINE):
        found[24].setdefault(int(prefix.replace("-", ""), 16), short(name))
    text = (folder / "iab.txt").read_text(encoding="utf-8")
    blocks = r"^([0-9A-F-]{8})\s+\(hex\)[^\n]*\n([0-9A-F]{6})-[0-9A-F]{6}\s+\(base 16\)[ \t]*(.*)$"
    for prefix, start, name in re.findall(blocks, text, re.MULTILINE):
        found[36].setdefault(int(prefix.replace("-", "") + start[:3], 16), short(name))
    return {bits: {prefix: name for prefix, name in rows.items() if name.lower() not in NOBODY} for bits, rows in found.items()}


def build() -> bytes:
    """The whole file."""
    folder = Path(netaddr.eui.__file__).parent
    rows = registry(folder)
    names = sorted({name for part in rows.values() for name in part.values()})
    numbers = {name: number for number, name in enumerate(names)}
    body = bytearray()
    for bits in sorted(rows):
        prefixes = sorted(rows[bits])
        deltas = array("Q", (after - before for before, after in zip([0, *prefixes], prefixes, strict=False)))
        for numbers_of_row in (deltas, array("Q", (numbers[rows[bits][prefix]] for prefix in prefixes))):
            if sys.byteorder == "big":
                numbers_of_row.byteswap()
            body += len(numbers_of_row).to_bytes(4, "little") + numbers_of_row.tobytes()
    body += "\n".join(names).encode()
    release = version("netaddr")
    head = (
        "Makers of network cards by the prefix of the MAC address: facts of the IEEE Registration Authority (MA-L and IAB).\n"
        f"Source: the copy in netaddr {release} (published {PUBLISHED.get(release, 'date unknown')}). "
        f"{len(rows[24])} + {len(rows[36])} prefixes, {len(names)} names.\n"
        "Made by tools/make_oui_table.py; do not edit: own names go to the override file.\n\n"
    )
    return head.encode() + zlib.compress(bytes(body), 9)


def main() -> int:
    """Writes the table, or says whether it is the one that would be written."""
    parser = argparse.ArgumentParser(description="Makes the table of makers of network cards.")
    parser.add_argument("--check", action="store_true", help="only say whether the table is what would be made")
    table = build()
    if parser.parse_args().check:
        return int(TARGET.read_bytes() != table)
    TARGET.write_bytes(table)
    print(f"{TARGET}: {len(table)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
