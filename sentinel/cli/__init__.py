"""The command line: one file a command, one line each in the table."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from sentinel.errors import SentinelError

# Modules, models and tables hold no rings of garbage; looking for some while they are made was a tenth of a start.
gc.set_threshold(200_000, 20, 50)

# The allocator of Polars, read when it is loaded: frames of a batch are large and gone soon, so their pages go back soon.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0,narenas:1")

COMMANDS = {
    "run": "read captures or listen: what is on the network, what is normal, what changed",
    "assets": "the devices, and how we know",
    "alerts": "what changed, told; close, approve, deny, undo",
    "events": "the documents behind it all",
    "points": "process values as they were read and written",
    "baseline": "what is held for normal",
    "explain": "any word that Sentinel uses, in plain words",
    "report": "one page for people, self-contained",
    "ship": "send what the state holds to files and systems that are configured",
    "decode": "every transaction of captures as one JSON document a line",
}
"""Name and one line of help of every command; the command itself is loaded when it is called."""


class Commands(click.Group):
    """Commands that are imported when used: `--help` must not wait for tables and models."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name == "run":
            # Its frames are small: threads of Polars that wait for work cost a sensor half as much as the work, and save no time.
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
        module = importlib.import_module(f"sentinel.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without loading the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _tell_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from sentinel import _core

        click.echo(f"sentinel {_core.version()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version and exit.",
)
def sentinel() -> None:
    """What is on this control network, what is normal, and what just changed. Sentinel only listens."""


def _our_fault(error: Exception) -> int:
    """Keeps what is needed to mend it, and says one line."""
    import traceback

    from sentinel.store import state_root

    log = state_root() / "faults.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
        where = f"; the rest is in {log}"
    except OSError:
        where = ""
    click.echo(f"sentinel: our own fault: {type(error).__name__}: {error}{where}", err=True)
    return 70


def _no_room(error: OSError) -> int:
    """What is written to a file of ours names it; what names none is our output."""
    if error.errno != errno.ENOSPC or error.filename:
        return _our_fault(error)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would try once more at exit
    click.echo("sentinel: the disk that the output goes to is full: make room, or write it elsewhere", err=True)
    return 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command; exits 0 done, 1 a check found something, 2 used wrongly or input unusable, 70 our own fault."""
    code: Any = 0
    try:
        code = sentinel.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        click.echo("stopped", err=True)
        code = 2
    except SentinelError as error:
        click.echo(f"sentinel: {error}", err=True)
        code = 2
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        code = _no_room(error)
    except Exception as error:  # the last resort: a person gets one line, we get the rest
        code = _our_fault(error)
    sys.exit(code if isinstance(code, int) else 0)
