"""Bounds of the inventory, each with the attack that it stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InventoryLimits:
    """Bounds that configuration may change; defaults suit a small box."""

    assets: int = 20_000
    """Assets kept; the attack: a flood of invented sender addresses. Idle ones without any role go first. No plant that one
    small box watches has as many; each costs a kilobyte, and ten when it is shown."""
    macs: int = 64
    """MAC addresses kept for one IP; the attack: one IP sent from ever other MAC addresses."""
    claims: int = 64
    """Claims kept for one address or unit; the attack: a device that gives another name at each question."""
    text: int = 256
    """Characters kept of a claimed value; the attack: a name of a megabyte."""
    units: int = 512
    """Units kept behind one address; the attack: a device that answers for every number on every port."""
    partners: int = 256
    """Servers remembered per client; the accident: a scanner that asks the whole plant."""
    protocols: int = 64
    """Protocols remembered per address; the attack: a host that speaks a little of everything."""
