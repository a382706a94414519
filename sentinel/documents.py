"""Documents: rows of the border as CONTRACT's fields, the same for rules, store and sinks.

A document is a row of a frame whose columns are flat field names; a null is an absent field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import polars

from sentinel import _core
from sentinel.fields import all_fields
from sentinel.known import Known
from sentinel.sensor import Batch, filled

Document = dict[str, Any]
"""A document with flat names; times are ns since 1970, UTC."""

TIMES = frozenset(name for name, field in all_fields().items() if field.type == "date")
"""Fields that hold a time."""

INTERNAL = ("sequence", "time", "operation", "conversation")
"""Columns of a frame that are no field of a document."""


def time_text(nanoseconds: int) -> str:
    """ISO 8601, UTC, with as many digits as the time has."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:09d}".rstrip("0")
    return f"{text}.{digits}Z" if digits else f"{text}Z"


def nested(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON objects within objects, without nulls, times as text."""
    out: dict[str, Any] = {}
    objects = {"": out}
    for name, value in document.items():
        if value is None:
            continue
        path, leaf, is_time = _PLACES.get(name) or _place(name)
        place = objects.get(path)
        if place is None:
            place = out
            for part in path.split("."):
                place = place.setdefault(part, {})
            objects[path] = place
        place[leaf] = time_text(value) if is_time and isinstance(value, int) else value
    return out


_PLACES: dict[str, tuple[str, str, bool]] = {}
"""By name of a field: the object it is in, its name there, and whether it holds a time. Fields are some hundreds."""


def _place(name: str) -> tuple[str, str, bool]:
    path, _, leaf = name.rpartition(".")
    place = _PLACES[name] = (path, leaf, name in TIMES)
    return place


def as_json(document: Mapping[str, Any]) -> str:
    """One line of NDJSON."""
    return json.dumps(nested(document), ensure_ascii=False, separators=(",", ":"))


def rows(frame: polars.DataFrame) -> Iterable[Document]:
    """The documents of a frame, nulls and internal columns left out."""
    for row in filled(frame.drop(INTERNAL, strict=False)).iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}


class Documents:
    """Turns batches into frames of documents; remembers operations and conversations across batches."""

    def __init__(self, site: str = "", files: Iterable[str] = (), *, are_interfaces: bool = False) -> None:
        """`files`: names of the captures, or of the interfaces that are listened on."""
        self._site = site
        self._files = list(files)
        self._are_interfaces = are_interfaces
        self._protocols = [one["name"] for one in _core.protocols_read()]
        self.known = Known()
        """What numbers of conversations and operations stand for, as of the batch taken last."""
        self.let_go()

    def let_go(self) -> None:
        """Forgets the frames of the batch: they would be in memory beside those of the next."""
        self.events = polars.DataFrame()
        self.summaries = polars.DataFrame()
        self.weirds = polars.DataFrame()
        self.connections = polars.DataFrame()

    def of(self, batch: Batch) -> Documents:
        """Takes a batch; the frames of it are this object's attributes afterwards, without columns where it brings no rows."""
        self.known.learn(batch)
        self.let_go()
        # Most batches of a plant that goes on bring one kind or none, and a frame without rows is as much work as one with some.
        if batch["events"].height:
            self.events = self._events(batch)
        if batch["summaries"].height:
            self.summaries = self._summaries(batch)
        if batch["weirds"].height:
            self.weirds = self._weirds(batch)
        if batch["connections"].height:
            self.connections = self._connections(batch)
        return self

    def _with_operation(self, frame: polars.DataFrame) -> polars.DataFrame:
        wanted = self.known.operations(frame["operation"])
        conversations = self.known.conversations(wanted["conversation"])
        common = wanted.join(conversations, on="conversation", how="left")
        protocol = polars.col("protocol")
        common = common.select(
            "operation",
            "conversation",
            polars.col("action").alias("event.action"),
            polars.col("id").alias("sentinel.operation.id"),
            polars.col("class").alias("sentinel.operation.class"),
            polars.col("name").alias("sentinel.operation.name"),
            polars.col("target").alias("sentinel.operation.target"),
            protocol.alias("network.protocol"),
            polars.col("transport").alias("network.transport"),
            _network_type(polars.col("client")).alias("network.type"),
            *_vlan(polars.col("vlan")),
            polars.col("client").alias("source.ip"),
            polars.col("server").alias("destination.ip"),
            polars.col("server_port").alias("destination.port"),
            *[name for name in self.known.columns if "." in name],
        )
        return frame.join(common, on="operation", how="left", maintain_order="left")

    def _file(self, column: str) -> polars.Expr:
        numbers = list(range(len(self._files)))
        return polars.col(column).replace_strict(numbers, self._files, default=None, return_dtype=polars.String)

    def _captured(self) -> list[polars.Expr]:
        """Where it was seen: one of the two is null."""
        here, other = "sentinel.capture.file", "sentinel.capture.interface"
        if self._are_interfaces:
            here, other = other, here
        return [self._file("file").alias(here), polars.lit(None, dtype=polars.String).alias(other)]

    def _events(self, batch: Batch) -> polars.DataFrame:
        frame = self._with_operation(batch["events"])
        for protocol in self._protocols:
            own = batch[f"{protocol}_events"]
            frame = frame.join(own, left_on="sequence", right_on="event_sequence", how="left", maintain_order="left")
        own_names = [name for name in frame.columns if "." in name]
        frame = frame.select(
            "sequence",
            "time",
            "operation",
            "conversation",
            polars.col("timestamp").alias("@timestamp"),
            polars.lit("event").alias("event.kind"),
            polars.lit(["network"]).alias("event.category"),
            _types().alias("event.type"),
            polars.col("outcome").alias("event.outcome"),
            _dataset().alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.col("duration").alias("event.duration"),
            polars.col("client_port").alias("source.port"),
            polars.col("client_mac").alias("source.mac"),
            polars.col("server_mac").alias("destination.mac"),
            polars.lit(self._site or None, dtype=polars.String).alias("sentinel.site"),
            *self._captured(),
            polars.col("request_frame").alias("sentinel.frame.request"),
            polars.col("response_frame").alias("sentinel.frame.response"),
            self._file("response_file").alias("sentinel.frame.response_file"),
            polars.col("status").alias("sentinel.operation.status"),
            polars.col("weird").alias("sentinel.weird"),
            polars.col("unanswered").alias("sentinel.unanswered"),
            *own_names,
        )
        return _with_id(
            frame,
            "event.dataset",
            "sentinel.operation.id",
            "@timestamp",
            "sentinel.frame.request",
            "sentinel.frame.response",
            *[
                f"{protocol}.transaction_id"
                for protocol in self._protocols
                if f"{protocol}.transaction_id" in frame.columns
            ],
        )

    def _summaries(self, batch: Batch) -> polars.DataFrame:
        frame = self._with_operation(batch["summaries"])
        own_names = [name for name in frame.columns if "." in name]
        measures = {
            "count": "count",
            "first": "first",
            "last": "last",
            "bytes": "bytes",
            "latency_min": "latency.min",
            "latency_mean": "latency.mean",
            "latency_max": "latency.max",
            "latency_p95": "latency.p95",
            "period_mean": "period.mean",
            "period_jitter": "period.jitter",
        }
        frame = frame.select(
            "sequence",
            "time",
            "operation",
            "conversation",
            polars.col("minute").alias("@timestamp"),
            polars.lit("metric").alias("event.kind"),
            polars.lit(["network"]).alias("event.category"),
            _types().alias("event.type"),
            polars.col("outcome").alias("event.outcome"),
            _dataset().alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.lit(self._site or None, dtype=polars.String).alias("sentinel.site"),
            *[polars.col(column).alias(f"sentinel.summary.{name}") for column, name in measures.items()],
            *own_names,
        )
        return _with_id(
            frame, "event.dataset", "sentinel.operation.id", "@timestamp", "event.outcome", "sentinel.summary.last"
        )

    def _weirds(self, batch: Batch) -> polars.DataFrame:
        side = polars.col("side") == "request"
        frame = batch["weirds"].select(
            "sequence",
            "time",
            polars.col("timestamp").alias("@timestamp"),
            polars.lit("event").alias("event.kind"),
            polars.lit(["network"]).alias("event.category"),
            polars.lit(["protocol"]).alias("event.type"),
            polars.lit("unknown").alias("event.outcome"),
            polars.lit("protocol-violation").alias("event.action"),
            _dataset(polars.col("protocol")).alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.col("detail").alias("event.reason"),
            polars.col("protocol").alias("network.protocol"),
            polars.col("transport").alias("network.transport"),
            _network_type(polars.col("client")).alias("network.type"),
            *_vlan(polars.col("vlan")),
            polars.col("client").alias("source.ip"),
            polars.col("client_port").alias("source.port"),
            polars.col("server").alias("destination.ip"),
            polars.col("server_port").alias("destination.port"),
            polars.lit(self._site or None, dtype=polars.String).alias("sentinel.site"),
            *self._captured(),
            polars.when(side).then("frame").alias("sentinel.frame.request"),
            polars.when(~side).then("frame").alias("sentinel.frame.response"),
            polars.col("names").alias("sentinel.weird"),
        )
        return _with_id(
            frame,
            "event.dataset",
            "source.ip",
            "source.port",
            "destination.ip",
            "@timestamp",
            "sentinel.frame.request",
            "sentinel.frame.response",
        )

    def _connections(self, batch: Batch) -> polars.DataFrame:
        frame = batch["connections"]
        is_ip = ~polars.col("transport").is_in(["ethernet"])
        name = polars.col("server_name")
        frame = frame.select(
            "sequence",
            "time",
            polars.col("last").alias("@timestamp"),
            polars.lit("event").alias("event.kind"),
            polars.lit(["network"]).alias("event.category"),
            polars.lit(["connection"]).alias("event.type"),
            polars.lit("connection").alias("event.action"),
            polars.lit("sentinel.connection").alias("event.dataset"),
            polars.lit("sentinel").alias("event.module"),
            polars.col("application").alias("network.application"),
            polars.when(is_ip).then("transport").alias("network.transport"),
            polars.when(is_ip).then(_network_type(polars.col("client"))).alias("network.type"),
            *_vlan(polars.col("vlan")),
            polars.when(is_ip).then("client").alias("source.ip"),
            polars.col("client_port").alias("source.port"),
            polars.coalesce("client_mac", polars.when(~is_ip).then("client")).alias("source.mac"),
            polars.col("packets_client").alias("source.packets"),
            polars.col("bytes_client").alias("source.bytes"),
            polars.when(is_ip).then("server").alias("destination.ip"),
            polars.col("server_port").alias("destination.port"),
            polars.coalesce("server_mac", polars.when(~is_ip).then("server")).alias("destination.mac"),
            polars.col("packets_server").alias("destination.packets"),
            polars.col("bytes_server").alias("destination.bytes"),
            polars.when(polars.col("server_name_field") == "tls.client.server_name")
            .then(name)
            .alias("tls.client.server_name"),
            polars.when(polars.col("server_name_field") == "url.domain").then(name).alias("url.domain"),
            polars.when(polars.col("server_name_field") == "dns.question.name").then(name).alias("dns.question.name"),
            polars.lit(self._site or None, dtype=polars.String).alias("sentinel.site"),
            *[
                polars.col(column).alias(f"sentinel.connection.{column}")
                for column in ("state", "first", "last", "gaps", "lost_bytes", "retransmissions", "overlaps")
            ],
        )
        return _with_id(
            frame,
            "event.dataset",
            "source.ip",
            "source.mac",
            "destination.ip",
            "destination.mac",
            "destination.port",
            "network.transport",
            "network.application",
            "@timestamp",
            "source.packets",
            "destination.packets",
            "sentinel.connection.state",
        )


def _network_type(address: polars.Expr) -> polars.Expr:
    return polars.when(address.str.contains(":", literal=True)).then(polars.lit("ipv6")).otherwise(polars.lit("ipv4"))


def _vlan(vlan: polars.Expr) -> list[polars.Expr]:
    parts = vlan.str.split(".")
    outer = polars.when(vlan != "").then(parts.list.get(0, null_on_oob=True))
    inner = parts.list.get(1, null_on_oob=True)
    return [outer.alias("network.vlan.id"), inner.alias("network.inner.vlan.id")]


def _dataset(protocol: polars.Expr | None = None) -> polars.Expr:
    protocol = polars.col("network.protocol") if protocol is None else protocol
    return polars.concat_str(polars.lit("sentinel."), protocol)


def _types() -> polars.Expr:
    access = polars.col("sentinel.operation.class").is_in(["read", "write"])
    both = polars.lit(["connection", "protocol", "access"])
    return polars.when(access).then(both).otherwise(polars.lit(["connection", "protocol"]))


def _with_id(frame: polars.DataFrame, *parts: str) -> polars.DataFrame:
    """Adds a stable id of 128 bits: a hash of what these columns hold."""
    held = [polars.col(part).cast(polars.String).fill_null("") for part in parts]
    texts = frame.select(polars.concat_str(held, separator="\x1f")).to_series()
    ids = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    return frame.with_columns(polars.Series("event.id", ids, dtype=polars.String))


def flat(document: Mapping[str, Any], prefix: str = "") -> Document:
    """The reverse of :func:`nested`, times left as text."""
    out: Document = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            out.update(flat(cast("Mapping[str, Any]", value), f"{prefix}{name}."))
        else:
            out[prefix + name] = value
    return out
