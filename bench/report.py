"""Figures as tables for people: medians, and beside each the ratio to ours in the same rounds."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bench.bars import verdicts
from bench.contests import CONTESTS
from bench.measure import Series, ratio
from bench.results import Results

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
KEPT = {True: "kept", False: "**not kept**", None: "–"}


def markdown(results: Results) -> str:
    """All tables."""
    lines = [*_heading(results), "", "| promise | figure | |", "|---|---|---|"]
    lines += [f"| {one.promise} | {one.figure} | {KEPT[one.kept]} |" for one in verdicts(results)]
    for name, series in results.contests.items():
        if name in CONTESTS and len(series) > 1:
            lines += ["", *_contest(results, name, series)]
    if results.commits:
        lines += ["", *_commits(results)]
    return "\n".join(lines) + "\n"


def _heading(results: Results) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    lines = [f"Measured: {versions}; size {results.size}; {os.cpu_count()} processors, each run on one."]
    if results.absent:
        lines.append(f"Not installed, so not measured: {', '.join(results.absent)}.")
    return lines


def _contest(results: Results, name: str, series: list[Series]) -> list[str]:
    ours = series[0]
    lines = [f"**{CONTESTS[name].says}**", ""]
    lines += [
        "| | packets | CPU s, median | spread | packets per CPU s | cost to ours | peak MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in series:
        packets = results.captures.get(one.capture, {}).get("packets", 0)
        capture = "" if one.capture == ours.capture else f" ({one.capture})"
        cells = [
            f"{one.contender}{capture}",
            f"{packets:,}",
            f"{one.cpu:.2f}",
            f"{one.spread:.0%}",
            f"{packets / one.cpu:,.0f}" if one.cpu else "",
            "1" if one is ours else f"{ratio(one, ours):.2f}",
            f"{one.peak:.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _commits(results: Results) -> list[str]:
    told = results.commits
    lines = [f"**A commit of the store**, for batches of {told['batch']} packets (200 ms of the recorded plant)", ""]
    lines += ["| | commits | median ms | p99 ms | longest ms |", "|---|---|---|---|---|"]
    for way, says in (("run", "as in a run"), ("disk", "each on the disk, as with an alert")):
        one = told[way]
        lines.append(f"| {says} | {one['commits']} | {one['median']:.2f} | {one['p99']:.2f} | {one['most']:.2f} |")
    return lines


def put_into(page: Path, figures: str) -> None:
    """Replaces the figures of a page: what stands between its two marks.

    Raises:
        ValueError: The page has no such place.
    """
    text = page.read_text()
    place = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not place.search(text):
        raise ValueError(f"{page}: no {BEGIN} … {END}")
    page.write_text(place.sub(lambda _: f"{BEGIN}\n{figures}{END}", text))
