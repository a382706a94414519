"""Listening: real stacks in network namespaces, on a hub and on a switch that mirrors; what is told, and that nothing is sent."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from lab import (
    ADDRESSES,
    PATIENCE,
    POLL,
    ROOT,
    SILENT_SERVER,
    WRITE,
    Job,
    Lab,
    documents,
    first_packets,
    lab,
    run,
    sentinel,
    wait_for,
)

SOON = 5.0
"""Seconds from a packet to its alert. The promise is one; a busy machine gets some more."""
TRUNK = "pcaps/modbus/waterworks/waterworks.pcap"
NOBODY = "--reuid 65534 --regid 65534 --clear-groups --no-new-privs"
ONLY_RAW = "--inh-caps -all,+net_raw --ambient-caps -all,+net_raw --bounding-set -all,+net_raw"
NOTHING = "--inh-caps -all --ambient-caps -all --bounding-set -all"


def without_place(document: Any) -> Any:
    """Without what legitimately differs between an interface and a capture of it: their names."""
    if isinstance(document, dict):
        return {name: without_place(value) for name, value in document.items() if name != "capture"}
    if isinstance(document, list):
        return [without_place(value) for value in document]
    if isinstance(document, str):
        return document.replace("cut.pcap", "HERE").replace("eth0", "HERE")
    return document


def numbers(home: Path, state: Path) -> dict[str, Any]:
    from sentinel.store import Store

    with Store.open(state) as store:
        return dict(store.recall("counters"))


@pytest.mark.parametrize("kind", ["hub", "span"])
def test_ctrl_c_leaves_what_a_replay_leaves(kind: str, tmp_path: Path) -> None:
    with lab(kind, cable=True) as net:
        net.serve()
        recorder = net.record(tmp_path / "all.pcap")
        live = net.sensor("eth0", "--learn", "2s", "--site", "lab", home=tmp_path)
        live.says("Listening")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "60")
        poller.says("connected")
        time.sleep(3)
        writer = net.python("eng", WRITE, ADDRESSES["plc"])
        live.says("sentinel alerts show")
        writer.process.wait(PATIENCE)
        assert live.time_of("set coil") - float(writer.lines[0]) < SOON
        time.sleep(1)
        assert poller.process.poll() is None, "the traffic goes on"
        assert live.end() == 0, live.text
        recorder.end()
        assert net.sent_by_sensor() == 0
    state = tmp_path / "sentinel" / "default"
    assert "Mirror    good: both directions, nothing lost" in live.text
    read = numbers(tmp_path, state)["packets"]
    assert first_packets(tmp_path / "all.pcap", read, tmp_path / "cut.pcap") == read > 100
    again = tmp_path / "again"
    sentinel(tmp_path, "run", "-r", str(tmp_path / "cut.pcap"), "--learn", "2s", "--site", "lab", "--state", str(again))
    for what in ("events", "alerts", "assets", "points"):
        one, other = documents(tmp_path, what, state), documents(tmp_path, what, again)
        assert len(one) > 0
        for left, right in zip(one, other, strict=True):
            assert without_place(left) == without_place(right), what
    facts = [sentinel(tmp_path, "baseline", "--state", str(path), "export") for path in (state, again)]
    assert facts[0] == facts[1]
    event = next(one for one in documents(tmp_path, "events", state) if "frame" in one["sentinel"])
    assert event["sentinel"]["capture"] == {"interface": "eth0"}


def test_an_interface_that_could_send_is_refused(tmp_path: Path) -> None:
    with lab() as net:
        space = net.space("sensor")
        run(f"ip netns exec {space} sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0")
        run(f"ip -n {space} addr add 192.168.90.99/24 dev eth0")
        refused = net.sensor("eth0", home=tmp_path)
        assert refused.end(signal.SIGCONT) == 2
        assert "has the address 192.168.90.99" in refused.text
        assert "has IPv6 enabled" in refused.text
        commands = [line.strip() for line in refused.lines if line.startswith("  ")]
        assert len(commands) == 2
        allowed = net.sensor("eth0", "--allow-addressed", home=tmp_path)
        allowed.says("Listening")
        assert allowed.end() == 0
        for command in commands:
            run(f"ip netns exec {space} {command}")
        silent = net.sensor("eth0", home=tmp_path)
        silent.says("Listening")
        assert silent.end(signal.SIGTERM) == 0
        run(f"ip -n {space} link set eth0 down")
        down = net.sensor("eth0", home=tmp_path)
        assert down.end(signal.SIGCONT) == 2
        assert "ip link set dev eth0 up" in down.text


def test_the_right_to_receive_raw_packets_is_enough(tmp_path: Path) -> None:
    with lab() as net:
        home = Path(run(f"mktemp -d -p /var/tmp {net.space('home')}XXXX").strip())
        home.chmod(0o777)
        trial = subprocess.run(
            ["setpriv", *NOBODY.split(), *ONLY_RAW.split(), sys.executable, "-m", "sentinel", "--version"],
            capture_output=True,
            cwd=ROOT,
            check=False,
        )
        if trial.returncode:
            pytest.skip("another user may not run this Python")
        net.serve()
        live = net.sensor("eth0", prefix=("setpriv", *NOBODY.split(), *ONLY_RAW.split()), home=home)
        live.says("Listening")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "1")
        assert poller.process.wait(PATIENCE) == 0
        assert live.end() == 0
        assert "read fully: Modbus" in live.text
        refused = net.sensor("eth0", prefix=("setpriv", *NOBODY.split(), *NOTHING.split()), home=home)
        assert refused.end(signal.SIGCONT) == 2
        assert "CAP_NET_RAW" in refused.text
        assert "setpriv" in refused.text
        run(f"rm -r {home}")


def test_what_this_computer_sends_is_read_where_that_is_wanted(tmp_path: Path) -> None:
    with lab() as net:
        net.serve()
        on_card = net.job("plc", *_listening("eth0"), environment=_home(tmp_path / "card"))
        on_card.says("Listening")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "1")
        assert poller.process.wait(PATIENCE) == 0
        assert on_card.end() == 0
        assert "Mirror    good: both directions, nothing lost" in on_card.text
        on_loopback = net.job("plc", *_listening("lo"), environment=_home(tmp_path / "loopback"))
        on_loopback.says("Listening")
        assert net.python("plc", TO_ITSELF).process.wait(PATIENCE) == 0
        assert on_loopback.end() == 0
        assert "Read      3 packets of lo" in on_loopback.text, "each frame once, not as it goes and as it comes"


TO_ITSELF = """
import socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 9000))
for _ in range(3):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", 9000))
"""


def _listening(device: str) -> list[str]:
    return [sys.executable, "-m", "sentinel", "run", "-i", device, "--allow-addressed"]


def _home(home: Path) -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(home), "SENTINEL_CONFIG": "", "TZ": "UTC"}


SEND = """
import sys
from scapy.layers.l2 import Dot1Q, Ether
from scapy.layers.inet import IP, TCP
from scapy.utils import PcapReader
from scapy.sendrecv import sendp
# what: tags | requests_tagged | cut
capture, what = sys.argv[1:3]
frames = []
for frame in PcapReader(capture):
    if TCP not in frame or len(frames) >= 400:
        continue
    to_server = frame[TCP].dport == 502
    if what == "tags" or (what == "requests_tagged" and to_server):
        frame = Ether(src=frame.src, dst=frame.dst) / Dot1Q(vlan=20, prio=5) / frame.payload
    if what == "cut":
        frame = bytes(frame)[:58]
    frames.append(frame)
