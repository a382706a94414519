"""What an address alone tells: whether it can have been routed, whether a MAC address is a real card's."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum

ZERO_MAC = "00-00-00-00-00-00"

# Addresses shared by several routers (VRRP, HSRP, GLBP, CARP): they say nothing about a card.
SHARED_MACS = ("00-00-5E-00-01-", "00-00-5E-00-02-", "00-00-0C-07-AC-", "00-00-0C-9F-F", "00-07-B4-00-")


class Reach(Enum):
    """How far packets of an address travel."""

    NONE = "no address"
    LOOPBACK = "this computer"
    LINK = "this link only"
    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an IP address tells about itself."""

    ip: str
    reach: Reach
    family: int
    card: str
    """The MAC address inside an IPv6 address (EUI-64), else empty."""

    @property
    def network(self) -> str:
        """The /24 of an IPv4 address, else empty."""
        return self.ip.rpartition(".")[0] if self.family == 4 else ""


PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def facts_of(text: str) -> Facts | None:
    """The facts; None where the text is no IP address."""
    bare = text.partition("%")[0]
    if (octets := _octets(bare)) is not None:
        return Facts(bare, _reach(octets), 4, "")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    family = address.version
    if address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255":
        reach = Reach.NONE
    elif address.is_loopback:
        reach = Reach.LOOPBACK
    elif address.is_link_local:
        reach = Reach.LINK
    elif any(address in network for network in PRIVATE_NETWORKS if network.version == family):
        reach = Reach.PRIVATE
    else:
        reach = Reach.PUBLIC
    return Facts(str(address), reach, family, _card_in(address.packed) if family == 6 else "")


def _octets(text: str) -> list[int] | None:
    """The four numbers of an IPv4 address; None for all else, and for what is written in a way that must be looked at."""
    parts = text.split(".")
    if len(parts) != 4 or not text.isascii():
        return None
    for part in parts:
        if not part.isdigit() or len(part) > 3 or (part[0] == "0" and len(part) > 1):
            return None
    numbers = [int(part) for part in parts]
    return numbers if max(numbers) < 256 else None


def _reach(octets: list[int]) -> Reach:
    """As `facts_of` says it of other addresses; a flood of invented senders asks for each."""
    first, second = octets[0], octets[1]
    if 224 <= first < 240 or octets in ([0, 0, 0, 0], [255, 255, 255, 255]):
        return Reach.NONE
    if first == 127:
        return Reach.LOOPBACK
    if first == 169 and second == 254:
        return Reach.LINK
    if first == 10 or (first, second) == (192, 168):
        return Reach.PRIVATE
    if (first == 172 and 16 <= second < 32) or (first == 100 and 64 <= second < 128):
        return Reach.PRIVATE
    return Reach.PUBLIC


def _card_in(packed: bytes) -> str:
    if packed[11:13] != b"\xff\xfe":
        return ""
    octets = bytes([packed[8] ^ 2]) + packed[9:11] + packed[13:16]
    return octets.hex("-").upper()


def plain_mac(text: str | None) -> str:
    """The MAC address in our writing; empty for none, and for the zeros that loopback devices write."""
    if not text:
        return ""
    mac = text.upper().replace(":", "-")
    return "" if mac == ZERO_MAC else mac


def is_mac(text: str) -> bool:
    """Whether the text is written like a MAC address."""
    return len(text) == 17 and text[2] == text[5] == "-"


NEIGHBOURS = 32
"""How far apart the MAC addresses of one device with several ports lie: makers number them one after the other."""


def are_neighbours(one: str, other: str) -> bool:
    """Whether the two MAC addresses can be ports of one device: same maker, numbers next to each other."""
    first, second = (int(mac.replace("-", ""), 16) for mac in (one, other))
    return not is_local_mac(one) and one[:8] == other[:8] and 0 < abs(first - second) <= NEIGHBOURS


def is_group_mac(mac: str) -> bool:
    """Whether it addresses many, as multicast and broadcast do: nobody's own."""
    return bool(int(mac[:2], 16) & 1)


def is_local_mac(mac: str) -> bool:
    """Whether a computer made it up: randomised, or of a virtual machine."""
    return bool(int(mac[:2], 16) & 2)


def is_shared_mac(mac: str) -> bool:
    """Whether routers share it among each other."""
    return mac.startswith(SHARED_MACS)


def is_group_address(text: str) -> bool:
    """Whether an IP or MAC address means many."""
    if is_mac(text):
        return is_group_mac(text)
    facts = facts_of(text)
    return facts is None or facts.reach is Reach.NONE or (facts.family == 4 and facts.ip.endswith(".255"))
