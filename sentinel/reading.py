"""A reading of captures: which packets of which files, what the state has of them already, and how far it has come."""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sentinel import _core
from sentinel.config import Config
from sentinel.errors import SentinelError
from sentinel.sensor import FileChoice, Mark, Sensor
from sentinel.store import KeptFile, Store, Taken

HEAD = 64 << 10
"""Bytes by which a file is found among those of the state."""
HASHED_WHOLE = 256 << 20
"""Up to so many bytes captures are hashed whole to name a new state; beyond, only their ends."""
FAR = 2**63 - 1


@dataclass(frozen=True)
class Moment:
    """A time, ns since 1970; or from the first packet on."""

    ns: int
    from_first: bool = False


@dataclass(frozen=True)
class Choice:
    """What a person wants of the captures."""

    since: Moment | None = None
    until: Moment | None = None
    shifts: tuple[tuple[str, int], ...] = ()
    """A file's name, path or pattern, and ns to add to its times."""


def chosen(sensor: Sensor, choice: Choice) -> tuple[list[FileChoice], int | None, int | None]:
    """What is wanted of each file, from when, and until when.

    Raises:
        SentinelError: A shift is of no file, or there is no first packet to count from.
    """
    listed = sensor.counters()["files"]
    shifts = [0] * len(listed)
    said: dict[int, str] = {}
    for name, shift in choice.shifts:
        exact = [number for number, file in enumerate(listed) if name in (file["path"], Path(file["path"]).name)]
        found = exact or [
            number
            for number, file in enumerate(listed)
            if fnmatch.fnmatchcase(file["path"], name) or fnmatch.fnmatchcase(Path(file["path"]).name, name)
        ]
        if not found:
            raise SentinelError(f"--shift {name}: none of the captures has that name or path")
        for number in found:
            if number in said:
                raise SentinelError(f"--shift: {listed[number]['path']} is meant by {said[number]} and by {name}")
            said[number], shifts[number] = name, shift
    first = min(
        (file["begins"] + shift for file, shift in zip(listed, shifts, strict=True) if file["begins"] is not None),
        default=None,
    )
    since, until = (_absolute(moment, first, sensor) for moment in (choice.since, choice.until))
    if since is not None and until is not None and since >= until:
        raise SentinelError("--since is not before --until: nothing would be read")
    return [FileChoice(shift) for shift in shifts], since, until


def _absolute(moment: Moment | None, first: int | None, sensor: Sensor) -> int | None:
    if moment is None:
        return None
    if not moment.from_first:
        return moment.ns
    if any(file["size"] is None and not file["ended"] for file in sensor.counters()["files"]):
        raise SentinelError("a time from the first packet on needs files: a stream cannot be looked at before")
    return None if first is None else first + moment.ns


