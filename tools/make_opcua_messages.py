"""Writes messages encoded by asyncua, with what they say, as fixtures for the tests of the decoder.

Each request and response class of the stack is filled with values that differ from each other, with null and empty ones among them, and
encoded by the stack's own encoder. What the decoder must say of it is written from the stack's own objects, never from its bytes.

    pip install asyncua==2.1.0
    python tools/make_opcua_messages.py > crates/wire/tests/opcua_messages.jsonl
"""

import base64
import dataclasses
import json
import math
import re
import sys
import typing
import uuid
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from typing import Any

from asyncua import ua
from asyncua.ua import ua_binary, uaprotocol_auto

SECRET = {
    ("RequestHeader", "AuthenticationToken"),
    ("CreateSessionResult", "AuthenticationToken"),
    ("UserNameIdentityToken", "Password"),
    ("IssuedIdentityToken", "TokenData"),
}
TEXTS = ["Boiler", 'Überdruck "hoch"\\\n', "", "压力 🔥", "a\x01b", "level"]
TOKENS = ["AnonymousIdentityToken", "UserNameIdentityToken", "X509IdentityToken", "IssuedIdentityToken"]
INNER = {
    "UserIdentityToken": TOKENS,
    "NotificationData": ["DataChangeNotification", "EventNotificationList", "StatusChangeNotification"],
    "Filter": ["DataChangeFilter", "EventFilter", "AggregateFilter"],
    "FilterResult": ["EventFilterResult", "AggregateFilterResult"],
    "FilterOperands": ["ElementOperand", "LiteralOperand", "AttributeOperand", "SimpleAttributeOperand"],
    "HistoryReadDetails": [
        "ReadRawModifiedDetails", "ReadProcessedDetails", "ReadAtTimeDetails", "ReadEventDetails", "ReadAnnotationDataDetails",
    ],
    "HistoryUpdateDetails": [
        "UpdateDataDetails", "UpdateStructureDataDetails", "UpdateEventDetails", "DeleteRawModifiedDetails", "DeleteAtTimeDetails",
        "DeleteEventDetails",
    ],
    "HistoryData": ["HistoryData", "HistoryModifiedData", "HistoryEvent"],
    "NodeAttributes": [
        "ObjectAttributes", "VariableAttributes", "MethodAttributes", "ObjectTypeAttributes", "VariableTypeAttributes",
        "ReferenceTypeAttributes", "DataTypeAttributes", "ViewAttributes",
    ],
    "DiscoveryConfiguration": ["MdnsDiscoveryConfiguration"],
}  # fmt: skip
VALUES = [
    "ServerStatusDataType", "BuildInfo", "RedundantServerDataType", "SignatureData", "Argument", "EUInformation", "Range", "EnumValueType",
    "ModelChangeStructureDataType", "SemanticChangeStructureDataType", "AxisInformation", "XVType", "ComplexNumberType",
    "DoubleComplexNumberType", "TimeZoneDataType", "ServerDiagnosticsSummaryDataType", "SessionDiagnosticsDataType",
    "SubscriptionDiagnosticsDataType", "SamplingIntervalDiagnosticsDataType", "SessionSecurityDiagnosticsDataType", "Annotation",
    "StructureDefinition", "EnumDefinition", "RolePermissionType", "KeyValuePair", "ProgramDiagnostic2DataType", "TrustListDataType",
    "EndpointUrlListDataType", "NetworkGroupDataType", "UserTokenPolicy", "IdentityMappingRuleType", "OptionSet", "StatusResult",
    "NodeReference", "HistoryReadValueId", "ReadEventDetailsSorted", "HistoryModifiedEvent", "ThreeDFrame", "CurrencyUnitType",
]  # fmt: skip


