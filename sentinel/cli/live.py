"""`sentinel run -i`: what a person sees while it listens. New alerts, what is wrong with the mirror, one calm line of numbers."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import click

from sentinel import mirror
from sentinel.cli.screens import LEVELS, run_screen
from sentinel.cli.text import WIDTH, labelled, moment, safe, several, zone_name
from sentinel.config import Config, SinkSettings
from sentinel.interfaces import check, sent_by
from sentinel.pipeline import News, listen
from sentinel.ship import Shipper
from sentinel.store import Outbox

LOOKS = (10, 30, 60)
"""Seconds after which the mirror is judged; afterwards each minute. It is told when the judgement changed."""
AGAIN = 60
SHIP_EVERY = 1.0
EARLY = "no conversation was seen yet: too early to judge"


def listen_and_tell(
    interfaces: Sequence[str],
    *,
    config: Config,
    zone: tzinfo,
    state: Path | None,
    site: str | None,
    learn: timedelta | datetime | None,
    allow_addressed: bool,
) -> int:
    """Listens until it is stopped, telling what a person must know; then the screen of a replay. Returns 0.

    Raises:
        SentinelError: An interface is refused or cannot be listened on, or the state cannot be used.
    """
    on_stdout = any(sink.type == "stdout" for sink in config.sinks.values())

    def say(line: str) -> None:
        click.echo(line, err=on_stdout)

    for warning in check(interfaces, allow_addressed=allow_addressed):
        click.echo(f"sentinel: {warning}", err=True)
    sent = {name: sent_by(name) for name in interfaces}
    with ExitStack() as held:
        shown = Live(interfaces, zone, config.sinks, say, held)
        result = listen(
            interfaces, config=config, state=state, site=site, learn=learn, outgoing=allow_addressed, watch=shown.tell
        )
        # Closing the state wrote what was still waiting.
        shown.end()
    for line in run_screen(result, zone):
        say(line)
    for name, before in sent.items():
        after = sent_by(name)
        if not allow_addressed and before is not None and after is not None and after > before:
            click.echo(
                f"sentinel: this computer sent {several(after - before, 'frame')} on {name} meanwhile. Sentinel sends "
                "nothing: look which program does",
                err=True,
            )
    return 0


class Live:
    """What is shown, and which sinks get documents while it listens."""

    def __init__(
        self,
        interfaces: Sequence[str],
        zone: tzinfo,
        sinks: Mapping[str, SinkSettings],
        say: Callable[[str], None],
        held: ExitStack,
    ) -> None:
        self._interfaces = interfaces
        self._zone = zone
        # A sink that speaks to a network is for `sentinel ship`: who reads hostile packets has no such socket.
        self._sinks = {name: sink for name, sink in sinks.items() if not sink.network}
        self._far = [name for name, sink in sinks.items() if sink.network]
        self._print = say
        self._held = held
        self._shipper: Shipper | None = None
        self._status = ""
        self._is_terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._look_at = float(LOOKS[0])
        self._told: list[str] | None = None
        self._has_begun = False
        self._shipped = self._counted = 0.0
        self._packets = 0
        self._alerts = 0

    def tell(self, news: News) -> None:
        """After each batch."""
        if not self._has_begun:
            self._begin(news.state)
        for revision in news.revisions:
            if revision.event_kind == "alert" and not revision.note:
                self._alerts += 1
                self._alert(revision.document, revision.short)
        for notice in news.notices:
            self._say(labelled("Interface" if notice.split(" ", 1)[0] in self._interfaces else "State", safe(notice)))
        since = time.monotonic() - self._began
        if since >= self._look_at:
            self._look_at = next((one for one in LOOKS if one > since), since + AGAIN)
            self._mirror(news)
        self._ship(since)
        self._numbers(news, since)

    def end(self) -> None:
        """Leaves no line of numbers behind, and sends what the end of the run brought."""
        self._clear()
        self._ship(float("inf"))

    def _begin(self, state: Path) -> None:
        self._has_begun = True
        times = f"Times {zone_name(self._zone)}."
        self._say(labelled("Listening", f"on {', '.join(self._interfaces)}. Nothing is sent. Ctrl-C ends. {times}"))
        self._say(labelled("Kept in", str(state)))
        if self._far:
            self._say(
                labelled("Sinks", f"{', '.join(self._far)}: sent by sentinel ship, which is a process of its own")
            )
        if self._sinks:
            outbox = Outbox(state)
            self._held.callback(outbox.close)
            self._shipper = self._held.enter_context(Shipper(outbox, self._sinks))

    def _alert(self, document: Mapping[str, Any], short: str) -> None:
        level = LEVELS[document["event.severity"]].upper()
        when = moment(document["@timestamp"], self._zone, "%-d %b %H:%M:%S")
        head = f"{level:<8}  {when}  {short}  {safe(document['message'])}"
        lines = [head if len(head) <= WIDTH else head[: WIDTH - 1] + "…"]
        lines += labelled("", safe(document["event.reason"]))
        lines += labelled("", f"sentinel alerts show {short}")
        self._say(lines)

    def _mirror(self, news: News) -> None:
        counters = news.counters
        found = mirror.faults(counters)
        kinds = [one.kind for one in found] or ["good" if counters["directions"]["both"] else "early"]
        if kinds == self._told:
            return
        self._told = kinds
        words = {"good": "good: both directions, nothing lost", "early": EARLY}
        lines = labelled("Mirror", words.get(kinds[0]) or "; ".join(one.words for one in found))
        for one in mirror.advice(found):
            lines += labelled("", f"On the switch: {one}")
        for note in mirror.notes(counters):
            lines += labelled("", f"Note: {note}")
        hosts = [asset for asset in news.line.inventory.assets if not asset.parent]
        controllers = [asset.label for asset in hosts if asset.role == "controller"]
        addresses = [ip for asset in hosts for ip in asset.ips]
        self._say(lines + labelled("Sees", safe(mirror.seen(addresses, controllers))))

    def _ship(self, since: float) -> None:
        if self._shipper is None or since - self._shipped < SHIP_EVERY:
            return
        self._shipped = since
        for name, sent in self._shipper.run_once(patient=since != float("inf")).items():
            if sent.error:
                self._say(labelled("Sink", f"{name}: {safe(sent.error)}"))

    def _numbers(self, news: News, since: float) -> None:
        if not self._is_terminal or since - self._counted < 1:
            return
        counters = news.counters
        rate = (counters["packets"] - self._packets) / (since - self._counted)
        self._packets, self._counted = counters["packets"], since
        devices = news.line.inventory.devices
        parts = [
            datetime.now(self._zone).strftime("%H:%M:%S"),
            f"{rate:,.0f} packets/s",
            f"{counters['dropped']:,} dropped",
            several(counters["transactions"], "message"),
            several(devices, "device"),
            several(self._alerts, "alert"),
        ]
        width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) - 1
        self._clear()
        self._status = "   ".join(parts)[:width]
        sys.stderr.write(self._status)
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._status:
            sys.stderr.write("\r" + " " * len(self._status) + "\r")
            sys.stderr.flush()
            self._status = ""

    def _say(self, lines: Sequence[str]) -> None:
        self._clear()
        for line in lines:
            self._print(line)
        sys.stdout.flush()
