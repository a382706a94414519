"""Writes the tables of OPC UA structures, enumerations and services: which fields a message has, in which order, of what type.

The facts (names, numbers, order, types) are those of OPC 10000-4 and -6, release 1.05, as the classes of the Python package
asyncua hold them, which are made from the OPC Foundation's schema (MIT). What a field means to Sentinel is said here, in `ROLES`.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import subprocess
from pathlib import Path

from asyncua import ua
from asyncua.ua import uaprotocol_auto

HOUSE = Path(__file__).parent.parent / "crates/wire/src/protocols/opcua"

SERVICES = {
    "discovery": {
        "FindServers": "Discover", "FindServersOnNetwork": "Discover", "GetEndpoints": "Discover",
        "RegisterServer": "Other", "RegisterServer2": "Other",
    },
    "secure_channel": {"OpenSecureChannel": "Session", "CloseSecureChannel": "Session"},
    "session": {"CreateSession": "Session", "ActivateSession": "Session", "CloseSession": "Session", "Cancel": "Session"},
    "node_management": {
        "AddNodes": "Program", "AddReferences": "Program", "DeleteNodes": "Program", "DeleteReferences": "Program",
    },
    "view": {
        "Browse": "Discover", "BrowseNext": "Discover", "TranslateBrowsePathsToNodeIds": "Discover",
        "RegisterNodes": "Discover", "UnregisterNodes": "Discover",
    },
    "query": {"QueryFirst": "Discover", "QueryNext": "Discover"},
    "attribute": {"Read": "Read", "HistoryRead": "Read", "Write": "Write", "HistoryUpdate": "Write"},
    "method": {"Call": "Control"},
    "monitored_item": {
        "CreateMonitoredItems": "Session", "ModifyMonitoredItems": "Session", "SetMonitoringMode": "Session",
        "SetTriggering": "Session", "DeleteMonitoredItems": "Session",
    },
    "subscription": {
        "CreateSubscription": "Session", "ModifySubscription": "Session", "SetPublishingMode": "Session",
        "Publish": "Read", "Republish": "Read", "TransferSubscriptions": "Session", "DeleteSubscriptions": "Session",
    },
}  # fmt: skip
"""Services by set, each with the class of its operations."""

ROLES = {
    "RequestHeader.AuthenticationToken": "Secret",
    "RequestHeader.RequestHandle": "Handle",
    "ResponseHeader.RequestHandle": "Handle",
    "ResponseHeader.ServiceResult": "Result",
    "ReadValueId.NodeId": "Node",
    "ReadValueId.AttributeId": "Attribute",
    "ReadValueId.IndexRange": "Range",
    "WriteValue.NodeId": "Node",
    "WriteValue.AttributeId": "Attribute",
    "WriteValue.IndexRange": "Range",
    "HistoryReadValueId.NodeId": "Node",
    "HistoryReadValueId.IndexRange": "Range",
    "BrowseDescription.NodeId": "Node",
    "BrowseDescription.BrowseDirection": "Named",
    "BrowsePath.StartingNode": "Node",
    "RelativePathElement.TargetName": "Path",
    "RegisterNodesRequest.NodesToRegister": "Node",
    "DeleteNodesItem.NodeId": "Node",
    "AddReferencesItem.SourceNodeId": "Node",
    "AddReferencesItem.TargetNodeId": "Named",
    "DeleteReferencesItem.SourceNodeId": "Node",
    "DeleteReferencesItem.TargetNodeId": "Named",
    "AddNodesItem.ParentNodeId": "Node",
    "AddNodesItem.BrowseName": "Path",
    "CallMethodRequest.ObjectId": "Object",
    "CallMethodRequest.MethodId": "Method",
    "NodeTypeDescription.TypeDefinitionNode": "Node",
    "UpdateDataDetails.NodeId": "Node",
    "UpdateStructureDataDetails.NodeId": "Node",
    "UpdateEventDetails.NodeId": "Node",
    "DeleteRawModifiedDetails.NodeId": "Node",
    "DeleteAtTimeDetails.NodeId": "Node",
    "DeleteEventDetails.NodeId": "Node",
    "CreateSessionRequest.EndpointUrl": "EndpointUrl",
    "GetEndpointsRequest.EndpointUrl": "EndpointUrl",
    "FindServersRequest.EndpointUrl": "EndpointUrl",
    "CreateSessionRequest.SessionName": "SessionName",
    "CreateSessionRequest.ClientCertificate": "Certificate",
    "CreateSessionResponse.ServerCertificate": "Certificate",
    "CreateSessionResponse.AuthenticationToken": "Secret",
    "OpenSecureChannelRequest.SecurityMode": "Mode",
    "UserNameIdentityToken.UserName": "UserName",
    "UserNameIdentityToken.Password": "Secret",
    "IssuedIdentityToken.TokenData": "Secret",
    "CreateSubscriptionResponse.SubscriptionId": "Subscription",
    "PublishResponse.SubscriptionId": "Subscription",
    "CreateMonitoredItemsRequest.SubscriptionId": "Subscription",
    "ModifyMonitoredItemsRequest.SubscriptionId": "Subscription",
    "DeleteMonitoredItemsRequest.SubscriptionId": "Subscription",
    "SetMonitoringModeRequest.SubscriptionId": "Subscription",
    "SetTriggeringRequest.SubscriptionId": "Subscription",
    "ModifySubscriptionRequest.SubscriptionId": "Subscription",
    "RepublishRequest.SubscriptionId": "Subscription",
}
"""What a field is to Sentinel; see `Role`."""

MAIN = {
    "ReadResponse.Results", "WriteResponse.Results", "CallMethodResult.StatusCode", "HistoryReadResult.StatusCode",
    "HistoryUpdateResult.StatusCode", "AddNodesResult.StatusCode", "AddReferencesResponse.Results", "DeleteNodesResponse.Results",
    "DeleteReferencesResponse.Results", "BrowseResult.StatusCode", "BrowsePathResult.StatusCode",
    "MonitoredItemCreateResult.StatusCode", "MonitoredItemModifyResult.StatusCode", "SetMonitoringModeResponse.Results",
    "DeleteMonitoredItemsResponse.Results", "SetTriggeringResponse.AddResults", "SetTriggeringResponse.RemoveResults",
    "SetPublishingModeResponse.Results", "DeleteSubscriptionsResponse.Results", "TransferResult.StatusCode",
    "PublishResponse.Results",
}  # fmt: skip
"""What became of each of a request's operations."""
ROLES |= dict.fromkeys(MAIN, "Outcome")

