"""The screens: a run's summary, lists of assets and alerts, one alert told. Plain words, at most 110 columns."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sentinel import mirror
from sentinel.cli.text import (
    WIDTH,
    exact,
    exact_span,
    labelled,
    moment,
    number,
    safe,
    several,
    size,
    span,
    table,
    zone_name,
)
from sentinel.errors import SentinelError
from sentinel.inventory import Asset, Claim, Inventory, believed, roles
from sentinel.pipeline import Result
from sentinel.store import Devices, Store

CLAIMS_SHOWN = 40
"""Lines of what was said about one device; the rest is in the documents."""

LEVELS = {99: "critical", 73: "high", 47: "medium", 21: "low"}
"""What people call a severity."""


def inventory_of(store: Store) -> Inventory:
    """The inventory that the store holds."""
    from sentinel.config import load_config
    from sentinel.inventory import load_names

    settings = load_config().inventory
    inventory = Inventory(store.site, names=load_names(settings.names) if settings.names else None)
    inventory.load(store.asset_rows())
    inventory.learning_ended(store.recall("learnt_until"))
    return inventory


def raised(alerts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alerts that are open, the most severe first, then the newest."""
    open_ones = [alert for alert in alerts if alert["status"] in ("open", "denied")]
    return sorted(open_ones, key=lambda alert: (-alert["severity"], -alert["last"], alert["short"]))


