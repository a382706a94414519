"""`sentinel explain`: any word that Sentinel uses, in plain words, offline."""

from __future__ import annotations

import click

from sentinel.errors import SentinelError


def glossary() -> dict[str, tuple[str, str]]:
    """Every word in lower case: as it is written, and its explanation."""
    import tomllib
    from importlib import resources

    from sentinel import _core, fields
    from sentinel.detect.attack import catalogue

    words = {
        name.lower(): (name, f"{field.description} Example: {field.example}")
        for name, field in fields.all_fields().items()
    }
    catalogued = catalogue()
    for entry, attack in catalogued["techniques"].items():
        words[entry.lower()] = (
            entry,
            f"A technique of MITRE ATT&CK for ICS: {attack['name']}, to reach {catalogued['tactics'][attack['tactic']]}.",
        )
    for protocol in _core.protocols_read():
        words |= {word.lower(): (word, text) for word, text in protocol["words"]}
    words |= {
        source["name"].lower(): (
            source["name"],
            f"{source['meaning'][0].upper()}{source['meaning'][1:]}. Tells of {source['about']}: "
            f"{', '.join(source['attributes'])}. {source['specification']}.",
        )
        for source in _core.claim_sources()
    }
    text = resources.files("sentinel").joinpath("words.toml").read_text(encoding="utf-8")
    words |= {word.lower(): (word, meaning) for word, meaning in tomllib.loads(text)["words"].items()}
    return words


@click.command(epilog="Example:  sentinel explain holding register")
@click.argument("word", nargs=-1)
def command(word: tuple[str, ...]) -> int:
    """Explain WORD: a noun of a screen, a field of a document, a protocol violation, a technique. Without one: list all."""
    import difflib

    from sentinel.cli.text import labelled

    words = glossary()
    asked = " ".join(word).lower().strip()
    if not asked:
        plain = sorted(name for name in words if "." not in name and not name.startswith("@"))
        for line in labelled("Words", ", ".join(plain)):
            click.echo(line)
        click.echo("Fields of documents are explained too: sentinel explain event.action")
        return 0
    for form in (asked, asked.removesuffix("s"), asked.replace("_", " "), asked.replace("-", " ")):
        if form in words:
            name, meaning = words[form]
            for line in labelled("", f"{name}: {meaning}", 0):
                click.echo(line)
            return 0
    near = difflib.get_close_matches(asked, words, n=3)
    hint = f": did you mean {' or '.join(near)}?" if near else ": sentinel explain lists all words"
    raise SentinelError(f"no explanation of {asked!r}{hint}")
