"""Points in the plant's words."""

from __future__ import annotations

from typing import Any

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
