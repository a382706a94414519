"""pysunspec2's client walks a SunSpec map, polls it, and lowers the inverter's power limit."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calls import PORT, Log, joined, moment
from lab import Lab
from sunspec2.modbus.client import SunSpecModbusClientDeviceTCP  # type: ignore[import-untyped, unused-ignore]

HERE = Path(__file__).parent
SERVER = ("server", "10.10.5.20", "00:03:ac:05:00:20")  # Fronius
CLIENT = ("client", "10.10.5.5", "00:14:22:5a:20:05")  # Dell


def words(data: bytes) -> list[int]:
    """Registers of bytes."""
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def logged(log: Log, device: Any) -> None:
    """Every call of the device's Modbus client gets its line in the log."""
    client = device.client

    def call(function: int, ask: Callable[..., Any], address: int, quantity: int | None, *more: Any) -> Any:
        start, port, answer, outcome = log.now(), client.socket.getsockname()[1], None, "ok"
        try:
            answer = ask(address, *(() if quantity is None else (quantity,)), *more)
        finally:
            log.lines.append(
                {
                    "start": moment(start),
                    "end": moment(log.now()),
                    "client": f"{CLIENT[1]}:{port}",
                    "server": f"{SERVER[1]}:{PORT}",
                    "unit": 1,
                    "function": function,
                    "address": address,
                    "quantity": quantity if quantity is not None else len(more[0]) // 2,
                    "sent": None if quantity is not None else joined(words(more[0])),
                    "outcome": outcome if answer is not None or quantity is None else "exception 2",
                    "received": joined(words(answer)) if answer is not None else None,
                }
            )
        return answer

    read, write, single = client._read, client._write, client._write_single
    client._read = lambda address, count, op=3: call(op, read, address, count, op)
    client._write = lambda address, data: call(16, write, address, None, data)
    client._write_single = lambda address, data: call(6, single, address, None, data)


def points_of(device: Any) -> list[tuple[int, str, str, Any, str]]:
    """Address, model and point, registers, value as pysunspec2 computes it, unit."""
    rows: list[tuple[int, str, str, Any, str]] = []

    def group(one: Any, model: Any, name: str) -> None:
        for point in one.points.values():
            definition = point.pdef
            size, value = definition["size"], point.cvalue if point.is_impl() else None
            address = model.model_addr + point.offset
            rows.append((address, f"{name}.{definition['name']}", str(size), value, definition.get("units", "")))
        for several in one.groups.values():
            for number, inner in enumerate(several if isinstance(several, list) else [several], 1):
                group(inner, model, f"{name}.{inner.gname}{number}")

    for model in device.model_list:
        group(model, model, str(model.model_id))
    return rows


def make(folder: Path) -> str:
    """The walk, six polls, one command."""
    lab = Lab(folder / "sunspec.pcap")
    server, client, log = lab.host(*SERVER), lab.host(*CLIENT), Log(time.time_ns)

    def job() -> list[tuple[int, str, str, Any, str]]:
        device = SunSpecModbusClientDeviceTCP(slave_id=1, ipaddr=SERVER[1], ipport=PORT, timeout=1)
        logged(log, device)
        device.connect()
        device.scan(connect=False)
        for _ in range(6):
            time.sleep(0.05)
            device.inverter_three_phase[0].read()
        controls = device.controls[0]
        controls.WMaxLimPct.cvalue = 62.5
        controls.WMaxLim_Ena.cvalue = 1
        controls.write()
        time.sleep(0.05)
        controls.read()
        time.sleep(0.06)
        device.disconnect()
        return points_of(device)

    with lab:
        lab.serve(server, [sys.executable, str(HERE / "server_sunspec.py"), SERVER[1]])
        rows = client.do(job).result()
    log.write(folder / "stack.log")
    text = "address\tpoint\tregisters\tvalue\tunit\n"
    text += "".join("\t".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
    (folder / "points.tsv").write_text(text)
    return f"{len(log.lines)} calls, {len(rows)} points"
