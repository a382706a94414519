"""What a client asks: each service of Part 4 in turn, good and bad, as requests of asyncua's own classes."""

from __future__ import annotations

import argparse
import math
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import Client, ua
from asyncua_client import Asker, client_for

NAMESPACE = "http://plant.example/line"
WHEN = datetime(2023, 7, 1, 6, 5, 4, 321000, UTC)
V = ua.VariantType
ATTRIBUTES = range(1, 28)
NAMES = [
    "Boolean",
    "SByte",
    "Byte",
    "Int16",
    "UInt16",
    "Int32",
    "UInt32",
    "Int64",
    "UInt64",
    "Float",
    "Double",
    "NaN",
    "Infinity",
    "String",
    "EmptyString",
    "NullString",
    "DateTime",
    "Guid",
    "ByteString",
    "XmlElement",
    "NodeId",
    "OpaqueNodeId",
    "ExpandedNodeId",
    "StatusCode",
    "QualifiedName",
    "LocalizedText",
    "ExtensionObject",
    "Range",
    "EUInformation",
    "BooleanArray",
    "ByteArray",
    "Int16Array",
    "Int32Array",
    "UInt64Array",
    "FloatArray",
    "DoubleArray",
    "EmptyArray",
    "StringArray",
    "DateTimeArray",
    "ByteStringArray",
    "LocalizedTextArray",
    "ExtensionObjectArray",
    "VariantArray",
    "Matrix",
    "Cube",
    "Fixed",
    "Bad",
    "Uncertain",
]
WRITTEN: list[tuple[str, ua.VariantType, Any]] = [
    ("Boolean", V.Boolean, False),
    ("SByte", V.SByte, -7),
    ("Byte", V.Byte, 7),
    ("Int16", V.Int16, -1234),
    ("UInt16", V.UInt16, 1234),
    ("Int32", V.Int32, -123456),
    ("UInt32", V.UInt32, 123456),
    ("Int64", V.Int64, -(2**60)),
    ("UInt64", V.UInt64, 2**60),
    ("Float", V.Float, 2.5),
    ("Double", V.Double, -273.15),
    ("NaN", V.Double, math.nan),
    ("String", V.String, "läuft"),
    ("NullString", V.String, None),
    ("DateTime", V.DateTime, WHEN),
    ("Guid", V.Guid, uuid.UUID("00000000-0000-0000-0000-0000000000ff")),
    ("ByteString", V.ByteString, b"\xca\xfe"),
    ("XmlElement", V.XmlElement, ua.XmlElement("<off/>")),
    ("NodeId", V.NodeId, ua.NodeId(2258)),
    ("ExpandedNodeId", V.ExpandedNodeId, ua.ExpandedNodeId(7, 2)),
    ("StatusCode", V.StatusCode, ua.StatusCode(0x40000000)),
    ("QualifiedName", V.QualifiedName, ua.QualifiedName("Valve", 1)),
    ("LocalizedText", V.LocalizedText, ua.LocalizedText("Ventil", None)),
    ("Range", V.ExtensionObject, ua.Range(Low=1.0, High=2.0)),
    ("Int32Array", V.Int32, [1, -2, 3]),
    ("StringArray", V.String, ["a", None, ""]),
    ("Matrix", V.Double, [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]),
]


def header() -> ua.RequestHeader:
    """A header that asks for diagnostics and names an audit entry."""
    return ua.RequestHeader(ReturnDiagnostics=0x3FF, AuditEntryId="shift-3/0815", Timestamp=datetime.now(UTC))


def read(*what: tuple[ua.NodeId, int], **more: Any) -> ua.ReadRequest:
    """A Read of attributes."""
    wanted = [ua.ReadValueId(node, ua.AttributeIds(attribute), **more) for node, attribute in what]
    parameters = ua.ReadParameters(MaxAge=0, TimestampsToReturn=ua.TimestampsToReturn.Both, NodesToRead=wanted)
    return ua.ReadRequest(RequestHeader=header(), Parameters=parameters)