@dataclass(frozen=True)
class Reading:
    """All that decides what comes out, so that it can be done again; kept in the state until it is finished."""

    paths: tuple[str, ...]
    files: tuple[FileChoice, ...]
    since: int | None
    until: int | None
    learn: timedelta | datetime | None
    settings: str
    folder: str
    decided: int
    already: tuple[str, ...] = ()

    @property
    def wants_any(self) -> bool:
        """Whether anything is left to be read."""
        return len(self.already) < len(self.paths)

    @property
    def shifts(self) -> list[tuple[str, int]]:
        """Files whose times are moved."""
        return [(path, one.shift) for path, one in zip(self.paths, self.files, strict=True) if one.shift]

    def begin(self, sensor: Sensor, marks: Sequence[Mark] = ()) -> None:
        """Says to the sensor what is wanted."""
        sensor.choose(self.files, since=self.since, until=self.until, marks=marks, digest=True)

    def row(self) -> dict[str, Any]:
        """The persisted form."""
        learn = self.learn
        return {
            "paths": self.paths,
            "files": {
                number: [one.shift, one.left_out, one.known]
                for number, one in enumerate(self.files)
                if one != FileChoice()
            },
            "since": self.since,
            "until": self.until,
            "learn": learn.isoformat() if isinstance(learn, datetime) else learn and learn // timedelta(microseconds=1),
            "settings": self.settings,
            "folder": self.folder,
            "decided": self.decided,
            "already": self.already,
        }

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Reading:
        """Takes back what `row` gave."""
        paths, learn = tuple(row["paths"]), row["learn"]
        files = [FileChoice()] * len(paths)
        for number, (shift, left_out, known) in row["files"].items():
            files[int(number)] = FileChoice(shift, left_out, tuple(tuple(one) for one in known))
        return cls(
            paths,
            tuple(files),
            row["since"],
            row["until"],
            datetime.fromisoformat(learn) if isinstance(learn, str) else learn and timedelta(microseconds=learn),
            row["settings"],
            row["folder"],
            row["decided"],
            tuple(row["already"]),
        )

    def kept(self, sensor: Sensor, before: Iterable[KeptFile]) -> list[KeptFile]:
        """What the state is to remember of the files, now that they are read."""
        known = {one.sha256: one for one in before}
        found = []
        for file, choice in zip(sensor.counters()["files"], self.files, strict=True):
            if file["digest"] is None or file["unusable"] or choice.left_out:
                continue
            sha256 = file["digest"].hex()
            own = [None if one is None else one - choice.shift for one in (self.since, self.until)]
            taken = [(file["position"], *own), *_unbounded(choice.known)]
            taken += known[sha256].taken if sha256 in known else ()
            head = _head(Path(file["path"]), file["disk_bytes"])
            merged = tuple(one for number, one in enumerate(taken) if not _covered(one, taken, number))
            found.append(KeptFile(sha256, file["path"], file["position"], file["disk_bytes"], head, merged))
        return found


def plan(
    sensor: Sensor, store: Store, config: Config, choice: Choice, *, learn: timedelta | datetime | None, again: bool
) -> Reading:
    """What is to be read of the captures that the sensor found, into that state."""
    files, since, until = chosen(sensor, choice)
    listed = sensor.counters()["files"]
    already = []
    known = Known([] if again else store.kept_files())
    for number, file in enumerate(listed):
        found = known.find(file["path"], file["size"]) if file["size"] is not None and not file["ended"] else None
        if found is None:
            continue
        shift, taken = files[number].shift, found.taken or ((found.packets, None, None),)
        first, last = (None if one is None else one - shift for one in (since, until))
        wanted = (found.packets, first, last)
        if found.bytes in (None, file["size"]) and any(_within(wanted, one) for one in taken):
            files[number] = FileChoice(shift, left_out=True)
            already.append(file["path"])
        else:
            files[number] = FileChoice(shift, known=tuple(_bounded(one) for one in taken))
    decided = max((one.number for one in store.decisions()), default=0)
    return Reading(
        tuple(file["path"] for file in listed),
        tuple(files),
        since,
        until,
        learn,
        settings_of(config),
        os.getcwd(),
        decided,
        tuple(already),
    )


def settings_of(config: Config) -> str:
    """What stands for the settings, and the version, that decide what comes out of a reading."""
    parts = [config.capture, config.limits, config.inventory, config.baseline, config.rules]
    return hashlib.sha256(f"{_core.version()} {parts}".encode()).hexdigest()[:16]


class Known:
    """Captures of a state, found again by size and first bytes before anything is hashed whole."""

    def __init__(self, kept: Sequence[KeptFile]) -> None:
        self._by_digest = {one.sha256: one for one in kept}
        self._unsized = any(one.bytes is None for one in kept)
        self._sized = sorted((one for one in kept if one.bytes), key=lambda one: one.bytes or 0, reverse=True)

    def find(self, path: str, size: int) -> KeptFile | None:
        """The file as it was read before: the same, or the longest beginning of it."""
        heads: dict[int, str] = {}
        for one in self._sized:
            length = one.bytes or 0
            if length > size or one.head is None:
                continue
            measure = min(length, HEAD)
            if measure not in heads:
                heads[measure] = _head(Path(path), measure) or ""
            if heads[measure] == one.head and _sha256(Path(path), length) == one.sha256:
                return one
        # States written before sizes were kept know a file by its digest alone, as do files that were gone at the end.
        if self._unsized or any(one.head is None for one in self._sized):
            return self._by_digest.get(_sha256(Path(path)))
        return None


