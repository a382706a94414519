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
    """Tell how far learning has come, and list the facts; `export`, `import` and `diff` them as text."""
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
        baseline.load(store.fact_rows(), store.point_facts())
        click.echo(text_of(baseline.facts, at=store.line_time), nl=False)
    return 0


@command.command("import", epilog="Example:  sentinel baseline import normal.yaml")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def take(state: Path | None, file: Path) -> int:
    """Take the facts of FILE for normal, as `export` wrote them; what was denied here stays denied."""
    from sentinel.baseline.text import parse
    from sentinel.cli.state import state_path
    from sentinel.cli.text import several
    from sentinel.config import load_config
    from sentinel.pipeline import Line
    from sentinel.store import Store

    rows = parse(_text_of(file))
    with Store.open(state_path(state), write=True) as store:
        line = Line(store, load_config())
        line.baseline.import_rows(rows)
        line.keep()
    click.echo(f"{several(len(rows), 'fact')} taken from {file}")
    return 0


@command.command("diff", epilog="Example:  sentinel baseline diff normal.yaml")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def differences(state: Path | None, file: Path) -> int:
    """Tell what the state's facts have more and less than those of FILE."""
    from sentinel.baseline import Baseline
    from sentinel.baseline.text import diff
    from sentinel.baseline.text import export as text_of

    before = _text_of(file)
    with open_state(state) as store:
        baseline = Baseline()
        baseline.load(store.fact_rows(), store.point_facts())
        lines = diff(before, text_of(baseline.facts, at=store.line_time))
    for line in lines or ["no difference"]:
        click.echo(line)
    return 0


def _text_of(file: Path) -> str:
    from sentinel.errors import SentinelError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise SentinelError(f"{file}: cannot be read: {reason}") from None
