"""A point that was never touched."""

from __future__ import annotations

from replay import findings
from tables import plant


def test_a_new_point_never_pages():
    line = plant()
    line.point(1200, "unit 1 thing 77", target="thing 77")
    line.point(1201, "unit 1 thing 77", "write", name="Write Thing", klass="write", target="thing 77")
    found = [one for one in findings(line) if one.kind == "new_point" and one.time > line.time - 2 * 10**9]
    assert [(one.note, one.technique.id) for one in found] == [(True, "T0861"), (True, "T0836")]
    assert "unit 1 thing 77" in found[0].title


def test_a_point_is_learnt_per_class():
    line = plant()
    line.point(1200, "unit 1 thing 1", target="thing 1")
    assert not [one for one in findings(line) if one.kind == "new_point" and one.time == line.time]
    line.point(1300, "unit 1 thing 1", "write", target="thing 1")
    assert [one for one in findings(line) if one.kind == "new_point" and one.time == line.time]
