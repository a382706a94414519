"""Which addresses are one asset, and what the inventory tells of it."""

from __future__ import annotations

import pytest
from inventory_rows import SECOND, Talk, arp, batches, claim, connection, mac, observe, sender, together

from sentinel.errors import SentinelError
from sentinel.inventory import Inventory, InventoryLimits, Named


def test_every_ip_that_sent_is_an_asset_and_no_other():
    inventory, changes = observe(
        [
            sender("127.0.0.1", None),
            sender("::1", None),
            sender("8.8.8.8", mac(1)),
            sender("0.0.0.0", mac(2)),
            sender("::", mac(3)),
            sender("224.0.0.5", mac(4)),
            sender("fe80::1%eth0", mac(5)),
            connection("8.8.8.8", "10.0.0.99", "office"),
        ]
    )
    assert together(inventory) == [["127.0.0.1"], ["8.8.8.8"], ["::1"], ["fe80::1"]]
    by_mac = [asset.macs for asset in inventory.assets if not asset.ips]
    assert by_mac == [[mac(2)], [mac(3)], [mac(4)]], "who sent without an address is known by its card"
    assert [change.kind for change in changes] == ["asset-new"] * 7
    assert inventory.asset_of("10.0.0.99") is None, "who never answered is no asset"


def test_zeros_are_no_card():
    inventory, _ = observe([sender("127.0.0.1", "00-00-00-00-00-00"), sender("127.0.1.1", "00-00-00-00-00-00")])
    assert together(inventory) == [["127.0.0.1"], ["127.0.1.1"]]
    assert all(not asset.macs for asset in inventory.assets)


def test_a_card_seen_for_one_address_alone_is_its_card():
    inventory, _ = observe([sender("192.168.1.9", mac(1)), sender("52.1.2.3", mac(2))])
    assert [asset.macs for asset in inventory.assets] == [[mac(1)], [mac(2)]]


def test_what_a_router_sends_for_is_apart_and_without_its_card():
    rows = [sender("10.0.0.5", mac(1)), sender("10.0.0.6", mac(1)), sender("8.8.8.8", mac(1))]
    inventory, changes = observe(rows)
    assert together(inventory) == [["10.0.0.5"], ["10.0.0.6"], ["8.8.8.8"]]
    assert all(not asset.macs and not asset.card for asset in inventory.assets)
    assert [change.kind for change in changes] == ["asset-new"] * 3


def test_a_router_owns_the_address_that_it_says_is_its_own():
    rows = [*arp("10.0.0.1", mac(1)), *[sender(f"10.0.{number}.5", mac(1)) for number in range(9)]]
    inventory, _ = observe(rows)
    router = inventory.asset_of("10.0.0.1")
    assert router is not None
    assert (router.ips, router.macs, router.role) == (["10.0.0.1"], [mac(1)], "router")
    assert router.role_how == "forwards for 9 other addresses"
    assert len(together(inventory)) == 10
    assert all(not asset.macs for asset in inventory.assets if asset.id != router.id)


def test_a_card_seen_first_keeps_its_asset_when_it_turns_out_to_forward():
    rows = [sender(None, mac(1)), sender("10.0.0.5", mac(1)), sender("10.0.0.6", mac(1))]
    inventory, changes = observe(rows)
    assert together(inventory) == [["10.0.0.5"], ["10.0.0.6"]]
    switch = inventory.asset_of(mac(1))
    assert switch is not None
    assert not switch.ips
    told = [(change.kind, change.attribute, change.after) for change in changes]
    assert told == [
        ("asset-new", "address", mac(1)),
        ("asset-changed", "ip", "10.0.0.5"),
        ("asset-changed", "split", "10.0.0.5"),
        ("asset-new", "address", "10.0.0.6"),
    ]


def test_ipv4_and_ipv6_of_one_card_are_one_asset():
    inventory, _ = observe([sender("192.168.1.9", mac(1)), sender("fe80::9", mac(1)), sender("fd00::9", mac(2))])
    assert together(inventory) == [["192.168.1.9", "fe80::9"], ["fd00::9"]]


def test_two_ipv4_addresses_are_one_asset_only_if_the_card_says_so():
    said = [*arp("10.0.0.5", mac(1)), *arp("10.0.0.6", mac(1))]
    assert together(observe(said)[0]) == [["10.0.0.5", "10.0.0.6"]]
    sent = [sender("10.0.0.5", mac(1)), sender("10.0.0.6", mac(1))]
    assert together(observe(sent)[0]) == [["10.0.0.5"], ["10.0.0.6"]]
    other_network = [*arp("10.0.0.5", mac(1)), *arp("10.0.1.6", mac(1))]
    inventory = observe(other_network)[0]
    assert together(inventory) == [["10.0.0.5"], ["10.0.1.6"]]
    assert [asset.macs for asset in inventory.assets] == [[mac(1)], [mac(1)]]


