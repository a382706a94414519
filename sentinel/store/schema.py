"""The database: its tables as numbered migrations, and how it is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentinel.errors import SentinelError

DATABASE = "sentinel.sqlite"
BUSY_SECONDS = 10
"""How long a short write waits for another: the pipeline's, a decision's, a cursor's."""

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE files (
        sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, packets INTEGER NOT NULL, added INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- What the parts of the line remember, in their own form.
    CREATE TABLE assets (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE facts (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE triage (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;

    -- Documents of assets, newest form only; the number rises with each change.
    CREATE TABLE asset_documents (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, json TEXT NOT NULL
    );
    CREATE TABLE changes (
        number INTEGER PRIMARY KEY, time INTEGER NOT NULL, asset TEXT NOT NULL, kind TEXT NOT NULL,
        attribute TEXT NOT NULL, before TEXT, after TEXT, frame INTEGER, file TEXT
    );
    CREATE INDEX changes_asset ON changes (asset);

    CREATE TABLE alerts (
        id TEXT PRIMARY KEY, short TEXT NOT NULL, revision INTEGER NOT NULL, status TEXT NOT NULL,
        severity INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, json TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX alerts_short ON alerts (short);
    CREATE TABLE alert_revisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, revision INTEGER NOT NULL,
        created INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (alert, revision)
    );

    CREATE TABLE decisions (
        number INTEGER PRIMARY KEY, "when" INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, kind TEXT NOT NULL,
        target TEXT NOT NULL, value TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
    );
    CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
    CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

    -- Parquet files; a file that is not named here does not count.
    CREATE TABLE parts (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path TEXT NOT NULL UNIQUE, hour INTEGER NOT NULL,
        first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        rows INTEGER NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL
    );
    CREATE INDEX parts_position ON parts (kind, last_position);

    CREATE TABLE points (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, server TEXT, server_port INTEGER, vlan TEXT, protocol TEXT, unit INTEGER,
        "table" TEXT, address INTEGER, first_read INTEGER, first_written INTEGER, changes INTEGER NOT NULL DEFAULT 0,
        time INTEGER, number REAL, integer INTEGER, text TEXT, status TEXT, direction TEXT, file INTEGER, frame INTEGER
    ) WITHOUT ROWID;

    CREATE TABLE sinks (
        name TEXT PRIMARY KEY, type TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,
        refused INTEGER NOT NULL DEFAULT 0, delivered_at INTEGER, error TEXT, error_since INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE cursors (
        sink TEXT NOT NULL, stream TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (sink, stream)
    ) WITHOUT ROWID;
    """,
    """
    -- What devices told of their own points: what a point is, and what it is measured in.
    ALTER TABLE points ADD COLUMN label TEXT;
    ALTER TABLE points ADD COLUMN measure TEXT;

    -- How many bytes were read of a capture, what its first ones are, and which of its packets: JSON, a list of
    -- [packets passed, from time, to time], times as the file says them, null where there is no bound.
    ALTER TABLE files ADD COLUMN bytes INTEGER;
    ALTER TABLE files ADD COLUMN head TEXT;
    ALTER TABLE files ADD COLUMN taken TEXT;
    """,
    """
    -- Facts about points that nobody decided about. A log's rows have numbers that rise; those below its head are gone.
    CREATE TABLE fact_logs (log TEXT PRIMARY KEY, head INTEGER NOT NULL) WITHOUT ROWID;
    -- Segments in order: rows as Parquet, and 64-bit numbers of earlier rows that are gone too; `last` is the highest
    -- number in either, `rows` how many there are of both.
    CREATE TABLE fact_segments (
        number INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, last INTEGER NOT NULL, rows INTEGER NOT NULL,
        columns BLOB NOT NULL, gone BLOB NOT NULL
    );

    -- What is known of points: rows as Parquet, those that are settled before the others; the table `points` stays empty.
    CREATE TABLE point_segments (
        number INTEGER PRIMARY KEY AUTOINCREMENT, settled INTEGER NOT NULL, rows INTEGER NOT NULL, columns BLOB NOT NULL
    );
    """,
)
"""Migration n brings a database of version n-1 to version n. They are never changed once released, only added."""


def connect(folder: Path) -> sqlite3.Connection:
    """A connection that may write. Every commit is on the disk when it returns, power cuts included."""
    connection = sqlite3.connect(folder / DATABASE, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _version_of(connection, folder)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(folder: Path) -> sqlite3.Connection:
    """A connection that cannot write, not even by mistake; on a read-only disk too."""
    path = folder / DATABASE
    mode = "mode=ro"
    if not _may_write(folder) and not _unsaved(path):
        mode = "immutable=1"  # nobody can write: the side files that sharing needs cannot be made, nor are needed
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        if _version_of(connection, folder) < len(MIGRATIONS):
            raise SentinelError(f"{folder}: was written by an older Sentinel; sentinel run --state {folder} updates it")
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, folder: Path, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Brings the database to the newest version, each step whole or not at all."""
    for number in range(_version_of(connection, folder), len(migrations)):
        with transaction(connection):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _unsaved(path: Path) -> bool:
    """Whether a crash left changes beside the database that only a writer can bring in."""
    beside = path.with_name(path.name + "-wal")
    return beside.exists() and beside.stat().st_size > 0


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version_of(connection: sqlite3.Connection, folder: Path) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise SentinelError(
            f"{folder}: was written by a newer Sentinel (state version {version}, this one knows {len(MIGRATIONS)}); "
            "update Sentinel, or use another folder with --state"
        )
    return version


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def add(connection: sqlite3.Connection, name: str, number: int) -> None:
    """Adds to a counter. Call within a transaction."""
    if number:
        connection.execute(
            "INSERT INTO counters VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + ?2",
            (name, number),
        )
