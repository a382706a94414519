"""An OPC UA client made with asyncua that asks for everything the specification has.

usage: asyncua_client.py URL LOG FOLDER [--policy NAME --mode NAME] [--user NAME --password WORD] [--story NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
from pathlib import Path
from typing import Any

from asyncua import Client, ua
from asyncua.crypto import security_policies
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.ua.ua_binary import struct_from_binary
from asyncua_log import MESSAGES, log_clients, nodeid_from_binary
from cryptography.x509.oid import ExtendedKeyUsageOID

URI = "urn:plant:asyncua:client"


class Asker:
    """A client that can send any request as it is, and gets the answer as it came."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(self, request: Any, timeout: float = 4) -> Any:
        """The answer; a ServiceFault too is one."""
        protocol = self.client.uaclient.protocol
        assert protocol is not None
        waiting = protocol._send_request(request, timeout)
        body = await asyncio.wait_for(waiting, timeout)
        kind = MESSAGES[nodeid_from_binary(body.copy()).Identifier]
        return struct_from_binary(kind, body)


async def client_for(options: argparse.Namespace) -> Client:
    """A client, not connected."""
    client = Client(options.url, timeout=6)
    client.application_uri, client.name = URI, "Line viewer"
    client.description = "Line viewer 1"
    if options.policy != "None" or options.certificate:
        key, certificate = options.folder / "client_key.pem", options.folder / "client_certificate.der"
        subject = {"countryName": "AT", "organizationName": "Northwater", "commonName": "Line viewer"}
        await setup_self_signed_certificate(key, certificate, URI, "viewer", [ExtendedKeyUsageOID.CLIENT_AUTH], subject)
        if options.policy != "None":
            policy = getattr(security_policies, f"SecurityPolicy{options.policy.replace('_', '')}")
            mode = getattr(ua.MessageSecurityMode, options.mode)
            await client.set_security(policy, str(certificate), str(key), mode=mode)
        if options.certificate:
            await client.load_client_certificate(str(certificate))
            await client.load_private_key(str(key))
    if options.user:
        client.set_user(options.user)
        client.set_password(options.password)
    return client


async def main(options: argparse.Namespace) -> None:
    """Tells one story."""
    log_clients(options.log)
    module, _, function = options.story.partition(".")
    await getattr(importlib.import_module(f"asyncua_{module}"), function or "tell")(options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("log", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--policy", default="None")
    parser.add_argument("--mode", default="None_")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--certificate", action="store_true")
    parser.add_argument("--story", default="story")
    logging.disable(logging.CRITICAL)
    asyncio.run(main(parser.parse_args()))
