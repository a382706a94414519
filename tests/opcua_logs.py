"""The stacks' own logs under `pcaps/opcua`, and what a decoder says held against them, value by value.

Both speak of the same messages in different forms: a log tells a status by its number and bytes in hexadecimal, a document a status
by its name and bytes in Base64. What a form cannot tell (a document's Variant has no type beside it) is not compared.
"""

from __future__ import annotations

import gzip
import itertools
import json
import math
import re
import struct
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from asyncua import ua

Call = dict[str, Any]

PCAPS = Path(__file__).parent.parent / "pcaps" / "opcua"
FOLDERS = sorted(path for path in PCAPS.iterdir() if path.is_dir())
# tools/samples/opcua/README.md
STACKS = {"10.10.8.21": "asyncua", "10.10.8.22": "node-opcua", "10.10.8.23": "milo", "10.10.8.24": "async-opcua"}
MEETING = re.compile(r"(?:aes\d+-)?(?:none|signed|encrypted)-(.+)")
SERVERS = {"reverse-connect": "node-opcua", "errors": "node-opcua", "nameplates": "node-opcua"}
ALONE = ("Hello", "ReverseHello", "Error")
MISSING = object()

# OPC 10000-6, A.2, as asyncua has it: another source than the decoder's table.
STATUS = {code: name for name, code in vars(ua.StatusCodes).items() if isinstance(code, int)}

MODES = ("Invalid", "None", "Sign", "SignAndEncrypt")
TOKEN_TYPES = ("Anonymous", "UserName", "Certificate", "IssuedToken")
# OPC 10000-4, 7: names of a field's numbers, from 0.
ENUMERATIONS = {
    "ApplicationType": ("Server", "Client", "ClientAndServer", "DiscoveryServer"),
    "ServerType": ("Server", "Client", "ClientAndServer", "DiscoveryServer"),
    "BrowseDirection": ("Forward", "Inverse", "Both", "Invalid"),
    "FilterOperator": (
        "Equals", "IsNull", "GreaterThan", "LessThan", "GreaterThanOrEqual", "LessThanOrEqual", "Like", "Not", "Between",
        "InList", "And", "Or", "Cast", "InView", "OfType", "RelatedTo", "BitwiseAnd", "BitwiseOr",
    ),
    "MonitoringMode": ("Disabled", "Sampling", "Reporting"),
    "PerformInsertReplace": ("", "Insert", "Replace", "Update", "Remove"),
    "RequestType": ("Issue", "Renew"),
    "SecurityMode": MODES,
    "State": (
        "Running", "Failed", "NoConfiguration", "Suspended", "Shutdown", "Test", "CommunicationFault", "Unknown",
    ),
    "TimestampsToReturn": ("Source", "Server", "Both", "Neither", "Invalid"),
    "TokenType": TOKEN_TYPES,
    "Trigger": ("Status", "StatusValue", "StatusValueTimestamp"),
    "UpdateType": ("", "Insert", "Replace", "Update", "Delete"),
}  # fmt: skip
NODE_CLASSES = {0: "Unspecified", 1: "Object", 2: "Variable", 4: "Method", 8: "ObjectType", 16: "VariableType",
                32: "ReferenceType", 64: "DataType", 128: "View"}  # fmt: skip
# Operation level result codes of a Read (OPC 10000-4, 5.11.2.4).
REFUSES_READ = {
    getattr(ua.StatusCodes, name)
    for name in (
        "BadNodeIdInvalid", "BadNodeIdUnknown", "BadAttributeIdInvalid", "BadIndexRangeInvalid", "BadIndexRangeNoData",
        "BadDataEncodingInvalid", "BadDataEncodingUnsupported", "BadNotReadable", "BadUserAccessDenied", "BadSecurityModeInsufficient",
    )
}  # fmt: skip
# Fields that are a StatusCode; Results are one, or structures.
CODES = {"ServiceResult", "StatusCode", "InnerStatusCode", "Results", "Status", "Error", "OperationResults", "DataStatusCodes",
         "InputArgumentResults", "AddResults", "RemoveResults", "OperandStatusCodes", "SelectClauseResults",
         "ConfigurationResults"}  # fmt: skip
