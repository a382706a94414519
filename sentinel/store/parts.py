"""Documents and readings as Parquet parts: `STATE/<dataset>/DATE/HOUR/<number>.parquet`.

A part is written whole, synced and renamed before the database names it; what the database does not name is an orphan.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import polars

from sentinel.errors import SentinelError


def write(root: Path, dataset: str, frame: polars.DataFrame, name: str) -> tuple[str, int, int]:
    """Writes a part. Returns its path below the root, and its first and last line time in ns.

    Raises:
        SentinelError: The disk is full or the folder may not be written.
    """
    first, last = int(frame["time"].min() or 0), int(frame["time"].max() or 0)  # type: ignore[arg-type]
    hour = datetime.fromtimestamp(first // 1_000_000_000, UTC)
    folder = root / dataset / hour.strftime("%Y-%m-%d") / hour.strftime("%H")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{name}.writing"
        frame.write_parquet(temporary, compression="zstd")
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        final = folder / f"{name}.parquet"
        temporary.rename(final)
    except OSError as error:
        raise SentinelError(f"{folder}: cannot be written: {error.strerror or error}: make room or change --state") from error
    return str(final.relative_to(root)), first, last


def remove_orphans(root: Path, known: set[str]) -> int:
    """Removes parts that the database does not name: a crash came between the two. Returns how many."""
    removed = 0
    for dataset in ("events", "readings"):
        for path in sorted((root / dataset).rglob("*")):
            if path.is_file() and str(path.relative_to(root)) not in known:
                path.unlink()
                removed += 1
    return removed


def read(root: Path, paths: list[str]) -> polars.DataFrame:
    """The rows of several parts; a column that one part lacks is null there."""
    frames = [polars.read_parquet(root / path) for path in paths]
    return polars.concat(frames, how="diagonal_relaxed") if frames else polars.DataFrame()
