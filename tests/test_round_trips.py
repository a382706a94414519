"""Five stacks in both roles: what a server's own program was handed, held against the documents; and what is covered."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from test_samples_against_stacks import (
    CLOSE,
    PCAPS,
    Document,
    Row,
    check_answer,
    check_request,
    documents,
    end,
    frames,
    in_order_of_requests,
    seconds,
    table,
)

CASES = sorted(path.parent for path in PCAPS.glob("modbus/*/server.log.gz"))
NAMES = {  # address of a client -> its stack (tools/samples/round_trips.py)
    "10.10.4.21": "pymodbus",
    "10.10.4.22": "libmodbus",
    "10.10.4.23": "tokio-modbus",
    "10.10.4.24": "j2mod",
    "10.10.4.25": "modbus-serial",
}
PUBLIC = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43}


def moment(document: Document) -> float:
    return seconds(document["@timestamp"])


def is_this(seen: Row, document: Document) -> bool:
    """What was asked, and when: a server sees a request after it was on the wire, and before its answer is."""
    time = seconds(seen["start"])
    try:
        check_request(seen, document)
    except (AssertionError, KeyError):
        return False
    if "duration" in document["event"] and time > moment(document) + document["event"]["duration"] / 1e9 + CLOSE:
        return False
    return moment(document) <= time + CLOSE


@cache
def requests(folder: Path) -> list[Document]:
    found = [document for document in documents(folder / f"{folder.name}.pcap") if "request" in frames(document)]
    return sorted(found, key=in_order_of_requests)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_every_request_that_a_server_was_handed_is_a_document(folder: Path) -> None:
    """In its order; what its stack did not hand over, the stack refused by itself or did not answer."""
    rest = iter(requests(folder))
    passed: list[Document] = []
    for seen in table(folder / "server.log"):
        for document in rest:
            if is_this(seen, document):
                break
            passed.append(document)
        else:
            pytest.fail(f"no document for {seen}")
        assert not seen["client"] or seen["client"] == end(document, "source")
        try:
            check_answer(seen, document)
        except (AssertionError, KeyError) as error:
            pytest.fail(f"server saw {seen}\nas document {document}\n{error!r}")
    passed.extend(rest)
    assert {document["event"]["outcome"] for document in passed} <= {"failure", "unknown"}


def test_the_stacks_meet_each_other() -> None:
    """Each client two servers of other stacks, each framing two servers, every public function, the exceptions."""
    met: dict[str, set[str]] = defaultdict(set)
    servers: dict[str, set[str]] = defaultdict(set)
    functions: Counter[int] = Counter()
    exceptions: set[int] = set()
    for folder in CASES:
        server = folder.name.split("-", 1)[1]
        for document in requests(folder):
            met[NAMES[document["source"]["ip"]]].add(server)
            servers[document["modbus"]["framing"]].add(server)
            functions[document["modbus"]["function_code"]] += document["event"]["outcome"] == "success"
            exceptions.add(document["modbus"].get("exception_code"))
    assert set(met) == set(NAMES.values())
    assert all(len(others - {client}) >= 2 for client, others in met.items())
    assert all(len(several) >= 2 for several in servers.values())
    assert {code for code, count in functions.items() if count} == PUBLIC
    assert exceptions >= {1, 2, 3, 4, 5, 6, 8, 10, 11}
