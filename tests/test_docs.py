"""What the documents say is true: their commands run, what they print is printed, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sentinel.cli import COMMANDS

ROOT = Path(__file__).parent.parent
NOT_OURS = {".git", ".venv", "target", "node_modules", "dist", "demo-state", "bench-data", ".hypothesis"}
NEEDED = ("pcaps", "rules", "docs", "sentinel.example.toml")
SHELL = {"sh", "bash", "shell", "console"}
FENCE = re.compile(
    r"^(?P<ticks>```+)(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=ticks)[ \t]*$", re.MULTILINE | re.DOTALL
)
NOT_RUN = re.compile(r"<!-- not run: (?P<reason>\S.*?) -->\s*\Z")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def documents() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.md") if not NOT_OURS.intersection(path.relative_to(ROOT).parts[:-1]))


PAGES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in documents()]


@dataclass(frozen=True)
class Block:
    """A shell block: commands, each with the lines that it is said to print."""

    line: int
    commands: list[tuple[str, list[str]]]
    reason_not_to_run: str | None


def shell_blocks(text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        body = match["body"]
        session = match["language"] == "console" or (not match["language"] and body.startswith("$ "))
        if match["language"] not in SHELL and not session:
            continue
        excuse = NOT_RUN.search(text[: match.start()])
        commands: list[tuple[str, list[str]]] = []
        if session:
            for line in body.splitlines():
                if line.startswith("$ "):
                    commands.append((line[2:], []))
                else:
                    commands[-1][1].append(line)
        else:
            commands.append((body, []))
        yield Block(text.count("\n", 0, match.start()) + 1, commands, excuse["reason"] if excuse else None)


def is_printed(said: list[str], printed: list[str]) -> str | None:
    """The first line that is not printed in this order; a document may leave lines out."""
    rest = iter(line.rstrip() for line in printed)
    return next((line for line in said if line.strip() and line.rstrip() not in rest), None)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of what a reader has in front of him, without what was built."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        elif source.exists():
            shutil.copy(source, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_shell_block_runs_or_says_why_not(page: Path, scratch: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "XDG_STATE_HOME": str(scratch / "state"),
        "COLUMNS": "110",
        "NO_COLOR": "1",
        "TZ": "UTC",
    }
    for block in shell_blocks(page.read_text()):
        if block.reason_not_to_run:
            continue
        for command, said in block.commands:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=scratch,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=120,
                check=False,
            )
            place = f"{page.relative_to(ROOT)}:{block.line}: {command.strip()}"
            assert done.returncode == 0, f"{place}\n{done.stdout[-2000:]}"
            missing = is_printed(said, done.stdout.splitlines())
            assert missing is None, f"{place}\ndoes not print {missing!r} there, but\n{done.stdout[:4000]}"


def anchor(heading: str) -> str:
    """How the page of a heading is linked: lower case, dashes for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: Path) -> None:
    for match in LINK.finditer(FENCE.sub("", page.read_text())):
        target, _, part = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page}: {match['target']}"
        assert path.is_relative_to(ROOT), f"{page}: {match['target']} leaves the project"
        if part and path.suffix == ".md":
            assert part in anchors(path), f"{page}: {match['target']}: no such heading"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_named_exists(page: Path) -> None:
    for name in re.findall(r"(?:`|^\$ |^)sentinel ([a-z][a-z-]*)", page.read_text(), re.MULTILINE):
        assert name in COMMANDS, f"{page}: sentinel {name}"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_named_exists(page: Path) -> None:
    """Paths in code spans, from the root; a name in < > or capitals stands for any."""
    for span in re.findall(r"`([\w./-]+/[\w./-]*)`", FENCE.sub("", page.read_text())):
        parts = span.split("/")
        if not any(part.isupper() for part in parts) and parts[0] in {
            "crates",
            "sentinel",
            "tests",
            "tools",
            "docs",
            "rules",
            "pcaps",
            "bench",
            "fuzz",
        }:
            assert (ROOT / span).exists(), f"{page}: {span}"


def test_a_block_that_lies_is_found() -> None:
    text = "```console\n$ echo one; echo two\ntwo\none\n```\n"
    (block,) = shell_blocks(text)
    assert block.commands == [("echo one; echo two", ["two", "one"])]
    assert is_printed(["two", "one"], ["one", "two"]) == "one"
    assert is_printed(["one"], ["zero", "one", "two"]) is None


def test_an_excuse_needs_a_reason() -> None:
    assert next(shell_blocks("<!-- not run: needs root -->\n```sh\nls\n```\n")).reason_not_to_run == "needs root"
    assert next(shell_blocks("<!-- not run: -->\n```sh\nls\n```\n")).reason_not_to_run is None