def write(*what: tuple[ua.NodeId, ua.DataValue], attribute: int = 13, index: str | None = None) -> ua.WriteRequest:
    """A Write of attributes."""
    nodes = [ua.WriteValue(node, ua.AttributeIds(attribute), index, value) for node, value in what]
    return ua.WriteRequest(Parameters=ua.WriteParameters(NodesToWrite=nodes))


def value(content: Any, kind: ua.VariantType | None = None) -> ua.DataValue:
    """A value alone: many servers refuse a status or a time with it."""
    return ua.DataValue(ua.Variant(content, kind))


async def attributes(ask: Asker, at: int) -> None:
    """Read and Write."""
    node = lambda name: ua.NodeId(name, at)  # noqa: E731
    for start in range(0, len(NAMES), 12):
        await ask(read(*((node(f"Types.{name}"), 13) for name in NAMES[start : start + 12])))
    await ask(read(*((node("Line.Pump.Speed"), attribute) for attribute in ATTRIBUTES)))
    await ask(read(*((ua.NodeId(85), attribute) for attribute in (1, 2, 3, 4, 5, 6, 7, 12))))
    await ask(read(*((node("Line.Add"), attribute) for attribute in (1, 2, 3, 4, 21, 22))))
    await ask(read((node("Types.Int32Array"), 13), IndexRange="2:4"))
    await ask(read((node("Types.Int32Array"), 13), DataEncoding=ua.QualifiedName("Default Binary", 0)))
    await ask(read((node("Nobody"), 13), (ua.NodeId(99999), 1), (node("Types.Double"), 14)))
    await ask(read(*((ua.NodeId(known), 13) for known in (2254, 2255, 2256, 2258, 2259, 2260, 2267, 2735, 11704))))
    await ask(ua.ReadRequest())  # nothing to do: a ServiceFault, or an empty answer
    for name, kind, content in WRITTEN:
        await ask(write((node(f"Types.{name}"), value(content, kind))))
    await ask(read(*((node(f"Types.{name}"), 13) for name, _, _ in WRITTEN)))
    await ask(write((node("Types.Int32Array"), value([99], V.Int32)), index="1"))
    await ask(
        write(
            (node("Types.Double"), value("no number", V.String)),
            (node("Types.Fixed"), value(43, V.Int32)),
            (node("Nobody"), value(1, V.Int32)),
            (node("Types.Double"), value(20.25, V.Double)),
        )
    )
    full = ua.DataValue(ua.Variant(7.75, V.Double), ua.StatusCode(0x40000000), WHEN, WHEN)
    await ask(write((node("Types.Uncertain"), full)))
    await ask(write((node("Types.Double"), value(ua.LocalizedText("x"), V.LocalizedText)), attribute=4))


