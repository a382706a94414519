"""asyncua's own account of every message: what its API handed to its encoder, and what its decoder handed to its API.

The form is that of all stacks' logs here (`README.md` of this folder): a line a call, members named as in the schema
(`Opc.Ua.Types.bsd`), a null absent.
"""

from __future__ import annotations

import base64
import dataclasses
import inspect
import json
import math
import time
import uuid
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from asyncua import ua
from asyncua.client import ua_client
from asyncua.client.ua_client import UASocketProtocol
from asyncua.server import binary_server_asyncio
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary

Plain = Any


def moment(ns: int) -> str:
    """ISO 8601, UTC, microseconds."""
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ns // 1000 % 10**6:06}Z"


def number(value: float) -> Plain:
    """JSON has no word for what is not finite."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def node_id(value: ua.NodeId) -> str:
    """`i=2258`, `ns=2;s=Speed`, `svr=1;nsu=urn:x;s=Speed` (Part 6, 5.3.1.10)."""
    kind, identifier = "i", value.Identifier
    if isinstance(identifier, bytes):
        kind, identifier = "b", base64.b64encode(identifier).decode()
    elif isinstance(identifier, uuid.UUID):
        kind = "g"
    elif isinstance(identifier, str):
        kind = "s"
    text = f"svr={value.ServerIndex};" if getattr(value, "ServerIndex", 0) else ""
    if uri := getattr(value, "NamespaceUri", None):
        text += f"nsu={uri};"
    elif value.NamespaceIndex:
        text += f"ns={value.NamespaceIndex};"
    return f"{text}{kind}={identifier}"


def variant(value: ua.Variant) -> Plain:
    """Type by name; the values of a matrix one after the other, as on the wire, and its dimensions."""
    name = value.VariantType.name
    if name == "Null":
        return {"Type": "Null"}
    content, dimensions = value.Value, value.Dimensions
    if dimensions and len(dimensions) > 1:
        content = ua.uatypes.flatten(content)
    told: dict[str, Plain] = {"Type": name}
    is_extension = name == "ExtensionObject"
    if isinstance(content, (list, tuple)):
        told["Value"] = [plain(one, is_extension) for one in content]
    elif content is not None:
        told["Value"] = plain(content, is_extension)
    if dimensions and len(dimensions) > 1:
        told["Dimensions"] = list(dimensions)
    return told


def structure(value: Any, is_extension: bool) -> Plain:
    """A structure; `Parameters` is asyncua's own level, not the specification's. The type's name where the wire has it."""
    told: dict[str, Plain] = {}
    if is_extension:
        told["$type"] = type(value).__name__
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if field.name in ("TypeId", "Encoding"):
            continue
        if field.name == "Parameters" and content is not None:
            told.update(structure(content, False))
        elif (shown := plain(content, "ExtensionObject" in str(field.type))) is not None:
            told[field.name.rstrip("_")] = shown
    return told


def plain(value: Any, is_extension: bool = False) -> Plain:
    """Any value of asyncua as JSON has it."""
    match value:
        case None | bool():
            return value
        case ua.StatusCode():
            return value.value
        case ua.NodeId():
            return node_id(value)
        case ua.Variant():
            return variant(value)
        case Enum():
            return value.value
        case int():
            return int(value)
        case float():
            return number(float(value))
        case str() | uuid.UUID():
            return str(value)
        case bytes():
            return value.hex()
        case datetime():
            known = value if value.tzinfo else value.replace(tzinfo=UTC)
            return known.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case list() | tuple():
            return [plain(one, is_extension) for one in value]
        case ua.ExtensionObject() if not value.Body and value.TypeId.is_null():
            return None
        case ua.ExtensionObject():
            return {"$type": node_id(value.TypeId), "Body": (value.Body or b"").hex()}
        case ua.XmlElement():
            return value.Value
    if dataclasses.is_dataclass(value):
        return structure(value, is_extension)
    raise TypeError(type(value))


def _messages() -> dict[int, type]:
    """Class of each message by the numeric id of its binary encoding."""
    found = {}
    for name, kind in inspect.getmembers(ua, inspect.isclass):
        if name.endswith(("Request", "Response")) or name == "ServiceFault":
            number_of = getattr(ua.ObjectIds, f"{name}_Encoding_DefaultBinary", None)
            if number_of is not None:
                found[number_of] = kind
    return found


MESSAGES = _messages()


def decoded(body: Any) -> tuple[str, Any]:
    """Name and object of a message; asyncua's decoder reads it."""
    kind = MESSAGES[nodeid_from_binary(body.copy()).Identifier]
    return kind.__name__, struct_from_binary(kind, body.copy())


def ends(transport: Any, name: str) -> str:
    """`10.10.8.5:51000`."""
    pair = transport.get_extra_info(name) if transport else None
    return f"{pair[0]}:{pair[1]}" if pair else ""


class Log:
    """Lines in the order in which calls end."""

    def __init__(self, path: Path) -> None:
        self.file: TextIO = path.open("w")

    def write(self, line: dict[str, Plain]) -> None:
        """One call; what has no value is left out."""
        kept = {key: value for key, value in line.items() if value is not None}
        self.file.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.file.flush()