def test_who_answers_for_a_whole_network_owns_none_of_it():
    rows = [row for number in range(1, 8) for row in arp(f"10.0.0.{number}", mac(1))]
    inventory, _ = observe(rows)
    assert together(inventory) == [[f"10.0.0.{number}"] for number in range(1, 8)]
    proxy = inventory.asset_of(mac(1))
    assert proxy is not None
    assert not proxy.ips


@pytest.mark.parametrize("attacker_first", [False, True])
def test_an_attacker_who_takes_addresses_by_arp_is_no_part_of_his_victims(attacker_first):
    victims = [*arp("10.0.0.1", mac(1)), *arp("10.0.0.2", mac(2))]
    attacker = [
        *arp("10.0.0.66", mac(66)),
        sender("10.0.0.1", mac(66), arp=True),
        sender("10.0.0.2", mac(66), arp=True),
    ]
    inventory, changes = observe([*attacker, *victims] if attacker_first else [*victims, *attacker])
    assert together(inventory) == [["10.0.0.1"], ["10.0.0.2"], ["10.0.0.66"]]
    for address, card in (("10.0.0.1", mac(1)), ("10.0.0.2", mac(2))):
        victim = inventory.asset_of(address)
        assert victim is not None
        assert set(victim.macs) == {card, mac(66)}
        assert set(victim.conflicts["mac"]) == {card, mac(66)}
    conflicts = [(change.attribute, change.after) for change in changes if change.kind == "conflict"]
    assert conflicts == [
        ("mac", mac(1) if attacker_first else mac(66)),
        ("mac", mac(2) if attacker_first else mac(66)),
    ]


def test_a_shared_router_address_is_no_conflict():
    rows = [*arp("10.0.0.1", mac(1)), sender("10.0.0.1", "00-00-5E-00-01-07", arp=True)]
    inventory, changes = observe(rows)
    assert "conflict" not in {change.kind for change in changes}
    (router,) = [asset for asset in inventory.assets if asset.ips]
    assert len(router.macs) == 2
    assert not router.conflicts


def test_vlans_are_kept_apart():
    rows = [sender("10.0.0.5", mac(1), vlan=vlan) for vlan in ("", "10", "10.20")]
    inventory, _ = observe(rows)
    assert [asset.vlans for asset in inventory.assets] == [[], [10], [10, 20]]
    assert len({asset.id for asset in inventory.assets}) == 3
    apart = inventory.asset_of("10.0.0.5", "10")
    assert apart is not None
    assert apart.vlans == [10]


def test_an_address_is_found_without_its_vlan_if_there_is_only_one():
    inventory, _ = observe([sender("10.0.0.5", mac(1), vlan="7")])
    assert inventory.asset_of("10.0.0.5") == inventory.asset_of("10.0.0.5", "7") is not None
    assert inventory.asset_of(mac(1)) == inventory.asset_of("10.0.0.5", "7")
    assert inventory.asset_of("10.0.0.5", "8") is None


def test_sites_have_other_ids():
    ids = [next(observe([sender("10.0.0.5", mac(1))], Inventory(site))[0].assets).id for site in ("a", "b", "a")]
    assert ids[0] == ids[2] != ids[1]


def test_units_are_known_by_their_answers():
    talk = Talk()
    rows = [sender("10.0.0.20", mac(1)), sender("10.0.0.5", mac(2))]
    for unit, outcome in (
        (1, "success"),
        (2, "success"),
        (3, "failure"),
        (4, "unknown"),
        (0, "success"),
        (255, "success"),
    ):
        rows += talk("10.0.0.5", "10.0.0.20", unit=unit, outcome=outcome)
    rows += talk("10.0.0.5", "10.0.0.20", unit=7, table="summaries")
    inventory, changes = observe(rows)
    gateway = inventory.asset_of("10.0.0.20")
    assert gateway is not None
    assert [unit["unit"] for unit in gateway.units] == [1, 2, 7]
    assert (gateway.role, gateway.role_how) == ("gateway", "answers for units 1, 2, 7")
    children = [asset for asset in inventory.assets if asset.parent]
    assert [(child.parent, child.ips, child.subject) for child in children] == [
        (gateway.id, [], f"10.0.0.20:9000/{unit}") for unit in (1, 2, 7)
    ]
    assert "host.ip" not in children[0].document()
    assert inventory.asset_of("10.0.0.20:9000/2") == children[1] == inventory.get(children[1].id)
    assert [change.after for change in changes if change.attribute == "unit"] == [child.subject for child in children]


def test_one_unit_alone_is_the_device_itself():
    rows = [sender("10.0.0.11", mac(1)), sender("10.0.0.5", mac(2)), *Talk()("10.0.0.5", "10.0.0.11", unit=1)]
    rows.append(claim("10.0.0.11:9000/1", "model", "M340", "toy device identification", kind="unit"))
    inventory, _ = observe(rows)
    controller = inventory.asset_of("10.0.0.11")
    assert controller is not None
    assert (controller.model, controller.role, len(controller.units)) == ("M340", "controller", 1)
    assert not any(asset.parent for asset in inventory.assets)


