"""`sentinel decode`: one event document per transaction, as NDJSON on standard output."""

from __future__ import annotations

import heapq
import sys
from pathlib import Path

import click

from sentinel.cli.captures import captures_argument, tell_problems
from sentinel.documents import Documents, as_json, rows
from sentinel.sensor import Sensor


@click.command(epilog="Example:  sentinel decode plant.pcap | head")
@captures_argument
@click.option("--protocol", help="Only documents of this protocol.")
def command(captures: tuple[Path, ...], protocol: str | None) -> int:
    """Print every transaction of CAPTURES, in the order in which they end, one JSON document a line.

    A capture is a pcap or pcapng file (gzip too), a folder of them, or - for standard input.
    """
    sensor = Sensor([str(path) for path in captures], every_transaction=True)
    documents = Documents(files=[file["path"] for file in sensor.counters()["files"]])
    for batch in sensor:
        documents.of(batch)
        streams = (
            zip(frame["sequence"].to_list(), rows(frame), strict=True) for frame in (documents.events, documents.weirds)
        )
        for _, document in heapq.merge(*streams, key=lambda pair: pair[0]):
            if protocol is None or document.get("network.protocol") == protocol:
                sys.stdout.write(as_json(document) + "\n")
    sys.stdout.flush()
    return tell_problems(sensor)
