"""What commands that read captures have in common: the argument, which packets are wanted, what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sentinel.errors import SentinelError

if TYPE_CHECKING:
    from sentinel.reading import Choice, Moment
    from sentinel.sensor import Sensor

F = TypeVar("F", bound=Callable[..., Any])

captures_argument: Callable[[Callable[..., Any]], Callable[..., Any]] = click.argument(
    "captures", nargs=-1, required=True, type=click.Path(allow_dash=True, path_type=Path), metavar="CAPTURES..."
)


def choice_options(function: F) -> F:
    """`--since`, `--until`, `--shift`."""
    for option in (
        click.option(
            "--shift",
            "shifts",
            multiple=True,
            metavar="FILE=+1h",
            help="Add so much to the times of that file (name, path or pattern): its clock was slow; -90s: it was fast. "
            "Units h, m, s, ms; may be given again. Done before --since and --until.",
        ),
        click.option("--until", metavar="TIME", help="Only packets before this time; as --since."),
        click.option(
            "--since",
            metavar="TIME",
            help="Only packets from this time on: 2026-03-02T09:30 (in --tz), with a zone (…Z), or +10m: so long after the "
            "first packet of all captures. Frames keep the numbers of their file.",
        ),
    ):
        function = option(function)
    return function


def choice_of(since: str | None, until: str | None, shifts: tuple[str, ...], zone: tzinfo) -> Choice:
    """What these options say.

    Raises:
        SentinelError: They say nothing that can be understood.
    """
    from sentinel.reading import Choice

    return Choice(
        _moment(since, zone, "--since"), _moment(until, zone, "--until"), tuple(_shift(text) for text in shifts)
    )


def _moment(text: str | None, zone: tzinfo, option: str) -> Moment | None:
    from sentinel.cli.state import time_of
    from sentinel.reading import Moment

    if text is not None and text.startswith("+"):
        return Moment(_span(text[1:], f"{option} {text}"), from_first=True)
    ns = time_of(text, zone, option)
    return None if ns is None else Moment(ns)


def _shift(text: str) -> tuple[str, int]:
    name, _, span = text.rpartition("=")
    if not name or span[:1] not in ("+", "-"):
        raise SentinelError(f"--shift {text}: write FILE=+1h or FILE=-250ms")
    ns = _span(span[1:], f"--shift {text}")
    return name, ns if span[0] == "+" else -ns


def _span(text: str, said: str) -> int:
    """ns of a span of time, which may have several parts: `1h30m`."""
    from sentinel.config import TIME_UNITS

    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|us|ns|[smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise SentinelError(f'{said}: is no span of time; write "+90s", "+10m" or "+1h30m"')
    return sum(round(float(number) * TIME_UNITS[unit]) for number, unit in parts)


def tell_problems(sensor: Sensor) -> int:
    """Says on standard error which files could not be read to their end. Returns the exit code: 0, or 2 if any."""
    faulty = [file for file in sensor.counters()["files"] if file["problem"]]
    for file in faulty:
        click.echo(f"sentinel: {file['path']} {file['problem']}", err=True)
    return 2 if faulty else 0
