"""An OPC UA server made with asyncua: a line with a pump, a value of every type, methods, events, history.

usage: asyncua_server.py HOST PORT LOG FOLDER [--policies] [--taught] [--small-buffers] [--names-only]

It says `listening` when it does. `--taught` adds answers to services that asyncua does not offer (`asyncua_taught.py`);
with `--names-only` nobody is anonymous, and without a security policy passwords come in clear.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Node, Server, ua, uamethod
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua_log import LoggedServer, log_servers
from cryptography.x509.oid import ExtendedKeyUsageOID

NAMESPACE = "http://plant.example/line"
URI = "urn:plant:asyncua:server"
PASSWORDS = {"operator": "pump-4711", "admin": "valve-0815"}
WHEN = datetime(2024, 2, 29, 12, 34, 56, 789012, UTC)
V = ua.VariantType
VALUES: list[tuple[str, ua.VariantType, Any]] = [
    ("Boolean", V.Boolean, True),
    ("SByte", V.SByte, -128),
    ("Byte", V.Byte, 255),
    ("Int16", V.Int16, -32768),
    ("UInt16", V.UInt16, 65535),
    ("Int32", V.Int32, -2147483648),
    ("UInt32", V.UInt32, 4294967295),
    ("Int64", V.Int64, -9223372036854775808),
    ("UInt64", V.UInt64, 18446744073709551615),
    ("Float", V.Float, -0.15625),
    ("Double", V.Double, 3.141592653589793),
    ("NaN", V.Double, math.nan),
    ("Infinity", V.Float, -math.inf),
    ("String", V.String, "Füllstand Behälter ② größer"),
    ("EmptyString", V.String, ""),
    ("NullString", V.String, None),
    ("DateTime", V.DateTime, WHEN),
    ("Guid", V.Guid, uuid.UUID("72962b91-fa75-4ae6-8d28-b404dc7daf63")),
    ("ByteString", V.ByteString, bytes(range(16))),
    ("XmlElement", V.XmlElement, ua.XmlElement("<pump id='4'>on</pump>")),
    ("NodeId", V.NodeId, ua.NodeId(uuid.UUID("72962b91-fa75-4ae6-8d28-b404dc7daf63"), 2)),
    ("OpaqueNodeId", V.NodeId, ua.NodeId(b"\x01\x02\xff", 2)),
    ("ExpandedNodeId", V.ExpandedNodeId, ua.ExpandedNodeId("Pump", 0, NamespaceUri="urn:other", ServerIndex=3)),
    ("StatusCode", V.StatusCode, ua.StatusCode(ua.StatusCodes.BadOutOfRange)),
    ("QualifiedName", V.QualifiedName, ua.QualifiedName("Pump", 2)),
    ("LocalizedText", V.LocalizedText, ua.LocalizedText("Pumpe", "de-AT")),
    ("ExtensionObject", V.ExtensionObject, ua.Argument(Name="speed", DataType=ua.NodeId(11), ValueRank=-1)),
    ("Range", V.ExtensionObject, ua.Range(Low=-5.5, High=150.0)),
    ("EUInformation", V.ExtensionObject, ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", 4408652,
                                                          ua.LocalizedText("°C", None), ua.LocalizedText("degree Celsius", "en"))),
    ("BooleanArray", V.Boolean, [True, False, True]),
    ("ByteArray", V.Byte, [0, 127, 255]),
    ("Int16Array", V.Int16, [-1, 0, 1]),
    ("Int32Array", V.Int32, list(range(-20, 20))),
    ("UInt64Array", V.UInt64, [0, 18446744073709551615]),
    ("FloatArray", V.Float, [0.5, -0.25]),
    ("DoubleArray", V.Double, [1.5, -2.25, math.inf]),
    ("EmptyArray", V.Double, []),
    ("StringArray", V.String, ["RUN", "", None, "STÖRUNG"]),
    ("DateTimeArray", V.DateTime, [WHEN, datetime(1601, 1, 1, tzinfo=UTC)]),
    ("ByteStringArray", V.ByteString, [b"\0\1", b"", None]),
    ("LocalizedTextArray", V.LocalizedText, [ua.LocalizedText("on", "en"), ua.LocalizedText("aus", "de")]),
    ("ExtensionObjectArray", V.ExtensionObject, [ua.Range(Low=0, High=1), ua.Range(Low=-1, High=2)]),
    ("VariantArray", V.Variant, [ua.Variant(7, V.Int16), ua.Variant("seven", V.String), ua.Variant([7.0], V.Double)]),
    ("Matrix", V.Double, [[1.0, 2.0, 3.0], [-4.0, -5.0, -6.0]]),
    ("Cube", V.Int32, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
]  # fmt: skip


class Users:
    """Anonymous is welcome; a name wants its password; a certificate is enough."""

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        """None: refused."""
        if username is None:
            return User(role=UserRole.Admin)  # so that everybody may add nodes
        known = PASSWORDS.get(str(username))
        said = password.decode() if isinstance(password, bytes) else password
        return User(role=UserRole.Admin, name=username) if known == said else None


@uamethod
def add(parent: Any, one: float, other: float) -> float:
    """Sum."""
    return one + other


@uamethod
def describe(parent: Any, name: str, values: list[int]) -> tuple[str, int]:
    """A text and a sum."""
    return f"{name}: {len(values)} values", sum(values)


async def values(server: Server, at: int, line: Node) -> dict[str, Node]:
    """A variable of every type."""
    folder = await line.add_folder(ua.NodeId("Types", at), ua.QualifiedName("Types", at))
    nodes = {}
    for name, kind, value in VALUES:
        variable = await folder.add_variable(
            ua.NodeId(f"Types.{name}", at),
            ua.QualifiedName(name, at),
            ua.Variant(value, kind),
            kind,
            ua.NodeId(ua.ObjectIds.BaseDataType) if kind == V.Variant else None,
        )
        await variable.set_writable()
        nodes[name] = variable
    fixed = await folder.add_variable(ua.NodeId("Types.Fixed", at), ua.QualifiedName("Fixed", at), 42, V.Int32)
    nodes["Fixed"] = fixed
    for name, status in (
        ("Bad", ua.StatusCodes.BadSensorFailure),
        ("Uncertain", ua.StatusCodes.UncertainLastUsableValue),
    ):
        node = await folder.add_variable(ua.NodeId(f"Types.{name}", at), ua.QualifiedName(name, at), 1.25, V.Double)
        told = ua.DataValue(ua.Variant(1.25, V.Double), ua.StatusCode(status), SourceTimestamp=WHEN)
        await server.write_attribute_value(node.nodeid, told)
        nodes[name] = node
    return nodes


async def plant(server: Server) -> Callable[[int], Any]:
    """The address space; what is returned moves it one step."""
    at = await server.register_namespace(NAMESPACE)
    await server.register_namespace("http://opcfoundation.org/UA/Machinery/")
    line = await server.nodes.objects.add_object(ua.NodeId("Line", at), ua.QualifiedName("Line", at))
    await values(server, at, line)
    pump = await line.add_object(ua.NodeId("Line.Pump", at), ua.QualifiedName("Pump", at))
    speed = await pump.add_variable(ua.NodeId("Line.Pump.Speed", at), ua.QualifiedName("Speed", at), 1000.5, V.Double)
    state = await pump.add_variable(ua.NodeId("Line.Pump.State", at), ua.QualifiedName("State", at), "RUN", V.String)
    trend = await pump.add_variable(ua.NodeId("Line.Pump.Trend", at), ua.QualifiedName("Trend", at), [0.0, 0.0, 0.0])
    for node in (speed, state, trend):
        await node.set_writable()
    numbers = [ua.VariantType.Double] * 2
    await pump.add_method(ua.NodeId("Line.Add", at), ua.QualifiedName("Add", at), add, numbers, [V.Double])
    await pump.add_method(
        ua.NodeId("Line.Describe", at),
        ua.QualifiedName("Describe", at),
        describe,
        [V.String, V.Int32],
        [V.String, V.Int32],
    )
    for node in range(30):  # as many items as a screen shows
        await line.add_variable(ua.NodeId(f"Line.Tag{node:02}", at), ua.QualifiedName(f"Tag{node:02}", at), node * 1.5)
    kind = await server.create_custom_event_type(at, "PumpEvent", ua.ObjectIds.BaseEventType, [("Pressure", V.Double)])
    alarms = await server.get_event_generator(kind, line)
    await server.historize_node_data_change(speed, period=None, count=100)
    await server.historize_node_event(line, period=None, count=20)

    async def step(n: int) -> None:
        await speed.write_value(1000.5 + n * 0.25)
        await state.write_value(("RUN", "STOP", "STÖRUNG")[n % 3])
        await trend.write_value([n * 1.0, -n * 0.5, n * n * 0.125])
        if n % 4 == 0:
            alarms.event.Pressure, alarms.event.Severity = 4.5 + n, 500
            await alarms.trigger(message=f"Druck hoch {n}")

    return step


async def main(options: argparse.Namespace) -> None:
    """Serves until it is ended."""
    processor = LoggedServer
    if options.taught:
        from asyncua_taught import TaughtServer

        processor = TaughtServer
    log_servers(options.log, processor)
    server = Server(user_manager=Users())  # type: ignore[arg-type]
    await server.init()
    await server.set_application_uri(URI)
    server.set_server_name("Line server (asyncua)")
    await server.set_build_info("urn:plant:line", "Northwater", "Line server", "1.4.2", "77", WHEN)
    if options.names_only:
        server.set_identity_tokens([ua.UserNameIdentityToken])
    server.set_endpoint(f"opc.tcp://{options.host}:{options.port}/line")
    security = [ua.SecurityPolicyType.NoSecurity]
    if options.policies:
        names = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
        security += [one for one in ua.SecurityPolicyType if one.name.startswith(names)]
    server.set_security_policy(security)
    key, certificate = options.folder / "server_key.pem", options.folder / "server_certificate.der"
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    subject = {"countryName": "AT", "organizationName": "Northwater", "commonName": "Line server"}
    await setup_self_signed_certificate(key, certificate, URI, options.host, usage, subject)
    await server.load_certificate(str(certificate))
    await server.load_private_key(str(key))
    step = await plant(server)
    async with server:
        if options.small_buffers:
            limits = server.bserver.limits  # type: ignore[union-attr]
            limits.max_recv_buffer = limits.max_send_buffer = 8192
            limits.max_message_size, limits.max_chunk_count = 40_000, 8
        print("listening", flush=True)
        n = 0
        while True:
            await asyncio.sleep(0.2)
            await step(n)
            n += 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("log", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--policies", action="store_true")
    parser.add_argument("--taught", action="store_true")
    parser.add_argument("--small-buffers", action="store_true")
    parser.add_argument("--names-only", action="store_true")
    logging.disable(logging.CRITICAL)
    asyncio.run(main(parser.parse_args()))
