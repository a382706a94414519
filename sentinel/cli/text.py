"""Text for people: columns, times with their zone, sizes, sentences wrapped to the width of a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sentinel.errors import SentinelError

WIDTH = 110
"""Columns that a line may fill."""


def zone_of(name: str | None) -> tzinfo:
    """The time zone that a person named; UTC if none.

    Raises:
        SentinelError: There is no such zone.
    """
    if not name or name.upper() == "UTC":
        return UTC
    if name == "local":
        return datetime.now().astimezone().tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise SentinelError(
            f"--tz {name}: there is no such time zone: write one like Europe/Oslo, UTC or local"
        ) from None


def zone_name(zone: tzinfo) -> str:
    """What to call it."""
    return str(zone) if not isinstance(zone, type(UTC)) else datetime.now(zone).tzname() or "UTC"


def moment(ns: int, zone: tzinfo, form: str = "%-d %b %H:%M") -> str:
    """A time as people write it: `2 Mar 09:23`."""
    return datetime.fromtimestamp(ns // 1_000_000_000, zone).strftime(form)


def exact(ns: int, zone: tzinfo) -> str:
    """A time to the millisecond, with its day."""
    return f"{moment(ns, zone, '%-d %b %Y %H:%M:%S')}.{ns // 1_000_000 % 1_000:03d}"


def span(ns: int) -> str:
    """`103 s`, `20 min`, `42 h`, `3 days`."""
    seconds = ns / 1_000_000_000
    for limit, size, word in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds / 86_400:.0f} days"


def size(count: int) -> str:
    """`212 MB`."""
    amount = float(count)
    for word in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or word == "GB":
            return f"{amount:.0f} {word}" if word in ("bytes", "kB") or amount >= 100 else f"{amount:.1f} {word}"
        amount /= 1000
    return f"{count} bytes"


def exact_span(ns: int) -> str:
    """`1 h 30 min`, `250 ms`: nothing is rounded."""
    parts = []
    for size, word in ((3_600_000_000_000, "h"), (60_000_000_000, "min"), (1_000_000_000, "s"), (1_000_000, "ms")):
        count, ns = divmod(ns, size)
        if count:
            parts.append(f"{count} {word}")
    return " ".join([*parts, f"{ns} ns"] if ns or not parts else parts)


def number(count: int) -> str:
    """`1,234`."""
    return f"{count:,}"


def several(count: int, word: str, plural: str | None = None) -> str:
    """`1 device`, `3 devices`, `2 switches`."""
    ending = "es" if word.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{number(count)} {word if count == 1 else plural or word + ending}"


def labelled(label: str, text: str, width: int = 10) -> list[str]:
    """Lines with a label before the first: the rest lies below the text."""
    lines = [
        line for part in text.split("\n") for line in textwrap.wrap(part, WIDTH - width, break_on_hyphens=False) or [""]
    ]
    return [f"{label if at == 0 else '':<{width}}{line}".rstrip() for at, line in enumerate(lines)]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Columns; what is too long for its column is cut with an ellipsis, the last one is not padded."""
    lines = []
    for row in (heads, *rows):
        cells = [
            cell if len(cell) <= width else cell[: width - 1] + "…" for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())
    return lines


def safe(text: str) -> str:
    """Text from the wire that cannot act on a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
