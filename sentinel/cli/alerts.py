"""`sentinel alerts`: what changed, told; and people's decisions about it."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from sentinel.cli.state import naming_of, open_state, print_lines, state_options, time_of

LEVELS = ("low", "medium", "high", "critical")
SEVERITIES = (21, 47, 73, 99)
PATIENCE = 5.0
"""Seconds in which a process that listens takes a decision: it looks at least once a second."""


@click.group(invoke_without_command=True, epilog="Example:  sentinel alerts show A-41C7")
@state_options
@click.option("--asset", help="Only those that this device is part of: its name or address.")
@click.option("--level", type=click.Choice(LEVELS), help="Only of this level and above.")
@click.pass_context
def command(
    context: click.Context,
    asset: str | None,
    level: str | None,
    state: Path | None,
    as_lines: bool,
    everything: bool,
    tz: str | None,
    since: str | None,
    until: str | None,
) -> int:
    """List the open alerts; `show` one, and `close`, `approve`, `deny` or `undo`."""
    if context.invoked_subcommand is not None:
        context.obj = state
        return 0
    from sentinel.cli.screens import alerts_screen, find_asset, inventory_of
    from sentinel.cli.text import zone_of

    zone = zone_of(tz)
    least = SEVERITIES[LEVELS.index(level)] if level else 0
    first, last = time_of(since, zone, "--since"), time_of(until, zone, "--until")
    with open_state(state) as store:
        ips = set(find_asset(inventory_of(store), asset).ips) if asset else None
        alerts = [
            one
            for one in store.triage_rows()
            if (first is None or one["last"] >= first)
            and (last is None or one["first"] < last)
            and one["severity"] >= least
            and (ips is None or ips & {(one[side] or {}).get("ip") for side in ("actor", "target")})
        ]
        if as_lines:
            chosen = {one["id"] for one in alerts}
            print_lines(one for one in store.alerts() if one["sentinel.alert.id"] in chosen)
        else:
            for line in alerts_screen(alerts, naming_of(store), zone, all_of_them=everything):
                click.echo(line)
    return 0


@command.command("show", epilog="Example:  sentinel alerts show A-41C7")
@click.argument("which")
@click.option("--tz", help="Time zone of the times shown.")
@click.option("--json", "as_lines", is_flag=True, help="The alert's document.")
@click.pass_obj
def show(state: Path | None, which: str, tz: str | None, as_lines: bool) -> int:
    """Tell one alert: who did what, what was normal, what it means, what to do. WHICH is the beginning of its id."""
    from sentinel.cli.screens import alert_screen, find_alert
    from sentinel.cli.text import zone_of

    with open_state(state) as store:
        alert = find_alert(store.triage_rows(), which)
        if as_lines:
            print_lines([store.alert(alert["id"])] if alert["status"] != "note" else [])
            return 0
        naming = naming_of(store)
        actor = alert["actor"]
        asset = naming.asset_at(actor["ip"], actor.get("vlan", "")) if actor else None
        for line in alert_screen(alert, asset, zone_of(tz)):
            click.echo(line)
    return 0


def _decide(state: Path | None, kind: str, which: str, reason: str, by: str | None, **more: Any) -> int:
    from sentinel.cli.screens import find_alert
    from sentinel.config import load_config
    from sentinel.pipeline import Line, decide_elsewhere
    from sentinel.store import Store, hearer, last_state
    from sentinel.triage import Decision

    path = state or last_state()
    listener = hearer(path)
    with Store.open(path, write=listener is None) as store:
        target = which if " " in which else find_alert(store.triage_rows(), which)["short"]
        decision = Decision(kind, target, time.time_ns(), by or _user(), reason, **more)
        if listener is None:
            line = Line(store, load_config())
            line.decide(decision)
            rows = list(line.triage.rows())
        elif _is_heard(store, decide_elsewhere(store, decision)):
            rows = store.triage_rows()
        else:
            click.echo(f"{target}: written down; process {listener}, which listens, has not taken it yet")
            return 0
    click.echo(_outcome(kind, target, rows))
    return 0


def _outcome(kind: str, target: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """What became of it."""
    wanted = {"close": "closed", "approve": "approved", "deny": "denied", "undo": "open again"}[kind]
    status = next((row["status"] for row in rows if row["short"] == target), "")
    if kind == "undo":
        return f"{target} is {wanted if status in ('', 'open') else f'{status} again'}"
    if status not in ("", wanted):
        return f"{target}: what you saw is {wanted}; more has happened since, so it stays {status}"
    return f"{target} is {wanted}"


def _is_heard(store: Any, number: int) -> bool:
    """Whether the process that listens takes the decision soon."""
    until = time.monotonic() + PATIENCE
    while not (heard := (store.recall("decided") or 0) >= number) and time.monotonic() < until:
        time.sleep(0.05)
    return heard


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


by_option = click.option("--by", help="Who decides; by default the user logged in.")
reason_option = click.option("--reason", default="", help="Why.")


@command.command("close", epilog='Example:  sentinel alerts close A-41C7 --reason "called, was a test"')
@click.argument("which")
@reason_option
@by_option
@click.pass_obj
def close(state: Path | None, which: str, reason: str, by: str | None) -> int:
    """Handled: it alerts again when it happens again."""
    return _decide(state, "close", which, reason, by)


@command.command(
    "approve", epilog='Example:  sentinel alerts approve A-41C7 --reason "WO 4711" --until 2026-03-02T18:00'
)
@click.argument("which")
@reason_option
@by_option
@click.option("--until", help="Until then; critical kinds end after 8 hours by themselves.")
@click.option("--for-good", is_flag=True, help="For ever.")
@click.option("--tz", help="Time zone of --until.")
@click.pass_obj
def approve(
    state: Path | None, which: str, reason: str, by: str | None, until: str | None, for_good: bool, tz: str | None
) -> int:
    """It becomes normal: exactly this alerts no more."""
    from sentinel.cli.text import zone_of

    return _decide(state, "approve", which, reason, by, until=time_of(until, zone_of(tz), "--until"), for_good=for_good)


@command.command("deny", epilog="Example:  sentinel alerts deny A-41C7")
@click.argument("which")
@reason_option
@by_option
@click.pass_obj
def deny(state: Path | None, which: str, reason: str, by: str | None) -> int:
    """Never normal: it alerts each time."""
    return _decide(state, "deny", which, reason, by)


@command.command("undo", epilog="Example:  sentinel alerts undo A-41C7")
@click.argument("which")
@reason_option
@by_option
@click.pass_obj
def undo(state: Path | None, which: str, reason: str, by: str | None) -> int:
    """Take the last decision about it back."""
    return _decide(state, "undo", which, reason, by)
