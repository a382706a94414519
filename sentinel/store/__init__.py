"""The store: SQLite for what is known, Parquet for what was seen. It is the outbox of every sink."""

from sentinel.store.decisions import Decision
from sentinel.store.faults import DiskFull
from sentinel.store.files import KeptFile, Taken
from sentinel.store.lock import hearer
from sentinel.store.outbox import Outbox
from sentinel.store.places import default_state, last_state, remember_state, replay_state, state_root
from sentinel.store.reader import Devices, Reader
from sentinel.store.store import Store

__all__ = [
    "Decision",
    "Devices",
    "DiskFull",
    "KeptFile",
    "Outbox",
    "Reader",
    "Store",
    "Taken",
    "default_state",
    "hearer",
    "last_state",
    "remember_state",
    "replay_state",
    "state_root",
]
