"""`sentinel run`: the whole line over captures or interfaces, and what a person can read of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from sentinel.cli.captures import choice_of, choice_options
from sentinel.cli.shown import Shown
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
@choice_options
@click.option(
    "--resume", "is_resumed", is_flag=True, help="Go on with the reading of --state that was stopped or died."
)
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
    since: str | None,
    until: str | None,
    shifts: tuple[str, ...],
    is_resumed: bool,
    config_file: Path | None,
    tz: str | None,
) -> int:
    """Read captures or listen, and tell what is on the network, what is normal, and what changed.

    Files may be pcap or pcapng, packed with gzip or zstd. Ctrl-C stops at a packet; --resume goes on from there.
    """
    from sentinel.cli.screens import run_screen, stopped_screen
    from sentinel.cli.ship import ship
    from sentinel.cli.text import zone_of
    from sentinel.pipeline import replay, resume
    from sentinel.sinks import settings

    config = load_config(config_file, sinks=settings)
    time = _learning(learn) if learn else config.baseline.learn
    if interfaces:
        if captures:
            raise click.UsageError("either captures (-r) or interfaces (-i), not both")
        if again or since or until or shifts or is_resumed:
            raise click.UsageError("--again, --since, --until, --shift and --resume are for captures (-r)")
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
    if is_resumed and (paths or learn or site or again or since or until or shifts):
        raise click.UsageError("--resume goes on with what was begun: besides it name the --state only")
    if not paths and not is_resumed:
        raise click.UsageError("name a capture: sentinel run -r FILE, or an interface: sentinel run -i eth1")
    on_stdout = any(sink.type == "stdout" for sink in config.sinks.values())
    zone = zone_of(tz or config.display.tz)
    shown = Shown()
    with stopped_by_interrupt() as stop:
        if is_resumed:
            from sentinel.store import last_state

            result = resume(state or last_state(), config=config, stop=stop, progress=shown.tell)
        else:
            result = replay(
                paths,
                config=config,
                state=state,
                site=site or config.capture.site or None,
                learn=time,
                again=again,
                choice=choice_of(since, until, shifts, zone),
                stop=stop,
                progress=shown.tell,
            )
    shown.clear()
    if result.stopped:
        for line in stopped_screen(result):
            click.echo(line, err=True)
        return 2
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


@contextmanager
def stopped_by_interrupt() -> Iterator[Callable[[], bool]]:
    """While it lasts, Ctrl-C asks to stop; a second one ends the program at once, as nothing that is on the disk is lost."""
    asked: list[int] = []

    def ask(number: int, frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
