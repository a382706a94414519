"""What devices say about themselves: who is believed, what contradicts, what changed."""

from __future__ import annotations

from inventory_rows import arp, claim, mac, observe, sender

from sentinel.inventory import Inventory, InventoryLimits
from sentinel.inventory.claims import DAY, Claim, believed, rank

HOST = "10.0.0.11"
GOOD = "toy device identification"
ALSO_GOOD = "other build info"
POOR = "banner"


def told(*rows):
    inventory, changes = observe([sender(HOST, mac(1)), *rows])
    (asset,) = inventory.assets
    return asset, [(change.kind, change.attribute, change.before, change.after) for change in changes[1:]]


def test_the_better_source_wins_in_any_order():
    good, poor = claim(HOST, "vendor", "Schneider", GOOD), claim(HOST, "vendor", "nginx", POOR)
    for rows in ((good, poor), (poor, good)):
        asset, _ = told(*rows)
        assert asset.vendor == "Schneider"
        assert [one.value for one in asset.claims] == ["Schneider", "nginx"]


def test_what_becomes_known_is_told_once():
    _, changes = told(claim(HOST, "model", "M340", GOOD), claim(HOST, "model", "m340 ", GOOD))
    assert changes == [("asset-changed", "model", None, "M340")]


def test_a_newer_value_from_the_same_source_is_another_identity():
    asset, changes = told(
        claim(HOST, "firmware", "2.70", GOOD, at=1), claim(HOST, "firmware", "9.99", GOOD, at=2, frame=77)
    )
    assert asset.firmware == "9.99"
    assert changes[-1] == ("identity-changed", "firmware", "2.70", "9.99")
    assert asset.conflicts == {"firmware": ["2.70", "9.99"]}
    back = claim(HOST, "firmware", "2.70", GOOD, at=3)
    asset, changes = told(
        claim(HOST, "firmware", "2.70", GOOD, at=1), claim(HOST, "firmware", "9.99", GOOD, at=2), back
    )
    assert asset.firmware == "2.70"
    assert changes[-1] == ("identity-changed", "firmware", "9.99", "2.70")


def test_the_change_names_its_frame():
    inventory = Inventory()
    rows = [
        sender(HOST, mac(1)),
        claim(HOST, "firmware", "1", GOOD, frame=5),
        claim(HOST, "firmware", "2", GOOD, frame=77),
    ]
    _, changes = observe(rows, inventory)
    assert [(change.frame, change.file) for change in changes] == [(None, None), (5, 0), (77, 0)]


def test_another_value_from_an_equal_source_is_a_conflict():
    asset, changes = told(claim(HOST, "serial", "1", GOOD), claim(HOST, "serial", "2", ALSO_GOOD))
    assert changes[-1] == ("conflict", "serial", "1", "2")
    assert asset.conflicts == {"serial": ["1", "2"]}


def test_a_poorer_source_that_differs_is_no_conflict():
    asset, changes = told(claim(HOST, "model", "M340", GOOD), claim(HOST, "model", "linux", POOR))
    assert len(changes) == 1
    assert not asset.conflicts


def test_a_machines_nameplate_tells_more_of_it_than_its_software_does():
    plate, software = "some nameplate", "some build info"
    asset, _ = told(claim(HOST, "model", "Server 1.0", software), claim(HOST, "model", "Filler F-24", plate))
    assert asset.model == "Filler F-24"
    assert not asset.conflicts
    assert rank(plate) > rank(software) > rank("certificate")


def test_those_who_agree_outweigh_and_age_weakens():
    assert rank(GOOD) == rank(ALSO_GOOD) > rank("whatever") > rank(POOR) > rank("network card")

    def said(value, source, at):
        return Claim("model", value, source, rank(source), None, None, at, at)

    pair = [said("A", GOOD, 1), said("B", ALSO_GOOD, 2)]
    assert believed(pair, "model").value == "B", "the newer of equals"
    assert believed([*pair, said("A", "identity", 1)], "model").value == "A", "two agree"
    aged = [said("A", GOOD, 0), said("B", "server id", 6 * DAY)]
    assert believed(aged, "model").value == "B", "long ago"
    assert believed([], "model") is None


def test_the_maker_of_the_card_counts_least():
    inventory, _ = observe([sender(HOST, "00-14-22-01-23-45")])
    (asset,) = inventory.assets
    assert (asset.vendor, asset.vendor_how, asset.card) == ("Dell", "network card", "network card by Dell")
    inventory, _ = observe([claim(HOST, "vendor", "Schneider", POOR)], inventory)
    (asset,) = inventory.assets
    assert (asset.vendor, asset.vendor_how, asset.card) == ("Schneider", POOR, "network card by Dell")


def test_a_card_that_a_computer_made_up_has_no_maker():
    (asset,) = observe([sender(HOST, "02-00-4C-4F-4F-50")])[0].assets
    assert (asset.vendor, asset.card) == ("", "randomised or virtual card, maker unknown")


def test_a_public_address_gets_no_maker_from_the_card_before_it():
    (asset,) = observe([sender("52.1.2.3", "00-14-22-01-23-45")])[0].assets
    assert (asset.vendor, asset.card) == ("", "")


