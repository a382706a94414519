"""Rules at the edges of the inventory, each of which a small mistake could undo without another test failing."""

from __future__ import annotations

import pytest
from inventory_rows import Talk, mac, observe, sender, together

from sentinel.inventory import Vendors


@pytest.mark.parametrize("loopback_first", [True, False])
def test_a_loopback_address_is_an_asset_of_its_own_whatever_card_sent_it(loopback_first):
    rows = [sender("127.0.0.1", mac(1), arp=True), sender("127.0.0.2", mac(1), arp=True)]
    other = [sender("fe80::1", mac(1))]
    inventory, _ = observe([*rows, *other] if loopback_first else [*other, *rows])
    assert together(inventory) == [["127.0.0.1"], ["127.0.0.2"], ["fe80::1"]]


def test_two_units_make_a_gateway():
    talk = Talk()
    rows = [sender("10.0.0.1", mac(1)), sender("10.0.0.9", mac(9))]
    for unit in (1, 2):
        rows += talk("10.0.0.9", "10.0.0.1", unit=unit)
    inventory, _ = observe(rows)
    asset = inventory.asset_of("10.0.0.1")
    assert asset is not None
    assert (asset.role, asset.role_how) == ("gateway", "answers for units 1, 2")
    assert [child.parent for child in inventory.assets if not child.ips] == [asset.id] * 2


@pytest.mark.parametrize("cuts", [[], [4], [5], [6], [7]])
def test_a_number_given_up_and_used_again_in_one_batch_is_another_operation(cuts):
    first, second = Talk(), Talk()
    rows = [sender("10.0.0.1", mac(1)), sender("10.0.0.9", mac(9))]
    rows += first("10.0.0.9", "10.0.0.1", unit=1)
    rows += [("evictions", {"kind": "operation", "number": 1})]
    rows += [row for row in second("10.0.0.9", "10.0.0.1", unit=2) if row[0] != "conversations"]
    inventory, _ = observe(rows, cuts=cuts)
    asset = inventory.asset_of("10.0.0.1")
    assert asset is not None
    assert [unit["unit"] for unit in asset.units] == [1, 2]


def test_a_prefix_that_anyone_may_make_up_names_no_maker():
    """Old registrations lie where cards are now randomised: 02-07-01 was Racal-Datacom."""
    assert Vendors().of("02-07-01-00-00-01") == ""
    assert Vendors({"020701": "Own word"}).of("02-07-01-00-00-01") == "Own word"
