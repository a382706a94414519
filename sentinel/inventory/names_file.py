"""The plant's own names: a CSV that people keep, read with every fault told at once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from sentinel.errors import SentinelError
from sentinel.inventory.addresses import Reach, facts_of, is_group_mac, plain_mac

COLUMNS = ("address", "name", "role", "zone", "contact", "vendor", "model")
MAC = re.compile(r"[0-9A-F]{2}(-[0-9A-F]{2}){5}")
UNIT = re.compile(r"(?P<ip>[^/]+):(?P<port>\d+)/(?P<unit>\d+)")


@dataclass(frozen=True, slots=True)
class Named:
    """What people say about one address; empty where they say nothing."""

    address: str
    name: str = ""
    role: str = ""
    zone: str = ""
    contact: str = ""
    vendor: str = ""
    model: str = ""


def load_names(path: str | Path) -> dict[str, Named]:
    """Reads `address,name[,role,zone,contact,vendor,model]`; the address is an IP, a MAC, or `ip:port/unit`.

    Raises SentinelError with one line for each fault, and its place.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SentinelError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SentinelError(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from None
    faults: list[str] = []
    names: dict[str, Named] = {}
    places: dict[str, int] = {}
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in head and "," not in head else ",")
    header: list[str] | None = None
    try:
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                faults.extend(f"{path}:{line}: {fault}" for fault in _faults_of_header(header))
                if faults:
                    break
                continue
            if len(cells) > len(header):
                faults.append(
                    f"{path}:{line}: {len(cells)} cells under {len(header)} columns; quote a text with commas"
                )
                continue
            row = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
            address = plain_address(row["address"])
            if address is None:
                faults.append(f"{path}:{line}: {row['address']!r} is no address; write an IP, a MAC, or ip:port/unit")
            elif address in names:
                faults.append(f"{path}:{line}: {address} was named on line {places[address]} already; keep one")
            elif not any(value for column, value in row.items() if column != "address"):
                faults.append(f"{path}:{line}: {address} has no name; give one or remove the line")
            else:
                names[address] = Named(**{**row, "address": address})
                places[address] = line
    except csv.Error as error:
        faults.append(f"{path}:{reader.line_num}: {error}")
    if header is None:
        faults.append(f"{path}:1: is empty; its first line must be {','.join(COLUMNS[:2])}")
    if faults:
        raise SentinelError("\n".join(faults))
    return names


def plain_address(text: str) -> str | None:
    """The address as the inventory writes it; None if it is none."""
    text = text.strip()
    mac = plain_mac(text)
    if MAC.fullmatch(mac):
        return None if is_group_mac(mac) else mac
    unit = UNIT.fullmatch(text)
    facts = facts_of((unit["ip"] if unit else text).strip("[]"))
    if facts is None or facts.reach is Reach.NONE:
        return None
    if unit is None:
        return facts.ip
    host = f"[{facts.ip}]" if facts.family == 6 else facts.ip
    return f"{host}:{int(unit['port'])}/{int(unit['unit'])}"


def _faults_of_header(header: list[str]) -> list[str]:
    faults = [f"column {column!r} is missing" for column in COLUMNS[:2] if column not in header]
    faults += [
        f"column {column!r} is not known; known are {', '.join(COLUMNS)}" for column in header if column not in COLUMNS
    ]
    faults += [f"column {column!r} is there twice" for column in sorted(set(header)) if header.count(column) > 1]
    return faults
