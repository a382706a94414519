"""Further stories: who a user is, messages in many chunks, and what a server does not take."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import struct
import time
from typing import Any

from asyncua import Client, ua
from asyncua.common.connection import MessageChunk
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.ua.ua_binary import struct_to_binary, uatcp_to_binary
from asyncua_client import Asker, client_for
from asyncua_log import LoggedClient, moment, plain
from asyncua_story import V, read, value, write


async def identities(options: argparse.Namespace) -> None:
    """Anonymous, a name with its password, a wrong password, a certificate; each with one Read."""
    for user, password, certificate in (
        (None, None, False),
        ("operator", "pump-4711", False),
        ("operator", "wrong-0000", False),
        (None, None, True),
    ):
        options.user, options.password, options.certificate = user, password, certificate
        client = await client_for(options)
        with contextlib.suppress(ua.UaError, ConnectionError, TimeoutError):
            async with client:
                await Asker(client)(read((ua.NodeId(2258), 13)))


async def passwords(options: argparse.Namespace) -> None:
    """A name with its password, with a wrong one, and nobody: of a server whose users have passwords and whose channel is open."""
    for user, password in (("operator", "pump-4711"), ("operator", "wrong-0000"), (None, None)):
        options.user, options.password = user, password
        client = await client_for(options)
        with contextlib.suppress(ua.UaError, ConnectionError, TimeoutError):
            async with client:
                await Asker(client)(read((ua.NodeId(2258), 13)))


async def chunks(options: argparse.Namespace) -> None:
    """Arrays that need many chunks, and a message that is given up."""
    client = await client_for(options)
    ask = Asker(client)
    async with client:
        await ask(write((ua.NodeId("Types.Int32Array", 2), value(list(range(-2500, 2500)), V.Int32))))
        await ask(write((ua.NodeId("Types.StringArray", 2), value([f"Behälter {n}" for n in range(400)], V.String))))
        await ask(read((ua.NodeId("Types.Int32Array", 2), 13), (ua.NodeId("Types.StringArray", 2), 13)))
        await ask(read((ua.NodeId("Types.Int32Array", 2), 13), IndexRange="100:2900"))
        give_up(client)
        await ask(read((ua.NodeId(2258), 13)))


def give_up(client: Client) -> None:
    """Two chunks of a Write, then the chunk that says that the rest will not come (Part 6, 6.7.3)."""
    protocol = client.uaclient.protocol
    assert isinstance(protocol, LoggedClient)
    assert protocol.transport is not None
    connection = protocol._connection
    request = write((ua.NodeId("Types.Int32Array", 2), value(list(range(5000)), V.Int32)))
    protocol._setup_request_header(request.RequestHeader, 4)
    protocol._request_id += 1
    parts = MessageChunk.message_to_chunks(
        connection.security_policy,
        struct_to_binary(request),
        connection._limits.max_send_buffer,
        channel_id=connection.security_token.ChannelId,
        request_id=protocol._request_id,
        token_id=connection.security_token.TokenId,
    )[:2]
    last = MessageChunk(connection.security_policy.symmetric_cryptography, chunk_type=ua.ChunkType.Abort)
    reason = b"given up"
    last.Body = struct.pack("<II", ua.StatusCodes.BadRequestInterrupted, len(reason)) + reason
    last.SecurityHeader.TokenId = connection.security_token.TokenId  # type: ignore[union-attr]
    last.MessageHeader.ChannelId = connection.security_token.ChannelId
    last.SequenceHeader.RequestId = protocol._request_id
    line = protocol._call("Write")
    line["aborted"], line["request_id"] = ua.StatusCodes.BadRequestInterrupted, protocol._request_id
    line["sequence"], line["chunks"] = connection._sequence_number + 1, 3
    protocol.log.write(line)
    for part in (*parts, last):
        connection._sequence_number += 1
        part.SequenceHeader.SequenceNumber = connection._sequence_number
        protocol.transport.write(part.to_binary())


async def too_large(options: argparse.Namespace) -> None:
    """A message above what the server said that it takes."""
    client = await client_for(options)
    with contextlib.suppress(ua.UaError, ConnectionError, TimeoutError, asyncio.CancelledError):
        await client.connect()
        protocol = client.uaclient.protocol
        assert protocol is not None
        protocol._connection._limits.max_message_size = protocol._connection._limits.max_chunk_count = 0
        big = write((ua.NodeId("Types.Int32Array", 2), value(list(range(12_000)), V.Int32)))
        await Asker(client)(big, 2)
    with contextlib.suppress(Exception):
        await client.disconnect()


class Plain:
    """A socket on which any message can be sent; every message is noted."""

    def __init__(self, options: argparse.Namespace) -> None:
        host, _, port = options.url.removeprefix("opc.tcp://").partition("/")[0].partition(":")
        self.host, self.port, self.url = host, int(port), options.url

    async def tell(self, what: list[tuple[str, Any, bytes]]) -> None:
        """Sends the messages, waits for what comes until the server is silent or closes."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        name, peer = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        for service, content, message in what:
            line = {"service": service, "client": f"{name[0]}:{name[1]}", "server": f"{peer[0]}:{peer[1]}"}
            line["request"] = plain(content)
            if service == "OpenSecureChannel":
                line["policy"] = "Nonsense"
            writer.write(message)
            await writer.drain()
            with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                head = await asyncio.wait_for(reader.readexactly(8), 1.5)
                body = await reader.readexactly(struct.unpack("<I", head[4:])[0] - 8)
                if head[:3] == b"ACK":
                    words = struct.unpack("<5I", body)
                    line["answer"] = "Acknowledge"
                    line["response"] = plain(ua.Acknowledge(*words))
                elif head[:3] == b"ERR":
                    self._write({**line, "answer": "Error"})
                    error, length = struct.unpack("<Ii", body[:8])
                    reason = body[8 : 8 + max(length, 0)].decode()
                    line = {**line, "service": "Error", "response": {"Error": error, "Reason": reason}}
                    line.pop("request")
            self._write(line)
        writer.close()

    def _write(self, line: dict[str, Any]) -> None:
        LoggedClient.log.write({"start": moment(time.time_ns()), **line})


