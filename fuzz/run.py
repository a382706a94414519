"""Builds, runs and measures the fuzz targets.

    python fuzz/run.py run --seconds 60            each target for a minute
    python fuzz/run.py run --executions 10000000   each target as often
    python fuzz/run.py run … tcp claims/lldp       only these
    python fuzz/run.py run … --longest 128         with short inputs only
    python fuzz/run.py minimise                    seeds and what was found, as a small corpus
    python fuzz/run.py coverage                    lines that the corpus reaches, by folder

A target is a folder of `fuzz/corpus`: its first name is the program, the rest is which of its parts it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent.resolve()
ROOT = HERE.parent
CORPUS = HERE / "corpus"
FOUND = HERE / "target/found"
CRASHES = HERE / "target/crashes"
TRIPLE = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout)
HOST = TRIPLE[1] if TRIPLE else ""
LONGEST = 2_048
FOLDERS = (
    "source",
    "link",
    "network",
    "flow",
    "intern",
    "engine",
    "protocols/recognise",
    "protocols/modbus",
    "protocols/opcua",
    "claims",
)


def targets(wanted: list[str], place: Path = CORPUS) -> list[str]:
    found = sorted({str(path.parent.relative_to(place)) for path in place.rglob("*") if path.is_file()})
    return [one for one in found if not wanted or any(one == name or one.startswith(name + "/") for name in wanted)]


def build() -> None:
    if subprocess.run(["cargo", "fuzz", "--version"], capture_output=True, check=False).returncode:
        raise SystemExit("needs cargo-fuzz (`cargo install cargo-fuzz --locked`) and a C++ compiler (package g++)")
    # No sanitizer: the reader has no unsafe code, and runs three times as often without. Nor is each comparison told to
    # the fuzzer, which doubles that again: the seeds hold the numbers by which protocols are known.
    plain = ["--sanitizer", "none", "--no-trace-compares", "--features", "libfuzzer"]
    subprocess.run(["cargo", "fuzz", "build", *plain], cwd=ROOT, check=True)


def command(target: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    program, _, part = target.partition("/")
    binary = HERE / "target" / HOST / "release" / program
    return [str(binary), *arguments], {**os.environ, "SENTINEL_FUZZ_PART": part, "RUST_BACKTRACE": "0"}


def run(target: str, limit: str, longest: int) -> tuple[int, int, float, bool]:
    """Executions, edges reached, seconds, and whether a law was broken."""
    found, crashes = FOUND / target, CRASHES / target
    found.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    arguments = [
        limit,
        f"-max_len={longest}",
        # Two ways to choose inputs that take a third of the time; the corpus is made small by `minimise`.
        "-reduce_inputs=0",
        "-entropic=0",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
        f"-artifact_prefix={crashes}/",
    ]
    line, environment = command(target, *arguments, str(found), str(CORPUS / target))
    begin = time.monotonic()
    log = CRASHES / f"{target.replace('/', '-')}.log"
    with log.open("w") as out:
        code = subprocess.run(line, env=environment, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    text = log.read_text(errors="replace")
    executed = re.findall(r"number_of_executed_units: (\d+)", text) or re.findall(r"^#(\d+)", text, re.MULTILINE)
    edges = re.findall(r" cov: (\d+)", text)
    return int((executed or ["0"])[-1]), int((edges or ["0"])[-1]), time.monotonic() - begin, code != 0


def run_all(names: list[str], limit: str, longest: int) -> int:
    broken = 0
    print(f"{'target':<32} {'executions':>12} {'seconds':>8} {'edges':>6}", flush=True)
    for target in names:
        executed, edges, seconds, is_broken = run(target, limit, longest)
        broken += is_broken
        told = f"  A LAW IS BROKEN: see {CRASHES / target}" if is_broken else ""
        print(f"{target:<32} {executed:>12,} {seconds:>8.0f} {edges:>6}{told}", flush=True)
    return broken


def minimise(wanted: list[str], seeds: Path) -> None:
    shutil.rmtree(seeds, ignore_errors=True)
    subprocess.run([sys.executable, str(HERE / "seeds.py"), str(seeds)], check=True)
    for target in sorted({*targets(wanted), *targets(wanted, seeds)}):
        small = HERE / "target/small" / target
        shutil.rmtree(small, ignore_errors=True)
        small.mkdir(parents=True)
        sources = [str(place) for place in (CORPUS / target, seeds / target, FOUND / target) if place.is_dir()]
        options = ["-set_cover_merge=1", "-use_counters=0", f"-max_len={LONGEST * 2}", "-timeout=10"]
        line, environment = command(target, *options, str(small), *sources)
        subprocess.run(line, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # What broke a law once stays.
        for once in (CORPUS / target).glob("law-*"):
            shutil.copy(once, small)
        shutil.rmtree(CORPUS / target, ignore_errors=True)
        shutil.copytree(small, CORPUS / target)
        for kept in (seeds / target).glob("kept-*"):
            shutil.copy(kept, CORPUS / target)
        sizes = [path.stat().st_size for path in (CORPUS / target).iterdir()]
        print(f"{target:<32} {len(sizes):>5} files {sum(sizes):>8,} bytes", flush=True)


def llvm(tool: str) -> str:
    """The tool of the compiler's own LLVM: another reads its profiles wrongly or not at all."""
    root = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()
    own = Path(root, "lib/rustlib", HOST, "bin", tool)
    version = re.search(
        r"LLVM version: (\d+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    )
    named = shutil.which(f"{tool}-{version[1]}") if version else None
    if own.exists() or named:
        return str(own) if own.exists() else str(named)
    raise SystemExit(
        f"no {tool} of the compiler's LLVM: `rustup component add llvm-tools`, or the package llvm-{version and version[1]}"
    )


def coverage(missing: bool) -> int:
    """Prints lines by folder; how many folders are below nine lines of ten."""
    place = HERE / "target/coverage"
    for old in place.glob("*.profraw"):
        old.unlink()
    environment = {
        **os.environ,
        "RUSTFLAGS": "-C instrument-coverage",
        "CARGO_TARGET_DIR": str(place),
        "LLVM_PROFILE_FILE": str(place / "%p-%m.profraw"),
    }
    line = ["cargo", "test", "--locked", "--test", "corpus", "--message-format=json"]
    built = subprocess.run(
        [*line, "--no-run"], cwd=HERE, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = [json.loads(text).get("executable") for text in built.stdout.splitlines() if text.startswith("{")]
    binary = next(one for one in found if one)
    subprocess.run([binary, "--quiet"], cwd=HERE, env=environment, check=True, stdout=subprocess.DEVNULL)
    profile = place / "corpus.profdata"
    raw = [str(path) for path in place.glob("*.profraw")]
    subprocess.run([llvm("llvm-profdata"), "merge", "-sparse", "-o", str(profile), *raw], check=True)
    reported = subprocess.run(
        [llvm("llvm-cov"), "export", "-format=lcov", f"-instr-profile={profile}", binary],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines: dict[str, dict[int, bool]] = defaultdict(dict)
    path = ""
    for text in reported.stdout.splitlines():
        if text.startswith("SF:"):
            path = text[3:]
        elif text.startswith("DA:") and "/crates/wire/src/" in path:
            number, times = text[3:].split(",")[:2]
            file = lines[path.split("/crates/wire/src/")[1]]
            file[int(number)] = file.get(int(number), False) or int(times) > 0
    below = 0
    print(f"{'folder':<24} {'lines':>6} {'reached':>8} {'of 100':>7}")
    for folder in FOLDERS:
        ours = {name: hit for name, hit in lines.items() if name.startswith((f"{folder}/", f"{folder}.rs"))}
        count = sum(len(hit) for hit in ours.values())
        reached = sum(sum(hit.values()) for hit in ours.values())
        below += reached * 10 < count * 9
        print(f"{folder:<24} {count:>6} {reached:>8} {100 * reached / max(count, 1):>7.1f}")
        for name, hit in sorted(ours.items()) if missing else ():
            print(
                f"  {name:<36} {100 * sum(hit.values()) / max(len(hit), 1):>6.1f}  not: {spans([at for at, is_hit in sorted(hit.items()) if not is_hit])}"
            )
    return below


def spans(numbers: list[int]) -> str:
    """Line numbers in short: `3-5 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "minimise", "coverage"])
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--executions", type=int)
    parser.add_argument("--longest", type=int, default=LONGEST, help="bytes of an input; short ones run far more often")
    parser.add_argument("--no-build", action="store_true", help="run what was built before")
    parser.add_argument("--missing", action="store_true", help="with coverage: the lines that were not reached")
    # Targets may stand behind options.
    given = parser.parse_intermixed_args()
    if given.what == "coverage":
        return coverage(given.missing)
    if not given.no_build:
        build()
    if given.what == "minimise":
        minimise(given.targets, HERE / "target/seeds")
        return 0
    names = targets(given.targets)
    limit = f"-runs={given.executions}" if given.executions else f"-max_total_time={given.seconds}"
    return run_all(names, limit, given.longest)


if __name__ == "__main__":
    sys.exit(main())