def test_a_person_outranks_all_and_can_take_it_back():
    rows = [sender("10.0.0.11", mac(1)), claim("10.0.0.11", "vendor", "Acme", "toy device identification")]
    inventory, _ = observe(rows, Inventory(names={"10.0.0.11": Named("10.0.0.11", name="PLC", zone="Z")}))
    (asset,) = inventory.assets
    assert (asset.name, asset.zone, asset.vendor) == ("PLC", "Z", "Acme")
    inventory.set(asset.id, name="PLC-1", vendor="Other", role="controller")
    (asset,) = inventory.assets
    assert (asset.name, asset.vendor, asset.role, asset.role_how) == (
        "PLC-1",
        "Other",
        "controller",
        "said by a person",
    )
    assert any(claim.source == "a person" for claim in asset.claims)
    inventory.set(asset.id, name="")
    assert next(inventory.assets).name == "PLC"
    with pytest.raises(SentinelError, match="colour cannot be set"):
        inventory.set(asset.id, colour="red")
    with pytest.raises(SentinelError, match="no asset has the id"):
        inventory.set("a-000000000000", name="x")


def test_a_unit_can_be_named():
    talk = Talk()
    rows = [
        sender("10.0.0.20", mac(1)),
        *talk("10.0.0.5", "10.0.0.20", unit=1),
        *talk("10.0.0.5", "10.0.0.20", unit=2),
    ]
    inventory, _ = observe(rows)
    gateway, first, _ = inventory.assets
    inventory.set(first.id, name="Pump")
    named = inventory.get(first.id)
    assert named is not None
    assert named.name == "Pump"
    again = inventory.get(gateway.id)
    assert again is not None
    assert again.units[0]["name"] == "Pump"


def test_the_document_has_the_names_of_the_contract():
    rows = [*arp("10.0.0.11", "00-14-22-01-23-45", vlan="3", at=5 * SECOND)]
    inventory, _ = observe(rows)
    (asset,) = inventory.assets
    document = asset.document()
    assert document["host.id"] == asset.id
    assert document["host.ip"] == ["10.0.0.11"]
    assert document["host.mac"] == ["00-14-22-01-23-45"]
    assert document["network.vlan.id"] == [3]
    assert document["device.manufacturer"] == "Dell"
    assert document["event.kind"] == "asset"
    assert document["event.dataset"] == "sentinel.asset"
    assert document["sentinel.site"] == "site"
    assert document["sentinel.asset.first_seen"] == 5 * SECOND
    assert document["sentinel.asset.card"] == "network card by Dell"
    assert "sentinel.asset.firmware" not in document, "nobody said it on the wire"


def test_a_flood_of_senders_pushes_out_what_only_sent():
    limits = InventoryLimits(assets=10)
    talk = Talk()
    rows = [sender("10.0.0.11", mac(1)), sender("10.0.0.5", mac(2)), *talk("10.0.0.5", "10.0.0.11")]
    inventory, _ = observe(rows, Inventory(limits=limits))
    inventory.saved()
    rows = [sender(f"10.9.{number // 200}.{number % 200}", mac(9), at=number + 1) for number in range(500)]
    inventory, _ = observe(rows, inventory)
    assert inventory.count == 10
    assert inventory.limits_reached() == {"assets": 492}
    assert inventory.asset_of("10.0.0.11") is not None, "who talks stays"
    assert [row for row in inventory.changed() if row.get("gone")] == [], "the store never heard of those that went"
    inventory, _ = observe([sender(f"10.8.0.{number}", mac(9), at=900) for number in range(8)], inventory)
    gone = {row["id"] for row in inventory.changed() if row.get("gone")}
    assert len(gone) == 8, "of those that it has it is told"
    named, _ = observe([sender(f"10.9.0.{number}", mac(number)) for number in range(10)], Inventory(limits=limits))
    first = next(named.assets)
    named.set(first.id, name="Anna")
    named, _ = observe([sender(f"10.8.0.{number}", mac(99), at=9) for number in range(50)], named)
    assert named.get(first.id) is not None, "what a person named stays"


def test_many_cards_for_one_address_are_bounded():
    inventory, _ = observe([sender("10.0.0.1", mac(number)) for number in range(1, 100)])
    (asset,) = inventory.assets
    assert len(asset.macs) == 64
    assert inventory.limits_reached() == {"macs": 35}


def test_a_flood_of_senders_is_not_quadratic():
    many = 30_000
    rows = [sender(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", mac(n % 3), at=n, arp=n % 2 == 0) for n in range(1, many)]
    inventory = Inventory(limits=InventoryLimits(assets=50_000))
    for batch in batches(rows, range(0, many, 10_000)):
        inventory.observe(batch)
    assert inventory.count >= many - 1