def hello(url: str, **more: int) -> ua.Hello:
    """A HEL."""
    told = ua.Hello()
    told.EndpointUrl = url
    for name, number in more.items():
        setattr(told, name, number)
    return told


def open_channel(policy: str) -> bytes:
    """An OPN with that policy, nothing signed."""
    request = ua.OpenSecureChannelRequest()
    request.Parameters.SecurityMode = ua.MessageSecurityMode.None_

    class Other(SecurityPolicyNone):
        URI = policy

    chunk = MessageChunk.message_to_chunks(
        Other(), struct_to_binary(request), 65535, ua.MessageType.SecureOpen, 0, 1, 0
    )[0]
    chunk.SequenceHeader.SequenceNumber = 1
    return chunk.to_binary()


async def errors(options: argparse.Namespace) -> None:
    """What ends in an ERR or a closed connection."""
    plain_socket = Plain(options)
    good = hello(options.url)
    binary = uatcp_to_binary(ua.MessageType.Hello, good)
    small = hello(options.url, ReceiveBufferSize=100, SendBufferSize=100)
    long = hello("opc.tcp://" + "x" * 5000)
    policy = "http://opcfoundation.org/UA/SecurityPolicy#Nonsense"
    request = ua.OpenSecureChannelRequest()
    for what in (
        [("Hello", good, binary), ("OpenSecureChannel", request, open_channel(policy))],
        [("Hello", small, uatcp_to_binary(ua.MessageType.Hello, small))],
        [("Hello", long, uatcp_to_binary(ua.MessageType.Hello, long))],
        [("Hello", good, binary), ("Hello", good, binary)],
    ):
        await plain_socket.tell(what)
        await asyncio.sleep(0.2)