print("sending", flush=True)
sendp(frames, iface="eth0", verbose=False)
print("sent", len(frames), flush=True)
"""


def replayed(net: Lab, what: str, live: Job) -> None:
    """Frames of the water works, changed, out of a host's card."""
    sender = net.python("eng", SEND, TRUNK, what)
    sender.says("sent ")
    time.sleep(0.5)
    assert live.end() == 0, live.text


def test_vlan_tags_come_back(tmp_path: Path) -> None:
    with lab() as net:
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        replayed(net, "tags", live)
    state = tmp_path / "sentinel" / "default"
    events = [one for one in documents(tmp_path, "events", state) if "frame" in one["sentinel"]]
    assert events
    assert {one["network"]["vlan"]["id"] for one in events} == {"20"}
    frames = numbers(tmp_path, state)["frames"][0]
    assert frames["tagged"] == frames["unicast"] >= 400


def test_tags_that_are_missing_in_one_direction(tmp_path: Path) -> None:
    with lab() as net:
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        replayed(net, "requests_tagged", live)
    assert "VLAN tags are missing or differ in one direction" in live.text
    assert "On the switch: let the mirror keep the tags of both directions" in " ".join(live.text.split())


def test_frames_that_the_switch_cut(tmp_path: Path) -> None:
    with lab("span") as net:
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        replayed(net, "cut", live)
    assert "the switch cuts what it mirrors" in " ".join(live.text.split())
    assert "On the switch: switch off truncation" in live.text


