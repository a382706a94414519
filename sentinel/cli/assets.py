"""`sentinel assets`: who is on the network, and how we know."""

from __future__ import annotations

from pathlib import Path

import click

from sentinel.cli.state import open_state, print_lines, state_options, time_of
from sentinel.errors import SentinelError

NAMES = ("name", "role", "zone", "contact", "vendor", "model")


@click.group(invoke_without_command=True, epilog="Example:  sentinel assets --json | jq .host")
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
    """List the devices; `show` one, or `set` its name, role, zone or contact."""
    if context.invoked_subcommand is not None:
        context.obj = state
        return 0
    from sentinel.cli.screens import assets_screen, inventory_of
    from sentinel.cli.text import zone_of

    zone = zone_of(tz)
    first, last = time_of(since, zone, "--since"), time_of(until, zone, "--until")
    with open_state(state) as store:
        inventory = inventory_of(store)
        if as_lines:
            print_lines(
                asset.document()
                for asset in inventory.assets
                if (first is None or asset.last_seen >= first) and (last is None or asset.first_seen < last)
            )
        else:
            for line in assets_screen(inventory, store.triage_rows(), zone, all_of_them=everything):
                click.echo(line)
    return 0


@command.command("show", epilog="Example:  sentinel assets show 10.0.0.3")
@click.argument("which")
@click.option("--tz", help="Time zone of the times shown.")
@click.pass_obj
def show(state: Path | None, which: str, tz: str | None) -> int:
    """Tell everything about one device: WHICH is its name, address, or the beginning of its id."""
    from sentinel.cli.screens import asset_screen, find_asset, inventory_of
    from sentinel.cli.text import zone_of

    with open_state(state) as store:
        for line in asset_screen(find_asset(inventory_of(store), which), zone_of(tz)):
            click.echo(line)
    return 0


@command.command("import", epilog="Example:  sentinel assets import names.csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def take(state: Path | None, file: Path) -> int:
    """Take names from FILE, a CSV with the columns address,name[,role,zone,contact,vendor,model]."""
    from sentinel.cli.state import state_path
    from sentinel.cli.text import several
    from sentinel.config import load_config
    from sentinel.inventory import load_names
    from sentinel.pipeline import Line
    from sentinel.store import Store

    named = load_names(file)
    taken = 0
    with Store.open(state_path(state), write=True) as store:
        line = Line(store, load_config())
        for address, words in named.items():
            asset = line.inventory.asset_of(address)
            values = {name: getattr(words, name) for name in NAMES if getattr(words, name)}
            if asset is None:
                click.echo(f"{address}: not seen on this network, passed over", err=True)
            elif values:
                line.inventory.set(asset.id, **values)
                taken += 1
        line.keep()
    click.echo(f"{several(taken, 'device')} named from {file}")
    return 0


@command.command("set", epilog='Example:  sentinel assets set 10.10.1.66 name="Laptop Berg"')
@click.argument("which")
@click.argument("values", nargs=-1, required=True, metavar="name=… role=… zone=… contact=…")
@click.pass_obj
def assign(state: Path | None, which: str, values: tuple[str, ...]) -> int:
    """Say what a device is: a person's word outranks the wire's. An empty value takes it back."""
    from sentinel.cli.screens import find_asset
    from sentinel.config import load_config
    from sentinel.pipeline import Line
    from sentinel.store import Store, last_state

    pairs = dict(value.split("=", 1) for value in values if "=" in value)
    wrong = [value for value in values if value.split("=", 1)[0] not in NAMES or "=" not in value]
    if wrong:
        raise SentinelError(f"{wrong[0]}: write one of {', '.join(name + '=…' for name in NAMES)}")
    with Store.open(state or last_state(), write=True) as store:
        line = Line(store, load_config())
        asset = find_asset(line.inventory, which)
        line.inventory.set(asset.id, **pairs)
        line.keep()
    click.echo(f"{asset.address}: {', '.join(f'{name} is now {text!r}' for name, text in pairs.items())}")
    return 0