async def views(ask: Asker, at: int) -> None:
    """Browse and its relatives."""
    everything = ua.BrowseDescription(ua.NodeId("Line", at), ua.BrowseDirection.Both, ua.NodeId(33), True, 0, 63)
    narrow = ua.BrowseDescription(ua.NodeId(2253), ua.BrowseDirection.Forward, ua.NodeId(47), True, 2, 1)
    unknown = ua.BrowseDescription(ua.NodeId("Nobody", at), ua.BrowseDirection.Inverse, ua.NodeId(31), False, 0, 63)
    for most in (0, 3):
        parameters = ua.BrowseParameters(ua.ViewDescription(), most, [everything, narrow, unknown])
        answer = await ask(ua.BrowseRequest(RequestHeader=header(), Parameters=parameters))
        points = [one.ContinuationPoint for one in getattr(answer, "Results", []) if one.ContinuationPoint]
        for release in (False, False, True):
            if points or release:
                parameters = ua.BrowseNextParameters(release, points or [b"\x01\x02"])
                answer = await ask(ua.BrowseNextRequest(Parameters=parameters))
                results = getattr(getattr(answer, "Parameters", answer), "Results", [])
                points = [one.ContinuationPoint for one in results if one.ContinuationPoint] or points
    paths = [
        ua.BrowsePath(
            start, ua.RelativePath([ua.RelativePathElement(ua.NodeId(33), False, True, name) for name in names])
        )
        for start, names in (
            (
                ua.NodeId(85),
                [ua.QualifiedName("Line", at), ua.QualifiedName("Pump", at), ua.QualifiedName("Speed", at)],
            ),
            (
                ua.NodeId(84),
                [ua.QualifiedName("Objects"), ua.QualifiedName("Server"), ua.QualifiedName("ServerStatus")],
            ),
            (ua.NodeId(85), [ua.QualifiedName("Nowhere", at)]),
        )
    ]
    await ask(ua.TranslateBrowsePathsToNodeIdsRequest(Parameters=ua.TranslateBrowsePathsToNodeIdsParameters(paths)))
    nodes = [ua.NodeId("Line.Pump.Speed", at), ua.NodeId("Line.Pump.State", at)]
    answer = await ask(ua.RegisterNodesRequest(Parameters=ua.RegisterNodesParameters(nodes)))
    registered = answer.Parameters.RegisteredNodeIds if isinstance(answer, ua.RegisterNodesResponse) else nodes
    await ask(read(*((node, 13) for node in registered)))
    await ask(ua.UnregisterNodesRequest(Parameters=ua.UnregisterNodesParameters(registered)))


async def queries(ask: Asker, at: int) -> None:
    """QueryFirst, QueryNext."""
    wanted = ua.QueryDataDescription(
        ua.RelativePath([ua.RelativePathElement(ua.NodeId(46), False, True, ua.QualifiedName("Speed", at))]), 13, None
    )
    kind = ua.NodeTypeDescription(ua.ExpandedNodeId(58), True, [wanted])
    where = ua.ContentFilter(
        [
            ua.ContentFilterElement(ua.FilterOperator.And, [ua.ElementOperand(1), ua.ElementOperand(2)]),
            ua.ContentFilterElement(
                ua.FilterOperator.GreaterThan,
                [
                    ua.AttributeOperand(
                        ua.NodeId(58),
                        "pump",
                        ua.RelativePath([ua.RelativePathElement(ua.NodeId(46), False, True)]),
                        13,
                        "0",
                    ),
                    ua.LiteralOperand(ua.Variant(99.5, V.Double)),
                ],
            ),
            ua.ContentFilterElement(
                ua.FilterOperator.OfType,
                [ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName("Severity")], 13, None)],
            ),
        ]
    )
    parameters = ua.QueryFirstParameters(ua.ViewDescription(ua.NodeId(87), WHEN, 3), [kind], where, 5, 10)
    await ask(ua.QueryFirstRequest(RequestHeader=header(), Parameters=parameters))
    for release in (False, True):
        await ask(ua.QueryNextRequest(Parameters=ua.QueryNextParameters(release, b"\x07\x08\x09")))


