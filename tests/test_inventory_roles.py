"""What a device is, and how we know, in words."""

from __future__ import annotations

import pytest
from inventory_rows import Talk, arp, connection, mac, observe, sender

from sentinel.inventory.roles import PURDUE, spans

PLC, OTHER_PLC, PC = "10.0.0.11", "10.0.0.12", "10.0.0.5"
HOSTS = [sender(PLC, mac(1)), sender(OTHER_PLC, mac(2)), sender(PC, mac(3))]
TITLE = connection(PC, PLC, "ot", "Toy", read=True)


def role(rows, address, **more):
    inventory, _ = observe([*HOSTS, *rows])
    if more:
        inventory.learning_ended(**more)
    asset = inventory.asset_of(address)
    assert asset is not None
    assert asset.purdue_level == PURDUE.get(asset.role)
    return asset.role, asset.role_how


def test_who_only_answers_is_a_controller():
    assert role([*Talk()(PC, PLC), TITLE], PLC) == ("controller", "only answers Toy")
    assert role([TITLE, *Talk()(PC, PLC)], PLC) == ("controller", "only answers Toy")
    assert role([*Talk()(PC, PLC, outcome="failure")], PLC) == ("controller", "only answers toy")
    assert role([*Talk()(PC, PLC, outcome="unknown")], PLC)[0] == "unknown"


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (["read"], ("data reader", "asks 2, only reads")),
        (["read", "write"], ("operator station", "asks 2, gives commands")),
        (["control"], ("operator station", "asks 2, gives commands")),
        (["read", "control", "program"], ("engineering station", "asks 2, loads or changes programs")),
        (["discover"], ("computer", "asks 2, reads and commands nothing")),
    ],
)
def test_who_asks_is_known_by_what_it_asks(classes, expected):
    talk = Talk()
    rows = [row for class_ in classes for server in (PLC, OTHER_PLC) for row in talk(PC, server, class_)]
    assert role(rows, PC) == expected


def test_who_is_new_after_learning_is_an_unknown_computer():
    talk = Talk()
    late = [sender("10.0.0.66", mac(66), at=100), *talk("10.0.0.66", PLC, "control")]
    assert role(late, "10.0.0.66") == ("operator station", "asks 1, gives commands")
    assert role(late, "10.0.0.66", time=50) == ("unknown computer", "new, gives commands")
    assert role([*late, *talk(PC, PLC)], PC, time=50)[0] == "data reader"


def test_a_controller_that_asks_others_stays_one_and_a_translator_is_a_gateway():
    talk = Talk()
    assert role([*talk(PC, PLC), *talk(PLC, OTHER_PLC)], PLC) == (
        "controller",
        "answers toy, and asks 1 itself",
    )
    talk = Talk()
    rows = [*talk(PC, PLC, protocol="other"), *talk(PLC, OTHER_PLC)]
    assert role(rows, PLC) == ("gateway", "answers other, and asks 1 in toy")


def test_protocols_that_are_only_recognised_count_too():
    rows = [connection(PC, PLC, "ot", "S7"), connection(PC, OTHER_PLC, "ot", "S7")]
    assert role(rows, PLC) == ("controller", "only answers S7")
    assert role(rows, PC) == ("computer", "asks 2 in S7, what for is not read")
    assert role([connection(PC, PLC, "ot", "S7", bytes_server=0)], PLC)[0] == "unknown"


def test_who_publishes_is_a_controller_unless_it_only_searches():
    group = "01-0C-CD-01-00-01"
    publisher = [
        sender(None, mac(9)),
        connection(mac(9), group, "ot", "Goose", transport="ethernet", server_port=None),
    ]
    assert role(publisher, mac(9)) == ("controller", "sends Goose by itself")
    searcher = [sender(None, mac(9)), connection(mac(9), group, "ot", "Toy discovery", transport="ethernet")]
    assert role(searcher, mac(9)) == ("unknown", "only Toy discovery")


def test_offices_and_networks():
    rows = [connection(PC, PLC, "office", "web")]
    assert role(rows, PLC) == ("server", "answers web")
    assert role(rows, PC) == ("computer", "uses web")
    switch = [
        sender(None, mac(9)),
        connection(mac(9), "01-80-C2-00-00-00", "network", "STP", server_port=None),
    ]
    assert role(switch, mac(9)) == ("switch", "talks as switches do among each other")
    router = [
        sender("10.0.0.1", mac(9)),
        connection("10.0.0.1", "224.0.0.18", "network", "VRRP", server_port=None),
    ]
    assert role(router, "10.0.0.1") == ("router", "talks as routers do among each other")


def test_addresses_from_outside():
    behind = [sender("52.1.2.3", mac(9)), sender("52.1.2.4", mac(9)), *Talk()("52.1.2.3", PLC)]
    assert role(behind, "52.1.2.3") == ("outside address", "public address, asks in toy")
    alone = [sender("141.81.0.10", mac(9)), *Talk()("141.81.0.10", PLC, "write")]
    assert role(alone, "141.81.0.10") == ("operator station", "asks 1, gives commands"), (
        "plants use public ranges inside"
    )
    assert role([sender("127.0.0.1", None)], "127.0.0.1")[0] == "this computer"


def test_a_spoofer_is_not_taken_for_a_router():
    rows = [*arp("10.0.0.66", mac(66)), sender(PLC, mac(66), arp=True), sender(OTHER_PLC, mac(66), arp=True)]
    assert role(rows, "10.0.0.66")[0] == "unknown"


def test_spans():
    assert spans([1, 2, 3, 4]) == "1-4"
    assert spans([1, 2, 7]) == "1, 2, 7"
    assert spans(list(range(1, 100, 2))) == "1, 3, 5, 7, 9, 11, 13, 15 and more"