class Filler:
    """Fills objects with values that differ, by a counter."""

    def __init__(self, start: int) -> None:
        self.count = start

    def next(self) -> int:
        """The counter, one further."""
        self.count += 1
        return self.count

    def node(self) -> ua.NodeId:
        """A node in one of the encodings by turns."""
        turn = self.next()
        return [
            ua.NodeId(turn % 256, 0),
            ua.NodeId(turn % 60000 + 256, turn % 200 + 1),
            ua.NodeId(70000 + turn, 300),
            ua.NodeId(f"Boiler.Level {turn}", 2),
            ua.NodeId(uuid.UUID(int=turn * 2**90 + turn), 1),
            ua.NodeId(bytes([turn % 256, 255, 0]), 1),
            ua.NodeId(),
        ][turn % 7]

    def expanded(self) -> ua.ExpandedNodeId:
        """A node that may be of another server or told by its namespace's URI."""
        turn = self.next()
        node = self.node()
        uri = "urn:maker:types" if turn % 3 == 0 else None
        return ua.ExpandedNodeId(
            node.Identifier, 0 if uri else node.NamespaceIndex, node.NodeIdType, uri, turn % 2 * turn
        )

    def time(self) -> datetime:
        """A time, with a fraction or none."""
        turn = self.next()
        return datetime(2000 + turn % 40, turn % 12 + 1, turn % 28 + 1, 3, 4, 5, turn % 3 * 123400, tzinfo=UTC)

    def diagnostic(self) -> ua.DiagnosticInfo:
        """One level: the stack cannot encode an inner one."""
        turn = self.next()
        info = ua.DiagnosticInfo()
        info.SymbolicId, info.Locale, info.LocalizedText = turn, turn + 2, turn + 3
        info.NamespaceURI = turn + 1
        info.AdditionalInfo = f"more {turn}"
        info.InnerStatusCode = ua.StatusCode(0x80340000)
        info.Encoding = 0x3F
        return info

    def scalar(self, kind: Any) -> Any:
        """A value of a built-in type."""
        turn = self.next()
        name = kind.name if isinstance(kind, ua.VariantType) else kind.__name__
        numbers = {"SByte": 8, "Int16": 16, "Int32": 32, "Int64": 64}
        unsigned = {"Byte": 8, "UInt16": 16, "UInt32": 32, "UInt64": 64}
        if name in numbers:
            return [turn % 100, -(2 ** (numbers[name] - 1)), 2 ** (numbers[name] - 1) - 1][turn % 3]
        if name in unsigned:
            return [turn % 200, 2 ** unsigned[name] - 1][turn % 2]
        made = {
            "Boolean": lambda: turn % 2 == 0,
            "Float": lambda: [0.1, math.inf, -2.5e-30, math.nan][turn % 4],
            "Double": lambda: [turn / 7, -math.inf, 1e300, math.nan, 0.0][turn % 5],
            "String": lambda: TEXTS[turn % len(TEXTS)] if turn % 7 else None,
            "CharArray": lambda: TEXTS[turn % len(TEXTS)],
            "DateTime": self.time,
            "Guid": lambda: uuid.UUID(int=turn * 2**100 + 77),
            "ByteString": lambda: bytes(range(turn % 9)) if turn % 5 else None,
            "XmlElement": lambda: ua.XmlElement(f"<a>{turn}</a>"),
            "NodeId": self.node,
            "ExpandedNodeId": self.expanded,
            "StatusCode": lambda: ua.StatusCode([0, 0x80340000, 0x40920000, 0x00000480, 0x8FFF1234][turn % 5]),
            "QualifiedName": lambda: ua.QualifiedName(f"name {turn}", turn % 4),
            "LocalizedText": lambda: ua.LocalizedText(f"text {turn}", "de-DE" if turn % 2 else None),
            "ExtensionObject": lambda: self.known(VALUES[turn % len(VALUES)]),
            "DataValue": self.data_value,
            "Variant": self.variant,
            "DiagnosticInfo": self.diagnostic,
        }
        return made[name]()

    def variant(self, kind: ua.VariantType | None = None) -> ua.Variant:
        """A value, an array or a matrix."""
        turn = self.next()
        if kind is None:
            kinds = [
                kind
                for kind in ua.VariantType
                if kind.value and kind.name not in ("DataValue", "Variant", "DiagnosticInfo")
            ]
            kind = kinds[turn % len(kinds)]
        shape = turn % 4
        if kind.name == "Variant":
            shape = 1
        if shape == 1:
            return ua.Variant([self.scalar(kind) for _ in range(turn % 4)], kind, is_array=True)
        if shape == 2 and kind.name not in ("DataValue", "Variant", "ExtensionObject", "DiagnosticInfo"):
            return ua.Variant([[self.scalar(kind) for _ in range(3)] for _ in range(2)], kind, Dimensions=[2, 3])
        return ua.Variant(self.scalar(kind), kind)

    def data_value(self) -> ua.DataValue:
        """A value with some of status and times."""
        turn = self.next()
        value = ua.DataValue(
            self.variant() if turn % 5 else None,
            ua.StatusCode(0x80340000) if turn % 2 else None,
            self.time() if turn % 3 else None,
            self.time() if turn % 4 else None,
            # The stack writes picoseconds of the source behind the server's time, not before it as OPC 10000-6 §5.2.2.17 has it.
            turn % 1000 if turn % 4 == 0 else None,
            turn % 1000 if turn % 4 == 1 else None,
        )
        return value

    def known(self, name: str) -> Any:
        """An object of the class of this name."""
        return self.fill(getattr(ua, name))

    def fill(self, kind: type) -> Any:
        """An object of a class of the stack."""
        made = kind()
        hints = typing.get_type_hints(kind, globalns=vars(uaprotocol_auto) | {"ua": ua}, localns={"ua": ua} | vars(ua))
        for field in dataclasses.fields(kind):
            if field.name == "TypeId" or not field.init:
                continue
            setattr(made, field.name, self.of(field.name, hints[field.name]))
        return made

    def of(self, name: str, hint: Any) -> Any:
        """A value for a field."""
        arguments = [part for part in typing.get_args(hint) if part is not type(None)]
        if typing.get_origin(hint) is list:
            turn = self.next()
            if turn % 11 == 0:
                return []
            return [self.of(name, arguments[0]) for _ in range(turn % 3 + 1)]
        if arguments:
            return self.of(name, arguments[0])
        if hint is ua.ExtensionObject or hint.__name__ == "ExtensionObject":
            inner = INNER.get(name)
            return self.known(inner[self.next() % len(inner)]) if inner else ua.ExtensionObject()
        if isinstance(hint, type) and issubclass(hint, IntFlag):
            return hint(1)
        if isinstance(hint, type) and issubclass(hint, IntEnum):
            members = list(hint)
            return members[self.next() % len(members)]
        for built in (
            "Variant",
            "DataValue",
            "DiagnosticInfo",
            "NodeId",
            "ExpandedNodeId",
            "QualifiedName",
            "LocalizedText",
            "StatusCode",
        ):
            if hint.__name__ == built:
                return self.scalar(ua.VariantType[built])
        if dataclasses.is_dataclass(hint):
            return self.fill(hint)
        return self.scalar(hint)