def test_a_port_that_is_no_mirror(tmp_path: Path) -> None:
    with lab("switch") as net:
        net.serve()
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "60")
        poller.says("connected")
        for _ in range(30):
            run(f"ip -n {net.space('eng')} neigh flush dev eth0")
            net.python("eng", "import socket; socket.create_connection(('192.168.90.77', 1), timeout=0.05)")
            time.sleep(0.05)
        live.says("ordinary port of a switch")
        assert time.time() - live.time_of("Listening") < 60
        assert "On the switch: make this port the destination" in live.text
        assert live.end() == 0


def test_nothing_comes_at_all(tmp_path: Path) -> None:
    with lab("span", mirrored={"sensor-0": ()}) as net:
        live = net.sensor("eth0", home=tmp_path)
        live.says("no packet came on eth0")
        live.says("On the switch: switch the mirror session on")
        assert live.end() == 0


@pytest.mark.parametrize(
    ("sources", "said", "change"),
    [
        (("plc in",), "answers came, but no requests", "mirror both directions"),
        (("plc out",), "requests came, but no answers", "mirror both directions"),
        (("plc in", "plc out", "hmi in", "hmi out"), "of packets came twice", "mirror one direction (rx, ingress)"),
    ],
)
def test_a_mirror_that_is_set_wrongly(sources: tuple[str, ...], said: str, change: str, tmp_path: Path) -> None:
    with lab("span", mirrored={"sensor-0": sources}) as net:
        net.serve()
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "2")
        assert poller.process.wait(PATIENCE) == 0
        assert live.end() == 0
    text = " ".join(live.text.split())
    assert said in text
    assert f"On the switch: {change}" in text


def test_one_direction_on_each_interface(tmp_path: Path) -> None:
    both = {"sensor-0": ("plc in",), "sensor-1": ("plc out",)}
    with lab("span", mirrored=both, sensors=2) as net:
        net.serve()
        live = net.sensor("eth0", "eth1", home=tmp_path)
        live.says("Listening on eth0, eth1")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "2")
        assert poller.process.wait(PATIENCE) == 0
        assert live.end() == 0
        assert net.sent_by_sensor("eth0") == net.sent_by_sensor("eth1") == 0
    assert "Mirror    good: both directions, nothing lost" in live.text
    events = [
        one for one in documents(tmp_path, "events", tmp_path / "sentinel" / "default") if "frame" in one["sentinel"]
    ]
    assert {one["event"]["outcome"] for one in events} == {"success"}
    assert {one["sentinel"]["capture"]["interface"] for one in events} == {"eth1"}
    assert {one["sentinel"]["frame"]["response_file"] for one in events} == {"eth0"}
    assert not any("answer_before_request" in one["sentinel"].get("weird", []) for one in events)


PIPELINE = """
import socket, struct, sys
client = socket.create_connection((sys.argv[1], 502))
requests = b"".join(struct.pack(">HHHBBHH", number, 0, 6, 1, 3, 0, 10) for number in range(240))
client.sendall(requests)
answers = b""
while len(answers) < 240 * 29:
    answers += client.recv(65536)
"""


def test_frames_joined_by_offloading_are_read(tmp_path: Path) -> None:
    with lab() as net:
        net.serve()
        recorder = net.record(tmp_path / "all.pcap")
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        assert net.python("hmi", PIPELINE, ADDRESSES["plc"]).process.wait(PATIENCE) == 0
        time.sleep(0.3)
        assert live.end() == 0
        recorder.end()
    counters = numbers(tmp_path, tmp_path / "sentinel" / "default")
    assert counters["frames"][0]["longest"] > 2_000
    assert counters["transactions"] == 240
    checks = subprocess.run(["tcpdump", "-vnr", tmp_path / "all.pcap"], capture_output=True, text=True, check=True)
    assert "incorrect" in checks.stdout, "the checksums of this lab are wrong, as on a computer with offloading"


FLOOD = """
import socket
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("eth0", 0))
frame = bytes.fromhex("020000000010" "020000000012" "88b5") + bytes(1400)
for _ in range(3000):
    sender.send(frame)
"""


def test_what_the_kernel_drops_is_told(tmp_path: Path) -> None:
    settings = tmp_path / "sentinel.toml"
    settings.write_text('[capture]\nring = "256 KiB"\n')
    with lab() as net:
        live = net.sensor("eth0", "--config", str(settings), home=tmp_path)
        live.says("Listening")
        live.process.send_signal(signal.SIGSTOP)
        assert net.python("eng", FLOOD).process.wait(PATIENCE) == 0
        live.process.send_signal(signal.SIGCONT)
        assert live.end() == 0
    counters = numbers(tmp_path, tmp_path / "sentinel" / "default")
    assert counters["dropped"] > 1_000
    assert counters["dropped"] + counters["packets"] >= 3_000
    assert "dropped by this computer before they were read" in " ".join(live.text.split())


