"""States of every version: older ones are brought over, newer ones refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from made import Revision, put

from sentinel.errors import SentinelError
from sentinel.store import Store
from sentinel.store.schema import MIGRATIONS, connect, migrate

STATES = Path(__file__).parent / "states"


def dump(path: Path) -> str:
    raw = sqlite3.connect(path)
    version = raw.execute("PRAGMA user_version").fetchone()[0]
    return "\n".join([*raw.iterdump(), f"PRAGMA user_version = {version};", ""])


@pytest.mark.parametrize("path", sorted(STATES.glob("*.sql")), ids=lambda path: path.stem)
def test_states_of_every_version_open(tmp_path, path):
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.executescript(path.read_text(encoding="utf-8"))
    raw.close()
    with Store.open(tmp_path, site="acme", write=True) as store:
        assert [one["sentinel.alert.id"] for one in store.alerts("open")] == ["41c7aa"]
        assert [row["id"] for row in store.asset_rows()] == ["a-1"]
        assert store.asset("PLC-1")["host.id"] == "a-1"
        assert {"key": "learning", "since": 5} in store.fact_rows()
        assert store.verify_decisions() == []
        assert [one.target for one in store.decisions()] == ["A-41C7"]
        assert store.seen_file("ff00") is not None
        put(store, 1, alerts=(Revision("9f00cc"),))
        assert len(store.alerts()) == 2
        if path.stem >= "v3":
            points = {row["provenance"]: row["text"] for row in store.facts() if row["key"].startswith("point ")}
            assert points == {"denied": "register 1-cc", "learnt": "register 1-aa", "seen": "register 1-bb"}
            assert [(one["integer"], one["label"], one["changes"]) for one in store.points()] == [(7, "Level", 1)]


def test_there_is_a_state_of_the_present_version():
    assert (STATES / f"v{len(MIGRATIONS)}.sql").exists()


def test_migrations_are_whole_or_not_at_all(tmp_path):
    connection = connect(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, tmp_path, ("CREATE TABLE a (x);\nCREATE TABLE a (x);\n",))
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    migrate(connection, tmp_path)
    migrate(connection, tmp_path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


def test_a_newer_state_is_refused(tmp_path):
    Store.open(tmp_path, write=True).close()
    raw = sqlite3.connect(tmp_path / "sentinel.sqlite")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    for write in (True, False):
        with pytest.raises(SentinelError, match="written by a newer Sentinel \\(state version 99"):
            Store.open(tmp_path, write=write)