def find_alert(alerts: Sequence[dict[str, Any]], which: str) -> dict[str, Any]:
    """The one alert whose id begins so.

    Raises:
        SentinelError: None does, or several do.
    """
    wanted = which.upper() if which.upper().startswith("A-") else f"A-{which.upper()}"
    found = [one for one in alerts if one["short"].upper() == wanted] or [
        one for one in alerts if one["short"].upper().startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SentinelError(f"no alert begins with {which}: sentinel alerts --all lists them")
    raise SentinelError(f"{which} is not unique: {', '.join(sorted(one['short'] for one in found)[:5])}")


def find_asset(inventory: Inventory, which: str) -> Asset:
    """The asset of that name or address, or the one whose id begins so.

    Raises:
        SentinelError: None is, or several are.
    """
    known = inventory.asset_of(which)
    if known is not None:
        return known
    found = [
        one for one in inventory.assets if one.name == which or one.id.startswith(which) or which.upper() in one.macs
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SentinelError(f"no device {which}: sentinel assets --all lists them")
    raise SentinelError(f"{which} is not unique: {', '.join(one.label for one in found[:5])}")


def run_screen(result: Result, zone: tzinfo) -> list[str]:
    """What `sentinel run` says at the end."""
    counters = result.counters
    with Store.open(result.state) as store:
        devices = store.devices()
        alerts = store.triage_rows()
        kept = store.numbers()["bytes"]
    lines: list[str] = []
    if result.already:
        names = ", ".join(result.already[:3]) + (
            f" and {len(result.already) - 3} more" if len(result.already) > 3 else ""
        )
        lines += labelled("Known", f"{names}: already in this state, not read again (--again reads it)")
    lines += labelled("Read", _read_text(counters, zone))
    for file in counters["files"]:
        if file.get("known"):
            before = several(file["known"], "packet") + " were read before, only the others now"
            lines += labelled("", f"{safe(file['path'])}: {before}")
    for path, shift in result.shifts:
        lines += labelled(
            "", f"{safe(path)}: times moved by {'+' if shift > 0 else '-'}{exact_span(abs(shift))} (--shift)"
        )
    for file in counters["files"]:
        if file["problem"]:
            lines += labelled("", f"{safe(file['path'])} {safe(file['problem'])}")
    lines += labelled("Traffic", _traffic(counters))
    lines += labelled("Mirror", mirror_text(counters))
    lines += labelled("Devices", _devices(devices))
    lines += labelled("Normal", _normal(result, counters))
    lines += labelled("Alerts", _count_alerts(alerts, result))
    for alert in raised(alerts)[:5]:
        when = moment(alert["first"], zone, "%-d %b %H:%M:%S")
        lines.append(_cut(f"  {LEVELS[alert['severity']].upper():<8} {when}  {alert['short']}  {safe(alert['title'])}"))
    if result.learning.state == "none":
        notable = [alert["title"] for alert in raised(alerts) if alert["severity"] <= 47][:3]
        lines += labelled("Stands out", safe(" · ".join(notable)), 11) if notable else []
    lines += labelled("Not read", _not_read(counters))
    lines += labelled("Kept in", f"{result.state} ({size(kept)}). Nothing left this computer.")
    lines += labelled("Next", "sentinel alerts    sentinel assets    sentinel explain WORD")
    return lines


def stopped_screen(result: Result) -> list[str]:
    """Where a reading was stopped, and how to go on."""
    stopped = result.stopped
    if stopped is None:
        return []
    places = [f"in {safe(path)} after its packet {number(packet)}" for path, packet in stopped.places[:2]]
    if len(stopped.places) > 2:
        places.append(f"and {several(len(stopped.places) - 2, 'more file')}")
    where = ", ".join([f"stopped after {several(stopped.packets, 'packet')}", *places])
    return [f"{where}; all before is kept. Go on: sentinel run --resume --state {shlex.quote(str(result.state))}"]


def _cut(line: str, width: int = WIDTH) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _read_text(counters: dict[str, Any], zone: tzinfo) -> str:
    packets = several(counters["packets"], "packet")
    if not counters["packets"]:
        return packets
    first, last = counters["first"], counters["last"]
    files = several(sum(1 for file in counters["files"] if file["packets"]), "file")
    if counters["interfaces"]:
        files = ", ".join(one["name"] for one in counters["interfaces"])
    form = "%-d %b %Y %H:%M:%S"
    return f"{packets} of {files}, {moment(first, zone, form)} to {moment(last, zone, form)} {zone_name(zone)} ({span(last - first)})"


def _traffic(counters: dict[str, Any]) -> str:
    applications = counters["applications"]
    total = sum(one["packets"] for one in applications.values()) or 1

    def share(chosen: list[tuple[str, int]]) -> str:
        ranked = sorted(chosen, key=lambda pair: (-pair[1], pair[0]))
        shown = [f"{title} {_percent(packets, total)}" for title, packets in ranked[:6]]
        return ", ".join(shown) + (f" and {len(ranked) - 6} more" if len(ranked) > 6 else "")

    groups: dict[str, list[tuple[str, int]]] = {}
    for name, one in applications.items():
        group = "read" if one["read"] else "unknown" if name == "unknown" else one["group"]
        groups.setdefault(group, []).append((one["title"], one["packets"]))
    words = {
        "read": "read fully: ",
        "ot": "recognised, not read: ",
        "office": "office traffic: ",
        "network": "network's own: ",
        "unknown": "",
    }
    parts = [f"{word}{share(groups[group])}" for group, word in words.items() if groups.get(group)]
    if groups.get("office"):
        parts[[part.startswith("office") for part in parts].index(True)] += " (who talks to whom only)"
    return "\n".join(parts) if parts else "none"


def _percent(part: int, total: int) -> str:
    percent = 100 * part / total
    return f"{percent:.0f} %" if percent >= 1 else "< 1 %"


def mirror_text(counters: dict[str, Any]) -> str:
    """Whether the mirror port shows all that it should, and what to change where it does not."""
    found = [] if not counters["packets"] else mirror.faults(counters)
    return "\n".join([mirror.verdict(counters), *(f"On the switch: {one}" for one in mirror.advice(found))])


def people_text(found: Mapping[str, int]) -> str:
    """`8 devices: 4 controllers, 2 operator stations …`."""
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:6]
    plurals = {roles.UNKNOWN: roles.UNKNOWN}
    people = ", ".join(
        several(count, role or roles.UNKNOWN, plurals.get(role or roles.UNKNOWN)) for role, count in ranked
    )
    return f"{several(sum(found.values()), 'device')}: {people}"


def _devices(devices: Devices) -> str:
    known = (
        f"maker known for {devices.makers}, firmware for {devices.firmware} (for the others nobody asked on the wire)"
    )
    return f"{people_text(devices.roles)}\n{known}" if devices.roles else "none"


def _normal(result: Result, counters: dict[str, Any]) -> str:
    learning = result.learning
    length = span((counters["last"] or 0) - (counters["first"] or 0))
    if learning.state == "none":
        return f'no baseline given: "new" means new within these {length}. Try --learn 20m'
    text = learning.words()[0].upper() + learning.words()[1:]
    if learning.since is None or learning.until is None:
        return text
    taught = learning.until - learning.since
    return f"{text}. Learnt in {span(taught)}; a real plant needs 1 to 3 days" if taught < 86_400_000_000_000 else text


def _count_alerts(alerts: Sequence[dict[str, Any]], result: Result) -> str:
    counts = {name: sum(1 for alert in raised(alerts) if alert["severity"] == level) for level, name in LEVELS.items()}
    shown = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
    notes = sum(1 for alert in alerts if alert["status"] == "note")
    tail = [f"{several(notes, 'note')} not raised"] if notes else []
    tail += [f"{result.approved} approved"] if result.approved else []
    return "; ".join([shown, *tail])


def _not_read(counters: dict[str, Any]) -> str:
    parts = []
    ends = sum(1 for file in counters["files"] if file["problem"])
    if ends:
        parts.append(several(ends, "file") + " not to the end" if ends else "")
    outside = sum(file.get("outside", 0) for file in counters["files"])
    if outside:
        parts.append(f"left out by --since/--until: {several(outside, 'packet')}")
    if counters["weirds"]:
        parts.append(f"{several(counters['weirds'], 'broken message')} (kept: sentinel events --weird)")
    if counters["dropped"]:
        parts.append(f"{several(counters['dropped'], 'packet')} dropped by this computer before they were read")
    unread = sorted(counters["unread"].items(), key=lambda pair: (-pair[1], pair[0]))
    parts += [f"{several(count, 'packet')}: {name}" for name, count in unread[:5]]
    if len(unread) > 5:
        parts.append(f"{several(len(unread) - 5, 'other kind')} of packet")
    reached = counters["limits"]
    parts += [f"limit {name} was reached {several(count, 'time')}" for name, count in sorted(reached.items())]
    return "; ".join(parts) + ("" if reached else "; no limit was reached") if parts else "nothing"


def assets_screen(
    inventory: Inventory, alerts: Sequence[dict[str, Any]], zone: tzinfo, *, all_of_them: bool
) -> list[str]:
    """The list of `sentinel assets`."""
    everything = list(inventory.assets)
    hosts = [asset for asset in everything if not asset.parent]
    chosen = everything if all_of_them else hosts[:20]
    rows = []
    involved: dict[str, int] = {}
    for alert in raised(alerts):
        for ip in {alert[side]["ip"] for side in ("actor", "target") if alert[side]}:
            involved[ip] = involved.get(ip, 0) + 1
    for asset in chosen:
        maker = " ".join([safe(asset.vendor) or "?", safe(asset.model) or "?", safe(asset.firmware) or "?"])
        count = sum(involved.get(ip, 0) for ip in asset.ips)
        last = moment(asset.last_seen, zone)
        noted = several(count, "alert") if count else ""
        rows.append(
            (safe(asset.name) or "-", asset.address, asset.role or "?", safe(asset.role_how), maker, last, noted)
        )
    lines = [f'{several(len(hosts), "device")}. "?" = nobody asked on the wire. Times {zone_name(zone)}']
    heads = ("NAME", "ADDRESS", "WHAT IT IS", "HOW WE KNOW", "MAKER MODEL FIRMWARE", "LAST SEEN", "")
    lines += table(heads, rows, (8, 15, 16, 20, 20, 12, 8))
    if len(chosen) < len(everything):
        lines.append(f"({number(len(everything) - len(chosen))} more: --all)")
    for asset in everything:
        for attribute, values in asset.conflicts.items():
            lines.append(
                _cut(f"Conflict: {safe(asset.label)} has several values of {attribute}: {safe(', '.join(values))}")
            )
    lines.append('Give names: sentinel assets set ADDRESS name="Laptop Berg"')
    return [_cut(line) for line in lines]


def asset_screen(asset: Asset, zone: tzinfo) -> list[str]:
    """One asset told: `sentinel assets show`."""
    lines = [f"{safe(asset.label)}  {asset.role or 'role not known'}  ({asset.id})"]
    known = [
        ("Address", ", ".join([*asset.ips, *asset.macs]) or asset.subject),
        ("Why", safe(asset.role_how) or "nothing was said that tells its role"),
        ("Name", _known(asset, asset.name, "name", "host_name")),
        ("Maker", _known(asset, asset.vendor, "vendor")),
        ("Card", asset.card),
        ("Model", _known(asset, asset.model, "model", "product_name", "product_code")),
        ("Firmware", _known(asset, asset.firmware, "firmware")),
        ("Serial", _known(asset, asset.serial, "serial")),
        ("System", _known(asset, asset.system, "os")),
        ("Speaks", ", ".join(asset.protocols)),
        ("Behind it", ", ".join(f"unit {unit.get('unit')}" for unit in asset.units)),
        ("VLAN", ", ".join(str(vlan) for vlan in asset.vlans)),
        ("Seen", f"{exact(asset.first_seen, zone)} to {exact(asset.last_seen, zone)} {zone_name(zone)}"),
        ("Zone", safe(asset.zone)),
        ("Contact", safe(asset.contact)),
    ]
    for label, text in known:
        if text:
            lines += labelled(label, text)
    if told := [claim for claim in asset.claims if claim.frame is not None]:
        lines.append("Said on the wire:")
        for claim in told[:CLAIMS_SHOWN]:
            # The evidence stays readable where the value is long.
            how = f"  ({_how(claim)})"
            lines.append(_cut(f"  {claim.attribute}: {safe(claim.value)}", WIDTH - len(how)) + how)
        if len(told) > CLAIMS_SHOWN:
            lines.append(f"  ({number(len(told) - CLAIMS_SHOWN) + ' more'}: sentinel assets --json)")
    return lines


def _how(claim: Claim) -> str:
    """Who said it, and in which packet."""
    if claim.frame is None:
        return claim.source
    return f"{claim.source}, frame {claim.frame}" + (f" of {safe(Path(claim.capture).name)}" if claim.capture else "")


def _known(asset: Asset, value: str, *attributes: str) -> str:
    """A value with how we know it; empty if there is none."""
    said = believed([claim for claim in asset.claims if claim.value == value], attributes[0])
    for attribute in attributes[1:]:
        said = said or believed([claim for claim in asset.claims if claim.value == value], attribute)
    return f"{safe(value)} ({_how(said)})" if value and said is not None else safe(value)


def alerts_screen(alerts: Sequence[dict[str, Any]], naming: Any, zone: tzinfo, *, all_of_them: bool) -> list[str]:
    """The list of `sentinel alerts`."""
    open_ones = raised(alerts)
    chosen = sorted(alerts if all_of_them else open_ones[:20], key=lambda alert: (-alert["last"], alert["short"]))
    lines = [
        f"{several(len(open_ones), 'alert')} open, newest first. Times {zone_name(zone)}"
        + ("" if str(zone) != "UTC" else " (--tz Europe/Oslo for local)")
    ]
    rows = []
    for alert in chosen:
        level = LEVELS[alert["severity"]] if alert["status"] in ("open", "denied") else alert["status"]
        who = " -> ".join(_party(alert[side], naming) for side in ("actor", "target") if alert[side])
        rows.append(
            (alert["short"], level, moment(alert["first"], zone), who, safe(alert["title"]), number(alert["count"]))
        )
    lines += table(("ID", "LEVEL", "SINCE", "WHO -> WHOM", "WHAT HAPPENED", "SEEN"), rows, (7, 8, 12, 27, 40, 6))
    if not all_of_them:
        hidden = len(open_ones) - len(chosen)
        statuses = {
            status: sum(1 for alert in alerts if alert["status"] == status) for status in ("approved", "closed", "note")
        }
        words = {"approved": "approved", "closed": "closed", "note": "notes"}
        parts = ([f"{hidden} less severe"] if hidden else []) + [
            f"{count} {words[status]}" for status, count in statuses.items() if count
        ]
        if parts:
            lines.append(f"Not shown: {', '.join(parts)} (--all)")
    if chosen:
        lines.append(
            f"Look closer: sentinel alerts show {raised(chosen)[0]['short'] if raised(chosen) else chosen[0]['short']}"
        )
    return [_cut(line) for line in lines]


def _party(party: dict[str, Any], naming: Any) -> str:
    return safe(str(naming.name_of(party["ip"], party.get("vlan", ""))))


def alert_screen(alert: dict[str, Any], asset: Asset | None, zone: tzinfo) -> list[str]:
    """One alert told in full: `sentinel alerts show`."""
    lines = [
        _cut(f"{LEVELS[alert['severity']].upper():<9} {alert['short']}  {alert['status']:<8} {safe(alert['title'])}")
    ]
    if asset is not None:
        seen = f"First seen {exact(asset.first_seen, zone)}"
        lines += labelled(
            "Who",
            f"{safe(asset.label)}, {asset.role or 'role not known'}{', ' + asset.card if asset.card else ''}. {seen}",
            9,
        )
    lines += labelled("Story", safe(alert["reason"]), 9)
    lines += labelled(
        "When",
        f"{exact(alert['first'], zone)} {zone_name(zone)}, {several(alert['count'], 'time')}" + _frames(alert),
        9,
    )
    lines += labelled("Normal", safe(alert["expected"]), 9)
    lines += labelled("Seen", safe(alert["observed"]), 9)
    lines += labelled("Means", safe(alert["meaning"]), 9)
    if alert["technique"]:
        from sentinel.detect.attack import technique

        lines += labelled("", f"ATT&CK for ICS {alert['technique']}, {technique(alert['technique']).name}", 9)
    for at, step in enumerate(alert["check"], 1):
        lines += labelled("Do" if at == 1 else "", f"{at} {safe(step)}", 9)
    lines += labelled("Do not", safe(alert["caution"]), 9)
    if alert["approve"] and alert["status"] != "approved":
        lines += labelled(
            "Planned?", f"sentinel alerts approve {alert['short']} --reason WHY [--until TIME | --for-good]", 9
        )
        lines += labelled("", "would accept: " + safe(" ".join(alert["approve_words"])), 9)
    return lines


def _frames(alert: dict[str, Any]) -> str:
    if not alert["frames"]:
        return ""
    frames = sorted(alert["frames"])
    shown = (
        f"packet {frames[0]}"
        if len(frames) == 1
        else f"packets {', '.join(map(str, frames[:6]))}{' …' if len(frames) > 6 else ''}"
    )
    return f", {shown} of {safe(alert['capture'])}" if alert["capture"] else f", {shown}"
