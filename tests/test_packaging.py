"""What a person installs: the wheel made from the source archive has the module, the data files and the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "pcaps" / "modbus" / "libmodbus" / "libmodbus.pcap"
BUILT = {".so", ".pyc"}


def run(*command: str | Path, folder: Path) -> str:
    # Kept from run to run, or the dependencies would be compiled each time; not the project's own, see below.
    environment = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target" / "packaging")}
    line = [str(part) for part in command]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_the_source_archive_makes_a_wheel_that_works(tmp_path: Path) -> None:
    maturin = Path(sys.executable).parent / "maturin"
    run(maturin, "sdist", "--out", tmp_path, folder=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    for path in source.rglob("*"):  # the archive's dates are old: cargo would think that all is built
        os.utime(path)
    run(maturin, "build", "--release", "--locked", "--interpreter", sys.executable, "--out", tmp_path, folder=source)
    (wheel,) = tmp_path.glob("*.whl")

    names = set(zipfile.ZipFile(wheel).namelist())
    assert "sentinel/_core.abi3.so" in names
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "sentinel").rglob("*") if path.is_file()}
    assert {name for name in ours if Path(name).suffix not in BUILT} <= names

    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", folder=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, folder=tmp_path)
    # Dependencies are those of the tests; the package itself must be the installed one.
    packages = run(sys.executable, "-c", "import polars; print(polars.__path__[0])", folder=tmp_path).strip()
    site = next((tmp_path / "venv").glob("lib/*/site-packages"))
    (site / "dependencies.pth").write_text(str(Path(packages).parent) + "\n")
    home = run(python, "-c", "import sentinel; print(sentinel.__file__)", folder=tmp_path)
    assert home.startswith(str(site))
    printed = run(tmp_path / "venv" / "bin" / "sentinel", "decode", SAMPLE, folder=tmp_path)
    assert {json.loads(line)["network"]["protocol"] for line in printed.splitlines()} == {"modbus"}
    run(tmp_path / "venv" / "bin" / "sentinel", "--version", folder=tmp_path)