async def management(ask: Asker, at: int) -> None:
    """AddNodes, AddReferences, DeleteReferences, DeleteNodes."""
    added = ua.NodeId("Added", at)
    shape = ua.ObjectAttributes()
    shape.DisplayName, shape.Description = ua.LocalizedText("Added", "en"), ua.LocalizedText("by a client")
    thing = ua.AddNodesItem()
    thing.ParentNodeId, thing.ReferenceTypeId = ua.ExpandedNodeId(85), ua.NodeId(35)
    thing.RequestedNewNodeId = ua.ExpandedNodeId("Added", at)
    thing.BrowseName, thing.NodeClass = ua.QualifiedName("Added", at), ua.NodeClass.Object
    thing.NodeAttributes, thing.TypeDefinition = shape, ua.ExpandedNodeId(58)
    look = ua.VariableAttributes()
    look.DisplayName, look.Value, look.DataType = ua.LocalizedText("Level"), ua.Variant(1.5, V.Double), ua.NodeId(11)
    variable = ua.AddNodesItem()
    variable.ParentNodeId, variable.ReferenceTypeId = ua.ExpandedNodeId("Added", at), ua.NodeId(47)
    variable.RequestedNewNodeId = ua.ExpandedNodeId("Added.Level", at)
    variable.BrowseName, variable.NodeClass = ua.QualifiedName("Level", at), ua.NodeClass.Variable
    variable.NodeAttributes, variable.TypeDefinition = look, ua.ExpandedNodeId(63)
    await ask(ua.AddNodesRequest(Parameters=ua.AddNodesParameters([thing, variable])))
    await ask(ua.AddNodesRequest(Parameters=ua.AddNodesParameters([thing])))  # exists already
    reference = ua.AddReferencesItem(
        ua.NodeId("Line", at), ua.NodeId(35), True, None, ua.ExpandedNodeId("Added", at), ua.NodeClass.Object
    )
    await ask(ua.AddReferencesRequest(Parameters=ua.AddReferencesParameters([reference])))
    gone = ua.DeleteReferencesItem(ua.NodeId("Line", at), ua.NodeId(35), True, ua.ExpandedNodeId("Added", at), True)
    await ask(ua.DeleteReferencesRequest(Parameters=ua.DeleteReferencesParameters([gone])))
    items = [ua.DeleteNodesItem(added, True), ua.DeleteNodesItem(ua.NodeId("Nobody", at), False)]
    await ask(ua.DeleteNodesRequest(Parameters=ua.DeleteNodesParameters(items)))


async def methods(ask: Asker, at: int) -> None:
    """Call: good, too few arguments, wrong type, no such method, no such object."""
    pump, add = ua.NodeId("Line.Pump", at), ua.NodeId("Line.Add", at)
    number = [ua.Variant(1.5, V.Double), ua.Variant(-2.25, V.Double)]
    calls = [
        ua.CallMethodRequest(pump, add, number),
        ua.CallMethodRequest(pump, add, number[:1]),
        ua.CallMethodRequest(pump, add, [ua.Variant("one", V.String), number[1]]),
        ua.CallMethodRequest(pump, ua.NodeId("Nobody", at), []),
        ua.CallMethodRequest(ua.NodeId("Nobody", at), add, number),
        ua.CallMethodRequest(
            pump,
            ua.NodeId("Line.Describe", at),
            [ua.Variant("Kesselspeisung", V.String), ua.Variant([1, 2, -3], V.Int32)],
        ),
    ]
    for one in calls:
        await ask(ua.CallRequest(RequestHeader=header(), Parameters=ua.CallParameters([one])))
    await ask(ua.CallRequest(Parameters=ua.CallParameters(calls)))


