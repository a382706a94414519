"""What a client asks that wants to know which machine it talks to (OPC 10000-100, OPC 40001-1)."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from asyncua import ua
from asyncua_client import Asker, client_for
from asyncua_story import read

MODELS = "http://opcfoundation.org/UA/"
MACHINES, DEVICE_SET = 1001, 5001  # the folders' numbers in their models
FORWARD = ua.BrowseDirection.Forward


def browse(node: ua.NodeId) -> ua.BrowseRequest:
    """All that hangs below a node."""
    description = ua.BrowseDescription(node, FORWARD, ua.NodeId(ua.ObjectIds.HierarchicalReferences), True, 0, 63)
    return ua.BrowseRequest(Parameters=ua.BrowseParameters(NodesToBrowse=[description]))


def paths(start: ua.NodeId, *names: tuple[ua.QualifiedName, ...]) -> ua.TranslateBrowsePathsToNodeIdsRequest:
    """Where each of the paths leads."""
    reference = ua.NodeId(ua.ObjectIds.HierarchicalReferences)
    asked = [
        ua.BrowsePath(start, ua.RelativePath([ua.RelativePathElement(reference, False, True, name) for name in path]))
        for path in names
    ]
    parameters = ua.TranslateBrowsePathsToNodeIdsParameters(asked)
    return ua.TranslateBrowsePathsToNodeIdsRequest(Parameters=parameters)


async def below(ask: Asker, node: ua.NodeId) -> dict[str, ua.NodeId]:
    """What a Browse finds, by its name with the number of its namespace."""
    (result,) = (await ask(browse(node))).Results
    return {
        f"{one.BrowseName.NamespaceIndex}:{one.BrowseName.Name}": ua.NodeId(
            one.NodeId.Identifier, one.NodeId.NamespaceIndex
        )
        for one in result.References
    }


async def tell(options: argparse.Namespace) -> None:
    """A machine's nameplate by looking, a device's by paths."""
    client = await client_for(options)
    ask = Asker(client)
    async with client:
        spaces: list[str] = (await ask(read((ua.NodeId(2255), 13)))).Results[0].Value.Value
        di, machinery = spaces.index(f"{MODELS}DI/"), spaces.index(f"{MODELS}Machinery/")
        machines = await below(ask, ua.NodeId(MACHINES, machinery))
        machine = await below(ask, next(node for name, node in machines.items() if name.endswith(":Filler")))
        plate = await below(ask, machine[f"{di}:Identification"])
        own = [node for name, node in machine.items() if name.endswith(":SerialNumber")]
        await ask(read(*((node, 13) for node in [*own, *plate.values()])))
        drive = next(node for name, node in (await below(ask, ua.NodeId(DEVICE_SET, di))).items() if "Drive" in name)
        await device(ask, drive, di)


async def device(ask: Asker, drive: ua.NodeId, di: int) -> None:
    """Some of its nodes are read, the others reported."""
    names = ["Manufacturer", "Model", "SerialNumber", "SoftwareRevision", "HardwareRevision", "DeviceManual"]
    found: list[Any] = (await ask(paths(drive, *((ua.QualifiedName(name, di),) for name in names)))).Results
    nodes = [ua.NodeId(one.Targets[0].TargetId.Identifier, one.Targets[0].TargetId.NamespaceIndex) for one in found]
    await ask(read(*((node, 13) for node in nodes[:3])))
    order = ua.CreateSubscriptionParameters(100, 60, 3, 0, True, 0)
    number = (await ask(ua.CreateSubscriptionRequest(Parameters=order))).Parameters.SubscriptionId
    items = [
        ua.MonitoredItemCreateRequest(
            ua.ReadValueId(node, ua.AttributeIds.Value),
            ua.MonitoringMode.Reporting,
            ua.MonitoringParameters(handle, 50, None, 1, True),
        )
        for handle, node in enumerate(nodes[3:], 901)
    ]
    watch = ua.CreateMonitoredItemsParameters(number, ua.TimestampsToReturn.Both, items)
    await ask(ua.CreateMonitoredItemsRequest(Parameters=watch))
    await asyncio.sleep(0.3)
    await ask(ua.PublishRequest())
    await ask(ua.DeleteSubscriptionsRequest(Parameters=ua.DeleteSubscriptionsParameters([number])))
