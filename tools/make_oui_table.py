"""Makes sentinel/inventory/oui.txt.gz from the copy of IEEE's registry in netaddr (development only).

    python tools/make_oui_table.py [--check]

The file: gzipped text, one maker a line with its prefixes behind a tab. Makers lose their legal form
("Inc."), which says nothing to a reader. Prefixes of "IEEE Registration Authority" are left out: their
holders (MA-M, MA-S) are in lists that netaddr does not carry.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from importlib.metadata import version
from pathlib import Path

import netaddr.eui  # type: ignore[import-untyped, unused-ignore]

TARGET = Path(__file__).parent.parent / "sentinel" / "inventory" / "oui.txt.gz"
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


def registry(folder: Path) -> dict[str, str]:
    """Names by prefix, in hex digits."""
    found: dict[str, str] = {}
    text = (folder / "oui.txt").read_text(encoding="utf-8")
    for prefix, name in re.findall(r"^([0-9A-F-]{8})\s+\(hex\)[ \t]*(.*)$", text, re.MULTILINE):
        found.setdefault(prefix.replace("-", ""), short(name))
    text = (folder / "iab.txt").read_text(encoding="utf-8")
    blocks = r"^([0-9A-F-]{8})\s+\(hex\)[^\n]*\n([0-9A-F]{6})-[0-9A-F]{6}\s+\(base 16\)[ \t]*(.*)$"
    for prefix, start, name in re.findall(blocks, text, re.MULTILINE):
        found.setdefault(prefix.replace("-", "") + start[:3], short(name))
    return {prefix: name for prefix, name in found.items() if name.lower() not in NOBODY}


def build() -> bytes:
    """The whole file."""
    rows = registry(Path(netaddr.eui.__file__).parent)
    prefixes: dict[str, list[str]] = {}
    for prefix, name in sorted(rows.items()):
        prefixes.setdefault(name, []).append(prefix)
    release = version("netaddr")
    head = (
        "# Makers of network cards by MAC prefix: facts of the IEEE Registration Authority (MA-L and IAB).\n"
        f"# Source: the copy in netaddr {release} (published {PUBLISHED.get(release, 'date unknown')}). "
        f"{len(rows)} prefixes, {len(prefixes)} names.\n"
        "# Made by tools/make_oui_table.py; do not edit: own names go to the override file.\n"
    )
    lines = (f"{name}\t{' '.join(held)}\n" for name, held in sorted(prefixes.items()))
    return gzip.compress((head + "".join(lines)).encode(), 9, mtime=0)


def main() -> int:
    """Writes the table, or says whether it is the one that would be written."""
    parser = argparse.ArgumentParser(description="Makes the table of makers of network cards.")
    parser.add_argument("--check", action="store_true", help="only say whether the table is what would be made")
    table = build()
    if parser.parse_args().check:
        return int(gzip.decompress(TARGET.read_bytes()) != gzip.decompress(table))
    TARGET.write_bytes(table)
    print(f"{TARGET}: {len(table)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
