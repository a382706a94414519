"""The laws, over random rows: batches, restarts, and what holds for any network."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_rows import Talk, arp, claim, connection, mac, observe, sender

from sentinel.inventory import Inventory, InventoryLimits

IPS = [
    *(f"10.0.{net}.{host}" for net in (0, 1) for host in (1, 2, 3, 4)),
    "8.8.8.8",
    "52.1.2.3",
    "169.254.1.1",
    "127.0.0.1",
]
IPS += ["fe80::1", "fe80::2", "fd00::1", "2001:db8::1", "fe80::aede:48ff:fe00:aa01", "0.0.0.0"]
CARDS = [mac(number) for number in range(1, 5)]

ip, card, vlan = (
    st.sampled_from(IPS),
    st.sampled_from([*CARDS, None, "00-00-00-00-00-00"]),
    st.sampled_from(["", "7"]),
)
times = st.integers(0, 50)
one_sender = st.builds(lambda i, c, v, t, a: [sender(i, c, vlan=v, at=t, arp=a)], ip, card, vlan, times, st.booleans())
one_arp = st.builds(lambda i, c, v: arp(i, c, vlan=v), st.sampled_from(IPS[:8]), st.sampled_from(CARDS), vlan)
one_card = st.builds(lambda c, v, t: [sender(None, c, vlan=v, at=t)], st.sampled_from(CARDS), vlan, times)
one_claim = st.builds(
    lambda s, a, v, src, t: [claim(s, a, v, src, at=t, kind="unit" if "/" in s else "mac" if "-" in s else "ip")],
    st.sampled_from([*IPS, *CARDS, *(f"{host}:9000/{unit}" for host in IPS[:3] for unit in (1, 2))]),
    st.sampled_from(["model", "firmware", "name"]),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["device identification", "build info", "banner"]),
    times,
)
one_port = st.builds(
    lambda c, i: [sender(None, c), claim(c, "ip", i, "discovery", kind="mac")],
    st.sampled_from([*CARDS, "00-00-5E-10-00-01"]),
    st.sampled_from(IPS[:4]),
)
one_connection = st.builds(
    lambda c, s, g, r: [connection(c, s, g, g.title(), read=r)],
    st.sampled_from([*IPS, *CARDS]),
    st.sampled_from([*IPS, *CARDS]),
    st.sampled_from(["ot", "office", "network"]),
    st.booleans(),
)
one_talk = st.tuples(
    st.sampled_from(IPS[:4]),
    st.sampled_from(IPS[:6]),
    st.sampled_from(["read", "write", "program"]),
    st.sampled_from([None, 1, 2, 3, 255]),
    st.sampled_from(["success", "failure", "unknown"]),
    st.sampled_from(["events", "summaries"]),
)
steps = st.lists(
    st.one_of(one_sender, one_sender, one_arp, one_card, one_claim, one_port, one_connection, one_talk), max_size=40
)


def rows_of(found):
    talk = Talk()
    rows = []
    for step in found:
        if isinstance(step, tuple):
            client, server, class_, unit, outcome, table = step
            rows += talk(client, server, class_, unit=unit, outcome=outcome, table=table)
        else:
            rows += step
    return rows


def stored(inventory):
    """Through the store and back, latest row per id."""
    return json.loads(json.dumps(inventory.changed()))


def shown(inventory):
    return [asset.document() for asset in inventory.assets]


@settings(max_examples=300, deadline=None)
@given(steps, st.lists(st.integers(0, 80)), st.integers(3, 12))
def test_any_cutting_into_batches_gives_the_same(found, cuts, assets):
    rows, limits = rows_of(found), InventoryLimits(assets=assets, macs=3, claims=3, units=2, partners=2)
    whole, changes = observe(rows, Inventory("s", limits))
    cut, changes_of_cut = observe(rows, Inventory("s", limits), cuts)
    assert changes == changes_of_cut
    assert shown(whole) == shown(cut)
    assert whole.changed() == cut.changed()
    assert whole.limits_reached() == cut.limits_reached()
    assert whole.count <= assets


@settings(max_examples=300, deadline=None)
@given(steps, steps)
def test_a_restart_changes_nothing(found, more):
    before, after = rows_of(found), rows_of(more)
    going, _ = observe(before, Inventory("s"))
    shown(going)  # what was shown before must not be shown again where it changed
    back = Inventory("s")
    back.load(stored(going))
    assert shown(back) == shown(going)
    assert back.changed() == []
    # A restarted core tells the titles of its protocols again; here they are the same in both.
    _, changes = observe(after, going)
    _, changes_of_back = observe(after, back)
    assert changes == changes_of_back
    assert shown(back) == shown(going)
    assert back.changed() == stored(going)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(one_sender, one_arp, one_card), max_size=40))
def test_what_holds_for_any_network(found):
    rows = rows_of(found)
    inventory, changes = observe(rows)
    sent = defaultdict(set)
    for _, row in rows:
        if row["ip"] not in (None, "0.0.0.0"):
            sent[row["vlan"], row["ip"]].add(row["mac"] if row["mac"] != "00-00-00-00-00-00" else None)
    assets = list(inventory.assets)
    places = Counter((asset.vlan, address) for asset in assets for address in asset.ips)
    assert places == Counter(dict.fromkeys(sent, 1)), "each that sent is in exactly one"
    assert len({asset.id for asset in assets}) == len(assets)
    alone = Counter((scope, one) for (scope, _), cards in sent.items() for one in cards if one)
    for asset in assets:
        assert len(asset.ips) <= 4
        assert len({address.rpartition(".")[0] for address in asset.ips if "." in address}) <= 4
        for address in asset.ips:
            for one in sent[asset.vlan, address]:
                if one and alone[asset.vlan, one] == 1:
                    assert one in asset.macs, "a card of this address alone"
        for one, other in combinations(asset.ips, 2):
            assert (sent[asset.vlan, one] & sent[asset.vlan, other]) - {None}, "one card sent for both"
        assert asset.first_seen <= asset.last_seen
        for address in (*asset.ips, *asset.macs):
            found_asset = inventory.asset_of(address, asset.vlan)
            assert found_asset is not None or address in asset.macs
    born = [change.asset_id for change in changes if change.kind == "asset-new" or change.attribute == "split"]
    assert sorted(born) == sorted(asset.id for asset in assets), "each is announced once"
