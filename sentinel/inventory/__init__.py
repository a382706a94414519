"""Who is on the network: assets from addresses, claims and behaviour, with how we know."""

from sentinel.inventory.asset import Asset, Change
from sentinel.inventory.claims import PERSON, Claim, believed
from sentinel.inventory.inventory import Inventory
from sentinel.inventory.limits import InventoryLimits
from sentinel.inventory.names_file import Named, load_names
from sentinel.inventory.vendors import Vendors, load_overrides

__all__ = [
    "PERSON",
    "Asset",
    "Change",
    "Claim",
    "Inventory",
    "InventoryLimits",
    "Named",
    "Vendors",
    "believed",
    "load_names",
    "load_overrides",
]
