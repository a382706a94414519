"""An asset as people and programs see it, and a change of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sentinel.inventory.claims import Claim


@dataclass(frozen=True, slots=True)
class Change:
    """Something new about an asset, known at one row of the batch."""

    sequence: int
    time: int
    kind: str
    """`asset-new`, `asset-changed`, `identity-changed` (newer from the same source), `conflict`."""
    asset_id: str
    attribute: str
    """`address`, `ip`, `mac`, `unit`, `split` (before: the asset that it was part of) or the claim's."""
    before: str | None = None
    after: str | None = None
    frame: int | None = None
    file: int | None = None


@dataclass(slots=True)
class Asset:
    """What is known about one device. Empty text and None: nobody said it on the wire."""

    id: str
    site: str = ""
    ips: list[str] = field(default_factory=list)
    macs: list[str] = field(default_factory=list)
    vlans: list[int] = field(default_factory=list)
    vlan: str = ""
    name: str = ""
    role: str = ""
    role_how: str = ""
    """How we know the role, in plain words."""
    purdue_level: int | None = None
    zone: str = ""
    contact: str = ""
    vendor: str = ""
    vendor_how: str = ""
    """Who said the vendor: a claim's source, `network card`, or empty."""
    card: str = ""
    """What the MAC address says: `network card by Dell`, `randomised or virtual card, maker unknown`."""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    system: str = ""
    """Its operating system."""
    protocols: list[str] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)
    """Devices behind this address that answered: unit, port, protocol, and what is known of them."""
    first_seen: int = 0
    last_seen: int = 0
    confidence: float = 0.0
    """How sure the role is, 0 to 1."""
    claims: list[Claim] = field(default_factory=list)
    conflicts: dict[str, list[str]] = field(default_factory=dict)
    """Attributes with several values between which nothing decides."""
    parent: str = ""
    """Id of the gateway before it, for a unit."""
    subject: str = ""
    """For a unit: `ip:port/unit`."""
    alerts: int = 0
    """Open alerts; filled by whoever shows the asset."""

    @property
    def address(self) -> str:
        """One address to show: the first IP, else the first MAC, else where the unit is."""
        return next(iter(self.ips or self.macs), self.subject)

    @property
    def label(self) -> str:
        """What to call it: its name, else its address."""
        return self.name or self.address

    def document(self) -> dict[str, Any]:
        """The flat document; times are ns since 1970, UTC; what is not known is absent."""
        named: dict[str, Any] = {
            "@timestamp": self.last_seen,
            "event.kind": "asset",
            "event.dataset": "sentinel.asset",
            "sentinel.site": self.site,
            "host.id": self.id,
            "host.name": self.name,
            "host.ip": self.ips,
            "host.mac": self.macs,
            "host.type": self.role,
            "network.vlan.id": self.vlans,
            "device.manufacturer": self.vendor,
            "device.model.name": self.model,
            "device.serial_number": self.serial,
            "sentinel.asset.role": self.role,
            "sentinel.asset.role_how": self.role_how,
            "sentinel.asset.purdue_level": self.purdue_level,
            "sentinel.asset.zone": self.zone,
            "sentinel.asset.firmware": self.firmware,
            "sentinel.asset.card": self.card,
            "sentinel.asset.protocols": self.protocols,
            "sentinel.asset.units": self.units,
            "sentinel.asset.first_seen": self.first_seen,
            "sentinel.asset.last_seen": self.last_seen,
            "sentinel.asset.confidence": self.confidence,
            "sentinel.asset.claims": [claim.as_dict() for claim in self.claims],
            "sentinel.asset.contact": self.contact,
            "sentinel.asset.parent": self.parent,
        }
        return {name: value for name, value in named.items() if value is not None and value not in ("", [])}
