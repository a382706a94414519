"""`sentinel ship`: brings every sink up to date with what the state holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from sentinel.cli.state import state_path
from sentinel.config import SinkSettings
from sentinel.errors import SentinelError


@click.command(epilog="Example:  sentinel ship --config sentinel.toml archive")
@click.argument("names", nargs=-1)
@click.option("--state", type=click.Path(path_type=Path), help="The state's folder; by default the one written last.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Settings, instead of ./sentinel.toml.")
def command(names: tuple[str, ...], state: Path | None, config_file: Path | None) -> int:
    """Send what waits to the sinks of the configuration, or to those that are NAMED, each from where it stopped."""
    from sentinel.config import load_config
    from sentinel.ship import wanted
    from sentinel.sinks import settings

    config = load_config(config_file, sinks=settings)
    sinks = wanted(config.sinks, names)
    if not sinks:
        raise SentinelError("no sink is configured: add [sinks.<name>] to sentinel.toml")
    return ship(state_path(state), sinks)


def ship(state: Path, sinks: Mapping[str, SinkSettings]) -> int:
    """Ships once and says what came of it on standard error. Returns 0, or 2 if a sink took nothing."""
    from sentinel.cli.text import several
    from sentinel.ship import Shipper
    from sentinel.store import Outbox

    outbox = Outbox(state)
    failed = False
    try:
        with Shipper(outbox, sinks) as shipper:
            for name, sent in shipper.run_once(patient=False).items():
                failed |= bool(sent.error)
                rest = f"; {sent.error}" if sent.error else ""
                refused = f", {sent.refused} refused (kept in the state)" if sent.refused else ""
                click.echo(f"{name}: {several(sent.delivered, 'document')} sent{refused}{rest}", err=True)
    finally:
        outbox.close()
    return 2 if failed else 0
