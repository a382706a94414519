"""What is measured against what, over which capture, how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.contenders import (
    CAPINFOS,
    DECODE,
    HELP,
    LEARN,
    RUN,
    SMALL,
    SURICATA,
    SURICATA_EACH,
    TSHARK,
    TSHARK_OF_OPC_UA,
    ZEEK,
)
from bench.measure import Contender


@dataclass(frozen=True)
class Contest:
    """Runs that take turns. The first is ours, and what the others are compared with."""

    name: str
    says: str
    """What the table is about."""
    runs: Sequence[tuple[Contender, str]]
    """Contenders, each with the name of a capture."""
    rounds: int


def _pair(capture: str, what: str) -> Contest:
    runs = [(RUN, capture), (RUN, f"{capture}-tenth")]
    return Contest(f"growth-{capture}", f"Ten times as many {what}", runs, 3)


CONTESTS = {
    one.name: one
    for one in (
        Contest("start", "Start: what does not depend on the capture", [(HELP, "one"), (RUN, "one")], 11),
        Contest(
            "steady",
            "Steady: a plant that goes on",
            [(RUN, "steady"), (LEARN, "steady"), (SURICATA, "steady"), (ZEEK, "steady"), (CAPINFOS, "steady")],
            5,
        ),
        Contest(
            "novel",
            "Novel: every copy of the recording has other addresses",
            [(RUN, "novel"), (SURICATA, "novel"), (ZEEK, "novel")],
            5,
        ),
        Contest(
            "opcua",
            "OPC UA: subscriptions of a plant that goes on, beside Suricata on Modbus",
            [(RUN, "opcua"), (SURICATA, "steady"), (TSHARK_OF_OPC_UA, "opcua")],
            3,
        ),
        Contest(
            "connections",
            "Connections open at once, each client another host",
            [(RUN, "connections"), (SURICATA, "connections"), (ZEEK, "connections")],
            3,
        ),
        Contest(
            "connections-few-hosts",
            "Connections open at once, between 20 clients and 50 servers",
            [(RUN, "connections-few-hosts"), (SURICATA, "connections-few-hosts"), (ZEEK, "connections-few-hosts")],
            3,
        ),
        Contest(
            "operations",
            "Operations that differ, one in ten a write",
            [(RUN, "operations"), (SURICATA, "operations"), (ZEEK, "operations")],
            3,
        ),
        Contest(
            "flood",
            "SYNs, each from an invented address",
            [(RUN, "flood"), (RUN, "flood-half"), (SURICATA, "flood"), (ZEEK, "flood")],
            3,
        ),
        Contest(
            "flood-asking",
            "Requests in datagrams, each from an invented address",
            [(RUN, "flood-asking"), (RUN, "flood-asking-half"), (SURICATA, "flood-asking"), (ZEEK, "flood-asking")],
            1,
        ),
        Contest(
            "malformed",
            "Violations between valid exchanges",
            [(RUN, "malformed"), (SURICATA, "malformed"), (ZEEK, "malformed")],
            3,
        ),
        Contest(
            "small-batches",
            "Batches as small as those of a quiet link that is listened to",
            [(RUN, "plant"), (SMALL, "plant"), (RUN, "opcua-plant"), (SMALL, "opcua-plant")],
            3,
        ),
        Contest(
            "each",
            "Every transaction written out",
            [(DECODE, "steady-tenth"), (SURICATA_EACH, "steady-tenth"), (TSHARK, "steady-tenth")],
            3,
        ),
        _pair("steady", "packets"),
        _pair("lost", "packets, 1 % of them lost"),
        _pair("reordered", "packets, 1 % of them out of order"),
        _pair("connections", "connections"),
        _pair("operations", "operations"),
    )
}