BUILT_IN = {
    "Boolean", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Float", "Double", "String", "DateTime",
    "Guid", "ByteString", "XmlElement", "NodeId", "ExpandedNodeId", "StatusCode", "QualifiedName", "LocalizedText", "Variant",
    "DataValue", "DiagnosticInfo", "ExtensionObject",
}  # fmt: skip
ALIASES = {
    "Duration": "Double", "UtcTime": "DateTime", "IntegerId": "UInt32", "NumericRange": "String", "LocaleId": "String",
    "Counter": "UInt32", "Char": "Byte", "CharArray": "String", "ApplicationInstanceCertificate": "ByteString",
    "ContinuationPoint": "ByteString", "SessionAuthenticationToken": "NodeId", "Index": "UInt32", "VersionTime": "UInt32",
    "BitFieldMaskDataType": "UInt64", "UriString": "String", "SemanticVersionString": "String", "Handle": "UInt32", "Date": "DateTime",
    "TrimmedString": "String", "EncodedTicket": "String", "UserIdentityToken": "ExtensionObject", "MonitoringFilter": "ExtensionObject",
    "HistoryReadDetails": "ExtensionObject", "FilterOperand": "ExtensionObject", "Decimal": "ExtensionObject", "Any": "Variant",
}  # fmt: skip
LEFT_OUT = re.compile(
    "PubSub|DataSet|WriterGroup|ReaderGroup|PublishedVariable|PublishedEvents|Uadp|JsonWriter|JsonReader|JsonData|Datagram|Broker|"
    "Qos|StandaloneSubscribed|SubscribedData|TargetVariables|FieldMetaData|FieldTarget|SecurityGroup|ConnectionTransport|"
    "NetworkAddress|PriorityMapping|TransmitQos|ReceiveQos|UnsignedRational|Ieee|Lldp|UABinaryFile|DataTypeSchema|DataTypeDescription|"
    "StructureDescription|EnumDescription|SimpleTypeDescription|PortableNodeId|PortableQualifiedName|GenericAttribute|ActionTarget|"
    "ActionMethod|ReferenceDescriptionDataType|ReferenceListEntry|BinaryField|Http|SamplingInterval|TransactionError|CurrencyUnit"
)
"""Structures of the publisher and subscriber model and of configuration: they cross no service that Sentinel reads."""

