"""Makes crates/wire/src/protocols/modbus/sunspec/models.tsv from the model definitions in pysunspec2 (development only).

    python tools/make_sunspec_table.py [--check]

The definitions are SunSpec's own (Apache-2.0). Only facts are taken: which point is where, how wide, of which type, scaled
by what, in which unit, and the short label of those that have no words here. Descriptions are not.

The file: a line `model` with number, title, registers before the repeating part, registers of one repetition; then a line
for each point with `.` (or `+` in the repeating part), its first register, registers, type, what scales it (register of the
scale factor, `+` if it repeats too; `^` and an exponent; `-`), unit, label.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "crates/wire/src/protocols/modbus/sunspec/models.tsv"

TITLES = {
    (1,): "Common",
    (101, 102, 103, 111, 112, 113): "Inverter",
    (120,): "Nameplate",
    (121,): "Settings",
    (122,): "Status",
    (123,): "Controls",
    (124,): "Storage",
    (160,): "MPPT",
    (201, 202, 203, 204, 211, 212, 213, 214): "Meter",
    (302,): "Irradiance",
    (303,): "Module temperature",
    (304,): "Inclination",
    (307,): "Weather",
    (308,): "Weather",
    (401, 402, 403, 404): "String combiner",
    (501, 502): "Solar module",
    (701,): "AC measurement",
    (702,): "Capacity",
    (703,): "Enter service",
    (704,): "AC controls",
    (713,): "Storage capacity",
    (802,): "Battery",
    (803,): "Battery bank",
}

UNITS = {
    "": "",
    "A": "A",
    "AH": "Ah",
    "Ah": "Ah",
    "C": "°C",
    "HPa": "hPa",
    "Hz": "Hz",
    "Degrees": "°",
    "Pct": "%",
    "%": "%",
    "Secs": "s",
    "V": "V",
    "VA": "VA",
    "VAh": "VAh",
    "Var": "var",
    "Varh": "varh",
    "var": "var",
    "varh": "varh",
    "W": "W",
    "W/m2": "W/m²",
    "WH": "Wh",
    "Wh": "Wh",
    "deg": "°",
    "m/s": "m/s",
    "mm": "mm",
    "mps": "m/s",
    "ohms": "Ω",
}
"""Units as people write them; what is none ("cos()", "text", "YYYYMMDD") is left out, and shares are told by their `%`."""

PHASES = {"": "", "phA": " phase A", "phB": " phase B", "phC": " phase C"}
LABELS = {
    **{f"A{phase}": f"AC current{words}" for phase, words in PHASES.items()},
    **{f"W{phase}": f"AC power{words}" for phase, words in PHASES.items()},
    **{f"VA{phase}": f"apparent power{words}" for phase, words in PHASES.items()},
    **{f"VAR{phase}": f"reactive power{words}" for phase, words in PHASES.items()},
    **{f"PF{phase}": f"power factor{words}" for phase, words in PHASES.items()},
    **{f"PhVph{one}": f"AC voltage phase {one} to neutral" for one in "ABC"},
    **{f"PPVph{pair}": f"AC voltage {pair[0]} to {pair[1]}" for pair in ("AB", "BC", "CA")},
    **{f"PhVph{pair}": f"AC voltage {pair[0]} to {pair[1]}" for pair in ("AB", "BC", "CA")},
    "PhV": "AC voltage to neutral",
    "PPV": "AC voltage between phases",
    "VAr": "reactive power",
    "Hz": "line frequency",
    "WH": "AC energy",
    "DCA": "DC current",
    "DCV": "DC voltage",
    "DCW": "DC power",
    "DCWH": "DC energy",
    "TmpCab": "cabinet temperature",
    "TmpSnk": "heat sink temperature",
    "TmpTrns": "transformer temperature",
    "TmpOt": "other temperature",
    "St": "operating state",
    "StVnd": "maker's own operating state",
    "TotWhExp": "energy exported",
    "TotWhImp": "energy imported",
    "Mn": "maker",
    "Md": "model",
    "Opt": "options",
    "Vr": "version",
    "SN": "serial number",
    "DA": "device address",
    "Conn": "connected to the grid",
    "WMaxLimPct": "power limit",
    "WMaxLim_Ena": "power limit in force",
    "OutPFSet": "power factor setpoint",
    "OutPFSet_Ena": "power factor setpoint in force",
    "VArWMaxPct": "reactive power setpoint, share of the highest power",
    "VArMaxPct": "reactive power setpoint, share of the highest reactive power",
    "VArAvalPct": "reactive power setpoint, share of what is available",
    "VArPct_Mod": "kind of reactive power setpoint",
    "VArPct_Ena": "reactive power setpoint in force",
    "WMax": "highest power",
    "WRtg": "rated power",
    "ChaState": "state of charge",
    "StorCtl_Mod": "storage control mode",
    "OutWRte": "discharge rate",
    "InWRte": "charge rate",
}
"""Words for the points that people ask for most; all others keep SunSpec's label."""


def unit_of(point: dict[str, Any]) -> str:
    """As people write it; empty if there is none."""
    unit = str(point.get("units", "")).strip()
    return "%" if unit.startswith("%") else UNITS.get(unit, "")


def label_of(point: dict[str, Any]) -> str:
    """Words of our own, or the definition's label."""
    name = point["name"]
    if point["type"] == "sunssf":
        return f"scale factor {name}"
    return LABELS.get(name) or " ".join(str(point.get("label") or name).split())


def lines_of(points: list[dict[str, Any]], sign: str, scales: dict[str, str]) -> list[str]:
    """One part of a model."""
    at, lines = 0, []
    own = dict(scales)
    for point in points:
        if point["type"] == "sunssf":
            own[point["name"]] = f"{'+' if sign == '+' else ''}{at}"
        at += point["size"]
    at = 0
    for point in points:
        if not (sign == "." and at < 2) and point["type"] != "pad":
            scale = point.get("sf")
            told = "-" if scale is None else f"^{scale}" if isinstance(scale, int) else own[scale]
            parts = (sign, at, point["size"], point["type"], told, unit_of(point), label_of(point))
            lines.append("\t".join(str(part) for part in parts))
        at += point["size"]
    scales.update(own)
    return lines


def table() -> str:
    """The whole file."""
    folder = files("sunspec2") / "models" / "json"
    lines = [
        f"# Made by tools/make_sunspec_table.py from SunSpec's model definitions in pysunspec2 {version('pysunspec2')}."
    ]
    titles = {number: title for numbers, title in TITLES.items() for number in numbers}
    for number, title in sorted(titles.items()):
        group = json.loads((folder / f"model_{number}.json").read_text())["group"]
        inner = group.get("groups", [])
        # Behind one part of a fixed size that repeats to the end, nothing moves; other nested parts are left out.
        repeats = len(inner) == 1 and inner[0].get("count") == 0 and not inner[0].get("groups")
        size, scales = sum(point["size"] for point in group["points"]), {}
        again = sum(point["size"] for point in inner[0]["points"]) if repeats else 0
        lines.append(f"model\t{number}\t{title}\t{size}\t{again}")
        lines += lines_of(group["points"], ".", scales)
        if repeats:
            lines += lines_of(inner[0]["points"], "+", scales)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes the file, or says that it is not what would be written."""
    parser = argparse.ArgumentParser(description="Makes the table of SunSpec's models.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    text = table()
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") != text:
            print(f"{TARGET} is not up to date: run tools/make_sunspec_table.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET}: {text.count(chr(10))} lines, {len(text)} characters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