def status_text(code: ua.StatusCode) -> str:
    """How the decoder writes a status code."""
    names = {value: name for name, value in vars(ua.StatusCodes).items() if isinstance(value, int)}
    name = names.get(code.value & 0xFFFF0000)
    if name is None:
        return f"0x{code.value:08X}"
    return f"{name} (0x{code.value:08X})" if code.value & 0xFFFF else name


def node_text(node: ua.NodeId) -> str | None:
    """How the decoder writes a node; None: a null one."""
    if isinstance(node.Identifier, int):
        part = f"i={node.Identifier}"
    elif isinstance(node.Identifier, uuid.UUID):
        part = f"g={node.Identifier}"
    elif isinstance(node.Identifier, bytes):
        part = f"b={base64.b64encode(node.Identifier).decode()}"
    else:
        part = f"s={node.Identifier}"
    uri, server = getattr(node, "NamespaceUri", None), getattr(node, "ServerIndex", None)
    text = f"nsu={uri};{part}" if uri else (f"ns={node.NamespaceIndex};{part}" if node.NamespaceIndex else part)
    text = f"svr={server};{text}" if server else text
    return None if text in ("i=0", "s=") else text


def time_text(time: datetime) -> str:
    """How the decoder writes a time."""
    time = time.astimezone(UTC) if time.tzinfo else time
    text = time.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{time.microsecond:06d}".rstrip("0") if time.microsecond else "") + "Z"