def test_claims_by_mac_and_ip_meet_in_one_asset():
    asset, changes = told(claim(mac(1), "model", "M1", GOOD, kind="mac"), claim(HOST, "model", "M2", ALSO_GOOD))
    assert changes[-1] == ("conflict", "model", "M1", "M2")
    assert {one.value for one in asset.claims} == {"M1", "M2"}


def test_what_nobody_sent_from_has_no_claims():
    inventory, changes = observe(
        [claim("10.0.0.99", "model", "X", GOOD), claim("10.0.0.99:502/1", "model", "X", GOOD, kind="unit")]
    )
    assert not changes
    assert inventory.count == 0


def test_claims_are_bounded_in_number_and_length():
    rows = [
        sender(HOST, mac(1)),
        *[claim(HOST, "name", f"{number}" + "x" * 999, POOR, at=number) for number in range(100)],
    ]
    inventory, _ = observe(rows, Inventory(limits=InventoryLimits(claims=8)))
    (asset,) = inventory.assets
    assert len(asset.claims) == 8
    assert len(asset.name) == 256
    assert asset.name.startswith("99")
    assert inventory.limits_reached() == {"claims": 92}


def test_a_hostile_value_cannot_write_on_the_screen():
    asset, _ = told(claim(HOST, "name", "PLC\x1b[2J\n 1", GOOD))
    assert asset.name == "PLC [2J 1"


def test_a_change_of_a_unit_carries_the_units_id():
    one, two = (f"{HOST}:502/{number}" for number in (1, 2))
    rows = [claim(one, "firmware", "1", GOOD, kind="unit"), claim(two, "firmware", "1", GOOD, kind="unit")]
    inventory, _ = observe([sender(HOST, mac(1)), *rows])
    inventory, changes = observe([claim(two, "firmware", "2", GOOD, kind="unit")], inventory)
    _, _, second = inventory.assets
    assert [(change.kind, change.asset_id) for change in changes] == [("identity-changed", second.id)]
    assert (second.subject, second.firmware) == (two, "2")


def test_a_port_speaks_for_its_device_and_is_not_counted_beside_it():
    own, port = "00-1B-1B-11-22-30", "00-1B-1B-11-22-33"
    said = [
        claim(port, "ip", HOST, "toy discovery", kind="mac"),
        claim(port, "serial", "S1", "toy discovery", kind="mac"),
    ]
    for rows in ([*arp(HOST, own), sender(None, port), *said], [sender(None, port), *said, *arp(HOST, own)]):
        inventory, _ = observe(rows)
        device, beside = inventory.asset_of(HOST), inventory.asset_of(port)
        assert (device.serial, device.macs, device.parent) == ("S1", [own], "")
        assert (beside.parent, beside.role_how, beside.ips) == (device.id, f"a network port of {HOST}", [])


def test_an_address_that_another_maker_s_card_gives_tells_nothing_of_who_has_it():
    for port in ("00-14-22-01-23-45", "00-1B-1B-11-33-33"):
        said = [claim(port, "ip", HOST, "toy discovery", kind="mac"), claim(port, "serial", "S1", "toy", kind="mac")]
        inventory, _ = observe([*arp(HOST, "00-1B-1B-11-22-30"), sender(None, port), *said])
        assert inventory.asset_of(HOST).serial == ""
        assert inventory.asset_of(port).parent == ""


def test_the_same_in_other_words_is_no_conflict():
    for one, other in (("V.4.2.1", "V4.2.1"), ("Siemens", "Siemens AG"), ("12.2(55)SE3", "Version 12.2(55)SE3")):
        asset, changes = told(claim(HOST, "firmware", one, GOOD), claim(HOST, "firmware", other, ALSO_GOOD))
        assert not asset.conflicts
        assert [kind for kind, *_ in changes] == ["asset-changed"]
    asset, _ = told(claim(HOST, "firmware", "2.7", GOOD), claim(HOST, "firmware", "2.70", ALSO_GOOD))
    assert asset.conflicts == {"firmware": ["2.7", "2.70"]}


def test_what_a_new_device_calls_itself_does_not_make_it_known():
    inventory, _ = observe([sender("10.0.0.66", mac(66), at=100), claim("10.0.0.66", "name", "PLC-9", GOOD)])
    observe([claim("10.0.0.66", "role", "switch", "toy discovery")], inventory)
    inventory.learning_ended(50)
    asset = inventory.asset_of("10.0.0.66")
    assert (asset.name, asset.role) == ("PLC-9", "unknown")
    assert asset.role_how == "new, nothing that tells; says it is a switch"
    inventory.set(asset.id, name="Spare switch")
    assert inventory.asset_of("10.0.0.66").role == "switch"


def test_a_name_behind_a_router_may_change_with_the_address():
    rows = [sender("52.1.2.3", mac(1)), claim("52.1.2.3", "name", "A", POOR), claim("52.1.2.3", "name", "B", POOR)]
    _, changes = observe(rows)
    assert "identity-changed" not in [change.kind for change in changes]