async def history(ask: Asker, at: int) -> None:
    """HistoryRead and HistoryUpdate, with each kind of details."""
    speed, line, now = ua.NodeId("Line.Pump.Speed", at), ua.NodeId("Line", at), datetime.now(UTC)
    start = now - timedelta(minutes=5)
    fields = ua.EventFilter()
    fields.SelectClauses = [
        ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName(name)], 13)
        for name in ("Time", "Message", "Severity")
    ]
    details = [
        ua.ReadRawModifiedDetails(False, start, now, 5, True),
        ua.ReadRawModifiedDetails(True, start, now, 5, False),
        ua.ReadProcessedDetails(start, now, 1000.0, [ua.NodeId(2342)], ua.AggregateConfiguration()),
        ua.ReadAtTimeDetails([start, now], True),
        ua.ReadEventDetails(3, start, now, fields),
    ]
    for detail in details:
        node = line if isinstance(detail, ua.ReadEventDetails) else speed
        parameters = ua.HistoryReadParameters()
        parameters.HistoryReadDetails = detail
        parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
        parameters.NodesToRead = [ua.HistoryReadValueId(node)]
        answer = await ask(ua.HistoryReadRequest(Parameters=parameters))
        points = [one.ContinuationPoint for one in getattr(answer, "Results", []) if one.ContinuationPoint]
        if points:
            parameters.NodesToRead[0].ContinuationPoint = points[0]
            await ask(ua.HistoryReadRequest(Parameters=parameters))
    updates = [
        ua.UpdateDataDetails(
            speed, ua.PerformUpdateType.Insert, [ua.DataValue(ua.Variant(1.5, V.Double), SourceTimestamp=WHEN)]
        ),
        ua.UpdateStructureDataDetails(
            speed, ua.PerformUpdateType.Replace, [value(ua.Range(Low=0, High=1), V.ExtensionObject)]
        ),
        ua.UpdateEventDetails(
            line, ua.PerformUpdateType.Update, fields, [ua.HistoryEventFieldList([ua.Variant(7, V.Int32)])]
        ),
        ua.DeleteRawModifiedDetails(speed, False, start, now),
        ua.DeleteAtTimeDetails(speed, [WHEN]),
        ua.DeleteEventDetails(line, [b"\x01\x02\x03"]),
    ]
    await ask(ua.HistoryUpdateRequest(RequestHeader=header(), Parameters=ua.HistoryUpdateParameters(updates)))


async def subscriptions(client: Client, ask: Asker, at: int) -> None:
    """Subscriptions with data, events, keep-alives and their loss; the Publish requests are sent here, one by one."""
    parameters = ua.CreateSubscriptionParameters(100.0, 60, 3, 2, True, 7)
    created = (await ask(ua.CreateSubscriptionRequest(Parameters=parameters))).Parameters
    number = created.SubscriptionId

    def item(node: ua.NodeId, handle: int, attribute: int = 13, wanted: Any = None, mode: int = 2) -> Any:
        settings = ua.MonitoringParameters(handle, 50.0, wanted, 3, True)
        return ua.MonitoredItemCreateRequest(ua.ReadValueId(node, attribute), ua.MonitoringMode(mode), settings)

    events = ua.EventFilter()
    events.SelectClauses = [
        ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName(name)], 13)
        for name in ("EventId", "EventType", "SourceName", "Time", "Message", "Severity")
    ]
    events.WhereClause = ua.ContentFilter(
        [ua.ContentFilterElement(ua.FilterOperator.GreaterThanOrEqual,
                                 [ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName("Severity")], 13),
                                  ua.LiteralOperand(ua.Variant(100, V.UInt16))])]
    )  # fmt: skip
    dead = ua.DataChangeFilter(ua.DataChangeTrigger.StatusValue, 1, 0.1)
    wanted = [
        item(ua.NodeId("Line.Pump.Speed", at), 201, wanted=dead),
        item(ua.NodeId("Line.Pump.State", at), 202),
        item(ua.NodeId("Line.Pump.Trend", at), 203, mode=1),
        item(ua.NodeId("Line", at), 204, 12, events),
        item(ua.NodeId("Nobody", at), 205),
        *(item(ua.NodeId(f"Line.Tag{tag:02}", at), 300 + tag) for tag in range(30)),
    ]
    request = ua.CreateMonitoredItemsParameters(number, ua.TimestampsToReturn.Both, wanted)
    results = (await ask(ua.CreateMonitoredItemsRequest(Parameters=request))).Results
    ids = [one.MonitoredItemId for one in results]

    last: list[ua.SubscriptionAcknowledgement] = []

    async def publish(times: int) -> None:
        for _ in range(times):
            message = ua.PublishRequest(Parameters=ua.PublishParameters(list(last)))
            try:
                answer = await ask(message, 3)
            except TimeoutError:
                return
            last.clear()
            if isinstance(answer, ua.PublishResponse) and answer.Parameters.NotificationMessage.NotificationData:
                told = answer.Parameters
                last.append(
                    ua.SubscriptionAcknowledgement(told.SubscriptionId, told.NotificationMessage.SequenceNumber)
                )

    await publish(4)
    await ask(
        ua.SetMonitoringModeRequest(Parameters=ua.SetMonitoringModeParameters(number, ua.MonitoringMode(2), [ids[2]]))
    )
    await ask(ua.SetTriggeringRequest(Parameters=ua.SetTriggeringParameters(number, ids[0], [ids[2], 4711], [ids[1]])))
    changed = ua.MonitoredItemModifyRequest(ids[0], ua.MonitoringParameters(211, 100.0, None, 5, False))
    unknown = ua.MonitoredItemModifyRequest(4711, ua.MonitoringParameters(212, 100.0, None, 5, False))
    for items in ([changed], [changed, unknown]):
        modify = ua.ModifyMonitoredItemsParameters(number, ua.TimestampsToReturn.Source, items)
        await ask(ua.ModifyMonitoredItemsRequest(Parameters=modify))
    await publish(4)
    more = ua.ModifySubscriptionParameters(number, 150.0, 90, 2, 10, 3)
    await ask(ua.ModifySubscriptionRequest(Parameters=more))
    for sequence in (1, 2, 999_999):
        await ask(ua.RepublishRequest(Parameters=ua.RepublishParameters(number, sequence)))
    await ask(ua.DeleteMonitoredItemsRequest(Parameters=ua.DeleteMonitoredItemsParameters(number, [*ids[:4], 4711])))
    await publish(4)  # keep-alives
    await ask(ua.SetPublishingModeRequest(Parameters=ua.SetPublishingModeParameters(False, [number, 4711])))
    await ask(ua.TransferSubscriptionsRequest(Parameters=ua.TransferSubscriptionsParameters([number, 4711], True)))
    await ask(ua.CancelRequest(Parameters=ua.CancelParameters(7)))
    await ask(ua.DeleteSubscriptionsRequest(Parameters=ua.DeleteSubscriptionsParameters([number, 4711])))


