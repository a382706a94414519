"""The main job on the sample water works, told on one screen: `make demo`."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
CAPTURE = Path("pcaps/modbus/waterworks/waterworks.pcap")
STATE = Path("demo-state")


def main() -> None:
    """Reads the capture into a fresh state and prints what Sentinel sees."""
    os.chdir(ROOT)
    from sentinel.cli.screens import LEVELS, mirror_text, people_text, raised
    from sentinel.cli.state import naming_of
    from sentinel.cli.text import labelled, moment, several, size, span
    from sentinel.config import load_config
    from sentinel.pipeline import replay
    from sentinel.store import Store

    if (STATE / "sentinel.sqlite").exists():
        shutil.rmtree(STATE)
    os.environ["SENTINEL_CONFIG"] = str(CAPTURE.with_name("sentinel.toml"))
    began = time.monotonic()
    result = replay([CAPTURE], config=load_config(), state=STATE, site="waterworks", learn=timedelta(minutes=20))
    counters = result.counters
    length = span(counters["last"] - counters["first"])
    print(
        f"[2/3] reading {CAPTURE}   {counters['packets']:,} packets, {length} of traffic  {time.monotonic() - began:.1f} s"
    )
    print("[3/3] what Sentinel sees\n")
    with Store.open(STATE) as store:
        devices = store.devices()
        alerts = raised(store.triage_rows())
        naming = naming_of(store)
        kept = store.numbers()["bytes"]
    facts = result.learning.facts
    lines = labelled("THE NETWORK", people_text(devices.roles), 15)
    lines += labelled("", f"The mirror is {mirror_text(counters)}.", 15)
    normal = f"Learnt from the first 20 min: {several(facts.get('conversation', 0), 'pair')} of devices, "
    normal += f"{several(facts.get('operation', 0), 'kind')} of request are known."
    lines += labelled("WHAT IS NORMAL", normal, 15)
    lines += labelled("", "Too short to be sure; a real plant needs 1 to 3 days.", 15)
    actors = {naming.name_of(alert["actor"]["ip"], "") for alert in alerts if alert["actor"]}
    who = f", all by {actors.pop()}" if len(actors) == 1 else ""
    lines += labelled("WHAT CHANGED", f"{several(len(alerts), 'alert')}{who}", 15)
    for alert in alerts[:6]:
        when = moment(alert["first"], UTC, "%H:%M:%S")
        lines.append(f"  {LEVELS[alert['severity']].upper():<8} {when}  {alert['title']}"[:110])
    lines += ["", f"Nothing was sent to any network. Results: ./{STATE} ({size(kept)})"]
    lines.append(
        f"Look closer   .venv/bin/sentinel alerts show {alerts[0]['short']} (or assets, points, events, report)"
    )
    print("\n".join(lines))


main()
