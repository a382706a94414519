"""The stacks: how their programs are started, and what they are called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parents[2] / "target" / "samples" / "opcua"
VERSIONS = {"asyncua": "asyncua 2.1.0"}
CLIENT_SECONDS = 120


@dataclass(frozen=True)
class Security:
    """A policy by its short name, and a mode."""

    policy: str
    mode: str

    @property
    def is_hidden(self) -> bool:
        """Whether bodies are encrypted."""
        return self.mode == "SignAndEncrypt"


NONE = Security("None", "None")
SIGNED = Security("Basic256Sha256", "Sign")
ENCRYPTED = Security("Basic256Sha256", "SignAndEncrypt")


def server(stack: str, ip: str, port: int, log: Path, folder: Path, *options: str) -> list[str]:
    """The command of a server; it says `listening`."""
    arguments = [ip, str(port), str(log), str(folder), *options]
    return {
        "asyncua": [sys.executable, str(HERE / "asyncua_server.py")],
    }[stack] + arguments


def client(stack: str, url: str, log: Path, folder: Path, security: Security, *options: str) -> list[str]:
    """The command of a client; it ends by itself."""
    if stack == "asyncua":
        mode = "None_" if security.mode == "None" else security.mode
        arguments = [url, str(log), str(folder), "--policy", security.policy, "--mode", mode, *options]
        return [sys.executable, str(HERE / "asyncua_client.py"), *arguments]
    raise KeyError(stack)


def run(command: Sequence[str]) -> None:
    """In the network of the thread that calls."""
    subprocess.run(command, check=True, timeout=CLIENT_SECONDS)
