"""The bad messages: each named, nothing invented, and both good exchanges around it read to the last field."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from test_samples_against_stacks import MALFORMED, Document, Row, documents, frames, table

TOOLS = Path(__file__).parent.parent / "tools" / "samples"
CASES = table(MALFORMED / "cases.tsv")
GOOD = (1, 5)  # transaction ids of the reads before and after
SIDES = {("request",): "request", ("response",): "response", ("request", "response"): "both"}


def in_words(document: Document) -> str:
    """`both 3 byte_count_mismatch 1,2`: as `cases.tsv` has it."""
    modbus, sentinel = document.get("modbus", {}), document["sentinel"]
    words = [SIDES[tuple(sorted(frames(document)))], str(modbus.get("function_code", "-")), *sentinel.get("weird", [])]
    if "unanswered" in sentinel and not sentinel.get("weird"):
        words.append("unanswered")
    if "exception_code" in modbus:
        words += ["exception", str(modbus["exception_code"])]
    values: list[int] | None = modbus.get("request_values") or modbus.get("response_values")
    return " ".join([*words, *([",".join(map(str, values))] if values else [])])


def mine(case: Row) -> list[Document]:
    port = int(case["client_port"])
    return [document for document in documents(MALFORMED / "malformed.pcap") if document["source"]["port"] == port]


def is_good(document: Document) -> bool:
    return document.get("modbus", {}).get("transaction_id") in GOOD


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_the_exchanges_around_it_are_read_to_the_last_field(case: Row) -> None:
    good = [document for document in mine(case) if is_good(document)]
    assert [document["modbus"]["transaction_id"] for document in good] == list(GOOD)
    for document in good:
        frame = frames(document)
        assert frame["response"] == frame["request"] + 1
        assert document["event"]["outcome"] == "success"
        assert document["event"]["duration"] == 5_000_000
        assert "weird" not in document["sentinel"]
        assert "unanswered" not in document["sentinel"]
        assert document["modbus"] == {
            "transaction_id": document["modbus"]["transaction_id"],
            "function": "Read Holding Registers",
            "framing": "tcp",
            "unit_id": 1,
            "function_code": 3,
            "table": "holding_register",
            "address": 0,
            "quantity": 2,
            "response_values": [1, 2],
        }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_it_is_named_and_nothing_is_invented(case: Row) -> None:
    """Exactly the documents of the table: those that end with the connection come last."""
    others = [in_words(document) for document in mine(case) if not is_good(document)]
    assert sorted(others) == sorted(case["documents"].split("; "))


def test_every_bad_case_is_one_that_the_specification_forbids() -> None:
    bad = [case for case in CASES if not case["case"].startswith("good")]
    assert len(bad) == 23
    assert all(case["section"] for case in bad)
    assert len(CASES) == 26


def test_the_capture_is_what_its_program_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    monkeypatch.delitem(sys.modules, "malformed", raising=False)
    importlib.import_module("malformed").make(tmp_path)
    for name in ("malformed.pcap", "cases.tsv"):
        assert (tmp_path / name).read_bytes() == (MALFORMED / name).read_bytes()
