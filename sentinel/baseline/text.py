"""The baseline as a text file: sorted YAML that diffs well in git, exported, imported, compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import yaml

from sentinel.baseline.facts import Fact, Subject, clean
from sentinel.errors import SentinelError

HEADER = """\
# What is normal on this network. Sorted; edit `provenance`, then: sentinel baseline import FILE
# provenance: learnt, approved, imported (normal) - denied (never normal) - seen (known, not normal)
"""

PROVENANCES = ("learnt", "approved", "imported", "denied", "seen")


def _time(ns: int) -> str:
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def export(facts: Iterable[Fact], *, at: int, with_seen: bool = False) -> str:
    """All facts as text, without counts and last times: they change with every packet."""
    entries: dict[str, dict[str, Any]] = {}
    for fact in facts:
        standing = fact.standing(at)
        if standing == "seen" and not with_seen:
            continue
        entry: dict[str, Any] = {"provenance": standing}
        does = f"{fact.name} {fact.text}".strip()
        if does:
            entry["does"] = does
        if fact.first:
            entry["first"] = _time(fact.first)
        if standing == "approved" and fact.until is not None:
            entry["until"] = _time(fact.until)
        if fact.bins == 1:
            entry["review"] = "seen in one hour only"
        entries[fact.key] = entry
    body = yaml.safe_dump({"facts": entries}, sort_keys=True, allow_unicode=True, width=10_000)
    return HEADER + body


def parse(text: str) -> list[dict[str, Any]]:
    """The facts of an exported text, as rows for `Baseline.import_rows`; all faults at once."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SentinelError(f"not YAML: {' '.join(str(error).split())}") from None
    entries = loaded.get("facts") if isinstance(loaded, dict) else None
    if not isinstance(entries, dict):
        raise SentinelError("no `facts:` in the file; write one with `sentinel baseline export`")
    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    for key, entry in entries.items():
        try:
            subject = Subject.parse(str(key))
        except ValueError as fault:
            faults.append(str(fault))
            continue
        provenance = entry.get("provenance") if isinstance(entry, dict) else None
        if provenance not in PROVENANCES:
            faults.append(f"{key}: provenance is one of {', '.join(PROVENANCES)}, not {provenance!r}")
            continue
        row: dict[str, Any] = {"key": subject.key(), "provenance": provenance}
        row["text"] = clean(str(entry.get("does", "")))
        try:
            if "until" in entry:
                row["until"] = _parse_time(entry["until"])
        except (TypeError, ValueError) as fault:
            faults.append(f"{key}: {fault}")
            continue
        rows.append(row)
    if faults:
        raise SentinelError("\n".join(faults))
    return rows


def _parse_time(value: object) -> int:
    when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return int(when.timestamp()) * 1_000_000_000


def diff(before: str, after: str) -> list[str]:
    """What differs between two exports: `+ key`, `- key`, `~ key: learnt -> denied`, sorted by key."""
    old = {row["key"]: row["provenance"] for row in parse(before)}
    new = {row["key"]: row["provenance"] for row in parse(after)}
    lines = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            lines.append(f"+ {key} ({new[key]})")
        elif key not in new:
            lines.append(f"- {key} ({old[key]})")
        elif old[key] != new[key]:
            lines.append(f"~ {key}: {old[key]} -> {new[key]}")
    return lines
