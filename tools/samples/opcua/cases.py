"""The cases: a server, its clients, one after the other, each side with the log of its own stack."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import stacks
from lab import Lab

PORT = 4840
SERVER = ("10.10.8.10", "00:0e:8c:0a:08:10")  # Siemens
CLIENTS = {  # Dell
    "asyncua": ("10.10.8.21", "00:14:22:5a:80:21"),
    "node-opcua": ("10.10.8.22", "00:14:22:5a:80:22"),
    "milo": ("10.10.8.23", "00:14:22:5a:80:23"),
    "async-opcua": ("10.10.8.24", "00:14:22:5a:80:24"),
    "open62541": ("10.10.8.25", "00:14:22:5a:80:25"),
}


@dataclass(frozen=True)
class Client:
    """One client's part."""

    stack: str
    security: stacks.Security = stacks.NONE
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One capture."""

    title: str
    about: str
    server: str
    clients: tuple[Client, ...]
    server_options: tuple[str, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """Whether any channel's bodies are encrypted."""
        return any(client.security.is_hidden for client in self.clients)


def pack(logs: Sequence[Path], out: Path) -> int:
    """One gzipped file of them all; the number of lines."""
    text = "".join(path.read_text() for path in logs if path.exists())
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return text.count("\n")


def make(case: Case, folder: Path) -> str:
    """Records the case. Keys and certificates are made new and stay in a folder that ends with the process."""
    lab = Lab(folder / f"{folder.name}.pcap")
    host = lab.host("server", *SERVER)
    used = dict.fromkeys(client.stack for client in case.clients)
    hosts = {stack: lab.host(stack.replace("-", ""), *CLIENTS[stack]) for stack in used}
    run, logs = Path("/run"), []
    server_folder = run / "keys-server"
    server_folder.mkdir()
    with lab:
        command = stacks.server(case.server, SERVER[0], PORT, run / "server.log", server_folder, *case.server_options)
        lab.serve(host, command)
        for number, client in enumerate(case.clients):
            keys, log = run / f"keys-{client.stack}", run / f"client{number}.log"
            keys.mkdir(exist_ok=True)
            logs.append(log)
            url = f"opc.tcp://{SERVER[0]}:{PORT}/line"
            asked = stacks.client(client.stack, url, log, keys, client.security, *client.options)
            hosts[client.stack].do(partial(stacks.run, asked)).result()
    calls = pack(logs, folder / "stack.log.gz")
    seen = pack([run / "server.log"], folder / "server.log.gz")
    return f"{calls} calls by {len(case.clients)} clients, {seen} seen by the server"


SERVICES = Case(
    "Every service, asked of asyncua",
    "An asyncua client asks an asyncua server for every service of Part 4, with good and bad parameters: values of every "
    "built-in type, arrays, matrices and structures, bad quality, writes that are refused, calls with wrong arguments, a "
    "subscription with 35 items, events and keep-alives, history. The channel is renewed twice. What the server does not "
    "offer it refuses with a ServiceFault (QueryFirst, HistoryUpdate, SetTriggering, Cancel, BrowseNext ...).",
    "asyncua",
    (Client("asyncua"),),
)
MODES = {
    "none": stacks.NONE,
    "signed": stacks.SIGNED,
    "encrypted": stacks.ENCRYPTED,
    "aes128-signed": stacks.Security("Aes128_Sha256_RsaOaep", "Sign"),
    "aes128-encrypted": stacks.Security("Aes128_Sha256_RsaOaep", "SignAndEncrypt"),
    "aes256-signed": stacks.Security("Aes256_Sha256_RsaPss", "Sign"),
    "aes256-encrypted": stacks.Security("Aes256_Sha256_RsaPss", "SignAndEncrypt"),
}
WORDS = {
    "none": "without security",
    "signed": "signed",
    "encrypted": "signed and encrypted",
    "aes128-signed": "signed with Aes128_Sha256_RsaOaep",
    "aes128-encrypted": "signed and encrypted with Aes128_Sha256_RsaOaep",
    "aes256-signed": "signed with Aes256_Sha256_RsaPss",
    "aes256-encrypted": "signed and encrypted with Aes256_Sha256_RsaPss",
}
MEETS = {  # server -> its clients
    "asyncua": ("node-opcua", "milo", "async-opcua"),
    "node-opcua": ("asyncua", "milo"),
    "milo": ("asyncua", "node-opcua"),
    "async-opcua": ("asyncua", "node-opcua"),
}
OTHER_POLICIES = {  # mode and server -> clients: each stack on either side, no more
    ("aes128-signed", "asyncua"): ("node-opcua",),
    ("aes128-encrypted", "node-opcua"): ("asyncua",),
    ("aes256-signed", "milo"): ("node-opcua",),
    ("aes256-signed", "node-opcua"): ("milo",),
    ("aes256-encrypted", "asyncua"): ("milo",),
}


