"""`sentinel points`: process values as they were read and written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sentinel.cli.state import naming_of, open_state, print_lines, state_options, time_of

ABSENT = "not implemented"
"""Status of a point that its device says it does not have."""


def documents(points: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Points as documents."""
    for one in points:
        named = {
            "@timestamp": one["time"],
            "event.kind": "metric",
            "event.dataset": "sentinel.point",
            "destination.ip": one["server"],
            "destination.port": one["server_port"],
            "network.protocol": one["protocol"],
            "sentinel.point.id": one["id"],
            "sentinel.point.name": one["name"],
            "sentinel.point.label": one["label"],
            "sentinel.point.measure": one["measure"],
            "sentinel.point.value": one["number"],
            "sentinel.point.text": one["text"],
            "sentinel.point.status": one["status"],
            "sentinel.point.direction": one["direction"],
        }
        yield {name: value for name, value in named.items() if value is not None}


def value_of(point: dict[str, Any]) -> int | float | str | None:
    """The newest value as people write it."""
    if point["integer"] is not None:
        return int(point["integer"])
    number = point["number"]
    if number is not None:
        return int(number) if float(number).is_integer() else float(number)
    text: str | None = point["text"] or point["status"]
    return text


@click.command(epilog="Example:  sentinel points --asset 10.0.0.3")
@state_options
@click.option("--asset", help="Only of this device: its address.")
def command(
    state: Path | None,
    as_lines: bool,
    everything: bool,
    tz: str | None,
    since: str | None,
    until: str | None,
    asset: str | None,
) -> int:
    """List registers, coils and nodes with their latest value."""
    from sentinel.cli.text import moment, number, safe, several, table, zone_name, zone_of

    zone = zone_of(tz)
    first, last = time_of(since, zone, "--since"), time_of(until, zone, "--until")
    with open_state(state) as store:
        points = [
            one
            for one in store.points(asset)
            if (first is None or (one["time"] or 0) >= first) and (last is None or (one["time"] or 0) < last)
        ]
        if as_lines:
            print_lines(documents(points))
            return 0
        naming = naming_of(store)
        # What a device says it does not have, and the rest of a value over several registers, are no values.
        told = [one for one in points if not ((one["label"] and one["direction"] is None) or one["status"] == ABSENT)]
        shown = points if everything else told[:40]
        rows = []
        for one in shown:
            name = naming.point_of(one)
            value = value_of(one)
            changed = moment(one["time"], zone, "%-d %b %H:%M:%S") if one["time"] is not None else "?"
            written = "written" if one["first_written"] is not None else "only read"
            server = naming.name_of(one["server"], one["vlan"])
            rows.append(
                (
                    server,
                    name,
                    safe("?" if value is None else str(value)),
                    changed,
                    number(one["changes"]),
                    written,
                )
            )
        click.echo(f"{several(len(points), 'point')}. Times {zone_name(zone)}")
        for line in table(("DEVICE", "POINT", "VALUE", "CHANGED", "CHANGES", ""), rows, (16, 40, 10, 16, 8, 9)):
            click.echo(line)
        if len(shown) < len(points):
            click.echo(f"({number(len(points) - len(shown))} more: --all)")
    return 0