# Never told: what opens a session, and what proves a user.
SECRETS = {"AuthenticationToken", "Password", "TokenData"}
INDICES = ("SymbolicId", "NamespaceUri")
DIAGNOSTICS = {"Locale": "LocalizedText", "LocalizedText": "Locale"}
EPOCH = datetime(1601, 1, 1)
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z")


@cache
def log(folder: Path, side: str = "stack") -> list[Call]:
    """The clients' side, or that of the `server`."""
    text = gzip.decompress((folder / f"{side}.log.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


@cache
def encrypted(folder: Path) -> set[str]:
    """Clients' ends of connections that encrypt. A server may have forgotten when it tells of the CLO."""
    return {
        call["client"] for side in ("stack", "server") for call in log(folder, side) if call.get("mode") == MODES[3]
    }


def of_the_stack(folder: Path) -> Counter[tuple[str, str]]:
    """Requests that a client's stack makes by itself, besides those: async-opcua looks whether the server lives."""
    clients = {call["client"] for call in log(folder) if STACKS[call["client"].partition(":")[0]] == "async-opcua"}
    return Counter({(client, "Read"): 1 for client in clients})


def kept(client: str) -> tuple[str, ...]:
    """Services that a client's stack may keep to itself."""
    channel = ("OpenSecureChannel", "CloseSecureChannel")
    session = ("CreateSession", "ActivateSession", "CloseSession")
    return (*channel, *session) if STACKS[client.partition(":")[0]] == "async-opcua" else channel


def server_stack(folder: Path) -> str:
    """Whose server it is."""
    meeting = MEETING.fullmatch(folder.name)
    return meeting[1] if meeting else SERVERS.get(folder.name, "asyncua")


def readable(folder: Path, side: str = "stack") -> list[Call]:
    return [call for call in log(folder, side) if is_readable(call) and call["client"] not in encrypted(folder)]


def is_readable(call: Call) -> bool:
    """An OPN with a security policy is encrypted in any mode."""
    if call["service"] in ALONE or "request" not in call:
        return False
    if call.get("policy", "None") == "None":
        return True
    return bool(call.get("mode") == "Sign" and call["service"] != "OpenSecureChannel")


def status_name(code: int) -> str:
    return STATUS[code & 0xFFFF0000]


def seen_by(stack: str, told: Any) -> Any:
    """What asyncua makes of the bytes behind a document, where it departs from the specification.

    It has picoseconds behind both times, where each time has its own (OPC 10000-6, 5.2.2.17), and the bits of Locale and
    LocalizedText the other way round (5.2.2.12).
    """
    if stack != "asyncua":
        return told
    if isinstance(told, list):
        return [seen_by(stack, one) for one in told]
    if not isinstance(told, dict):
        return told
    other = {DIAGNOSTICS.get(name, name): seen_by(stack, value) for name, value in told.items()}
    if is_diagnostic(told):
        return other
    other = {name: seen_by(stack, value) for name, value in told.items()}
    if {"SourcePicoseconds", "ServerTimestamp"} <= set(told):
        wire = struct.pack("<Hq", told["SourcePicoseconds"], ticks(told["ServerTimestamp"]))
        time, other["SourcePicoseconds"] = struct.unpack("<qH", wire)
        other["ServerTimestamp"] = time_text(time)
    return other


def is_diagnostic(told: dict[str, Any]) -> bool:
    return bool(told) and all(type(value) is int for value in told.values()) and set(told) <= {*DIAGNOSTICS, *INDICES}


def ticks(time: str) -> int:
    """100 ns since 1601 (OPC 10000-6, 5.2.2.5)."""
    match = TIME.fullmatch(time)
    assert match
    return int((datetime.fromisoformat(match[1]) - EPOCH).total_seconds()) * 10**7 + int(
        (match[2] or "0").ljust(7, "0")
    )


def time_text(time: int) -> str:
    """What is out of range is the last second that there is."""
    try:
        whole = EPOCH + timedelta(seconds=time // 10**7)
    except OverflowError:
        return "9999-12-31T23:59:59Z"
    return f"{whole.isoformat()}.{time % 10**7:07}Z"


def differences(told: Any, known: Any, field: str = "") -> Iterator[str]:
    """What a document tells otherwise than a log, each as one line."""
    if known is MISSING or told is MISSING:
        yield from missing(told, known, field)
    elif isinstance(known, dict):
        yield from structures(told, known, field)
    elif isinstance(known, list):
        if isinstance(told, list):
            yield from lists(told, known, field)
        else:
            yield f"{field}: {told!r} for {known!r}"
    elif not is_same(told, known, field.rpartition(".")[2]):
        yield f"{field}: {told!r} for {known!r}"


def missing(told: Any, known: Any, field: str) -> Iterator[str]:
    """Some stacks make no difference between null and empty; some say Good where no status was sent."""
    one = known if told is MISSING else told
    if one is MISSING or says_nothing(one, field.rpartition(".")[2]):
        return
    yield f"{field}: {'not told' if told is MISSING else 'not in the log'}: {one!r}"


def says_nothing(one: Any, name: str) -> bool:
    if one is None or one in ("", [], {}, "i=0"):
        return True
    if name in CODES and one in (0, "Good"):
        return True
    if isinstance(one, dict):
        return (
            one.get("Type") == "Null"
            or one == {"NamespaceIndex": 0}
            or all(says_nothing(value, key) for key, value in one.items())
        )
    return isinstance(one, str) and one.startswith("1601-01-01T00:00:00")


def lists(told: list[Any], known: list[Any], field: str) -> Iterator[str]:
    for number, (one, other) in enumerate(itertools.zip_longest(told, known, fillvalue=MISSING)):
        if one is MISSING or other is MISSING:
            yield (
                f"{field}: only {len(told)} of {len(known)}"
                if one is MISSING
                else f"{field}: {len(told)} for {len(known)}"
            )
            return
        # A list's elements have its name.
        yield from (f"[{number}]{line}" for line in differences(one, other, field))


def structures(told: Any, known: dict[str, Any], field: str) -> Iterator[str]:
    if "Type" in known and set(known) <= {"Type", "Value", "Dimensions"}:
        yield from variants(told, known, field)
    elif "$type" in known:
        yield from extensions(told, known, field)
    elif set(known) <= {"Text", "Locale"} and known:
        theirs = known if known.get("Locale") else known.get("Text", MISSING)
        if told != theirs and not (told is None and says_nothing(theirs, "")):
            yield f"{field}: {told!r} for {known!r}"
    elif set(known) <= {"NamespaceIndex", "Name"} and known:
        if told != qualified(known) and not (told is None and not qualified(known)):
            yield f"{field}: {told!r} for {known!r}"
    elif not isinstance(told, dict):
        if not (says_nothing(told, "") and says_nothing(known, "")):
            yield f"{field}: {told!r} for {known!r}"
    else:
        yield from members(told, known, field)


def qualified(name: dict[str, Any]) -> str:
    return f"{name['NamespaceIndex']}:" * bool(name.get("NamespaceIndex")) + str(name.get("Name", ""))


def members(told: dict[str, Any], known: dict[str, Any], field: str) -> Iterator[str]:
    # The schema of the binary encoding writes this name otherwise than the JSON encoding (OPC 10000-6, 5.4.2.13).
    known = {"NamespaceUri" if name == "NamespaceURI" else name: value for name, value in known.items()}
    for name in sorted(set(told) | set(known) - {"$type"}):
        if name in SECRETS:
            if name in told:
                yield f"{field}.{name} is told"
        else:
            yield from differences(told.get(name, MISSING), known.get(name, MISSING), f"{field}.{name}")


def variants(told: Any, known: dict[str, Any], field: str) -> Iterator[str]:
    """A document has a Variant's value alone."""
    kind, value = known["Type"], known.get("Value", MISSING)
    name = f"{field}({kind})"
    if told is None and value == []:
        return  # async-opcua makes an empty array of one that is null
    if kind == "Null" or value is MISSING:
        if told is not None:
            yield f"{name}: {told!r} for nothing"
    elif "Dimensions" in known:
        shape, flat = flattened(told, len(known["Dimensions"]))
        if value and shape != known["Dimensions"]:
            yield f"{name}: dimensions {shape} for {known['Dimensions']}"
        yield from lists(flat, value, name)
    elif isinstance(value, list) and isinstance(told, list):
        yield from lists(told, value, name)
    elif kind == "ExtensionObject" and is_unnamed(told, value):
        yield from members(told["Body"], value, name)
    else:
        yield from differences(told, value, name)


def flattened(matrix: Any, dimensions: int) -> tuple[list[int], list[Any]]:
    shape: list[int] = []
    flat = matrix
    for level in range(dimensions):
        shape.append(len(flat) // math.prod(shape) if flat else 0)
        if level + 1 < dimensions:
            flat = list(itertools.chain.from_iterable(flat))
    return shape, flat


def is_unnamed(told: Any, known: Any) -> bool:
    """A structure in a Variant, of which a stack does not say what it is."""
    return isinstance(told, dict) and "Body" in told and isinstance(known, dict) and "$type" not in known


def extensions(told: Any, known: dict[str, Any], field: str) -> Iterator[str]:
    """A structure with its name; one that nobody knows with its encoding's node and its bytes."""
    if not isinstance(told, dict) or "TypeId" not in told:
        yield f"{field}: {told!r} for {known!r}"
    elif told.get("Type") == known["$type"]:
        yield from members(told["Body"], known, f"{field}<{known['$type']}>")
    elif told["TypeId"] != known["$type"]:
        yield f"{field}: {told.get('Type', told['TypeId'])} for {known['$type']}"
    elif "Type" not in told and not is_same(told.get("Body", ""), known.get("Body", ""), ""):
        yield f"{field}: {told.get('Body')!r} for {known.get('Body')!r}"


def is_same(told: Any, known: Any, name: str) -> bool:
    """Two plain values."""
    plain, _, kind = name.rstrip(")").partition("(")
    if isinstance(known, bool) or isinstance(told, bool):
        return told is known
    if isinstance(known, str):
        return isinstance(told, str) and (told == known or is_same_time(told, known) or is_same_bytes(told, known))
    if kind == "Float" and isinstance(told, (int, float)):
        return struct.pack("<f", told) == struct.pack("<f", known)
    if isinstance(told, str):
        return told == name_of(known, plain, kind)
    return bool(told == known)


def name_of(number: int, field: str, kind: str) -> str | None:
    """The name of a status or an enumeration."""
    if field in ("NodeClass", "TargetNodeClass"):
        return NODE_CLASSES[number]
    if field in ENUMERATIONS:
        return ENUMERATIONS[field][number]
    return status_name(number) if field in CODES or kind == "StatusCode" else None


def is_same_time(told: str, known: str) -> bool:
    """A log is as precise as its stack."""
    one, other = TIME.fullmatch(told), TIME.fullmatch(known)
    if not one or not other:
        return False
    digits = len(other[2] or "")
    return one[1] == other[1] and (one[2] or "").ljust(7, "0")[:digits] == (other[2] or "")


def is_same_bytes(told: str, known: str) -> bool:
    """In Base64, as far as it is told."""
    try:
        ours, theirs = b64decode(told.rstrip("…"), validate=True), bytes.fromhex(known)
    except ValueError:
        return known.startswith(told[:-1]) and told.endswith("…")
    return theirs.startswith(ours) if told.endswith("…") else theirs == ours