def meeting(server: str, mode: str, *clients: str) -> Case:
    """A server and clients of other stacks: those of the table, or the given ones."""
    clients = clients or MEETS[server]
    who = "Clients of other stacks ask" if len(clients) > 1 else "A client of another stack asks"
    wanted = "for what they know" if len(clients) > 1 else "for what it knows"
    turns = ", one after the other," if len(clients) > 1 else ""
    return Case(
        f"A server of {stacks.VERSIONS[server]}, {WORDS[mode]}",
        f"{who} a server of {stacks.VERSIONS[server]}{turns} {wanted}.",
        server,
        tuple(Client(stack, MODES[mode]) for stack in clients),
        ("--policies",) if server == "asyncua" and mode != "none" else (),
    )


ANSWERS = Case(
    "Services that no server here offers",
    "The questions of `../asyncua-services/`, to a server of asyncua that was taught to answer FindServersOnNetwork, BrowseNext, "
    "QueryFirst, QueryNext, Cancel, SetTriggering, HistoryRead (data, modified data, events) and HistoryUpdate: the answers are built "
    "from asyncua's own classes and sent by its encoder (`tools/samples/opcua/asyncua_taught.py`), their contents are invented, and "
    "diagnostics stand in their headers. Every third Publish brings a StatusChangeNotification.",
    "asyncua",
    (Client("asyncua"),),
    ("--taught",),
)
IDENTITIES = Case(
    "Who the user is",
    "An asyncua client opens a session as anonymous, as `operator` with the password, with a wrong password, and with a certificate: "
    "first on a channel without security, then on one that is signed. The password is encrypted for the server on both.",
    "asyncua",
    (
        Client("asyncua", stacks.NONE, ("--story", "more.identities")),
        Client("asyncua", stacks.SIGNED, ("--story", "more.identities")),
    ),
    ("--policies",),
)
PASSWORDS = Case(
    "A password in clear",
    "An asyncua server that lets nobody in without a password, and offers no security policy at all: so the client's stack sends the "
    "password of `operator` as it is. Then a wrong one, which the server refuses, then nobody.",
    "asyncua",
    (Client("asyncua", stacks.NONE, ("--story", "more.passwords")),),
    ("--names-only",),
)
NAMEPLATES = Case(
    "Nameplates of companion models",
    "A node-opcua server with the models of devices (OPC 10000-100) and machinery (OPC 40001-1) as the OPC Foundation publishes them: a "
    "machine with its Identification, and a device in the DeviceSet. An asyncua client looks through the machine and reads what its "
    "nameplate says; of the device it asks where the nodes are by their paths, reads some and lets the others be reported. A variable "
    "of the plant's own namespace is called SerialNumber too, and is none.",
    "node-opcua",
    (Client("asyncua", stacks.NONE, ("--story", "nameplates.tell")),),
    ("--models",),
)
CHUNKS = Case(
    "Messages in many chunks",
    "An asyncua server that takes chunks of 8,192 bytes: large arrays are written and read in many chunks; two chunks of a Write are "
    "sent and the message is then aborted (the bytes are asyncua's, the order ours); a message above what the server said that "
    "it takes.",
    "asyncua",
    (
        Client("asyncua", stacks.NONE, ("--story", "more.chunks")),
        Client("asyncua", stacks.NONE, ("--story", "more.too_large")),
    ),
    ("--small-buffers",),
)
ERRORS = Case(
    "What ends in an ERR",
    "To a node-opcua server: a HEL and an OPN with a security policy that nobody defined, a HEL with buffers that are too small, one "
    "with a URL that is too long, a second HEL. The messages are asyncua's, sent over a plain socket.",
    "node-opcua",
    (Client("asyncua", stacks.NONE, ("--story", "more.errors")),),
)
REVERSE = Case(
    "The server opens the connection",
    "A node-opcua server connects to a node-opcua client that listens on port 4841, and says so with a ReverseHello; then all is as "
    "usual. Until the client listens, the server tries again and again.",
    "node-opcua",
    (Client("node-opcua", stacks.NONE, ("--reverse", "4841")),),
    ("--reverse", f"opc.tcp://{CLIENTS['node-opcua'][0]}:4841"),
)
CASES: dict[str, Case] = {
    "reverse-connect": REVERSE,
    "asyncua-answers": ANSWERS,
    "asyncua-identities": IDENTITIES,
    "asyncua-passwords": PASSWORDS,
    "nameplates": NAMEPLATES,
    "asyncua-chunks": CHUNKS,
    "errors": ERRORS,
    "asyncua-services": SERVICES,
    **{f"{mode}-{server}": meeting(server, mode) for server in MEETS for mode in ("none", "signed", "encrypted")},
    **{f"{mode}-{server}": meeting(server, mode, *clients) for (mode, server), clients in OTHER_POLICIES.items()},
}
MAKERS: dict[str, Callable[[Path], str]] = {}  # cases that are made in another way
