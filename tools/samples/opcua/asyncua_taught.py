"""Answers to services that asyncua's server does not offer, built from asyncua's classes and sent by its encoder.

Their contents are invented; what they prove is how such answers are encoded, not how a server comes to them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary
from asyncua_log import MESSAGES, LoggedServer

WHEN = datetime(2024, 3, 31, 1, 59, 59, 999999, UTC)
V = ua.VariantType
Answer = Callable[[Any], Any]


def number(value: float) -> ua.DataValue:
    """A value with status and both times."""
    return ua.DataValue(ua.Variant(value, V.Double), ua.StatusCode(0), WHEN, WHEN)


def find_servers_on_network(_: Any) -> Any:
    """Two servers."""
    servers = [
        ua.ServerOnNetwork(1, "line", "opc.tcp://10.10.8.10:4840/line", ["DA", "HD", "LDS"]),
        ua.ServerOnNetwork(7, "press", "opc.tcp://10.10.8.11:4840", []),
    ]
    return ua.FindServersOnNetworkResponse(Parameters=ua.FindServersOnNetworkResult(WHEN, servers))


def browse_next(asked: Any) -> Any:
    """One more reference, and a point that is not known."""
    reference = ua.ReferenceDescription(
        ua.NodeId(47), True, ua.ExpandedNodeId("Line.Pump", 2), ua.QualifiedName("Pump", 2), ua.LocalizedText("Pump"),
        ua.NodeClass.Object, ua.ExpandedNodeId(58),
    )  # fmt: skip
    good = ua.BrowseResult(ua.StatusCode(0), b"\x05\x06", [reference])
    bad = ua.BrowseResult(ua.StatusCode(ua.StatusCodes.BadContinuationPointInvalid), None, [])
    results = [] if asked.Parameters.ReleaseContinuationPoints else [good, bad]
    return ua.BrowseNextResponse(Parameters=ua.BrowseNextResult(results, []))


def query_first(_: Any) -> Any:
    """Two nodes, and what was found in the query."""
    found = [
        ua.QueryDataSet(
            ua.ExpandedNodeId("Line.Pump", 2),
            ua.ExpandedNodeId(58),
            [ua.Variant(1000.5, V.Double), ua.Variant("RUN", V.String)],
        ),
        ua.QueryDataSet(ua.ExpandedNodeId(4711, 2), ua.ExpandedNodeId(58), []),
    ]
    parsed = [ua.ParsingResult(ua.StatusCode(0), [ua.StatusCode(0), ua.StatusCode(ua.StatusCodes.BadNoMatch)], [])]
    operand = ua.ContentFilterElementResult(ua.StatusCode(0), [ua.StatusCode(0), ua.StatusCode(0)], [])
    result = ua.QueryFirstResult(found, b"\x07\x08\x09", parsed, [], ua.ContentFilterResult([operand], []))
    return ua.QueryFirstResponse(Parameters=result)


def query_next(asked: Any) -> Any:
    """One more node."""
    sets = [ua.QueryDataSet(ua.ExpandedNodeId(4712, 2), ua.ExpandedNodeId(58), [ua.Variant(-1, V.Int32)])]
    released = asked.Parameters.ReleaseContinuationPoint
    return ua.QueryNextResponse(Parameters=ua.QueryNextResult([] if released else sets, None if released else b"\x0a"))


def cancel(_: Any) -> Any:
    """One request."""
    return ua.CancelResponse(Parameters=ua.CancelResult(1))


def set_triggering(asked: Any) -> Any:
    """The first link is good."""
    good, bad = ua.StatusCode(0), ua.StatusCode(ua.StatusCodes.BadMonitoredItemIdInvalid)
    added = [good if at == 0 else bad for at in range(len(asked.Parameters.LinksToAdd))]
    return ua.SetTriggeringResponse(Parameters=ua.SetTriggeringResult(added, [], [good], []))


def history_update(asked: Any) -> Any:
    """A good and a bad entry for each."""
    good, bad = ua.StatusCode(0), ua.StatusCode(ua.StatusCodes.BadNoEntryExists)
    results = [ua.HistoryUpdateResult(good, [good, bad], []) for _ in asked.Parameters.HistoryUpdateDetails]
    return ua.HistoryUpdateResponse(Results=results)


def history_read(asked: Any) -> Any:
    """History in each of its forms."""
    details = asked.Parameters.HistoryReadDetails
    if isinstance(details, ua.ReadEventDetails):
        fields = [
            ua.Variant(WHEN, V.DateTime),
            ua.Variant(ua.LocalizedText("Druck hoch", "de")),
            ua.Variant(500, V.UInt16),
        ]
        data: Any = ua.HistoryEvent([ua.HistoryEventFieldList(fields)])
    elif isinstance(details, ua.ReadRawModifiedDetails) and details.IsReadModified:
        change = ua.ModificationInfo(WHEN, ua.HistoryUpdateType.Replace, "operator")
        data = ua.HistoryModifiedData([number(1.0), number(-2.5)], [change, change])
    else:
        data = ua.HistoryData(
            [number(1.5), number(2.5), ua.DataValue(None, ua.StatusCode(ua.StatusCodes.BadNoData), WHEN)]
        )
    more = b"\x01\x02\x03\x04" if isinstance(details, ua.ReadRawModifiedDetails) else None
    return ua.HistoryReadResponse(Results=[ua.HistoryReadResult(ua.StatusCode(0), more, data)], DiagnosticInfos=[])


ANSWERS: dict[str, Answer] = {
    "FindServersOnNetwork": find_servers_on_network,
    "BrowseNext": browse_next,
    "QueryFirst": query_first,
    "QueryNext": query_next,
    "Cancel": cancel,
    "SetTriggering": set_triggering,
    "HistoryUpdate": history_update,
    "HistoryRead": history_read,
}


class TaughtServer(LoggedServer):
    """A server that answers these too, and ends each third Publish with a change of the subscription's status."""

    published = 0

    async def _process_message(self, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> bool:
        name = MESSAGES[typeid.Identifier].__name__.removesuffix("Request")
        if name == "Publish":
            self.published += 1
            if self.published % 3 == 0:
                self.send_response(requesthdr.RequestHandle, seqhdr, self._timed_out())
                return True
        if name not in ANSWERS:
            return bool(await super()._process_message(typeid, requesthdr, seqhdr, body))
        kind = MESSAGES[typeid.Identifier]
        asked = kind()
        asked.RequestHeader = requesthdr
        if hasattr(asked, "Parameters"):
            asked.Parameters = struct_from_binary(type(asked.Parameters), body)
        answer = ANSWERS[name](asked)
        answer.ResponseHeader.Timestamp = datetime.now(UTC)
        answer.ResponseHeader.StringTable = ["one", "zwei"]
        answer.ResponseHeader.ServiceDiagnostics = ua.DiagnosticInfo(
            SymbolicId=0,
            NamespaceURI=1,
            AdditionalInfo="made",
            InnerStatusCode=ua.StatusCode(ua.StatusCodes.BadUnexpectedError),
        )
        self.send_response(requesthdr.RequestHandle, seqhdr, answer)
        return True

    def _timed_out(self) -> Any:
        change = ua.StatusChangeNotification(ua.StatusCode(ua.StatusCodes.BadTimeout), ua.DiagnosticInfo())
        told = ua.NotificationMessage(4000 + self.published, WHEN, [change])
        result = ua.PublishResult(
            SubscriptionId=77, AvailableSequenceNumbers=[1, 2], NotificationMessage=told, Results=[]
        )
        return ua.PublishResponse(Parameters=result)
