"""The sample captures against their second sources: the client's own log call by call, tshark message by message."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PCAPS = Path(__file__).parent.parent / "pcaps"
FOLDERS = sorted(path for path in PCAPS.glob("modbus/*") if path.is_dir())
CAPTURES = [capture for folder in FOLDERS for capture in sorted(folder.glob("*.pcap*"))]
LOGGED = [folder for folder in FOLDERS if any(folder.glob("stack.log*"))]
MALFORMED = PCAPS / "modbus" / "malformed"
OBJECTS = (
    "vendor_name",
    "product_code",
    "revision",
    "vendor_url",
    "product_name",
    "model_name",
    "user_application_name",
)
CLOSE = 0.002  # seconds between the clock of the client's program and that of the recorder
MOST_BYTES = 3_000_000
NONE = -1  # serial frames have no transaction id

Row = dict[str, str]
Document = dict[str, Any]
Ends = tuple[str, str]
Message = tuple[str, str, str, int, int, int, int]


@cache
def documents(capture: Path) -> list[Document]:
    """What `sentinel decode` prints."""
    command = [sys.executable, "-m", "sentinel", "decode", str(capture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == (2 if capture.stem.endswith("-cut") else 0), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def table(path: Path) -> list[Row]:
    """A tab-separated table, gzipped or not."""
    packed = path.with_name(path.name + ".gz")
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else path.read_text()
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def tshark_table(capture: Path) -> list[Row]:
    """Its table lies beside the capture."""
    own = capture.stem == capture.parent.name
    return table(capture.parent / ("tshark.tsv" if own else f"{capture.stem}.tshark.tsv"))


def end(document: Document, side: str) -> str:
    return f"{document[side]['ip']}:{document[side]['port']}"


def frames(document: Document) -> dict[str, int]:
    found: dict[str, int] = document["sentinel"].get("frame", {})
    return found


def seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def numbers(cell: str) -> list[int]:
    return [int(value, 0) for value in cell.split(",")] if cell else []


def told(function: int, modbus: Document) -> list[int] | list[str]:
    """What an answer brings, in the order of the logs."""
    match function:
        case 7:
            return [modbus["exception_status"]]
        case 8:
            return list(modbus["diagnostic_data"])
        case 11:
            return [modbus["event_status"], modbus["event_count"]]
        case 12:
            return [modbus["event_status"], modbus["event_count"], modbus["message_count"], *modbus.get("events", [])]
        case 17:
            return list(bytes.fromhex(modbus["server_id"]))
        case 43:
            device = modbus["device"]
            known = [f"{code}={device[name]}" for code, name in enumerate(OBJECTS) if name in device]
            others = [one.split("=", 1) for one in device.get("other_objects", [])]
            return [*known, *(f"{int(code, 16)}={text}" for code, text in others)]
    return list(modbus["response_values"])


def is_told(function: int, modbus: Document, cell: str) -> bool:
    """`?` stands for a byte that a stack keeps to itself."""
    found = told(function, modbus)
    expected = cell.split(";" if function == 43 else ",")
    return len(found) == len(expected) and all(
        one in ("?", str(other)) for one, other in zip(expected, found, strict=True)
    )


def extra(function: int, modbus: Document) -> str:
    """What a request names besides addresses."""
    match function:
        case 8:
            return str(modbus["subfunction_code"])
        case 43:
            return f"{modbus['device']['read_code']},{modbus['device']['object_id']}"
        case 20 | 21:
            words = modbus["file_records"][0].split()
            return ",".join(words[1::2])
    return ""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_sample_says_where_it_comes_from(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert "## Origin" in text
    assert "Licence: MIT" in text
    assert any(folder.glob("*tshark.tsv*"))
    assert sum(path.stat().st_size for path in folder.iterdir()) < MOST_BYTES


# ---- the client's own log ---------------------------------------------------------------------------------------


def check_call(call: Row, document: Document) -> None:
    """One line of the log against one document."""
    asked = seconds(document["@timestamp"])
    assert seconds(call["start"]) - CLOSE <= asked <= seconds(call["end"]) + CLOSE
    check_request(call, document)
    check_outcome(call, document)


def check_request(call: Row, document: Document) -> None:
    """What was asked."""
    modbus, function = document["modbus"], int(call["function"])
    assert (modbus["unit_id"], modbus["function_code"]) == (int(call["unit"]), function)
    assert modbus["framing"] == (call.get("framing") or modbus["framing"])
    if call.get("extra"):
        assert call["extra"] == extra(function, modbus)
    if call["address"]:
        assert modbus["address"] == int(call["address"])
    if call["quantity"] and function in (1, 2, 3, 4, 15, 16, 23):
        assert modbus["quantity"] == int(call["quantity"])
    if call["write_address"]:
        assert modbus["write_address"] == int(call["write_address"])
        assert modbus["write_quantity"] == int(call["write_quantity"])
    if call["sent"] and function == 22:
        assert [modbus["and_mask"], modbus["or_mask"]] == numbers(call["sent"])
    elif call["sent"] and function in (5, 6, 15, 16, 23):
        assert modbus["request_values"] == numbers(call["sent"])


def check_outcome(call: Row, document: Document) -> None:
    """How it ended, and what came back."""
    event = document["event"]
    assert event.get("duration", 0) / 1e9 <= seconds(call["end"]) - seconds(call["start"]) + CLOSE
    check_answer(call, document)


def check_answer(call: Row, document: Document) -> None:
    """What came back."""
    modbus, event, outcome = document["modbus"], document["event"], call["outcome"]
    if outcome == "ok":
        assert event["outcome"] == "success"
        assert "exception_code" not in modbus
        if call["received"]:
            assert is_told(int(call["function"]), modbus, call["received"])
    elif outcome.startswith("exception"):
        assert event["outcome"] == "failure"
        assert modbus["exception_code"] == int(outcome.split()[1])
    elif outcome == "no answer expected":
        assert event["outcome"] == "unknown"
        assert "unanswered" not in document["sentinel"]
    else:  # no answer came, or one that names another function and so belongs to no request
        assert event["outcome"] == "unknown"
        assert document["sentinel"]["unanswered"] in ("timeout", "closed", "capture_end")


def in_order_of_requests(document: Document) -> tuple[int, int]:
    """Requests in one frame have rising transaction ids."""
    return frames(document)["request"], document["modbus"].get("transaction_id", 0)


@pytest.mark.parametrize("folder", LOGGED, ids=lambda path: path.name)
def test_every_call_of_the_stack_is_a_document(folder: Path) -> None:
    calls: dict[Ends, list[Row]] = defaultdict(list)
    for call in table(folder / "stack.log"):
        calls[call["client"], call["server"]].append(call)
    asked: dict[Ends, list[Document]] = defaultdict(list)
    for document in documents(folder / f"{folder.name}.pcap"):
        if "request" in frames(document):
            client, server = end(document, "source"), end(document, "destination")
            # Some stacks do not tell their port.
            asked[client if (client, server) in calls else document["source"]["ip"], server].append(document)
    assert {ends: len(several) for ends, several in asked.items()} == {
        ends: len(several) for ends, several in calls.items()
    }
    for ends, several in calls.items():
        in_order = sorted(asked[ends], key=in_order_of_requests)
        for call, document in zip(several, in_order, strict=True):
            try:
                check_call(call, document)
            except (AssertionError, KeyError) as error:
                pytest.fail(f"call {call}\nas document {json.dumps(document)}\n{error!r}")


# ---- tshark -----------------------------------------------------------------------------------------------------


def decoded_messages(capture: Path) -> Counter[Message]:
    """A document is one or two messages: frame and side, client, server, id, unit, function, exception (0: none)."""
    messages: Counter[Message] = Counter()
    for document in documents(capture):
        modbus = document["modbus"]
        for side, name in (("request", "request"), ("answer", "response")):
            if name in frames(document):
                exception = modbus.get("exception_code", 0) if side == "answer" else 0
                what = (modbus.get("transaction_id", NONE), modbus["unit_id"], modbus["function_code"], exception)
                place = f"{frames(document)[name]} {side}"
                messages[(place, end(document, "source"), end(document, "destination"), *what)] += 1
    return messages


def is_passed_over(message: Message) -> bool:
    """What tshark's dissector of serial frames does not take: those to all units, and those without a body."""
    place, _, _, transaction, unit, function, _ = message
    is_short = place.endswith("request") and function in (7, 11, 12, 17)
    return transaction == NONE and (unit == 0 or is_short)


