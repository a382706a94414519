"""The tables of `sentinel.sqlite`, as numbered migrations: each runs once, in order, and is never changed after a release."""

from __future__ import annotations

import sqlite3

from sentinel.errors import SentinelError

MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE files (sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, packets INTEGER NOT NULL, read_at TEXT NOT NULL);
    CREATE TABLE assets (id TEXT PRIMARY KEY, json TEXT NOT NULL);
    CREATE TABLE facts (key TEXT PRIMARY KEY, json TEXT NOT NULL);
    CREATE TABLE points (id TEXT PRIMARY KEY, json TEXT NOT NULL);
    CREATE TABLE alerts (id TEXT PRIMARY KEY, json TEXT NOT NULL);
    CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT NOT NULL);
    CREATE TABLE parts (number INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, dataset TEXT NOT NULL,
                        first INTEGER NOT NULL, last INTEGER NOT NULL, rows INTEGER NOT NULL);
    CREATE TABLE decisions (number INTEGER PRIMARY KEY, json TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
    CREATE TABLE cursors (sink TEXT PRIMARY KEY, part INTEGER NOT NULL, row INTEGER NOT NULL, outbox INTEGER NOT NULL);
    """,
)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Brings the database to this version.

    Raises:
        SentinelError: It was written by a newer Sentinel.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise SentinelError(
            f"{path}: written by a newer Sentinel (form {version}, this one knows {len(MIGRATIONS)}): "
            "update Sentinel, or use another --state"
        )
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")
