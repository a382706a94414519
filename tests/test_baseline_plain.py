"""Plain facts about points against a simple model: same facts, same order of forgetting, the same after any restart."""

from __future__ import annotations

import json
from collections import OrderedDict

from hypothesis import given, settings
from hypothesis import strategies as st
from replay import baseline, novelties
from tables import PLC, STRANGER, Line, plant

from sentinel.baseline.facts import Fact, Subject
from sentinel.baseline.plain import PROVENANCES, SPARE, Plain
from sentinel.baseline.rows import Points, runs_of
from sentinel.store.logs import Waiting, read, save
from sentinel.store.schema import connect, migrate, transaction

LIMIT, UNLEARNT = 12, 6
PLACES = [("toy", "10.0.0.9", 1, "", "read"), ("toy", "fd00::9", None, "7.8", "write")]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "use", "use", "remove", "decide", "save", "restart"]),
        st.integers(0, 1),
        st.lists(st.integers(0, 30), min_size=1, max_size=9, unique=True),
        st.booleans(),
    ),
    max_size=40,
)


class Model:
    """What the logs must be like: one thing after another."""

    def __init__(self) -> None:
        self.logs = {provenance: OrderedDict() for provenance in PROVENANCES}
        self.evicted = 0

    def get(self, key):
        return next((log[key] for log in self.logs.values() if key in log), None)

    def put(self, key, count, provenance):
        for log in self.logs.values():
            log.pop(key, None)
        self.logs[provenance][key] = count
        seen, learnt = self.logs.values()
        while seen and (len(seen) > UNLEARNT or len(seen) + len(learnt) > LIMIT):
            seen.popitem(last=False)
            self.evicted += 1
        while len(learnt) > LIMIT:
            learnt.popitem(last=False)
            self.evicted += 1