def fingerprints(captures: Iterable[Path]) -> list[str]:
    """What stands for the contents of captures in the name of a new state."""
    files = [file for path in captures if str(path) != "-" for file in _files_of(path)]
    whole = sum(_size(file) for file in files) <= HASHED_WHOLE
    return [_sha256(file) if whole else _ends(file) for file in files]


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file())
    return [path] if path.is_file() else []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _ends(path: Path) -> str:
    size = _size(path)
    try:
        with path.open("rb") as file:
            first = file.read(HEAD)
            file.seek(max(size - HEAD, 0))
            return hashlib.sha256(b"%d %b%b" % (size, first, file.read(HEAD))).hexdigest()
    except OSError:
        return ""


def _head(path: Path, length: int) -> str | None:
    """SHA-256 of the first bytes, at most `HEAD` of them."""
    try:
        with path.open("rb") as file:
            return hashlib.sha256(file.read(min(length, HEAD))).hexdigest()
    except OSError:
        return None


def _sha256(path: Path, length: int | None = None) -> str:
    """SHA-256 of a file, or of its first bytes; empty if it cannot be read: whoever reads the capture says why."""
    digest = hashlib.sha256()
    left = length if length is not None else FAR
    try:
        with path.open("rb") as file:
            while left and (chunk := file.read(min(left, 1 << 20))):
                digest.update(chunk)
                left -= len(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def _within(wanted: Taken, taken: Taken) -> bool:
    (packets, since, until), (passed, first, last) = wanted, taken
    begins = first is None or (since is not None and since >= first)
    ends = last is None or (until is not None and until <= last)
    return passed >= packets and begins and ends


def _covered(one: Taken, others: Sequence[Taken], number: int) -> bool:
    """Whether another says as much, and more or earlier."""
    return any(
        at != number and _within(one, other) and (at < number or not _within(other, one))
        for at, other in enumerate(others)
    )


def _bounded(taken: Taken) -> tuple[int, int, int]:
    packets, since, until = taken
    return packets, -FAR if since is None else since, FAR if until is None else until


def _unbounded(known: Iterable[tuple[int, int, int]]) -> list[Taken]:
    return [
        (packets, None if since == -FAR else since, None if until == FAR else until) for packets, since, until in known
    ]


@dataclass(frozen=True)
class Stopped:
    """Where a reading was stopped by a person."""

    packets: int
    places: tuple[tuple[str, int], ...]
    """Files that were open, and how many of their packets were passed."""


@dataclass(frozen=True)
class Position:
    """How far a reading has come: whole batches, and what the files were up to there."""

    batches: int
    packets: int
    marks: tuple[Mark, ...] = field(default=())

    def row(self) -> dict[str, Any]:
        """The persisted form."""
        marks = [
            [one.file, one.position, one.size, one.digest.hex() if one.digest else None, one.ended]
            for one in self.marks
        ]
        return {"batches": self.batches, "packets": self.packets, "marks": marks}

    @classmethod
    def of_row(cls, row: dict[str, Any] | None) -> Position:
        """Takes back what `row` gave; nothing gave nothing."""
        if row is None:
            return cls(0, 0)
        marks = [
            Mark(file, position, size, bytes.fromhex(digest) if digest else None, ended)
            for file, position, size, digest, ended in row["marks"]
        ]
        return cls(row["batches"], row["packets"], tuple(marks))
