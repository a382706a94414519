"""`sentinel decode`: one event document per transaction, as NDJSON on standard output."""

from __future__ import annotations

import heapq
import sys
from pathlib import Path

import click

from sentinel.cli.captures import captures_argument, choice_of, choice_options, tell_problems
from sentinel.cli.text import several, zone_of
from sentinel.documents import Documents, as_json, rows
from sentinel.sensor import Sensor


@click.command(epilog="Example:  sentinel decode plant.pcap | head")
@captures_argument
@click.option("--protocol", help="Only documents of this protocol.")
@choice_options
@click.option("--tz", help="Time zone of --since and --until; UTC by default.")
def command(
    captures: tuple[Path, ...],
    protocol: str | None,
    since: str | None,
    until: str | None,
    shifts: tuple[str, ...],
    tz: str | None,
) -> int:
    """Print every transaction of CAPTURES, in the order in which they end, one JSON document a line.

    A capture is a pcap or pcapng file (gzip and zstd too), a folder of them, or - for standard input.
    """
    sensor = Sensor([str(path) for path in captures], every_transaction=True)
    if since or until or shifts:
        from sentinel.reading import chosen

        files, first, last = chosen(sensor, choice_of(since, until, shifts, zone_of(tz)))
        sensor.choose(files, since=first, until=last)
    documents = Documents(files=[file["path"] for file in sensor.counters()["files"]])
    for batch in sensor:
        documents.of(batch)
        streams = (
            zip(frame["sequence"].to_list(), rows(frame), strict=True)
            for frame in (documents.events, documents.weirds)
            if frame.height
        )
        for _, document in heapq.merge(*streams, key=lambda pair: pair[0]):
            if protocol is None or document.get("network.protocol") == protocol:
                sys.stdout.write(as_json(document) + "\n")
    sys.stdout.flush()
    outside = sum(file["outside"] for file in sensor.counters()["files"])
    if outside:
        click.echo(f"sentinel: left out by --since/--until: {several(outside, 'packet')}", err=True)
    return tell_problems(sensor)