class LoggedClient(UASocketProtocol):
    """The client's side of a connection."""

    log: Log

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._open_calls: dict[int, dict[str, Plain]] = {}

    def _call(self, service: str) -> dict[str, Plain]:
        connection = self._connection
        policy = connection.security_policy
        return {
            "start": moment(time.time_ns()),
            "end": None,
            "client": ends(self.transport, "sockname"),
            "server": ends(self.transport, "peername"),
            "policy": policy.URI.rsplit("#")[-1],
            "mode": policy.Mode.name.rstrip("_"),
            "channel": connection.security_token.ChannelId,
            "token": connection.security_token.TokenId,
            "service": service,
        }

    def _send_request(self, request: Any, *arguments: Any, **more: Any) -> Any:
        before, line = self._connection._sequence_number, self._call(type(request).__name__.removesuffix("Request"))
        waiting = super()._send_request(request, *arguments, **more)
        line["channel"] = self._connection.security_token.ChannelId
        line["token"] = self._connection.security_token.TokenId
        line["request_id"], line["sequence"] = self._request_id, before + 1
        line["chunks"] = self._connection._sequence_number - before
        line["request"] = plain(request)
        self._open_calls[self._request_id] = line
        return waiting

    def _process_received_message(self, msg: Any) -> None:
        if isinstance(msg, ua.Message) and (line := self._open_calls.pop(msg.request_id(), None)):
            name, response = decoded(msg.body())
            line["end"], line["answer"] = moment(time.time_ns()), name
            line["response_sequence"] = self._connection._peer_sequence_number
            line["response"] = plain(response)
            self.log.write(line)
        elif isinstance(msg, ua.Acknowledge) and (line := self._open_calls.pop(0, None)):
            line["end"], line["answer"], line["response"] = moment(time.time_ns()), "Acknowledge", plain(msg)
            self.log.write(line)
        elif isinstance(msg, ua.ErrorMessage):
            line = self._call("Error")
            self.log.write({**line, "end": line["start"], "response": plain(msg)})
        super()._process_received_message(msg)

    async def send_hello(self, url: str, max_messagesize: int = 0, max_chunkcount: int = 0) -> Any:
        """HEL."""
        hello = ua.Hello()
        hello.EndpointUrl, hello.MaxMessageSize, hello.MaxChunkCount = url, max_messagesize, max_chunkcount
        self._open_calls[0] = {**self._call("Hello"), "request": plain(hello)}
        return await super().send_hello(url, max_messagesize, max_chunkcount)

    def connection_lost(self, exc: Exception | None) -> None:
        """What was never answered."""
        for line in self._open_calls.values():
            self.log.write(line)
        self._open_calls.clear()
        super().connection_lost(exc)


class LoggedServer(UaProcessor):
    """The server's side of a connection."""

    log: Log

    def __init__(self, iserver: Any, transport: Any, limits: Any) -> None:
        super().__init__(iserver, transport, limits)
        self._transport = transport
        self._open_calls: dict[int, dict[str, Plain]] = {}
        receive = self._connection.receive_from_header_and_body

        def received(header: Any, body: Any) -> Any:
            message = receive(header, body)
            if isinstance(message, ua.Message):
                self._asked(message)
            elif isinstance(message, ua.Hello):
                limits_told = {"request": plain(message)}
                self.log.write({**self._call("Hello"), **limits_told})
            return message

        self._connection.receive_from_header_and_body = received  # type: ignore[method-assign]

    def _call(self, service: str) -> dict[str, Plain]:
        return {
            "start": moment(time.time_ns()),
            "end": None,
            "client": ends(self._transport, "peername"),
            "server": ends(self._transport, "sockname"),
            "service": service,
        }

    def _asked(self, message: Any) -> None:
        name, request = decoded(message.body())
        line = self._call(name.removesuffix("Request"))
        line["request_id"], line["request"] = message.request_id(), plain(request)
        if name == "CloseSecureChannelRequest":
            self.log.write(line)
        else:
            self._open_calls[message.request_id()] = line

    def send_response(self, requesthandle: Any, seqhdr: Any, response: Any, *more: Any, **named: Any) -> None:
        """Every answer goes through here."""
        super().send_response(requesthandle, seqhdr, response, *more, **named)
        if line := self._open_calls.pop(seqhdr.RequestId, None):
            policy = self._connection.security_policy
            line["policy"], line["mode"] = policy.URI.rsplit("#")[-1], policy.Mode.name.rstrip("_")
            line["channel"] = self._connection.security_token.ChannelId
            line["end"], line["answer"] = moment(time.time_ns()), type(response).__name__
            line["response"] = plain(response)
            self.log.write(line)

    async def close(self) -> None:
        """What was never answered."""
        for line in self._open_calls.values():
            self.log.write(line)
        self._open_calls.clear()
        await super().close()


def log_clients(path: Path) -> None:
    """From here on every client of this process is logged."""
    LoggedClient.log = Log(path)
    ua_client.UASocketProtocol = LoggedClient  # type: ignore[misc]


def log_servers(path: Path, processor: type[LoggedServer] = LoggedServer) -> None:
    """From here on every server of this process is logged."""
    LoggedServer.log = Log(path)
    binary_server_asyncio.UaProcessor = processor  # type: ignore[misc]
