"""README.md of a case: which stacks, what was asked. Numbers are read from the logs beside it."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
import stacks
from cases import CLIENTS, SERVER, Case
from readme import LAB, LICENCE

GOOD = "Good"


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The calls of a log."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def services(calls: list[dict[str, Any]]) -> str:
    """A line a service: how often asked, how often refused as a whole."""
    asked = Counter(call["service"] for call in calls)
    faults = Counter(call["service"] for call in calls if call.get("answer") == "ServiceFault")
    silent = Counter(call["service"] for call in calls if "answer" not in call and call["service"] != "Error")
    lines = ["| service | calls | refused with a ServiceFault | without an answer |", "|---|---|---|---|"]
    for name, count in asked.items():
        lines.append(f"| {name} | {count} | {faults[name] or ''} | {silent[name] or ''} |")
    return "\n".join(lines)


def clients(case: Case, calls: list[dict[str, Any]], seen: list[dict[str, Any]]) -> str:
    """A line a client; of one whose stack tells nothing, what the server saw."""
    lines = ["| client | address | policy | mode | calls |", "|---|---|---|---|---|"]
    for client in dict.fromkeys((one.stack, one.security) for one in case.clients):
        stack, security = client
        ip = CLIENTS[stack][0]
        count = sum(
            call["client"].split(":")[0] == ip and call.get("policy", "None") in (security.policy, "None")
            for call in calls
        )
        told = (
            str(count) if count else f"{sum(call['client'].split(':')[0] == ip for call in seen)}, told by the server"
        )
        version = stacks.VERSIONS[stack]
        lines.append(f"| {version} | {ip} | {security.policy} | {security.mode} | {told} |")
    return "\n".join(lines)


def write(folder: Path, case: Case) -> None:
    """The page."""
    calls, seen = lines_of(folder / "stack.log.gz"), lines_of(folder / "server.log.gz")
    hidden = (
        " What is encrypted on the wire is in the logs too: a passive reader must report none of it."
        if case.is_hidden
        else ""
    )
    silent = ""
    if case.server == "async-opcua":
        silent = " async-opcua's server keeps its messages to itself: the clients' logs tell of them."
    text = f"""# {case.title}

{case.about}

`stack.log.gz` is what the clients' stacks handed to their encoders and got from their decoders ({len(calls)} calls), `server.log.gz` the same of the server's stack ({len(seen)} calls): NDJSON, a line a call, in the form that `tools/samples/opcua/README.md` describes. Neither was read from the capture.{hidden}{silent}

## What happens

{clients(case, calls, seen)}

{services(calls)}

## Origin

{stacks.VERSIONS[case.server]} as a server at {SERVER[0]}, port 4840; Linux 6 TCP. Certificates were made at the start, keys not kept. {LAB}
Made anew with `tools/samples/opcua/make.py {folder.name}` (as root), which writes this page too.
Second source: both logs, and tshark 4.0.17 (`tshark.tsv.gz`); `tests/test_samples_of_opcua.py` compares.

{LICENCE}
"""
    (folder / "README.md").write_text(text)
