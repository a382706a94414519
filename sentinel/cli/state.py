"""What commands that read a state have in common: options, the state itself, its inventory and words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from sentinel.errors import SentinelError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
F = TypeVar("F", bound=Callable[..., Any])


def state_options(function: F) -> F:
    """`--state`, `--json`, `--all`, `--tz`, `--since`, `--until`."""
    for option in (
        click.option("--until", help="Only before this time, e.g. 2026-03-02T09:30 (in --tz)."),
        click.option("--since", help="Only from this time on."),
        click.option("--tz", help="Time zone of the times shown; UTC by default."),
        click.option("--all", "everything", is_flag=True, help="All of them, not the first screen."),
        click.option("--json", "as_lines", is_flag=True, help="One JSON document a line, complete."),
        click.option(
            "--state", type=click.Path(path_type=Path), help="The state's folder; by default the one written last."
        ),
    ):
        function = option(function)
    return function


def open_state(path: Path | None) -> Any:
    """The state that was named, or the one written last."""
    from sentinel.store import Store

    return Store.open(state_path(path))


def state_path(path: Path | None) -> Path:
    """The folder that was named, or of the state written last."""
    from sentinel.store import last_state

    return path or last_state()


def print_lines(documents: Iterable[Mapping[str, Any]]) -> None:
    """Documents as NDJSON on standard output."""
    from sentinel.documents import as_json

    for document in documents:
        click.echo(as_json(document))


def time_of(text: str | None, zone: tzinfo, option: str) -> int | None:
    """ns since 1970 of a time that a person wrote.

    Raises:
        SentinelError: It is no time.
    """
    if text is None:
        return None
    # datetime knows microseconds only: what is finer is added to the whole second.
    match = re.fullmatch(r"(.*:\d\d)[.,](\d{1,9})((?:Z|[+-][\d:]+)?)", text)
    whole, fraction = (match[1] + match[3], match[2]) if match else (text, "")
    try:
        moment = datetime.fromisoformat(whole)
    except ValueError:
        raise SentinelError(f"{option} {text}: is not a time: write one like 2026-03-02T09:30") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - EPOCH) // timedelta(microseconds=1) * 1_000 + int(fraction.ljust(9, "0"))


def naming_of(store: Any) -> Any:
    """The plant's words over the state's inventory."""
    from sentinel.cli.screens import inventory_of
    from sentinel.config import load_config
    from sentinel.naming import Naming

    config = load_config()
    return Naming(inventory_of(store), config.display.modbus_addresses, config.inventory.contact)
