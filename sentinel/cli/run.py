"""`sentinel run`: the whole line over captures or interfaces, and what a person can read of it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from sentinel.cli.text import moment, number
from sentinel.config import learning_time, load_config
from sentinel.errors import SentinelError


@click.command(epilog="Example:  sentinel run -r plant.pcap --learn 20m    sentinel run -i eth1 --learn 3d")
@click.option(
    "-r",
    "captures",
    multiple=True,
    type=click.Path(allow_dash=True, path_type=Path),
    metavar="CAPTURE",
    help="A capture, a folder of them, or - for standard input. More may follow, or the option again.",
)
@click.option(
    "-i",
    "interfaces",
    multiple=True,
    is_flag=False,
    flag_value="",
    metavar="[INTERFACE]",
    help="Listen on an interface until Ctrl-C; alone: on those of the settings. More may follow, or the option again.",
)
@click.option(
    "--allow-addressed",
    is_flag=True,
    help="Listen although this computer has an address there and could send; what it sends is read too.",
)
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--learn", metavar="10m|TIME", help="Learn what is normal for so long from the first packet, or until then."
)
@click.option("--site", help="Name of the plant.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Folder to keep the results in.")
@click.option("--again", is_flag=True, help="Read captures that the state already holds.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Settings, instead of ./sentinel.toml.")
@click.option("--tz", help="Time zone of the times shown; UTC by default.")
def command(
    captures: tuple[Path, ...],
    interfaces: tuple[str, ...],
    allow_addressed: bool,
    more: tuple[Path, ...],
    learn: str | None,
    site: str | None,
    state: Path | None,
    again: bool,
    config_file: Path | None,
    tz: str | None,
) -> int:
    """Read captures or listen, and tell what is on the network, what is normal, and what changed."""
    from sentinel.cli.screens import run_screen
    from sentinel.cli.ship import ship
    from sentinel.cli.text import zone_of
    from sentinel.pipeline import replay
    from sentinel.sinks import settings

    config = load_config(config_file, sinks=settings())
    time = _learning(learn) if learn else config.baseline.learn
    if interfaces:
        if captures:
            raise click.UsageError("either captures (-r) or interfaces (-i), not both")
        from sentinel.cli.live import listen_and_tell

        named = [*(name for name in interfaces if name), *(str(path) for path in more)] or config.capture.interfaces
        if not named:
            raise click.UsageError("name an interface: sentinel run -i eth1 (or interfaces under [capture])")
        return listen_and_tell(
            named,
            config=config,
            zone=zone_of(tz or config.display.tz or "local"),
            state=state,
            site=site or config.capture.site or None,
            learn=time,
            allow_addressed=allow_addressed,
        )
    paths = [*captures, *more]
    if not paths:
        raise click.UsageError("name a capture: sentinel run -r FILE, or an interface: sentinel run -i eth1")
    on_stdout = any(sink.type == "stdout" for sink in config.sinks.values())
    zone = zone_of(tz or config.display.tz)
    shown = _Shown(sum(path.stat().st_size for path in paths if path.is_file()))
    result = replay(
        paths,
        config=config,
        state=state,
        site=site or config.capture.site or None,
        learn=time,
        again=again,
        progress=shown.tell,
    )
    shown.clear()
    for line in run_screen(result, zone):
        click.echo(line, err=on_stdout)
    faulty = [file for file in result.counters["files"] if file["problem"]]
    for file in faulty:
        click.echo(f"sentinel: {file['path']} {file['problem']}", err=True)
    shipped = ship(result.state, config.sinks) if config.sinks else 0
    return 2 if faulty or shipped else 0


def _learning(text: str) -> timedelta | datetime:
    try:
        return learning_time(text)
    except ValueError as error:
        raise SentinelError(f"--learn {text}: {error}") from None


class _Shown:
    """How far reading has come, on standard error, if that is a terminal."""

    def __init__(self, total: int) -> None:
        self._live = sys.stderr.isatty() and total > 10_000_000

    def tell(self, packets: int, line_time: int) -> None:
        """After each batch."""
        if self._live:
            from datetime import UTC

            sys.stderr.write(f"\r{number(packets)} packets, {moment(line_time, UTC)} UTC   ")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leaves nothing behind."""
        if self._live:
            sys.stderr.write("\r" + " " * 60 + "\r")
