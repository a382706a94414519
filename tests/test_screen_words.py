"""Words of the screens that change with a count."""

from sentinel.cli.screens import people_text
from sentinel.cli.text import several


def test_plurals() -> None:
    told = [several(2_000, word) for word in ("device", "switch", "outside address", "box")]
    assert told == ["2,000 devices", "2,000 switches", "2,000 outside addresses", "2,000 boxes"]
    assert several(1, "switch") == "1 switch"
    assert several(3, "class", "classes") == "3 classes"


def test_devices_by_role() -> None:
    found = {"unknown": 2, "switch": 3, "controller": 1}
    assert people_text(found) == "6 devices: 3 switches, 2 unknown, 1 controller"
