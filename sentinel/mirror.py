"""The mirror port: what is wrong with it, in plain words, and what to change on the switch. Out of counters alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Counters = Mapping[str, Any]

ENOUGH_FRAMES = 20
"""Below that nothing is said about shares."""
FOR_ALL = 0.9
"""Share of broadcast and multicast above which a port is no mirror, if no conversation was seen."""
TWICE = 0.05
"""Share of frames that come twice from which on it is told."""
SHORT = 0.02
"""Share of frames that are shorter than they say."""
SHOWN = 3


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    kind: str
    words: str
    change: str = ""
    """What to change, and where. Empty: nothing on the switch."""


def faults(counters: Counters) -> list[Fault]:
    """What is wrong, the worst first; empty: nothing that can be seen."""
    found: list[Fault] = []
    names = [one["name"] for one in counters["interfaces"]]
    for at, frames in enumerate(counters["frames"]):
        name = names[at] if at < len(names) else ""
        on = f" on {name}" if len(names) > 1 else ""
        if names and not _frames(frames):
            found.append(
                Fault(
                    "silent",
                    f"no packet came{on or f' on {name}'}",
                    "switch the mirror session on, and check that this cable is in its destination port",
                )
            )
            continue
        found += _receivers(frames, counters, on)
        found += _copies(frames, on)
        found += _cuts(frames, counters, on, live=bool(names))
    found += _directions(counters)
    found += _losses(counters)
    if counters["duplicates"]:
        found.append(Fault("files", f"{_several(counters['duplicates'], 'packet')} were in two files, used once"))
    return found


def notes(counters: Counters) -> list[str]:
    """What looks odd and does no harm."""
    longest = max((frames["longest"] for frames in counters["frames"] if frames["long"]), default=0)
    if not longest or not counters["interfaces"]:
        return []
    return [
        f"frames of up to {longest:,} bytes: this computer joined them after the wire (offloading). They are read; "
        "for frames as they were sent: ethtool -K INTERFACE gro off lro off"
    ]


def verdict(counters: Counters) -> str:
    """One text: what is wrong, or that nothing is."""
    if not counters["packets"]:
        return "no packets"
    found = faults(counters)
    text = "; ".join(one.words for one in found) if found else "good: both directions, nothing lost"
    if not any(one.kind == "twice" for one in found) and counters["mirrored_twice"]:
        text += f"; {_several(counters['mirrored_twice'], 'frame')} mirrored twice, used once"
    if counters["tunnels"]:
        carried = ", ".join(f"{count:,} in {name}" for name, count in sorted(counters["tunnels"].items()))
        text += f"; packets inside others: {carried}"
    return text


def advice(found: Iterable[Fault]) -> list[str]:
    """What to change, each once."""
    return list(dict.fromkeys(one.change for one in found if one.change))


def _frames(frames: Mapping[str, int]) -> int:
    return frames["unicast"] + frames["broadcast"] + frames["multicast"]


def _receivers(frames: Mapping[str, int], counters: Counters, on: str) -> list[Fault]:
    total, directions = _frames(frames), counters["directions"]
    seen = directions["both"] + directions["only_requests"] + directions["only_answers"]
    if seen or total < ENOUGH_FRAMES or frames["unicast"] > (1 - FOR_ALL) * total:
        return []
    return [
        Fault(
            "no_mirror",
            f"only broadcast and multicast came{on}: this looks like an ordinary port of a switch, not a mirror",
            "make this port the destination of a mirror session (SPAN) with the ports of the controllers as sources",
        )
    ]


def _copies(frames: Mapping[str, int], on: str) -> list[Fault]:
    copies, unicast = frames["copies"], frames["unicast"]
    if unicast < ENOUGH_FRAMES or copies < TWICE * unicast:
        return []
    return [
        Fault(
            "twice",
            f"{_percent(2 * copies, unicast)} of packets came twice{on}: the mirror copies them where they enter the "
            "switch and where they leave it",
            "mirror one direction (rx, ingress) of all source ports, or both directions of a single one",
        )
    ]


def _cuts(frames: Mapping[str, int], counters: Counters, on: str, *, live: bool) -> list[Fault]:
    found = []
    if frames["cut"]:
        by = f"{on} by this computer" if live else " by the capture (use a larger snap length)"
        found.append(Fault("cut", f"{_several(frames['cut'], 'frame')} cut short{by}"))
    if frames["short"] >= ENOUGH_FRAMES and frames["short"] > SHORT * _frames(frames):
        found.append(
            Fault(
                "truncated",
                f"{_several(frames['short'], 'frame')} shorter than they say{on}: the switch cuts what it mirrors",
                "switch off truncation (slicing) in the mirror session",
            )
        )
    return found


def _directions(counters: Counters) -> list[Fault]:
    seen = counters["directions"]
    requests, answers = seen["only_requests"], seen["only_answers"]
    missing, all_of_them = requests + answers, requests + answers + seen["both"]
    if seen["tags_differ"]:
        return [
            Fault(
                "tags",
                f"VLAN tags are missing or differ in one direction of {_several(seen['tags_differ'], 'conversation')}, "
                "so requests and answers do not meet",
                "let the mirror keep the tags of both directions; if it cannot: vlan_in_key = false under [capture]",
            )
        ]
    if missing and missing >= seen["both"]:
        what = "requests came, but no answers" if not answers else "answers came, but no requests"
        what = what if not (requests and answers) else "one direction is missing"
        return [
            Fault(
                "one_way",
                f"only one direction: {what} in {missing} of {_several(all_of_them, 'conversation')}, so silence "
                "raises no alert there",
                "mirror both directions (rx and tx) of the source ports",
            )
        ]
    if counters["one_sided"]:
        some = counters["one_sided"]
        shown = ", ".join(some[:SHOWN]) + (" and others" if len(some) > SHOWN else "")
        words = f"only one direction was captured of {shown}, so silence raises no alert there"
        return [Fault("one_way_of_some", words, f"mirror both directions of the ports of {shown}")]
    return []


def _losses(counters: Counters) -> list[Fault]:
    found = []
    if counters["dropped"]:
        of = [one["name"] for one in counters["interfaces"] if one["dropped"]]
        found.append(
            Fault(
                "dropped",
                f"{_several(counters['dropped'], 'packet')} of {', '.join(of)} dropped by this computer before they "
                "were read (a larger ring under [capture] holds more)",
            )
        )
    if counters["lost_bytes"]:
        text = f"{_several(counters['lost_bytes'], 'byte')} missing in {_several(counters['gaps'], 'gap')}"
        found.append(Fault("gaps", text))
    if counters["routed_duplicates"]:
        words = f"{_several(counters['routed_duplicates'], 'packet')} seen again behind a router or in another VLAN, used once"
        found.append(Fault("routed", words))
    if counters["fragment_conflicts"]:
        told = _several(counters["fragment_conflicts"], "IP fragment")
        found.append(Fault("fragments", f"{told} contradicted one before: somebody may be hiding what is sent"))
    return found


def subnets(addresses: Iterable[str]) -> list[tuple[str, int]]:
    """Networks that addresses belong to (IPv4 /24, IPv6 /64) with how many each, the largest first."""
    counts: dict[str, int] = {}
    for text in addresses:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if address.is_multicast or address.is_unspecified or address.is_loopback:
            continue
        if address.is_global:
            name = "public addresses"
        else:
            name = str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def seen(addresses: Iterable[str], controllers: Sequence[str]) -> str:
    """`10.10.1.0/24 (8 devices); controllers PLC-1, 10.10.1.12`."""
    most = 6
    networks = subnets(addresses)
    parts = [f"{name} ({_several(count, 'device')})" for name, count in networks[:most]]
    parts += [f"{len(networks) - most} more networks"] if len(networks) > most else []
    shown = ", ".join(controllers[:most]) + (f" and {len(controllers) - most} more" if len(controllers) > most else "")
    told = f"controllers: {shown}" if controllers else "no controller yet"
    return f"{', '.join(parts) or 'no device yet'}; {told}"


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def _percent(part: int, total: int) -> str:
    return f"{min(100, round(100 * part / total))} %"
