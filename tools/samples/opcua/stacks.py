"""The stacks: how their programs are started, and what they are called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parents[2] / "target" / "samples" / "opcua"
VERSIONS = {
    "asyncua": "asyncua 2.1.0",
    "node-opcua": "node-opcua 2.186.4",
    "milo": "Eclipse Milo 1.1.0",
    "async-opcua": "async-opcua 0.19.0",
}
TOOLS = ("cargo", "mvn", "javac", "java", "npm", "node")
# The machine has few cores and the calls are short: no compiler threads, small heap.
JAVA = [
    "java",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xmx192m",
    "-cp",
    f"{BUILT}/milo/classes:{BUILT}/milo/lib/*",
]
CLIENT_SECONDS = 120


@dataclass(frozen=True)
class Security:
    """A policy by what its URI ends with, and a mode."""

    policy: str
    mode: str

    @property
    def is_hidden(self) -> bool:
        """Whether bodies are encrypted."""
        return self.mode == "SignAndEncrypt"


NONE = Security("None", "None")
SIGNED = Security("Basic256Sha256", "Sign")
ENCRYPTED = Security("Basic256Sha256", "SignAndEncrypt")


def build() -> None:
    """Builds all programs; needs the network the first time."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"the OPC UA samples need {', '.join(TOOLS)}; not found: {', '.join(missing)}")
    BUILT.mkdir(parents=True, exist_ok=True)
    make = subprocess.check_call
    node, milo = BUILT / "node_opcua", BUILT / "milo"
    shutil.copytree(HERE / "node_opcua", node, dirs_exist_ok=True)
    make(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=node)
    libraries = f"-DoutputDirectory={milo}/lib"
    make(["mvn", "-q", "-B", "-f", str(HERE / "milo/pom.xml"), "dependency:copy-dependencies", libraries])
    sources = sorted(map(str, (HERE / "milo").glob("*.java")))
    make(["javac", "-nowarn", "-cp", f"{milo}/lib/*", "-d", str(milo / "classes"), *sources])
    make(
        ["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", str(HERE / "async_opcua/Cargo.toml")],
        env={**os.environ, "CARGO_TARGET_DIR": str(BUILT / "async_opcua")},
    )


def server(stack: str, ip: str, port: int, log: Path, folder: Path, *options: str) -> list[str]:
    """The command of a server; it says `listening`."""
    return {
        "asyncua": [sys.executable, str(HERE / "asyncua_server.py")],
        "node-opcua": ["node", str(BUILT / "node_opcua/server.js")],
        "milo": [*JAVA, "LineServer"],
        "async-opcua": [str(BUILT / "async_opcua/release/opcua_round_trips"), "server"],
    }[stack] + [ip, str(port), str(log), str(folder), *options]


def client(stack: str, url: str, log: Path, folder: Path, security: Security, *options: str) -> list[str]:
    """The command of a client; it ends by itself."""
    if stack == "asyncua":
        mode = "None_" if security.mode == "None" else security.mode
        arguments = [url, str(log), str(folder), "--policy", security.policy, "--mode", mode, *options]
        return [sys.executable, str(HERE / "asyncua_client.py"), *arguments]
    return {
        "node-opcua": ["node", str(BUILT / "node_opcua/client.js")],
        "milo": [*JAVA, "LineClient"],
        "async-opcua": [str(BUILT / "async_opcua/release/opcua_round_trips"), "client"],
    }[stack] + [url, str(log), str(folder), security.policy, security.mode, *options]


def run(command: Sequence[str]) -> None:
    """In the network of the thread that calls."""
    subprocess.run(command, check=True, timeout=CLIENT_SECONDS)