def tshark_messages(capture: Path) -> Counter[Message]:
    messages: Counter[Message] = Counter()
    for row in tshark_table(capture):
        transaction = int(row["transaction"] or NONE)
        what = (transaction, int(row["unit"]), int(row["function"]) & 127, int(row["exception"] or 0))
        messages[(f"{row['frame']} {row['side']}", row["client"], row["server"], *what)] += 1
    return messages


# Of bad bytes tshark is no judge: what it loses behind them, others have to say (`cases.tsv`, below).
@pytest.mark.parametrize("capture", [one for one in CAPTURES if one.parent != MALFORMED], ids=lambda path: path.stem)
def test_every_message_is_what_tshark_reads(capture: Path) -> None:
    ours, theirs = decoded_messages(capture), tshark_messages(capture)
    assert sorted((theirs - ours).elements()) == []
    assert [message for message in sorted((ours - theirs).elements()) if not is_passed_over(message)] == []


@pytest.mark.parametrize("capture", [one for one in CAPTURES if one.parent != MALFORMED], ids=lambda path: path.stem)
def test_registers_have_the_values_that_tshark_reads(capture: Path) -> None:
    answers = {
        (frames(document)["response"], document["modbus"].get("transaction_id", NONE)): document["modbus"]
        for document in documents(capture)
        if "response" in frames(document)
    }
    for row in tshark_table(capture):
        if row["side"] == "answer" and row["function"] in ("3", "4") and not row["exception"]:
            modbus = answers[int(row["frame"]), int(row["transaction"] or NONE)]
            assert modbus["response_values"] == numbers(row["values"]), row
