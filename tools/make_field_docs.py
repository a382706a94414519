"""Writes docs/fields.md out of sentinel/fields.toml. `--check` says whether it is fresh."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sentinel.fields import Field, all_fields

PAGE = Path(__file__).parent.parent / "docs" / "fields.md"
HEAD = """# Fields

Every field of every document, made from `sentinel/fields.toml` by `tools/make_field_docs.py`: change that, not this.
`type` is Elasticsearch's, `[]` a list. `in`: the kinds of documents that may have the field; `operation` means that it
is the same for all transactions of an operation; `sink`, that it is added when the document is sent.
"""


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    for title, source in (("ECS", "ecs"), ("Sentinel's own", "sentinel")):
        lines += [f"## {title}", "", "| field | type | in | meaning | example |", "|---|---|---|---|---|"]
        lines += [_line(field) for field in all_fields().values() if field.source == source]
        lines.append("")
    return "\n".join(lines)


def _line(field: Field) -> str:
    example = field.example if isinstance(field.example, str) else json.dumps(field.example, ensure_ascii=False)
    kind = field.type + ("[]" if field.many else "")
    return f"| `{field.name}` | {kind} | {', '.join(field.level)} | {field.description} | `{example}` |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page() and f"{PAGE} is stale: run {sys.argv[0]}")
    PAGE.write_text(page(), encoding="utf-8")