async def discovery(client: Client, ask: Asker) -> None:
    """FindServers, FindServersOnNetwork, GetEndpoints, RegisterServer, RegisterServer2."""
    url = client.server_url.geturl()
    await ask(ua.FindServersRequest(Parameters=ua.FindServersParameters(url, ["en", "de-AT"], [])))
    await ask(ua.FindServersRequest(Parameters=ua.FindServersParameters(url, [], ["urn:nobody"])))
    await ask(ua.FindServersOnNetworkRequest(Parameters=ua.FindServersOnNetworkParameters(0, 10, ["DA", "HD"])))
    await ask(ua.GetEndpointsRequest(Parameters=ua.GetEndpointsParameters(url, ["en"], [])))
    server = ua.RegisteredServer(
        "urn:plant:other", "urn:plant:other:product", [ua.LocalizedText("Other server", "en")], ua.ApplicationType.Server,
        None, ["opc.tcp://10.10.8.99:4840/"], None, True,
    )  # fmt: skip
    await ask(ua.RegisterServerRequest(Server=server))
    mdns = ua.MdnsDiscoveryConfiguration("other", ["DA", "LDS"])
    await ask(ua.RegisterServer2Request(Parameters=ua.RegisterServer2Parameters(server, [mdns])))


async def tell(options: argparse.Namespace) -> None:
    """All of it in one session, the channel renewed in between."""
    client = await client_for(options)
    ask = Asker(client)
    await client.connect_and_get_server_endpoints()
    await client.connect()
    try:
        at = await client.get_namespace_index(NAMESPACE)
        await discovery(client, ask)
        await attributes(ask, at)
        await views(ask, at)
        await client.open_secure_channel(renew=True)
        await queries(ask, at)
        await management(ask, at)
        await methods(ask, at)
        await subscriptions(client, ask, at)
        await history(ask, at)
        await client.open_secure_channel(renew=True)
        await ask(read((ua.NodeId(2258), 13)))
    finally:
        await client.disconnect()
