"""What is promised about cost, and whether the figures keep it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.contenders import HELP, RUN, SURICATA, TSHARK_OF_OPC_UA
from bench.measure import Contender, ratio
from bench.results import Results

NOISE = 1.1
"""How far a series may exceed a line before it is more than the noise of a shared machine."""


@dataclass(frozen=True)
class Verdict:
    """A promise beside its figure."""

    promise: str
    figure: str
    kept: bool | None
    """None: not measured, or with too small a capture."""


def speed(results: Results, contest: str, times: float, note: str = "") -> Verdict:
    """So many times the packets of Suricata in a second of a processor."""
    promise = f"{contest}{note}: {times:g} times the packets per CPU second of Suricata"
    ours, theirs = (results.find(contest, one.name, contest) for one in (RUN, SURICATA))
    if ours is None or theirs is None:
        return Verdict(promise, "not measured", None)
    figure = ratio(theirs, ours)
    return Verdict(promise, f"{figure:.2f} times", figure >= times)


def opc_ua(results: Results, times: float, contender: Contender, capture: str, whom: str) -> Verdict:
    """So many times the packets in a second of a processor that another has, who may read another protocol."""
    promise = f"OPC UA: {times:g} times the packets per CPU second of {whom}"
    ours = results.find("opcua", RUN.name, "opcua")
    theirs = results.find("opcua", contender.name, capture)
    if ours is None or theirs is None:
        return Verdict(promise, "not measured", None)
    packets = {name: results.captures[name]["packets"] for name in ("opcua", capture)}
    figure = packets["opcua"] / ours.cpu / (packets[capture] / theirs.cpu)
    return Verdict(promise, f"{figure:.2f} times", figure >= times)


def memory(results: Results, contest: str, most: float, of: str) -> Verdict:
    """At most so many MiB. A smaller capture than the promised one proves nothing."""
    promise = f"{of}: at most {most:g} MiB"
    ours = results.find(contest, RUN.name, contest)
    if ours is None:
        return Verdict(promise, "not measured", None)
    theirs = results.find(contest, SURICATA.name, contest)
    beside = f" (Suricata {theirs.peak:.0f})" if theirs else ""
    return Verdict(promise, f"{ours.peak:.0f} MiB{beside}", ours.peak <= most if results.size == "full" else None)


def flood(results: Results, contest: str, what: str) -> Verdict:
    """Twice the flood, the same memory."""
    promise = f"flood of spoofed {what}: memory is bounded (the second half adds less than a tenth)"
    whole, half = (results.find(contest, RUN.name, name) for name in (contest, f"{contest}-half"))
    if whole is None or half is None:
        return Verdict(promise, "not measured", None)
    figure = f"{half.peak:.0f} MiB after half, {whole.peak:.0f} MiB after all"
    return Verdict(promise, figure, whole.peak <= half.peak * NOISE if results.size == "full" else None)


def growth(results: Results, capture: str, what: str) -> Verdict:
    """About ten times the load, at most as many times the cost, the start of the program not counted."""
    promise = f"ten times the {what}: cost grows no faster than linearly"
    whole = results.find(f"growth-{capture}", RUN.name, capture)
    tenth = results.find(f"growth-{capture}", RUN.name, f"{capture}-tenth")
    start = results.find("start", RUN.name, "one")
    if whole is None or tenth is None or start is None:
        return Verdict(promise, "not measured", None)
    # What does not depend on the load would hide growth: it is taken off both.
    figure = (whole.cpu - start.cpu) / max(tenth.cpu - start.cpu, 0.001)
    load = results.captures[capture]["packets"] / results.captures[f"{capture}-tenth"]["packets"]
    return Verdict(promise, f"{load:.1f} times the packets, {figure:.1f} times the cost", figure <= load * NOISE)


def start(results: Results) -> Verdict:
    """A command that only tells its words: the least of all rounds, for whoever else computes makes it wait."""
    promise = "`sentinel --help`: less than 150 ms"
    told = results.find("start", HELP.name, "one")
    if told is None:
        return Verdict(promise, "not measured", None)
    least = min(cost.wall for cost in told.costs)
    figure = (
        f"{least * 1000:.0f} ms at least, {told.wall * 1000:.0f} in the median, {told.cpu * 1000:.0f} of a processor"
    )
    return Verdict(promise, figure, least < 0.15)


def verdicts(results: Results) -> list[Verdict]:
    """All promises."""
    novel = results.captures.get("novel", {})
    share = f" ({novel['writes'] / novel['requests']:.0%} writes)" if novel.get("requests") else ""
    checks: list[Callable[[], Verdict]] = [
        lambda: speed(results, "steady", 4),
        lambda: speed(results, "novel", 2, share),
        lambda: opc_ua(results, 2, SURICATA, "steady", "Suricata on Modbus"),
        lambda: opc_ua(results, 25, TSHARK_OF_OPC_UA, "opcua", "tshark"),
        lambda: memory(results, "steady", 180, "steady"),
        lambda: memory(results, "opcua", 180, "OPC UA"),
        lambda: memory(results, "operations", 320, "115,000 operations"),
        lambda: memory(results, "connections", 450, "100,000 connections open"),
        lambda: flood(results, "flood", "flows"),
        lambda: flood(results, "flood-asking", "requests"),
        lambda: growth(results, "steady", "packets"),
        lambda: growth(results, "lost", "packets, 1 % lost"),
        lambda: growth(results, "reordered", "packets, 1 % out of order"),
        lambda: growth(results, "connections", "connections"),
        lambda: growth(results, "operations", "operations"),
        lambda: start(results),
    ]
    return [check() for check in checks]
