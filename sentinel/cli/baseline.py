"""`sentinel baseline`: what is held for normal."""

from __future__ import annotations

from pathlib import Path

import click

from sentinel.cli.state import open_state, state_options


@click.group(invoke_without_command=True, epilog="Example:  sentinel baseline export > normal.yaml")
@state_options
@click.pass_context
def command(
    context: click.Context,
    state: Path | None,
    as_lines: bool,
    everything: bool,
    tz: str | None,
    since: str | None,
    until: str | None,
) -> int:
    """Tell how far learning has come, and list the facts that were learnt; `export` them as text."""
    if context.invoked_subcommand is not None:
        context.obj = state
        return 0
    import json

    from sentinel.baseline import Baseline
    from sentinel.cli.text import labelled, number, several

    with open_state(state) as store:
        rows, learning = store.facts(), store.recall("learning")
    facts = sorted((row for row in rows if row["key"] != "learning"), key=lambda row: str(row["key"]))
    if as_lines:
        for row in facts:
            click.echo(json.dumps(row, ensure_ascii=False))
        return 0
    baseline = Baseline()
    baseline.load(rows)
    plurals = {"class": "classes", "errors": "kinds of error", "breadth": "widths"}
    found = sorted(baseline.state().facts.items())
    counts = ", ".join(several(count, kind, plurals.get(kind)) for kind, count in found if count)
    for line in [*labelled("State", learning or "nothing was read yet"), *labelled("Facts", counts or "none")]:
        click.echo(line)
    chosen = (
        facts if everything else [row for row in facts if str(row["key"]).startswith(("conversation", "class"))][:30]
    )
    for row in chosen:
        click.echo(f"  {row.get('provenance', 'learnt'):<9} {row['key']}")
    if len(chosen) < len(facts):
        click.echo(f"({number(len(facts) - len(chosen))} more: --all)")
    return 0


@command.command("export", epilog="Example:  sentinel baseline export > normal.yaml")
@click.pass_obj
def export(state: Path | None) -> int:
    """Print the facts as sorted text that compares well."""
    from sentinel.baseline import Baseline
    from sentinel.baseline.text import export as text_of

    with open_state(state) as store:
        baseline = Baseline()
        baseline.load(store.facts())
        click.echo(text_of(baseline.facts, at=store.line_time), nl=False)
    return 0
