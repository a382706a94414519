"""The house's rules that no linter knows: names, sizes, where a protocol may be named, a test for each module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = {".py", ".rs", ".c", ".sh"}
ARGUED, MOST = 500, 800
FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "manager", "handler"}
DEFINITION = re.compile(
    r"^\s*(?:pub(?:\([a-z]+\))? )?(?:async )?(?:class|def|struct|enum|trait|fn|mod|type) (\w+)", re.MULTILINE
)

PROTOCOLS = re.compile(r"modbus|opcua|opc ua|umas", re.IGNORECASE)
NAMED_BY_CONTRACT = ("modbus_addresses",)
MAY_NAME_PROTOCOLS = (
    "crates/wire/src/protocols/",  # the drawers and their registry
    "sentinel/fields.toml",  # the schema
)

# Modules without a test file of their own, and which tests prove them.
PROVED_BY = {
    "__main__": "test_samples_against_stacks",
    "config_file": "test_config",
    "errors": "test_config",
    "pipeline/line": "test_cli",
    "pipeline/listen": "test_live",
    "pipeline/replay": "test_reading",
    "pipeline/result": "test_cli",
}


def files(*tops: str) -> Iterator[Path]:
    for top in tops:
        paths = (path for path in sorted((ROOT / top).rglob("*")) if path.is_file() and path.suffix in CODE)
        yield from (path for path in paths if "target" not in path.relative_to(ROOT).parts)


def texts(top: str) -> Iterator[Path]:
    """Data and templates."""
    yield from (path for path in sorted((ROOT / top).rglob("*")) if path.suffix in {".toml", ".html", ".j2", ".css"})


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


ALL = [pytest.param(path, id=name_of(path)) for path in files("sentinel", "crates", "tests", "tools", "bench", "fuzz")]


@pytest.mark.parametrize("path", ALL)
def test_a_file_says_one_thing(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= MOST, f"{lines} lines: split it"
    if lines > ARGUED:
        argued = re.search(r"^(?:#|//!?|/?\*) ?size: \S+", text, re.MULTILINE)
        assert argued, f"{lines} lines: split it, or say why not in a comment `size: …`"


def words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


@pytest.mark.parametrize("path", ALL)
def test_names_say_what_a_thing_is(path: Path) -> None:
    parts = {word for part in path.relative_to(ROOT).with_suffix("").parts for word in words(part)}
    assert not parts & FORBIDDEN
    for name in DEFINITION.findall(path.read_text()):
        assert not words(name) & FORBIDDEN, name


def test_the_words_of_a_name() -> None:
    assert words("PacketHandler") == {"packet", "handler"}
    assert words("test_utils") == {"test", "utils"}
    assert words("commonly") == {"commonly"}


OUTSIDE = [
    pytest.param(path, id=name_of(path))
    for path in (*files("sentinel", "crates/python", "crates/wire/src"), *texts("sentinel"))
    if not name_of(path).startswith(MAY_NAME_PROTOCOLS)
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_protocol_is_named_outside_its_drawers(path: Path) -> None:
    text = path.read_text()
    for name in NAMED_BY_CONTRACT:
        text = text.replace(name, "")
    found = [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if PROTOCOLS.search(line)]
    assert not found


MODULES = [path for path in files("sentinel") if path.suffix == ".py" and path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_tests(path: Path) -> None:
    """`tests/test_<module>.py`, `test_<package>_<module>.py`, or the package's `test_<package>.py`."""
    parts = path.relative_to(ROOT / "sentinel").with_suffix("").parts
    names = {"_".join(parts), parts[-1], parts[0]} - {"__main__"}
    tested = [name for name in names if (ROOT / "tests" / f"test_{name}.py").exists()]
    if not tested:
        assert "/".join(parts) in PROVED_BY, f"no tests/test_{'_'.join(parts)}.py"
        assert (ROOT / "tests" / f"{PROVED_BY['/'.join(parts)]}.py").exists()


def test_no_excuse_without_need() -> None:
    modules = {"/".join(path.relative_to(ROOT / "sentinel").with_suffix("").parts) for path in MODULES}
    own = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    assert set(PROVED_BY) <= modules
    assert not [module for module in PROVED_BY if module.replace("/", "_") in own]


def test_locks_name_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.findall(r"^.*(?:://|--index|--extra-index|--find-links).*$", text, re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    unhashed = [entry for entry in entries if re.match(r"[A-Za-z]", entry) and "--hash=" not in entry]
    assert not unhashed
