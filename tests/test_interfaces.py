"""Which interfaces are refused, and with what words. What needs an interface of its own is in test_live.py."""

from __future__ import annotations

from typing import Any

import pytest

from sentinel import _core, interfaces
from sentinel.errors import SentinelError
from sentinel.interfaces import check, sent_by

SILENT: dict[str, Any] = {
    "name": "eth1",
    "kind": None,
    "up": True,
    "link": True,
    "loopback": False,
    "arp": False,
    "addresses": [],
    "ipv6": False,
}


def pretend(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    monkeypatch.setattr(interfaces._core, "interface", lambda name: SILENT | {"name": name} | more)


def refused(*names: str, **how: Any) -> str:
    with pytest.raises(SentinelError) as caught:
        check(names, **how)
    return str(caught.value)


def test_what_the_system_says_has_these_parts() -> None:
    found = _core.interface("lo")
    assert found is not None
    assert set(found) == set(SILENT)
    assert found["loopback"]
    assert _core.interface("no-such-card") is None


def test_a_silent_interface_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    assert check(["eth1", "eth2"]) == []


def test_one_that_could_send_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, addresses=["10.0.0.5", "fe80::1"], ipv6=True)
    said = refused("eth1.20")
    assert "eth1.20 has the address 10.0.0.5, fe80::1 and has IPv6 enabled" in said
    assert "\n  ip addr flush dev eth1.20\n" in said
    assert "\n  sysctl -w net.ipv6.conf.eth1/20.disable_ipv6=1\n" in said, "a dot in a name is a slash for sysctl"
    assert check(["eth1.20"], allow_addressed=True) == []


def test_ipv6_alone_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, ipv6=True)
    assert "eth1 has IPv6 enabled: this computer could send" in refused("eth1")


def test_one_that_answers_for_other_interfaces_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, arp=True)
    (warning,) = check(["eth1"])
    assert warning.endswith("ip link set dev eth1 arp off")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"up": False}, "ip link set dev eth1 up"),
        ({"kind": "a CAN bus"}, "eth1 is a CAN bus: its frames are not read"),
    ],
)
def test_others_that_are_refused(monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], said: str) -> None:
    pretend(monkeypatch, **more)
    assert said in refused("eth1", allow_addressed=True)


def test_names_that_cannot_be() -> None:
    assert "there are lo" in refused("no-such-card")
    assert "named twice" in refused("lo", "lo")


def test_every_fault_is_told_at_once() -> None:
    assert refused("no-such-card", "nor-this-one").count("there is no such interface") == 2


def test_frames_sent() -> None:
    assert sent_by("no-such-card") is None
    assert (sent_by("lo") or 0) >= 0
