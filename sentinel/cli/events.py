"""`sentinel events`: the documents behind it all."""

from __future__ import annotations

from pathlib import Path

import click

from sentinel.cli.state import naming_of, open_state, print_lines, state_options, time_of


@click.command(epilog="Example:  sentinel events --asset 10.0.0.3 --weird")
@state_options
@click.option("--asset", help="Only of this device: its name or address.")
@click.option("--weird", is_flag=True, help="Only protocol violations.")
@click.option("--dataset", help="Only of this dataset, e.g. sentinel.connection.")
def command(
    state: Path | None,
    as_lines: bool,
    everything: bool,
    tz: str | None,
    since: str | None,
    until: str | None,
    asset: str | None,
    weird: bool,
    dataset: str | None,
) -> int:
    """List events, summaries, connections and protocol violations by time; the newest 20 unless --all."""
    from sentinel.cli.text import WIDTH, exact, safe, table, zone_name, zone_of

    zone = zone_of(tz)
    first, last = time_of(since, zone, "--since"), time_of(until, zone, "--until")
    with open_state(state) as store:
        limit = None if everything or as_lines else 20
        documents = store.events(since=first, until=last, asset=asset, weird=weird, dataset=dataset, limit=limit)
        if as_lines:
            print_lines(documents)
            return 0
        naming = naming_of(store)
        rows = []
        for one in documents:
            vlan = str(one.get("network.vlan.id", ""))
            ends = [
                naming.name_of(str(one.get(f"{side}.ip") or one.get(f"{side}.mac") or "?"), vlan)
                for side in ("source", "destination")
            ]
            what = str(
                one.get("sentinel.operation.name") or one.get("network.application") or one.get("event.action") or ""
            )
            touched = naming.point_text(one)
            weirds = ", ".join(one.get("sentinel.weird") or [])
            outcome = str(
                one.get("sentinel.operation.status") or one.get("sentinel.unanswered") or one.get("event.outcome") or ""
            )
            count = f" ({one['sentinel.summary.count']} times)" if "sentinel.summary.count" in one else ""
            rows.append(
                (
                    exact(one["@timestamp"], zone)[:-4],
                    " -> ".join(ends),
                    safe(f"{what} {touched}{count}"),
                    safe(weirds or outcome),
                )
            )
        for line in table((f"TIME ({zone_name(zone)})", "WHO -> WHOM", "WHAT", "RESULT"), rows, (20, 30, 38, 16)):
            click.echo(line[:WIDTH])
        if not everything and len(rows) == 20:
            click.echo("(the newest 20: --all, or --json for every field)")
    return 0