ASK_ONCE = """
import socket, sys, time
client = socket.create_connection((sys.argv[1], 502))
client.sendall(bytes.fromhex("0001 0000 0006 01 03 0000 000a"))
print("asked", flush=True)
time.sleep(60)
"""


def test_time_passes_on_a_silent_link(tmp_path: Path) -> None:
    with lab() as net:
        net.python("plc", SILENT_SERVER).says("listening")
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        net.python("hmi", ASK_ONCE, ADDRESSES["plc"]).says("asked")
        time.sleep(7.5)
        assert live.end() == 0
    (event,) = (
        one for one in documents(tmp_path, "events", tmp_path / "sentinel" / "default") if "frame" in one["sentinel"]
    )
    assert event["sentinel"]["unanswered"] == "timeout"


def test_an_interface_that_goes_and_comes_back(tmp_path: Path) -> None:
    with lab() as net:
        net.serve()
        space = net.space("sensor")
        live = net.sensor("eth0", home=tmp_path)
        live.says("Listening")
        run(f"ip -n {space} link set eth0 down")
        live.says("eth0 was switched off")
        run(f"ip -n {space} link set eth0 up")
        live.says("eth0 has its link again")
        net.net("link set sensor-0 down")
        live.says("eth0 has no link")
        run(f"ip -n {space} link del eth0")
        live.says("eth0 is gone")
        net.plug("sensor", "eth0", "sensor-0", "02:00:00:00:00:09")
        net.net("link set sensor-0 master br0")
        live.says("eth0 is back")
        poller = net.python("hmi", POLL, ADDRESSES["plc"], "1")
        assert poller.process.wait(PATIENCE) == 0
        assert live.end() == 0
    assert "read fully: Modbus" in live.text


def test_documents_go_out_while_it_listens(tmp_path: Path) -> None:
    settings = tmp_path / "sentinel.toml"
    settings.write_text(
        f'[sinks.out]\ntype = "stdout"\n[sinks.file]\ntype = "ndjson"\npath = "{tmp_path}/out.ndjson"\n'
    )
    out = tmp_path / "out.ndjson"
    with lab() as net:
        net.serve()
        live = net.sensor("eth0", "--config", str(settings), "--learn", "1s", home=tmp_path)
        live.says("Listening")
        net.python("hmi", POLL, ADDRESSES["plc"], "60").says("connected")
        time.sleep(2)
        net.python("eng", WRITE, ADDRESSES["plc"])
        wait_for("an alert in the file", lambda: out.exists() and "sentinel.alert" in out.read_text())
        assert live.process.poll() is None
        assert live.end() == 0
    lines = [json.loads(line) for line in live.lines if line.startswith("{")]
    assert {one["event"]["id"] for one in lines} == {
        json.loads(line)["event"]["id"] for line in out.read_text().splitlines()
    }
    assert len(lines) == len({one["event"]["id"] for one in lines})


def test_a_terminal_has_one_calm_line_of_numbers(tmp_path: Path) -> None:
    with lab() as net:
        net.serve()
        space = ["ip", "netns", "exec", net.space("sensor")]
        terminal, inside = os.openpty()
        process = subprocess.Popen(
            [*space, sys.executable, "-m", "sentinel", "run", "-i", "eth0"],
            stdout=subprocess.DEVNULL,
            stderr=inside,
            cwd=ROOT,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "SENTINEL_CONFIG": "", "COLUMNS": "110"},
        )
        os.close(inside)
        os.set_blocking(terminal, False)
        shown = b""

        def has_come() -> bool:
            nonlocal shown
            with suppress(BlockingIOError):
                shown += os.read(terminal, 65536)
            return b"2 devices" in shown and b"packets/s" in shown

        net.python("hmi", POLL, ADDRESSES["plc"], "60").says("connected")
        wait_for("numbers on the terminal", has_come)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        with suppress(BlockingIOError, OSError):
            shown += os.read(terminal, 65536)
        os.close(terminal)
    lines = [line.rstrip() for line in shown.decode().split("\r") if line.strip()]
    assert all(re.fullmatch(r"[\d:]+ +[\d,]+ packets/s +0 dropped.*alerts?", line) for line in lines), lines
    assert shown.endswith(b"\r"), "nothing is left behind"
