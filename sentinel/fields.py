"""The one schema: every field of a document, out of `fields.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LEVELS = (
    "operation",
    "event",
    "summary",
    "weird",
    "connection",
    "point",
    "reading",
    "alert",
    "asset",
    "sink",
)
"""Kinds of documents. `operation`: the same for all transactions of an operation, so that a rule about it may be
judged once; `sink`: added when it is sent."""

TYPES = ("keyword", "text", "long", "float", "boolean", "date", "ip", "object")
"""Types, by their Elasticsearch names."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document."""

    name: str
    type: str
    source: str
    """`ecs`, or `sentinel` for our own."""
    level: tuple[str, ...]
    description: str
    example: Any
    many: bool = False
    """Whether it is a list."""


@cache
def all_fields() -> Mapping[str, Field]:
    """Every field by name, in the order of the file."""
    table = tomllib.loads(resources.files("sentinel").joinpath("fields.toml").read_text(encoding="utf-8"))
    return {name: Field(name, **{**entry, "level": tuple(entry["level"])}) for name, entry in table["fields"].items()}


def find(name: str) -> Field | None:
    """The field; None if there is none of that name."""
    return all_fields().get(name)


def at_level(*levels: str) -> list[Field]:
    """Fields of documents of any of these kinds."""
    return [field for field in all_fields().values() if set(levels) & set(field.level)]
