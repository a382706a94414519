"""Writes docs/claims.md out of the sources that the packet reader declares. `--check` says whether it is fresh."""

from __future__ import annotations

import sys
from pathlib import Path

from sentinel import _core

PAGE = Path(__file__).parent.parent / "docs" / "claims.md"
HEAD = """# What devices say about themselves

Sentinel asks nobody. It hears what devices say in passing, and keeps each claim with who said it and in which packet:
`sentinel assets show ADDRESS` prints them. Made by `tools/make_claim_docs.py` from `crates/wire/src/claims/`.

- A claim never makes or joins devices: about an address that never sent anything, it is dropped.
- Which of two claims is believed depends on the source, on how many others say the same, and on age. A person's word
  (`sentinel assets set`, a file of names) comes first, the maker of the network card last.
- What a device says of its own role is believed only where its behaviour does not tell more; never of one that is new
  after learning, or outside the plant.
- Names that a client calls a server by are an `alias`: the client's word, not shown as the server's name.
- Never kept, or even looked at: communities of SNMP, passwords, hashes and names of users, cookies, credentials, and
  what is asked for behind a `?` of an address.
- Encrypted connections tell the name that the client asks for and, up to TLS 1.2, the certificate.

| source | what it is | about whom | tells | specification |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [
        f"| {one['name']} | {one['meaning']} | {one['about']} | {', '.join(one['attributes'])} | {one['specification']} |\n"
        for one in _core.claim_sources()
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page() and f"{PAGE} is stale: run {sys.argv[0]}")
    PAGE.write_text(page(), encoding="utf-8")
