"""Who made a network card, by the first half of its MAC address: an offline table, read when first asked."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sentinel.errors import SentinelError
from sentinel.inventory.addresses import is_group_mac, is_local_mac, is_shared_mac

TABLE = Path(__file__).with_name("oui.txt.gz")
LENGTHS = (9, 6)
"""Hex digits of the prefixes in the table, the longest first."""
SEARCHES = 100
"""Prefixes looked for one by one. The attack: ever other invented cards, each a search through all of the text."""


class Vendors:
    """Makers by MAC prefix; a plant's own additions come first."""

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._lengths = sorted({len(prefix) for prefix in self._overrides}, reverse=True)

    def of(self, mac: str) -> str:
        """The maker; empty if nobody knows, or nobody can."""
        digits = mac.replace("-", "").replace(":", "").upper()
        for length in self._lengths:
            if (name := self._overrides.get(digits[:length])) is not None:
                return name
        if is_group_mac(digits) or is_local_mac(digits):
            return ""
        return next((maker for length in LENGTHS if (maker := _table().of(digits[:length]))), "")

    def words(self, mac: str) -> str:
        """What the MAC address says about its card, in words; empty if nothing."""
        if name := self.of(mac):
            return f"network card by {name}"
        if is_shared_mac(mac):
            return "address shared by routers"
        if is_local_mac(mac):
            return "randomised or virtual card, maker unknown"
        return ""


def load_overrides(path: str | Path) -> dict[str, str]:
    """Reads lines of `prefix,maker` (`00-80-F4,Schneider Electric`); `#` begins a remark."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SentinelError(f"{path}: cannot be read: {error}") from None
    found: dict[str, str] = {}
    faults: list[str] = []
    for line, written in enumerate(text.splitlines(), 1):
        content = written.partition("#")[0].strip()
        if not content:
            continue
        prefix, _, name = (part.strip() for part in content.partition(","))
        digits = prefix.replace("-", "").replace(":", "").upper()
        if not 6 <= len(digits) <= 12 or set(digits) - set("0123456789ABCDEF"):
            faults.append(f"{path}:{line}: {prefix!r} is no MAC prefix; write at least three pairs, 00-80-F4")
        elif not name:
            faults.append(f"{path}:{line}: no maker behind {prefix}; write {prefix},NAME")
        else:
            found[digits] = name
    if faults:
        raise SentinelError("\n".join(faults))
    return found


class _Makers:
    """The table. A few prefixes are looked up in its text: a dictionary of all costs as much as many searches, and ten times
    the memory."""

    def __init__(self) -> None:
        self._text = gzip.decompress(TABLE.read_bytes()).decode()
        self._found: dict[str, str] = {}
        self._is_whole = False

    def of(self, prefix: str) -> str:
        """The maker; empty if the table has none."""
        if (known := self._found.get(prefix)) is not None or self._is_whole:
            return known or ""
        if len(self._found) >= SEARCHES:
            self._read_all()
            return self._found.get(prefix, "")
        return self._found.setdefault(prefix, self._search(prefix))

    def _search(self, prefix: str) -> str:
        text, at = self._text, -1
        while len(prefix) in LENGTHS and (at := text.find(prefix, at + 1)) >= 0:
            start = text.rfind("\n", 0, at) + 1
            maker, tab, before = text[start:at].partition("\t")
            if tab and (not before or before[-1] == " ") and text[at + len(prefix)] in " \n":
                return maker
        return ""

    def _read_all(self) -> None:
        for line in self._text.splitlines():
            if not line.startswith("#"):
                maker, _, prefixes = line.partition("\t")
                self._found.update(dict.fromkeys(prefixes.split(), maker))
        self._is_whole, self._text = True, ""


@cache
def _table() -> _Makers:
    return _Makers()
