"""What a device is, from what it does: in the columns that all protocols share, never in a protocol's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sentinel.inventory.records import Habits

CONTROLLER = "controller"
GATEWAY = "gateway"
OPERATOR_STATION = "operator station"
ENGINEERING_STATION = "engineering station"
DATA_READER = "data reader"
SERVER = "server"
COMPUTER = "computer"
UNKNOWN_COMPUTER = "unknown computer"
FIELD_DEVICE = "field device"
TELEPHONE = "telephone"
ACCESS_POINT = "access point"
ROUTER = "router"
SWITCH = "switch"
OUTSIDE = "outside address"
THIS_COMPUTER = "this computer"
UNKNOWN = "unknown"

PURDUE: dict[str, int] = {
    CONTROLLER: 1,
    GATEWAY: 1,
    FIELD_DEVICE: 1,
    OPERATOR_STATION: 2,
    ENGINEERING_STATION: 2,
    DATA_READER: 3,
    SERVER: 3,
    COMPUTER: 3,
    UNKNOWN_COMPUTER: 3,
    OUTSIDE: 5,
}
"""Purdue level by role. What carries traffic, and what is not known, has none."""

ROLES = (*PURDUE, TELEPHONE, ACCESS_POINT, ROUTER, SWITCH, THIS_COMPUTER, UNKNOWN)

# Network protocols that only such a device sends, by the name of the recognised application.
SIGNS: dict[str, str] = {
    **dict.fromkeys(("stp", "vtp", "dtp", "udld"), SWITCH),
    **dict.fromkeys(("vrrp", "ospf", "eigrp", "pim", "isis"), ROUTER),
}

SEEN_BETTER = (OUTSIDE, THIS_COMPUTER, UNKNOWN_COMPUTER)
"""Roles that the device's own word does not change: it could say anything."""

DISCOVERY = "discovery"
"""In the title of what controllers and the computers that look for them both send: it tells nothing."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role, how we know it in plain words, and how sure that is."""

    role: str
    how: str
    confidence: float


def role_of(
    habits: Habits,
    units: Iterable[int] = (),
    *,
    forwards: int = 0,
    public: bool = False,
    routed: bool = False,
    loopback: bool = False,
    new: bool = False,
) -> Role:
    """The role. `forwards`: for how many others its card sends; `public`, `routed`: its addresses are public,
    and came through a router; `new`: first seen after learning ended.
    """
    numbers = sorted(set(units))
    answers, asked = _titles(habits.answers), _titles(habits.asked)
    if forwards > 1:
        return Role(ROUTER, f"forwards for {forwards} other addresses", 0.7)
    if ROUTER in habits.signs and not habits.answers:
        return Role(ROUTER, "talks as routers do among each other", 0.7)
    talks = bool(habits.answers or habits.asked or habits.classes)
    if public and not habits.answers and (routed or not talks):
        return Role(OUTSIDE, "public address" + (f", asks in {asked}" if asked else ""), 0.6)
    if len(numbers) > 1:
        return Role(GATEWAY, f"answers for units {spans(numbers)}", 0.7)
    if habits.answers:
        return _answering(habits, answers)
    if habits.classes or habits.asked:
        return _asking(habits, asked, new)
    if SWITCH in habits.signs:
        return Role(SWITCH, "talks as switches do among each other", 0.7)
    if habits.serves:
        return Role(SERVER, f"answers {_few(habits.serves)}", 0.5)
    if habits.uses:
        how = f"uses {_few(habits.uses)}"
        return Role(UNKNOWN_COMPUTER, f"new, {how}", 0.5) if new else Role(COMPUTER, how, 0.5)
    if any(DISCOVERY not in title for title in habits.sends.values()):
        return Role(CONTROLLER, f"sends {_titles(habits.sends)} by itself", 0.4)
    if habits.sends:
        return Role(UNKNOWN, f"only {_titles(habits.sends)}", 0.2)
    if loopback:
        return Role(THIS_COMPUTER, "address of a computer to itself", 0.9)
    return Role(UNKNOWN, "new, nothing that tells" if new else "nothing that tells", 0.1)


def told_role(role: Role, value: str, source: str, confidence: float, *, person: bool, new: bool) -> Role:
    """The role after somebody's word about it: a person's counts, the device's own where behaviour tells less."""
    if person:
        return Role(value, f"said by {source}", confidence)
    if value not in ROLES or value == role.role:
        return role
    if role.role in SEEN_BETTER or new:
        return Role(role.role, f"{role.how}; says it is {article(value)}", role.confidence)
    # Controllers are field devices of others, and so are switches: what they do tells more.
    if value == FIELD_DEVICE and role.confidence >= 0.5:
        return role
    return Role(value, f"said by {source}", confidence) if confidence > role.confidence else role


def article(word: str) -> str:
    """`a switch`, `an access point`."""
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def _answering(habits: Habits, answers: str) -> Role:
    others = len(habits.servers)
    if not habits.asked and not habits.classes:
        return Role(CONTROLLER, f"only answers {answers}", 0.7)
    if habits.asked.keys() - habits.answers.keys():
        return Role(GATEWAY, f"answers {answers}, and asks {others} in {_titles(habits.asked)}", 0.5)
    return Role(
        CONTROLLER,
        f"answers {answers}" + (f", and asks {others} itself" if others else ", and asks itself"),
        0.5,
    )


def _asking(habits: Habits, asked: str, new: bool) -> Role:
    count = len(habits.servers)
    whom = f"asks {count}" if count else "asks, nobody answered"
    if "program" in habits.classes:
        role, did, confidence = ENGINEERING_STATION, "loads or changes programs", 0.7
    elif habits.classes & {"write", "control"}:
        role, did, confidence = OPERATOR_STATION, "gives commands", 0.7 if count > 1 else 0.5
    elif "read" in habits.classes:
        role, did, confidence = DATA_READER, "only reads", 0.6
    elif habits.classes:
        role, did, confidence = COMPUTER, "reads and commands nothing", 0.4
    else:
        role, did, confidence = COMPUTER, f"in {asked}, what for is not read", 0.4
    if not count:
        role, confidence = COMPUTER, 0.4
    if new:
        return Role(UNKNOWN_COMPUTER, f"new, {did}", 0.5)
    return Role(role, f"{whom} {did}" if did.startswith("in ") else f"{whom}, {did}", confidence)


def _titles(protocols: dict[str, str]) -> str:
    return _few(title or name for name, title in protocols.items())


def _few(words: Iterable[str]) -> str:
    ordered = sorted(set(words))
    return ", ".join(ordered[:3]) + (f" and {len(ordered) - 3} more" if len(ordered) > 3 else "")


def spans(numbers: list[int]) -> str:
    """Sorted numbers as people write them: `1-4, 7`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    texts = [f"{part[0]}-{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts]
    return ", ".join(texts[:8]) + (" and more" if len(texts) > 8 else "")