def expect(value: Any, hint_name: str = "") -> Any:
    """What the decoder must say of an object; None: it is left out."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (IntFlag,)):
        return int(value)
    if isinstance(value, IntEnum):
        return value.name.rstrip("_")
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return ("Infinity" if value > 0 else "-Infinity") if math.isinf(value) else value
    if isinstance(value, ua.XmlElement):
        return value.Value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, ua.StatusCode):
        return status_text(value)
    if isinstance(value, ua.NodeId):
        return node_text(value)
    if isinstance(value, ua.QualifiedName):
        if value.Name is None and not value.NamespaceIndex:
            return None
        return f"{value.NamespaceIndex}:{value.Name}" if value.NamespaceIndex else value.Name
    if isinstance(value, ua.LocalizedText):
        if not value.Locale:
            return value.Text
        return {"Locale": value.Locale, "Text": value.Text}
    if isinstance(value, ua.Variant):
        if value.VariantType.name == "Float":
            return narrow(value.Value)
        if value.VariantType.name == "ExtensionObject":
            return [body(item) for item in value.Value] if isinstance(value.Value, list) else body(value.Value)
        return expect(value.Value)
    if isinstance(value, ua.DataValue):
        made = {
            "Value": expect(value.Value) if value.Value is not None else ...,
            "StatusCode": ... if value.StatusCode is None else expect(value.StatusCode),
            "SourceTimestamp": expect(value.SourceTimestamp) if value.SourceTimestamp else ...,
            "ServerTimestamp": expect(value.ServerTimestamp) if value.ServerTimestamp else ...,
            "SourcePicoseconds": ... if value.SourcePicoseconds is None else value.SourcePicoseconds,
            "ServerPicoseconds": ... if value.ServerPicoseconds is None else value.ServerPicoseconds,
        }
        return {name: item for name, item in made.items() if item is not ...}
    if isinstance(value, ua.DiagnosticInfo):
        if not value.Encoding:
            return None
        names = [
            "SymbolicId",
            "NamespaceURI",
            "Locale",
            "LocalizedText",
            "AdditionalInfo",
            "InnerStatusCode",
            "InnerDiagnosticInfo",
        ]
        made = {name.replace("URI", "Uri"): expect(getattr(value, name)) for name in names}
        return {name: item for name, item in made.items() if item is not None}
    if isinstance(value, list):
        return [expect(item) for item in value]
    if isinstance(value, ua.ExtensionObject):
        return None
    return fields(value)


def narrow(value: Any) -> Any:
    """A Float as 32 bits hold it, in the fewest digits that say so."""
    import numpy

    if isinstance(value, list):
        return [narrow(item) for item in value]
    return float(str(numpy.float32(value))) if math.isfinite(value) else expect(value)


def body(value: Any) -> Any:
    """A structure within an ExtensionObject."""
    if isinstance(value, ua.ExtensionObject):
        return None
    name = type(value).__name__
    number = getattr(ua.ObjectIds, f"{name}_Encoding_DefaultBinary")
    return {"TypeId": f"i={number}", "Type": name, "Body": fields(value)}


def fields(value: Any) -> dict[str, Any]:
    """A structure, field by field; what a message wraps in `Parameters` stands beside its header."""
    made: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        if (
            (type(value).__name__, field.name) in SECRET
            or field.name == "TypeId"
            or not (field.init or type(value) is ua.SessionSecurityDiagnosticsDataType)
        ):
            continue
        item = getattr(value, field.name)
        if field.name == "Parameters" and dataclasses.is_dataclass(item):
            made |= fields(item)
            continue
        hint = str(field.type)
        if "ExtensionObject" in hint and item is not None:
            said = [body(one) for one in item] if isinstance(item, list) else body(item)
        elif re.search(r"\bFloat\b", hint):
            said = narrow(item)
        else:
            said = expect(item)
        if said is not None:
            made[field.name] = said
    return made


def services() -> list[type]:
    """All message classes of the stack."""
    names = sorted(name for name in dir(uaprotocol_auto) if name.endswith(("Request", "Response", "ServiceFault")))
    classes = [getattr(uaprotocol_auto, name) for name in names]
    return [
        kind
        for kind in classes
        if any(field.name in ("RequestHeader", "ResponseHeader") for field in dataclasses.fields(kind))
    ]


def write(name: str, message: Any) -> None:
    """Writes one fixture."""
    if hasattr(message, "RequestHeader"):
        message.RequestHeader.AdditionalHeader = ua.ExtensionObject()
    encoded = ua_binary.struct_to_binary(message)
    print(json.dumps({"name": name, "hex": encoded.hex(), "say": fields(message)}, ensure_ascii=True, allow_nan=False))


def main() -> None:
    """Writes all fixtures."""
    for start in (0, 1009, 2003):
        for kind in services():
            write(kind.__name__, Filler(start + len(kind.__name__)).fill(kind))
    # Each built-in type as scalar, array and matrix, and each structure that a value may be.
    for kind in ua.VariantType:
        if kind.name in ("Null", "DiagnosticInfo"):
            continue
        response = Filler(7).fill(ua.ReadResponse)
        for start in range(4):
            response.Results.append(ua.DataValue(Filler(start + 40).variant(kind)))
        write(f"ReadResponse {kind.name}", response)
    for number, name in enumerate(VALUES):
        response = Filler(5).fill(ua.ReadResponse)
        response.Results = [ua.DataValue(ua.Variant(Filler(number * 31).known(name), ua.VariantType.ExtensionObject))]
        write(f"ReadResponse {name}", response)
    for name, options in INNER.items():
        for number, option in enumerate(options):
            response = Filler(5).fill(ua.ReadResponse)
            response.Results = [
                ua.DataValue(ua.Variant(Filler(number * 17 + len(name)).known(option), ua.VariantType.ExtensionObject))
            ]
            write(f"ReadResponse {option}", response)


if __name__ == "__main__":
    sys.exit(main())
