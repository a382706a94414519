"""Many different new things within a minute."""

from __future__ import annotations

from datetime import timedelta

from replay import baseline, findings, novelties
from tables import HMI, PLC, STRANGER, Line, plant


def last(found, kind):
    return [one for one in found if one.kind == kind and not one.note][-1]


def scan(line, count=47, client=STRANGER, at=1201.0):
    for number in range(count):
        line.ask(at + number / 10, client, name=f"Function {number}", klass="other", target="", unit=1)


def test_many_kinds_of_request_are_one_growing_finding():
    line = plant()
    scan(line)
    found = [one for one in findings(line, finish=True) if one.kind == "breadth_functions"]
    assert [one.count for one in found] == [6, 6, 12, 23]
    assert found[-1].title == f"{STRANGER} tried 47 kinds of request on {PLC}"
    assert (found[-1].severity, found[-1].technique.id) == (73, "T0888")


def test_the_last_growth_is_told_at_an_exact_time_without_the_end():
    line = plant()
    scan(line)
    line.quiet(1400)
    found = [one for one in findings(line) if one.kind == "breadth_functions"]
    assert "47 kinds" in found[-1].title
    assert found[-1].time == line.rows[0][1]["time"] + 1320 * 10**9


def test_units_points_and_devices():
    line = plant()
    for number in range(20):
        line.ask(1201, STRANGER, target="x", unit=number)
    for number in range(130):
        line.point(1261, f"thing {number}", client=STRANGER, target="x")
    for number in range(7):
        line.ask(1321, STRANGER, f"10.0.1.{number}")
    found = findings(line, finish=True)
    assert "asked for 20 units behind" in last(found, "breadth_units").title
    assert "touched 130 new points of" in last(found, "breadth_points").title
    hosts = last(found, "breadth_hosts")
    assert f"{STRANGER} tried 7 devices on port 1000" in hosts.title
    assert hosts.target is None
    assert hosts.technique.id == "T0846"


def test_devices_that_never_answer_count_too():
    line = plant()
    for number in range(6):
        line.connection(1800, STRANGER, f"10.0.1.{number}", 502, packets_server=0)
    assert last(findings(line), "breadth_hosts").severity == 73


def test_a_sweep_over_known_points_is_one_finding():
    line = plant()
    for number in range(60):
        line.ask(1201 + number / 10, STRANGER, target=f"thing {number}")
    kinds = {one.kind for one in findings(line, finish=True) if one.kind.startswith("breadth") and not one.note}
    assert kinds == {"breadth_points"}


def test_what_the_actor_usually_does_is_no_scan():
    line = Line()
    scan(line, 20, HMI, at=0.0)
    plant(line)
    scan(line, 20, HMI, at=1201.0)
    assert not [one for one in findings(line, finish=True) if one.kind.startswith("breadth") and not one.note]


def test_below_the_threshold_and_slower_than_a_minute_is_silent():
    line = plant()
    scan(line, 5)
    for number in range(10):
        line.ask(1300 + 60 * number, STRANGER, name=f"Slow {number}", klass="other", target="")
    assert not [one for one in findings(line, finish=True) if one.kind == "breadth_functions"]


def test_a_scan_that_goes_on_goes_on_being_told():
    line = plant()
    scan(line)
    scan(line, at=1801.0)
    found = [one for one in findings(line, finish=True) if one.kind == "breadth_functions"]
    assert sum("tried 47" in one.title for one in found) == 2


def test_approved_breadth_is_quiet_up_to_its_size():
    line = plant()
    scan(line)
    of = baseline()
    of.approve(f"breadth functions toy {STRANGER} -> {PLC}:1000 up-to-64")
    assert not [one for one in novelties(line, of, finish=True) if one.kind == "breadth_functions"]
    of = baseline()
    of.approve(f"breadth functions toy {STRANGER} -> {PLC}:1000 up-to-16")
    assert [one.total for one in novelties(line, of, finish=True) if one.kind == "breadth_functions"] == [
        24,
        47,
    ]


def test_thresholds_are_settings():
    line = plant()
    scan(line, 5)
    of = baseline(timedelta(minutes=10), functions=4)
    assert [one for one in novelties(line, of) if one.kind == "breadth_functions"]
