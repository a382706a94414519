"""`sentinel report`: one self-contained HTML page: overview, map, devices, alerts; nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sentinel.cli.state import naming_of, open_state
from sentinel.errors import SentinelError

MAP_LINES = 60
"""Conversations drawn; more would be a black page."""


def map_of(conversations: Sequence[tuple[str, str, str]], names: Any) -> dict[str, Any]:
    """Clients on the left, servers on the right, a line for each conversation: places for the drawing."""
    drawn = list(dict.fromkeys(conversations))[:MAP_LINES]
    clients = list(dict.fromkeys(one[0] for one in drawn))
    servers = list(dict.fromkeys(one[1] for one in drawn))
    height = 40 + 26 * max(len(clients), len(servers), 1)

    def places(hosts: list[str]) -> dict[str, float]:
        return {host: 30 + (height - 40) * (at + 0.5) / len(hosts) for at, host in enumerate(hosts)}

    left, right = places(clients), places(servers)
    return {
        "height": height,
        "left": [(names(host), y) for host, y in left.items()],
        "right": [(names(host), y) for host, y in right.items()],
        "lines": [(left[client], right[server], protocol) for client, server, protocol in drawn],
        "hidden": len(set(conversations)) - len(drawn),
    }


def page(store: Any, zone: Any) -> str:
    """The page's text."""
    import jinja2

    from sentinel.cli import text
    from sentinel.cli.screens import LEVELS, inventory_of, raised

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sentinel.cli", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    naming = naming_of(store)
    talks = []
    for row in store.fact_rows():
        if str(row["key"]).startswith("conversation "):
            words = str(row["key"]).split()
            if len(words) >= 5:
                talks.append((words[2], words[4].rsplit(":", 1)[0], words[1]))
    counters = store.recall("counters") or {}
    alerts = raised(store.triage_rows())
    return environment.get_template("report.html").render(
        site=store.site or "no site named",
        counters=counters,
        assets=[asset for asset in inventory_of(store).assets if not asset.parent],
        alerts=alerts,
        levels=LEVELS,
        numbers=store.numbers(),
        map=map_of(talks, lambda host: naming.name_of(host, "")),
        moment=lambda ns: text.exact(ns, zone),
        zone=text.zone_name(zone),
        several=text.several,
        size=text.size,
    )


@click.command(epilog="Example:  sentinel report --out acme.html")
@click.option("--state", type=click.Path(path_type=Path), help="The state's folder; by default the one written last.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("sentinel-report.html"),
    help="The file to write.",
)
@click.option("--tz", help="Time zone of the times shown; UTC by default.")
def command(state: Path | None, out: Path, tz: str | None) -> int:
    """Write one HTML page with the overview, a map, the devices and the alerts."""
    from sentinel.cli.text import zone_of

    with open_state(state) as store:
        text = page(store, zone_of(tz))
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SentinelError(f"{out}: cannot be written: {error.strerror}: name another file with --out") from None
    click.echo(f"written: {out}")
    return 0