HEAD = """//! {about}
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

"""


def upper(name: str) -> str:
    """`ReadValueId` as a constant's name."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return name.upper()


class Model:
    """The package's classes."""

    def __init__(self) -> None:
        classes = {name: one for name, one in vars(uaprotocol_auto).items() if isinstance(one, type)}
        self.structures = {name: one for name, one in classes.items() if dataclasses.is_dataclass(one)}
        self.enumerations = {name: one for name, one in classes.items() if issubclass(one, enum.IntEnum)}
        self.flags = {name for name, one in classes.items() if issubclass(one, enum.IntFlag)}
        self.used: set[str] = set()

    def fields(self, name: str) -> list[tuple[str, bool, str]]:
        """Name, whether there are many, type: in the order of the encoding."""
        found = []
        for field in dataclasses.fields(self.structures[name]):
            kind = str(field.type).strip("'").replace("ua.", "")
            kind = re.sub(r"^Optional\[(.*)\]$", r"\1", kind)
            if field.name == "TypeId" and name.endswith(("Request", "Response", "ServiceFault")):
                continue
            if field.name in ("Encoding",):
                continue
            if field.name == "Parameters" and kind in self.structures:
                found += self.fields(kind)
                continue
            many = kind.startswith("list[")
            kind = kind.removeprefix("list[").removesuffix("]") if many else kind
            found.append((field.name.rstrip("_"), many, kind))
        return found

    def field(self, name: str, many: bool, kind: str) -> str:
        """A field in Rust."""
        kind = ALIASES.get(kind, kind)
        if kind in self.flags:
            kind = "Byte" if kind in BYTES else "UInt16" if kind in WORDS else "UInt32"
        if kind in BUILT_IN:
            return f'{"values" if many else "value"}("{name}", {kind})'
        if kind in self.enumerations:
            self.used.add(kind)
            return f'{"choices" if many else "choice"}("{name}", {upper(kind)})'
        if kind in self.structures:
            return f'{"parts" if many else "part"}("{name}", &{upper(kind)})'
        raise SystemExit(f"no type {kind}")

    def needs(self, name: str) -> set[str]:
        """Structures within a structure, itself too."""
        seen: set[str] = set()
        todo = [name]
        while todo:
            one = todo.pop()
            if one in seen:
                continue
            seen.add(one)
            kinds = (ALIASES.get(kind, kind) for _, _, kind in self.fields(one))
            todo += [kind for kind in kinds if kind in self.structures]
        return seen


BYTES = {"EventNotifierType", "AccessLevelType", "AccessLevel", "EventNotifier"}
WORDS = {"AccessRestrictionType"}


def structure(model: Model, name: str) -> str:
    """One structure in Rust."""
    number = getattr(ua.ObjectIds, f"{name}_Encoding_DefaultBinary", 0)
    lines = [f'pub(super) static {upper(name)}: Structure = Structure {{ name: "{name}", id: {number}, fields: &[']
    for field, many, kind in model.fields(name):
        role = ROLES.get(f"{name}.{field}")
        made = model.field(field, many, kind)
        lines.append(f"    {made}{f'.is(Role::{role})' if role else ''},")
    return "\n".join([*lines, "] };"])


