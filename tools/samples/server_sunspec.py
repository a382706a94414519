"""A pymodbus server whose registers describe themselves as SunSpec has it. Their bytes are made by pysunspec2.

usage: server_sunspec.py IP
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from sunspec2.file.client import FileClientModel  # type: ignore[import-untyped, unused-ignore]

BASE = 40000
MODELS: list[dict[str, Any]] = [
    {
        "ID": 1,
        "L": 66,
        "Mn": "Northlight",
        "Md": "NL-8000",
        "Opt": "AFCI",
        "Vr": "3.1.4",
        "SN": "NL8K-000217",
        "DA": 1,
    },
    {
        "ID": 103,
        "L": 50,
        "A": 1021,
        "AphA": 340,
        "AphB": 341,
        "AphC": 340,
        "A_SF": -2,
        "PPVphAB": 3981,
        "PPVphBC": 3990,
        "PPVphCA": 3985,
        "PhVphA": 2301,
        "PhVphB": 2305,
        "PhVphC": 2299,
        "V_SF": -1,
        "W": 7052,
        "W_SF": 0,
        "Hz": 50013,
        "Hz_SF": -3,
        "VA": 706,
        "VA_SF": 1,
        "VAr": -31,
        "VAr_SF": 1,
        "PF": 999,
        "PF_SF": -1,
        "WH": 87654321,
        "WH_SF": 0,
        "DCA": 1203,
        "DCA_SF": -2,
        "DCV": 6120,
        "DCV_SF": -1,
        "DCW": 7362,
        "DCW_SF": 0,
        "TmpCab": 412,
        "Tmp_SF": -1,
        "St": 4,
        "StVnd": 12,
        "Evt1": 0,
        "Evt2": 0,
    },
    {
        "ID": 120,
        "L": 26,
        "DERTyp": 4,
        "WRtg": 8000,
        "WRtg_SF": 0,
        "VARtg": 8000,
        "VARtg_SF": 0,
        "ARtg": 116,
        "ARtg_SF": -1,
    },
    {"ID": 121, "L": 30, "WMax": 8000, "VRef": 230, "WMax_SF": 0, "VRef_SF": 0, "VAMax": 8000, "VAMax_SF": 0},
    {
        "ID": 123,
        "L": 24,
        "Conn": 1,
        "WMaxLimPct": 1000,
        "WMaxLim_Ena": 0,
        "OutPFSet": 100,
        "OutPFSet_Ena": 0,
        "VArPct_Ena": 0,
        "WMaxLimPct_SF": -1,
        "OutPFSet_SF": -2,
        "VArPct_SF": 0,
    },
    {"ID": 124, "L": 24, "WChaMax": 5000, "ChaState": 634, "ChaSt": 4, "WChaMax_SF": 0, "ChaState_SF": -1},
    {
        "ID": 160,
        "L": 48,
        "DCA_SF": -2,
        "DCV_SF": -1,
        "DCW_SF": 0,
        "DCWH_SF": 0,
        "Evt": 0,
        "N": 2,
        "module": [
            {"ID": 1, "IDStr": "East", "DCA": 611, "DCV": 6120, "DCW": 3739, "DCWH": 45000123, "Tmp": 40, "DCSt": 4},
            {"ID": 2, "IDStr": "West", "DCA": 592, "DCV": 6118, "DCW": 3621, "DCWH": 43000987, "Tmp": 41, "DCSt": 4},
        ],
    },
    {"ID": 1, "L": 66, "Mn": "Gridcount", "Md": "GC-3P", "Vr": "1.09", "SN": "GC3P-4471", "DA": 1},
    {
        "ID": 213,
        "L": 124,
        "A": 12.25,
        "AphA": 4.125,
        "AphB": 4.0,
        "AphC": 4.125,
        "PhV": 230.125,
        "Hz": 50.0,
        "W": -1520.5,
        "PF": -0.984375,
        "TotWhExp": 123456.0,
        "TotWhImp": 654321.0,
    },
]
"""Two devices in one: an inverter, and a meter that hangs on it, with a common block of its own."""


def registers() -> list[int]:
    """Everything from the mark to the end."""
    data = b"SunS"
    for one in MODELS:
        data += bytes(FileClientModel(model_id=one["ID"], model_len=one["L"], data=one).get_mb())
    data += b"\xff\xff\0\0"
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


async def main() -> None:
    """Serves until it is ended."""
    power_at, asked = 2 + 68 + 14, 0

    async def sun(function: int, start: int, _address: int, _count: int, current: list[int], _values: Any) -> None:
        # Clouds: each time the registers are asked for, the power is another.
        nonlocal asked
        if function == 3 and start == BASE and len(current) > power_at:
            asked += 1
            current[power_at] = 7052 - 37 * (asked % 11)

    nothing = [SimData(0, count=8, values=[False] * 8, datatype=DataType.BITS)]
    other = [SimData(0, values=[0] * 8, datatype=DataType.REGISTERS)]
    holding = [SimData(BASE, values=registers(), datatype=DataType.REGISTERS)]
    device = SimDevice(id=1, simdata=(nothing, nothing, holding, other), action=sun)
    server = ModbusTcpServer(device, address=(sys.argv[1], 502))
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
