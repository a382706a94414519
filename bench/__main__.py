"""`python -m bench`: makes captures, measures whole processes, reports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from bench import contenders
from bench.captures import CAPTURES, FULL, QUICK, Size, contents, make, path_of
from bench.contests import CONTESTS, Contest
from bench.hot import profile
from bench.measure import Failed, Run, contest
from bench.record import CannotRecord
from bench.report import markdown, put_into
from bench.results import Results

ROOT = Path(__file__).parent.parent
SIZES = {size.name: size for size in (FULL, QUICK)}
ROUNDS_QUICK = 3


def tell(line: str) -> None:
    """To the person who waits."""
    click.echo(line, err=True)


def folder_option(command: click.decorators.FC) -> click.decorators.FC:
    """Where captures and results are."""
    command = click.option(
        "--folder", type=click.Path(path_type=Path), default=ROOT / "bench-data", help="Captures and results."
    )(command)
    return click.option("--size", type=click.Choice(list(SIZES)), default="full")(command)


@click.group(epilog="Example:  python -m bench all --size quick")
def main() -> None:
    """Measures Sentinel against what else reads such captures here: Suricata, Zeek, tshark."""


@main.command("captures")
@click.argument("names", nargs=-1, type=click.Choice(list(CAPTURES)))
@folder_option
def make_captures(names: tuple[str, ...], folder: Path, size: str) -> None:
    """Makes captures; all of them, if none is named."""
    for name in names or CAPTURES:
        about = contents(make(folder, SIZES[size], name, tell))
        click.echo(f"{path_of(folder, SIZES[size], name)}  {about['packets']:,} packets")


@main.command("measure")
@click.argument("names", nargs=-1, type=click.Choice([*CONTESTS, "commits"]))
@click.option("--rounds", type=click.IntRange(1), help="Instead of each contest's own number.")
@click.option("--cpu", type=int, default=0, help="The processor that every run is pinned to.")
@folder_option
def measure(names: tuple[str, ...], rounds: int | None, cpu: int, folder: Path, size: str) -> None:
    """Measures contests, all if none is named, into results.json; what it held of others stays."""
    measured(names or [*CONTESTS, "commits"], rounds, cpu, folder, SIZES[size])


def measured(names: Iterable[str], rounds: int | None, cpu: int, folder: Path, size: Size) -> Results:
    """Measures one contest after the other; each is kept as soon as it is there."""
    path = folder / size.name / "results.json"
    results = Results.read(path) if path.exists() else Results(size.name)
    results.versions, results.absent = contenders.versions(), contenders.absent()
    if results.absent:
        tell(f"not installed, so not measured: {', '.join(results.absent)}")
    for name in names:
        if name == "commits":
            results.commits = _commits(make(folder, size, "steady-tenth", tell))
        else:
            _measure(results, CONTESTS[name], rounds, cpu, folder, size)
        results.write(path)
    return results


def _measure(results: Results, one: Contest, rounds: int | None, cpu: int, folder: Path, size: Size) -> None:
    tell(one.says)
    runs = []
    for contender, name in one.runs:
        if not contenders.is_there(contender):
            continue
        capture = make(folder, size, name, tell)
        about = contents(capture)
        results.captures[name] = {key: about[key] for key in ("packets", "requests", "writes")}
        with capture.open("rb") as file:  # into the page cache: nobody pays for the disk
            while file.read(1 << 20):
                pass
        runs.append(Run(contender, capture, about["packets"]))
    wanted = rounds or (min(one.rounds, ROUNDS_QUICK) if size is QUICK else one.rounds)
    results.contests[one.name] = contest(runs, wanted, processor=cpu, tell=tell)


def _commits(capture: Path) -> dict[str, object]:
    tell("Commits of the store")
    command = [sys.executable, "-m", "bench.commits", str(capture)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


@main.command("report")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="A page whose figures are replaced.")
@folder_option
def report(into: Path | None, folder: Path, size: str) -> None:
    """Prints the tables, and writes them to results.md."""
    kept = folder / SIZES[size].name
    reported(Results.read(kept / "results.json"), kept / "results.md", into)


def reported(results: Results, path: Path, into: Path | None = None) -> None:
    """Tables to a file, to the screen, and into a page."""
    figures = markdown(results)
    path.write_text(figures)
    click.echo(figures, nl=False)
    if into:
        put_into(into, figures)


@main.command("profile")
@click.argument("name", type=click.Choice(list(CAPTURES)))
@folder_option
def profiled(name: str, folder: Path, size: str) -> None:
    """What is hot in `sentinel run` over a capture."""
    click.echo(profile(make(folder, SIZES[size], name, tell)), nl=False)


@main.command("all")
@folder_option
def everything(folder: Path, size: str) -> None:
    """Captures, measurements, report."""
    results = measured([*CONTESTS, "commits"], None, 0, folder, SIZES[size])
    reported(results, folder / size / "results.md")


if __name__ == "__main__":
    try:
        main(prog_name="python -m bench")
    except (CannotRecord, Failed) as error:
        sys.exit(f"bench: {error}")
