"""Writes docs/limits.md out of the packet reader's limits. `--check` says whether it is fresh."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sentinel import _core

PAGE = Path(__file__).parent.parent / "docs" / "limits.md"
HEAD = """# Limits

Every bound of the packet reader, made from `crates/wire/src/limits.rs` by `tools/make_limit_docs.py`: change that, not
this. All can be set under `[limits]` in `sentinel.toml`. What is not read or kept because of one is counted, and said at the
end of a run under "Not read".

| limit | what it bounds | default | stops | when it is reached |
|---|---|---|---|---|
"""
WHY = re.compile(r"; the (attack|accident): ")


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(_line(*limit) for limit in _core.limits_of_reader()) + "\n"


def _line(name: str, about: str, reached: str, unit: str, default: int) -> str:
    what, kind, rest = WHY.split(about.strip(), maxsplit=1)
    why, _, more = rest.partition(". ")
    what = f"{what}. {more}" if more else what
    return f"| `{name}` | {what} | {_value(default, unit)} | {kind}: {why.rstrip('.')} | {reached} |"


def _value(number: int, unit: str) -> str:
    if unit == "ns":
        return f"{number / 1e9:g} s"
    if unit == "bytes":
        for power, name in ((20, "MiB"), (10, "KiB")):
            if number % (1 << power) == 0:
                return f"{number >> power} {name}"
    return f"{number:,}"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page() and f"{PAGE} is stale: run {sys.argv[0]}")
    PAGE.write_text(page(), encoding="utf-8")
