"""Hand-made rows of the border, so that tests say what was on the wire in one line each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars

from sentinel.sensor import Batch, schemas

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_767_225_600 * SECOND  # 2026-01-01T00:00:00Z
PORT = 1000
PLC, HMI, STRANGER = "10.0.0.9", "10.0.0.5", "10.0.0.66"


@dataclass
class Frames:
    """The documents of a batch, as far as detectors read them."""

    events: polars.DataFrame
    summaries: polars.DataFrame
    weirds: polars.DataFrame


@dataclass
class Line:
    """Rows in the order in which they became known. Times are seconds after START."""

    protocol: str = "toy"
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    conversations: dict[tuple[str, ...], int] = field(default_factory=dict)
    operations: dict[tuple[Any, ...], int] = field(default_factory=dict)
    about: dict[int, dict[str, Any]] = field(default_factory=dict)
    time: int = START
    values: dict[int, list[int]] = field(default_factory=dict)

    def add(self, into: str, at: float, **values: Any) -> int:
        """One row; its sequence."""
        self.time = max(self.time, START + round(at * SECOND))
        sequence = len(self.rows) + 1
        self.rows.append((into, {"sequence": sequence, "time": self.time, **values}))
        return sequence

    def operation(
        self,
        at: float,
        client: str = HMI,
        server: str = PLC,
        *,
        name: str = "Read Things",
        klass: str = "read",
        target: str = "thing 1",
        unit: int | None = 1,
        vlan: str = "",
    ) -> int:
        """The number of an operation, with its rows when it is new."""
        pair = (client, server, vlan)
        if pair not in self.conversations:
            self.conversations[pair] = len(self.conversations)
            self.add(
                "conversations",
                at,
                conversation=self.conversations[pair],
                protocol=self.protocol,
                framing="plain",
                transport="tcp",
                client=client,
                server=server,
                server_port=PORT,
                vlan=vlan,
                role_source="said",
            )
        key = (pair, name, klass, target, unit)
        if key not in self.operations:
            number = self.operations[key] = len(self.operations)
            id = f"1-{abs(hash_of(key)):032x}"
            action = f"{self.protocol}-{name.lower().replace(' ', '-')}"
            self.add(
                "operations",
                at,
                operation=number,
                id=id,
                conversation=self.conversations[pair],
                name=name,
                target=target,
                action=action,
                unit=unit,
                **{"class": klass},
            )
            self.about[number] = {
                "sentinel.operation.id": id,
                "sentinel.operation.class": klass,
                "sentinel.operation.name": name,
                "sentinel.operation.target": target,
                "network.protocol": self.protocol,
                "source.ip": client,
                "destination.ip": server,
                "destination.port": PORT,
                "network.vlan.id": vlan or None,
            }
        return self.operations[key]

    def ask(
        self,
        at: float,
        client: str = HMI,
        server: str = PLC,
        *,
        outcome: str = "success",
        status: str | None = None,
        weird: list[str] | None = None,
        unanswered: str | None = None,
        set_to: list[int] | None = None,
        sent: float | None = None,
        **operation: Any,
    ) -> int:
        """A transaction that became an event."""
        number = self.operation(at, client, server, **operation)
        sequence = self.add(
            "events",
            at,
            operation=number,
            timestamp=START + round((at if sent is None else sent) * SECOND),
            outcome=outcome,
            status=status,
            client_port=40_000,
            file=0,
            interface=0,
            request_frame=len(self.rows) + 1,
            response_frame=len(self.rows) + 2,
            weird=weird,
            unanswered=unanswered,
            first=False,
            bytes=12,
        )
        if set_to is not None:
            self.values[sequence] = set_to
        return sequence

    def write(self, at: float, client: str = HMI, server: str = PLC, **more: Any) -> int:
        """A command."""
        given = {"name": "Write Thing", "klass": "write", "target": "thing 12", "set_to": [0]} | more
        return self.ask(at, client, server, **given)

    def summary(self, minute: int, count: int, client: str = HMI, server: str = PLC, **more: Any) -> int:
        """Repeats of a minute, written when it is over."""
        outcome = more.pop("outcome", "success")
        number = self.operation(minute * 60, client, server, **more)
        start = START + minute * MINUTE
        return self.add(
            "summaries",
            minute * 60 + 61,
            operation=number,
            outcome=outcome,
            minute=start,
            count=count,
            first=start + SECOND,
            last=start + 59 * SECOND,
            bytes=count * 12,
        )

    def point(
        self, at: float, name_: str, touched: str = "read", client: str = HMI, server: str = PLC, **more: Any
    ) -> int:
        """A point touched for the first time."""
        number = self.operation(at, client, server, **more)
        id = f"1-{abs(hash_of((server, name_))):032x}"
        return self.add(
            "points",
            at,
            point=len(self.rows),
            id=id,
            operation=number,
            server=server,
            server_port=PORT,
            vlan="",
            protocol=self.protocol,
            unit=1,
            table="thing",
            address=1,
            name=name_,
            **{"class": touched},
        )

    def sender(self, at: float, ip: str | None, mac: str | None = None) -> int:
        """A device's first packet."""
        time = START + round(at * SECOND)
        return self.add("senders", at, ip=ip, mac=mac, vlan="", packets=1, bytes=60, first=time, last=time, arp=False)

    def connection(self, at: float, client: str, server: str, port: int | None, **more: Any) -> int:
        """A connection that is not read."""
        time = START + round(at * SECOND)
        given: dict[str, Any] = {
            "transport": "tcp",
            "application": None,
            "application_title": None,
            "group": None,
            "read": False,
            "role_source": "syn",
            "packets_client": 3,
            "packets_server": 3,
        }
        return self.add(
            "connections",
            at,
            client=client,
            server=server,
            server_port=port,
            vlan="",
            first=time,
            last=time,
            final=True,
            **(given | more),
        )

    def weird(self, at: float, *names: str, client: str = STRANGER, server: str = PLC) -> int:
        """A violation that belongs to no transaction."""
        return self.add(
            "weirds",
            at,
            timestamp=START + round(at * SECOND),
            protocol=self.protocol,
            transport="tcp",
            client=client,
            client_port=40_000,
            server=server,
            server_port=PORT,
            vlan="",
            side="request",
            file=0,
            frame=len(self.rows) + 1,
            names=list(names),
            detail="length 9 of 6",
        )

    def quiet(self, at: float) -> None:
        """Time passes: somebody sends again."""
        self.sender(at, HMI)

    def batches(self, cuts: Iterable[int] = ()) -> list[Batch]:
        """The rows, cut after so many of them."""
        edges = sorted({0, len(self.rows), *(cut for cut in cuts if 0 < cut < len(self.rows))})
        return [self._batch(self.rows[i:j]) for i, j in itertools.pairwise(edges)]

    def nothing(self) -> Batch:
        """An empty batch."""
        return self._batch([])

    def _batch(self, rows: Sequence[tuple[str, dict[str, Any]]]) -> Batch:
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, row in rows:
            tables.setdefault(table, []).append(row)
        frames = {name: polars.DataFrame(found, schema=schemas()[name]) for name, found in tables.items()}
        return Batch(frames, rows[-1][1]["time"] if rows else self.time)

    def documents(self, batch: Batch) -> Frames:
        """The documents of a batch."""
        events = [self._event(row) for row in batch["events"].iter_rows(named=True)]
        weirds = [self._weird(row) for row in batch["weirds"].iter_rows(named=True)]
        return Frames(polars.DataFrame(events, infer_schema_length=None), polars.DataFrame(), polars.DataFrame(weirds))

    def _event(self, row: dict[str, Any]) -> dict[str, Any]:
        return self.about[row["operation"]] | {
            "sequence": row["sequence"],
            "time": row["time"],
            "@timestamp": row["timestamp"],
            "event.outcome": row["outcome"],
            "source.port": row["client_port"],
            "sentinel.capture.file": "plant.pcap",
            "sentinel.frame.request": row["request_frame"],
            "sentinel.frame.response": row["response_frame"],
            "sentinel.weird": row["weird"] or [],
            "sentinel.unanswered": row["unanswered"],
            "toy.request_values": self.values.get(row["sequence"], []),
        }

    def _weird(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "sequence": row["sequence"],
            "time": row["time"],
            "@timestamp": row["timestamp"],
            "network.protocol": row["protocol"],
            "source.ip": row["client"],
            "destination.ip": row["server"],
            "destination.port": row["server_port"],
            "sentinel.frame.request": row["frame"],
            "sentinel.weird": row["names"],
            "event.reason": row["detail"],
            "sentinel.capture.file": "plant.pcap",
        }


def hash_of(value: object) -> int:
    """The same in every run."""
    import hashlib

    return int.from_bytes(hashlib.sha256(repr(value).encode()).digest()[:16], "big")


def plant(line: Line | None = None, minutes: int = 9) -> Line:
    """A quiet plant: the HMI reads every minute and writes now and then."""
    line = line or Line()
    line.sender(0, HMI, "00-00-00-00-00-05")
    line.sender(0, PLC, "00-00-00-00-00-09")
    line.ask(1)
    line.point(1, "unit 1 thing 1")
    line.write(2)
    line.point(2, "unit 1 thing 12", "write", name="Write Thing", klass="write", target="thing 12")
    for minute in range(minutes):
        line.summary(minute, 60)
    return line
