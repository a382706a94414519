"""README.md of a round trip: which stacks, what each client asked. Numbers are read from the logs beside it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from foreign import VERSIONS
from readme import LAB, LICENCE, rows_of
from round_trips import CLIENTS

WORDS = {"tcp": "Modbus/TCP", "rtu_over_tcp": "Modbus RTU over TCP", "udp": "Modbus over UDP"}
LAYERS = {"tcp": "", "rtu_over_tcp": ", told that port 502 is `mbrtu`", "udp": " (`mbudp`)"}


def numbers(values: set[str]) -> str:
    """`1-6, 15`."""
    runs: list[list[int]] = []
    for value in sorted(map(int, values)):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def table(rows: list[dict[str, str]]) -> str:
    """A line a client."""
    names = {ip: name for name, (ip, _) in CLIENTS.items()}
    by_client: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_client[row["client"].split(":")[0]].append(row)
    lines = ["| client | address | calls | functions | ended |", "|---|---|---|---|---|"]
    for ip, calls in by_client.items():
        outcomes: dict[str, int] = defaultdict(int)
        for one in calls:
            outcomes[one["outcome"].split()[0]] += 1
        ended = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items(), reverse=True))
        functions = numbers({one["function"] for one in calls})
        lines.append(f"| {VERSIONS[names[ip]]} | {ip} | {len(calls)} | {functions} | {ended} |")
    return "\n".join(lines)


def write(folder: Path, stack: str, framing: str) -> None:
    """The page."""
    rows, seen = rows_of(folder / "stack.log"), rows_of(folder / "server.log")
    refused = numbers({row["outcome"].split()[1] for row in rows if row["outcome"].startswith("exception")})
    text = f"""# {WORDS[framing]}: a {stack} server and its clients

A server of {VERSIONS[stack]} at 10.10.4.10, port 502, and clients of several stacks, one after the other: every function that both know, the largest quantities that each allows, units 1, 2 and 100, a unit that nobody has, addresses that are not there, and addresses that the server refuses with the exception whose number is their distance from 60000.

`stack.log.gz` is what the client's stack was asked to do and what it gave back; `server.log.gz` is what the server's stack handed to its program ({len(seen)} requests) and what it was given to answer. Neither was read from the wire. A client's cell has no port where its stack does not tell it. Calls that a stack makes without waiting for each other are noted with one start.

## What happens

{table(rows)}

Exceptions seen: {refused}. {len(rows)} calls in all.

## Origin

{VERSIONS[stack]} as a server; {", ".join(VERSIONS[name] for name in CLIENTS)} as clients where they speak this framing; Linux 6 TCP and UDP. {LAB}
Made anew with `tools/samples/make.py {folder.name}` (as root), which builds the programs of `tools/samples/stacks/` and writes this page too.
Second source: both logs, and tshark 4.0.17{LAYERS[framing]} (`tshark.tsv`); `tests/test_samples_against_stacks.py` and `tests/test_round_trips.py` compare.

{LICENCE}
"""
    (folder / "README.md").write_text(text)