def told(plain: Plain):
    found = {provenance: [] for provenance in PROVENANCES}
    for fact in plain:
        found[fact.provenance].append((fact.key, fact.count))
    return found


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_as_if_one_by_one(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("state")
    connection = connect(folder)
    migrate(connection, folder)
    plain, model, base, waiting = Plain(LIMIT, UNLEARNT), Model(), 0, {}
    for time, (what, where, ids, learn) in enumerate(steps, 1):
        place = plain.place(*PLACES[where])
        keys = {f"1-{id}": f"{place.before}1-{id}{place.after}" for id in ids}
        new = [id for id, key in keys.items() if model.get(key) is None]
        known = [(id, key) for id, key in keys.items() if model.get(key) is not None]
        if what == "add" and new:
            plain.add(place, new, new, [1] * len(new), time=time, told=0, alerted=False, learnt=learn)
            for id in new:
                model.put(keys[id], 1, "learnt" if learn else "seen")
        elif what == "use" and known:
            id, key = known[0]
            was = "learnt" if key in model.logs["learnt"] else "seen"
            model.put(key, model.get(key) + 1, "learnt" if learn else was)
            assert plain.use(place, id, time, learn).count == model.get(key)
        elif what in ("remove", "decide") and known:
            id, key = known[0]
            assert plain.get(key).subject.id == id
            assert plain.remove(key)
            for log in model.logs.values():
                log.pop(key, None)
        elif what in ("save", "restart"):
            for change in plain.changed():
                waiting.setdefault(change.provenance, Waiting()).add(change)
            if learn or what == "restart":  # several changes may wait for one transaction
                with transaction(connection):
                    save(connection, waiting)
                waiting = {}
            if what == "restart":
                base += plain.evicted
                plain = Plain(LIMIT, UNLEARNT)
                plain.load(read(connection))
                assert plain.changed() == []
        assert told(plain) == {name: list(log.items()) for name, log in model.logs.items()}
        assert plain.evicted + base == model.evicted
        assert len(plain) == sum(len(log) for log in model.logs.values())
    connection.close()


def test_rows_that_moved_away_do_not_pile_up(tmp_path):
    connection = connect(tmp_path)
    migrate(connection, tmp_path)
    plain = Plain(200_000, 10_000)
    place = plain.place(*PLACES[0])
    ids = [f"1-{number}" for number in range(100)]
    plain.add(place, ids, ids, [None] * 100, time=1, told=0, alerted=False, learnt=True)
    rows = 0
    for time in range(2, 3 * SPARE // 99):
        for id in ids[1:]:  # the first stays where it is
            plain.use(place, id, time, False)
        for change in plain.changed():
            rows = max(rows, change.rows.height)
            waiting = Waiting()
            waiting.add(change)
            with transaction(connection):
                save(connection, {change.provenance: waiting})
    (log,) = read(connection)
    assert log[2]["id"].to_list() == ids
    assert log[1] > SPARE, "rows moved together, and the front went on"
    assert rows == 100
    sizes = [size for (size,) in connection.execute("SELECT rows FROM fact_segments")]
    assert len(sizes) < 12
    assert sum(sizes) < 3 * SPARE
    connection.close()


def test_decisions_make_a_fact_of_its_own_and_undo_makes_it_plain():
    line = plant()
    line.point(700, "unit 1 valve", target="things")
    of = baseline()
    found = next(one for one in novelties(line, of) if one.kind == "point" and one.state == "learnt")
    of.changed(), of.changed_points()
    of.deny(found.key)
    (row,) = of.changed()
    assert (row["key"], row["provenance"], row["count"], row["text"]) == (found.key, "denied", 1, "unit 1 valve")
    (change,) = of.changed_points()
    assert (len(change.gone), change.rows.height) == (1, 0)
    assert [fact.provenance for fact in of.facts if fact.key == found.key] == ["denied"]
    again = Line(rows=list(line.rows), conversations=line.conversations, operations=line.operations, time=line.time)
    again.rows.clear()
    again.point(760, "unit 1 valve", target="things")
    (told_again,) = [one for one in novelties(again, of) if one.kind == "point"]
    assert (told_again.denied, told_again.again, told_again.total) == (True, True, 2)
    of.changed()
    of.forget(found.key)
    assert of.changed() == [{"key": found.key, "gone": True}]
    (change,) = of.changed_points()
    assert change.rows.select("id", "count").rows() == [(found.key.split()[-1], 2)]
    assert of.facts.get(found.key).provenance == "seen"


def test_rows_of_an_older_state_become_columns():
    subject = Subject("point", "toy", "", PLC, 1000, "", "read", "1-aa")
    row = Fact(subject, subject.key(), "learnt", 5, 9, 2, 7, 1, text="unit 1 thing", unit=1, told=5).row()
    denied = {**row, "key": row["key"].replace("1-aa", "1-bb"), "provenance": "denied"}
    of = baseline()
    of.load(json.loads(json.dumps([row, denied])))
    assert of.changed() == [{"key": row["key"], "gone": True}]
    (change,) = of.changed_points()
    after = baseline()
    after.load([denied], [(change.provenance, change.head, change.rows)])
    assert after.changed() == after.changed_points() == []
    assert [fact.row() for fact in after.facts] == [denied, row]


def test_what_must_be_given_whole_again_is():
    of = baseline()
    novelties(plant(), of)
    first = of.changed_points()
    assert of.changed_points() == []
    of.rewrite_points()
    (whole,) = [one for one in of.changed_points() if one.rows.height]
    assert whole.whole
    assert whole.rows.rows() == [row for one in first for row in one.rows.rows()]


def test_points_of_a_message_are_one_run_unless_something_stands_between():
    line = plant()
    line.rows.clear()
    for number in range(3):
        line.point(700, f"thing {number}")
    line.sender(700, STRANGER)
    line.point(700, "thing 3")
    line.point(701, "thing 4")
    for cuts in ([], [2]):
        shapes = [
            len(run.ids) if isinstance(run, Points) else run.table
            for batch in line.batches(cuts)
            for run in runs_of(batch)
        ]
        assert shapes == ([2, 1] if cuts else [3]) + ["senders", 1, 1]