def main() -> None:
    """Writes the files."""
    model = Model()
    messages = {f"{name}{end}" for group in SERVICES.values() for name in group for end in ("Request", "Response")}
    folder = HOUSE / "services"
    folder.mkdir(exist_ok=True)
    files: list[Path] = []
    for group, services in SERVICES.items():
        text = HEAD.format(about=f"The {group.replace('_', ' ')} service set (OPC 10000-4, 5).")
        text += "use super::*;\n\n"
        for name, class_ in services.items():
            constants = [upper(f"{name}{end}") for end in ("Request", "Response")]
            text += (
                f'pub(super) static {upper(name)}: Service = Service {{ name: "{name}", class: Class::{class_}, '
                f"asks: &{constants[0]}, answers: &{constants[1]} }};\n"
            )
            text += "\n".join(structure(model, f"{name}{end}") for end in ("Request", "Response")) + "\n\n"
        files.append(folder / f"{group}.rs")
        files[-1].write_text(text)
    others = sorted(
        name
        for name in model.structures
        if name not in messages
        and not name.endswith("Parameters")
        and not name.endswith(("Request", "Response"))
        and not LEFT_OUT.search(name)
    )
    others += sorted(
        name for name in {one for message in messages for one in model.needs(message)} if name not in others and name not in messages
    )
    others = sorted(set(others))
    bodies = []
    for name in others:
        try:
            bodies.append((name, structure(model, name)))
        except SystemExit as error:
            print("left out", name, error)
    folder = HOUSE / "structures"
    folder.mkdir(exist_ok=True)
    kept = {name for name, _ in bodies}
    while gone := {
        name
        for name in kept
        for _, _, kind in model.fields(name)
        if ALIASES.get(kind, kind) in model.structures and ALIASES.get(kind, kind) not in kept | BUILT_IN
    }:
        kept -= gone
    bodies = [(name, body) for name, body in bodies if name in kept]
    parts = {"a_to_d": [], "e_to_p": [], "q_to_z": []}
    for name, body in bodies:
        parts["a_to_d" if name < "E" else "e_to_p" if name < "Q" else "q_to_z"].append(body)
    for part, texts in parts.items():
        text = HEAD.format(about="Structures within messages, and within values (OPC 10000-4, 7; OPC 10000-5, 12).")
        text += "use super::*;\n\n" + "\n".join(texts) + "\n"
        files.append(folder / f"{part}.rs")
        files[-1].write_text(text.replace("pub(super)", "pub(in super::super)"))
    text = HEAD.format(about="Structures by their binary encoding.")
    text += "mod a_to_d;\nmod e_to_p;\nmod q_to_z;\n\npub(super) use a_to_d::*;\npub(super) use e_to_p::*;\npub(super) use q_to_z::*;\n\n"
    text += "use super::encoding::Builtin::*;\nuse super::enumerations::*;\nuse super::schema::{choice, choices, part, parts, value, values, Role, Structure};\n\n"
    numbered = sorted(
        (getattr(ua.ObjectIds, f"{name}_Encoding_DefaultBinary", 0), name) for name, _ in bodies
    )
    text += "/// Structures that occur inside values, by number.\npub(super) static ALL: &[&Structure] = &[\n"
    text += "".join(f"    &{upper(name)},\n" for number, name in numbered if number) + "];\n"
    files.append(folder / "mod.rs")
    files[-1].write_text(text)
    text = HEAD.format(about="Enumerations: number and name of each value (OPC 10000-4, 7; OPC 10000-5, 12).")
    text += "use super::schema::Names;\n\n"
    for name in sorted(model.used):
        values = ", ".join(f'({one.value}, "{one.name.rstrip("_")}")' for one in model.enumerations[name])
        text += f"pub(super) static {upper(name)}: Names = &[{values}];\n"
    files.append(HOUSE / "enumerations.rs")
    files[-1].write_text(text)
    codes = sorted((value, name) for name, value in vars(ua.StatusCodes).items() if isinstance(value, int) and not name.startswith("_"))
    text = HEAD.format(about="Status codes by number (OPC 10000-4, 7.39; OPC 10000-6, A.2).")
    text += "pub(super) static STATUS: &[(u32, &str)] = &[\n"
    text += "".join(f'    (0x{value:08X}, "{name}"),\n' for value, name in codes) + "];\n"
    files.append(HOUSE / "names" / "status.rs")
    files[-1].parent.mkdir(exist_ok=True)
    files[-1].write_text(text)
    subprocess.run(["cargo", "fmt", "--all"], cwd=HOUSE.parents[4], check=True)
    print(len(bodies), "structures")


if __name__ == "__main__":
    main()
