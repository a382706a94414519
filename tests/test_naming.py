"""Points in the plant's words."""

from __future__ import annotations

from typing import Any

import polars
import pytest

from sentinel.inventory import Inventory
from sentinel.naming import Naming

NAMING = Naming(Inventory(""))
POINT = {
    "protocol": "modbus",
    "table": "coil",
    "address": 12,
    "unit": 3,
    "name": "unit 3 coil 12",
    "label": None,
    "measure": None,
}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "unit 3 coil 00013, wire 12"),
        ({"unit": None}, "coil 00013, wire 12"),
        ({"label": "Pump", "measure": None}, "Pump, unit 3 wire 12"),
        ({"label": "Level", "measure": "m", "unit": 1}, "Level (m), wire 12"),
        # No notation for the table, or no address: its own name.
        ({"table": "variable", "name": "unit 0 variable block 52 offset 8"}, "unit 0 variable block 52 offset 8"),
        (
            {"table": "variable", "name": "unit 0 variable block 52 offset 8", "label": "Level"},
            "Level, unit 0 variable block 52 offset 8",
        ),
        ({"address": None, "name": "ns=2;s=Level"}, "ns=2;s=Level"),
    ],
)
def test_a_point_is_called(more: dict[str, Any], text: str) -> None:
    assert NAMING.point_of({**POINT, **more}) == text


def label(sequence: int, text: str, **more: Any) -> dict[str, Any]:
    place = {
        "server": "10.0.0.1",
        "server_port": 502,
        "vlan": "",
        "protocol": "modbus",
        "unit": 3,
        "table": "coil",
        "address": 12,
    }
    return {"sequence": sequence, "label": text, **place, **more}


def touched(sequence: int, **more: Any) -> dict[str, Any]:
    place = {"network.protocol": "modbus", "destination.ip": "10.0.0.1", "destination.port": 502}
    return {"sequence": sequence, **place, "modbus.unit_id": 3, "modbus.table": "coil", "modbus.address": 12, **more}


def test_an_event_is_told_with_the_label_that_counted_then() -> None:
    naming = Naming(Inventory(""))
    naming.learn(polars.DataFrame([label(5, "Pump"), label(9, "Fan"), label(6, "Valve", address=13)]))
    assert naming.point_text(touched(4)) == "coil 00013, wire 12 of unit 3"
    assert naming.point_text(touched(6)) == '"Pump" (coil 00013, wire 12 of unit 3)'
    assert naming.point_text(touched(10)) == '"Fan" (coil 00013, wire 12 of unit 3)'
    assert naming.point_text(touched(10, **{"modbus.address": 13})).startswith('"Valve"')
    assert naming.point_text(touched(10, **{"modbus.unit_id": 4})) == "coil 00013, wire 12 of unit 4"
    assert naming.point_text(touched(10, **{"network.vlan.id": 7})) == "coil 00013, wire 12 of unit 3", (
        "another network"
    )
    # After a restart what was kept counts from the start.
    naming.labels.learn([{**label(0, "Lamp", address=14), "sequence": 99}], settled=True)
    assert naming.point_text(touched(1, **{"modbus.address": 14})).startswith('"Lamp"')
