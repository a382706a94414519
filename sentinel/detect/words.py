"""Sentences that several detectors share: how long, who did it before, what it can do to the plant."""

from __future__ import annotations

from sentinel.baseline import Exposure, Usual
from sentinel.detect.finding import Words

HABIT = 3
"""Seldom is no habit."""

VERBS = {
    "read": "read values from",
    "write": "gave commands to",
    "control": "sent control commands to",
    "program": "changed or copied the program of",
    "session": "opened sessions with",
    "discover": "asked for the services of",
    "diagnose": "ran diagnostics on",
    "other": "sent other requests to",
}

MEANINGS = {
    "read": "Someone new sees the process values of this device. Reading changes nothing, but it is how an "
    "attack begins: with learning what is there.",
    "write": "Someone who never did so sets values or switches outputs here. Valves, pumps or set "
    "points may change without the control room.",
    "control": "The device may stop, restart or fall silent: its process may halt or run blind.",
    "program": "The logic that runs the process may have been replaced or copied: the plant may behave "
    "differently from now on.",
    "session": "Someone new has opened a session with this device and may go on to read or write.",
    "discover": "Someone asks what this device offers: the usual step before reading or writing.",
    "diagnose": "Diagnostic requests reveal details of the device, and some can disturb it.",
    "other": "The request is of a kind that says little by itself; it was never used here.",
}


def duration(ns: int) -> str:
    """`42 s`, `20 min`, `60 h`, `14 days`."""
    seconds = max(ns, 0) // 1_000_000_000
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 72 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def times(count: int) -> str:
    """`once`, `12 times`."""
    return "once" if count == 1 else f"{count:,} times"


def endpoint(name: str, port: int | None) -> str:
    """Name and port of a service."""
    return name if port is None else f"{name} port {port}"


def names(usual: tuple[Usual, ...], words: Words, vlan: str) -> str:
    """`SCADA-1 (12 times) and HMI-2 (3 times)`."""
    shown = [f"{words.name_of(one.actor, vlan)} ({times(one.count)})" for one in usual[:3]]
    if len(usual) > 3:
        shown.append("others")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def expected(exposure: Exposure, word: str, target: str, words: Words, *, vlan: str, state: str) -> str:
    """What was normal until then, and how long that has been watched."""
    span = duration(exposure.duration)
    verb = VERBS.get(word, "talked to")
    if state != "learnt" and exposure.duration < 60_000_000_000:
        return "watching has just begun: normal is not yet known"
    if exposure.same:
        text = f"in {span} only {names(exposure.same, words, vlan)} {verb} {target}"
    elif exposure.target_served:
        text = f"in {span} nobody {verb} {target}, though {exposure.target_served} talked to it"
    else:
        text = f"in {span} nobody {verb} {target}"
    return text if state == "learnt" else f"{text}; normal not yet known"


def early(exposure: Exposure) -> str:
    """How a note is worded while normal is not yet known."""
    return f"new within these {duration(exposure.duration)}, normal not yet known"


def habit(exposure: Exposure, actor: str, words: Words, vlan: str) -> str:
    """What the actor usually does; empty if nothing."""
    if not exposure.actor_does or exposure.actor_does[0].count < HABIT:
        return ""
    one = exposure.actor_does[0]
    verb = VERBS.get(one.word, "talked to")
    return f"{actor} usually {verb} {words.name_of(one.target, vlan)} ({times(one.count)})"


def done(outcome: str, status: str) -> str:
    """What the device answered."""
    if outcome == "success":
        return "It answered: done"
    if outcome == "failure":
        return f"It refused: {status}" if status else "It refused"
    return "No answer was seen" if outcome else ""


def capitalised(text: str) -> str:
    """First letter large."""
    return text[:1].upper() + text[1:]
