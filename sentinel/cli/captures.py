"""What commands that read captures have in common: the argument, and what is said of files that could not be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sentinel.sensor import Sensor

captures_argument: Callable[[Callable[..., Any]], Callable[..., Any]] = click.argument(
    "captures", nargs=-1, required=True, type=click.Path(allow_dash=True, path_type=Path), metavar="CAPTURES..."
)


def tell_problems(sensor: Sensor) -> int:
    """Says on standard error which files could not be read to their end. Returns the exit code: 0, or 2 if any."""
    faulty = [file for file in sensor.counters()["files"] if file["problem"]]
    for file in faulty:
        click.echo(f"sentinel: {file['path']} {file['problem']}", err=True)
    return 2 if faulty else 0
