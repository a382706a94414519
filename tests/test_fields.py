"""The one schema covers what crosses the border, what the contract names, and its page is fresh."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import polars
import pytest

from sentinel import _core, documents
from sentinel.fields import LEVELS, TYPES, all_fields, at_level, find
from sentinel.inventory.asset import Asset
from sentinel.sensor import Batch, schemas
from sentinel.ship import Stamp

ROOT = Path(__file__).parent.parent
KINDS = {"unsigned": "long", "signed": "long", "float": "float", "bool": "boolean", "text": "keyword"}
LISTS = {"integers": "long", "texts": "keyword"}


@pytest.mark.parametrize("field", all_fields().values(), ids=lambda field: field.name)
def test_every_field_is_whole(field):
    assert field.type in TYPES
    assert field.source == ("sentinel" if field.name.split(".")[0] in ("sentinel", *own_namespaces()) else "ecs")
    assert field.level
    assert set(field.level) <= set(LEVELS)
    assert field.description.endswith(".")
    assert field.example not in ("", [], None)
    if field.many and field.type != "object":
        assert isinstance(field.example, list)
    if "operation" in field.level:
        assert {"event", "summary"} <= set(field.level), "what an operation has, its events and summaries have"


def own_namespaces() -> set[str]:
    """Namespaces of protocols: those whose fields are neither ECS nor ours."""
    ecs = "@timestamp ecs message error event observer agent network source destination tls url dns user rule threat host device"
    return {name.split(".")[0] for name in all_fields()} - set(ecs.split()) - {"sentinel"}


def test_columns_of_the_core_are_fields_of_that_kind():
    columns = [
        (table, name, kind) for table, columns in _core.tables().items() for name, kind in columns if "." in name
    ]
    assert columns
    for table, name, kind in columns:
        field = find(name)
        assert field is not None, f"{table}: {name} is not in fields.toml"
        # Long text is searched by its words; times cross as nanoseconds.
        told = {"text": "keyword", "date": "long"}.get(field.type, field.type)
        assert (told, field.many) == ((LISTS[kind], True) if kind in LISTS else (KINDS[kind], False)), name
        assert ("operation" in field.level) == (not table.endswith("_events")), name


def test_frames_of_documents_have_only_fields():
    tables = {name: polars.DataFrame(schema=schema) for name, schema in schemas().items()}
    made = documents.Documents("acme", ["a.pcap"]).of(Batch(tables, 0))
    for kind, level in (
        ("events", "event"),
        ("summaries", "summary"),
        ("weirds", "weird"),
        ("connections", "connection"),
    ):
        frame: polars.DataFrame = getattr(made, kind)
        unknown = [name for name in frame.columns if name not in documents.INTERNAL and find(name) is None]
        assert not unknown, f"{kind}: {unknown} are not in fields.toml"
        odd = [name for name in frame.columns if (field := find(name)) and level not in field.level]
        assert not odd, f"{kind}: {odd} are not said to be in a {level}"


def test_assets_and_stamps_have_only_fields():
    asset = Asset("a-1", site="x", ips=["1.2.3.4"], name="n", purdue_level=1, units=[{"unit": 1}], parent="a-2")
    assert not [name for name in asset.document() if find(name) is None]
    stamped = Stamp("id").on({}, 0)
    assert not [name for name in stamped if (field := find(name)) is None or "sink" not in field.level]


def test_times_are_dates():
    assert not [name for name in documents.TIMES if (field := find(name)) is None or field.type != "date"]
    later = {"sentinel.point.source_time", "opcua.certificate.not_after"}
    dates = {field.name for field in all_fields().values() if field.type == "date"}
    assert dates - documents.TIMES <= later, "documents.TIMES does not write these as times"


# Names that CONTRACT.md promises, spelled out: losing one breaks somebody's rules.
PROMISED = [
    "@timestamp",
    "event.kind",
    "event.category",
    "event.type",
    "event.outcome",
    "event.dataset",
    "event.module",
    "event.id",
    "event.action",
    "event.duration",
    "network.protocol",
    "network.transport",
    "network.type",
    "network.application",
    "network.community_id",
    "network.vlan.id",
    "network.inner.vlan.id",
    "source.ip",
    "source.port",
    "source.mac",
    "destination.ip",
    "destination.port",
    "destination.mac",
    "sentinel.site",
    "sentinel.zone",
    "sentinel.source.asset.purdue_level",
    "sentinel.destination.asset.role",
    "sentinel.capture.file",
    "sentinel.capture.interface",
    "sentinel.frame.request",
    "sentinel.frame.response",
    "sentinel.frame.response_file",
    "sentinel.operation.id",
    "sentinel.operation.class",
    "sentinel.operation.name",
    "sentinel.operation.target",
    "sentinel.operation.status",
    "sentinel.weird",
    "sentinel.unanswered",
    "sentinel.summary.count",
    "sentinel.summary.first",
    "sentinel.summary.last",
    "sentinel.summary.bytes",
    "sentinel.summary.latency.p95",
    "sentinel.summary.period.jitter",
    "modbus.transaction_id",
    "modbus.unit_id",
    "modbus.function_code",
    "modbus.function",
    "modbus.exception_code",
    "modbus.exception",
    "modbus.address",
    "modbus.quantity",
    "modbus.write_address",
    "modbus.write_quantity",
    "modbus.table",
    "modbus.request_values",
    "modbus.response_values",
    "modbus.values_truncated",
    "modbus.and_mask",
    "modbus.or_mask",
    "modbus.subfunction_code",
    "modbus.mei_type",
    "modbus.file_records",
    "modbus.framing",
    "opcua.message_type",
    "opcua.service",
    "opcua.secure_channel_id",
    "opcua.token_id",
    "opcua.request_id",
    "opcua.request_handle",
    "opcua.sequence_number",
    "opcua.message_size",
    "opcua.chunk_count",
    "opcua.encrypted",
    "opcua.security.policy_uri",
    "opcua.security.mode",
    "opcua.endpoint_url",
    "opcua.session_name",
    "opcua.application.product_uri",
    "opcua.user_token_type",
    "user.name",
    "opcua.clear_text_password",
    "opcua.node_ids",
    "opcua.attribute_ids",
    "opcua.object_ids",
    "opcua.method_ids",
    "opcua.status_code",
    "opcua.status",
    "opcua.operation_count",
    "opcua.bad_count",
    "opcua.certificate.thumbprint",
    "sentinel.point.id",
    "sentinel.point.name",
    "sentinel.point.value",
    "sentinel.point.text",
    "sentinel.point.status",
    "sentinel.point.direction",
    "tls.client.server_name",
    "url.domain",
    "dns.question.name",
    "message",
    "event.reason",
    "event.severity",
    "event.risk_score",
    "sentinel.alert.id",
    "sentinel.alert.revision",
    "sentinel.alert.status",
    "sentinel.alert.count",
    "sentinel.alert.first",
    "sentinel.alert.last",
    "sentinel.alert.kind",
    "sentinel.alert.expected",
    "sentinel.alert.observed",
    "sentinel.alert.frames",
    "sentinel.alert.capture",
    "sentinel.alert.meaning",
    "sentinel.alert.check",
    "sentinel.alert.caution",
    "sentinel.alert.contact",
    "sentinel.alert.approve",
    "event.url",
    "host.id",
    "host.name",
    "host.ip",
    "host.mac",
    "host.type",
    "device.manufacturer",
    "device.model.name",
    "device.serial_number",
    "sentinel.asset.role",
    "sentinel.asset.purdue_level",
    "sentinel.asset.zone",
    "sentinel.asset.firmware",
    "sentinel.asset.protocols",
    "sentinel.asset.units",
    "sentinel.asset.first_seen",
    "sentinel.asset.last_seen",
    "sentinel.asset.confidence",
    "sentinel.asset.claims",
    "sentinel.asset.contact",
    "sentinel.asset.parent",
    "observer.vendor",
    "observer.version",
    "agent.id",
    "event.ingested",
    "event.created",
]


def test_promised_names_are_there():
    assert [name for name in PROMISED if find(name) is None] == []


def test_names_keep_clear_of_elastic_s_dynamic_mappings():
    """`*.created`, `*.start` … become dates, `*_ip` addresses there, whatever we mean (SIEM.md 1.4)."""
    for field in all_fields().values():
        leaf = field.name.rpartition(".")[2]
        if leaf in ("start", "end", "created", "timestamp"):
            assert field.type == "date", field.name
        assert not leaf.endswith("_ip"), field.name
        assert not field.name.startswith("process."), field.name
        assert re.fullmatch(r"@timestamp|[a-z0-9_]+(\.[a-z0-9_]+)*", field.name)


def test_no_field_is_both_a_value_and_a_group():
    names = set(all_fields())
    assert not [name for name in names for other in names if other.startswith(f"{name}.")]


def test_levels():
    operation = {field.name for field in at_level("operation")}
    assert "sentinel.operation.class" in operation
    assert "event.outcome" not in operation


def test_the_page_is_fresh():
    page = runpy.run_path(str(ROOT / "tools/make_field_docs.py"))["page"]()
    assert (ROOT / "docs/fields.md").read_text(encoding="utf-8") == page, "run tools/make_field_docs.py"
