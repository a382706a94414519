"""Writes the tables of OPC UA's status codes and of the nodes of namespace 0.

Sources: the npm packages `node-opcua-status-code` and `node-opcua-constants` 2.181.0 (MIT), and the crate `async-opcua-types` 0.19.0
(MPL-2.0), whose tables were made from the StatusCode.csv and NodeIds.csv that the OPC Foundation publishes under MIT. Only numbers and
names are taken. Get them with `npm pack node-opcua-status-code@2.181.0 node-opcua-constants@2.181.0` and `cargo fetch`, then:

    python tools/make_opcua_names.py STATUS_CODE_FOLDER CONSTANTS_FOLDER TYPES_FOLDER
"""

import re
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "crates/wire/src/protocols/opcua/names"
SOURCE = "node-opcua-{} 2.181.0 (MIT), made from {}.csv of the OPC Foundation (MIT)"
WIDTH = 138
# Nodes are in two tables, parted at this number.
LATER = 13_000
# Encodings are no nodes that a client reads or calls, and message types have their names already.
LEFT_OUT = re.compile(r"_(Default|Encoding)|Encoding_")


def rows(entries: list[str]) -> str:
    """The entries in lines of our width."""
    lines: list[str] = []
    line = "   "
    for entry in entries:
        if len(line) + len(entry) + 2 > WIDTH:
            lines.append(line)
            line = "   "
        line += f" {entry},"
    return "\n".join([*lines, line])


def status_codes(folder: Path) -> dict[int, str]:
    """Number and name of each status code."""
    text = (folder / "source/_generated_status_codes.ts").read_text()
    found = re.findall(r'name:\s*"(\w+)",\s*value:\s*(0x[0-9a-fA-F]+|\d+)', text)
    return {int(number, 0): name for name, number in found}


def nodes(constants: Path, types: Path) -> dict[int, str]:
    """Number and name of each node: all that node-opcua names, and of the rest the standard's own instances and members of types."""
    text = (constants / "source/opcua_node_ids.ts").read_text()
    found = re.findall(r"(\w+)\s*=\s*(\d+)\s*,", text)
    rest = (types / "src/generated/node_ids.rs").read_text()
    found += [(name, number) for name, number in re.findall(r"(\w+) = (\d+)u32,", rest) if wanted(name)]
    return {int(number): name for name, number in reversed(found) if not LEFT_OUT.search(name)}


def wanted(name: str) -> bool:
    """Whether a node is one that a client meets: not what descriptions of types repeat of other types, nor the text of schemas."""
    parts = name.split("_")
    if parts[0] in ("OpcUa", "BinarySchema", "XmlSchema") or "Placeholder" in name:
        return False
    most = 2 if parts[0].endswith("Type") else 4
    return len(parts) <= most and parts[-1] not in ("InputArguments", "OutputArguments")


def main() -> None:
    """Writes both tables."""
    codes = status_codes(Path(sys.argv[1]))
    entries = [f'(0x{number >> 16:04X}, "{name}")' for number, name in sorted(codes.items())]
    (TARGET / "status.rs").write_text(
        f"//! Names of status codes, by their upper half. Source: {SOURCE.format('status-code', 'StatusCode')}.\n"
        "//! Made by tools/make_opcua_names.py.\n\n"
        f"/// Upper half and name, rising.\n#[rustfmt::skip]\npub(super) static CODES: [(u16, &str); {len(entries)}] = [\n{rows(entries)}\n];\n"
    )
    known = nodes(Path(sys.argv[2]), Path(sys.argv[3]))
    for part, said, numbers in [
        ("nodes", f"below {LATER}", range(LATER)),
        ("later_nodes", f"from {LATER} on", range(LATER, 2**32)),
    ]:
        entries = [f'({number}, "{name}")' for number, name in sorted(known.items()) if number in numbers]
        (TARGET / f"{part}.rs").write_text(
            f"//! Names of the nodes of namespace 0 {said}. Sources: {SOURCE.format('constants', 'NodeIds')};\n"
            "//! async-opcua-types 0.19.0 (MPL-2.0), made from the same. Made by tools/make_opcua_names.py.\n"
            "// size: one table, written by a tool and never by hand.\n\n"
            f"/// Number and name, rising.\n#[rustfmt::skip]\npub(super) static NODES: [(u32, &str); {len(entries)}] = [\n{rows(entries)}\n];\n"
        )


if __name__ == "__main__":
    main()
