// usage: client.js URL LOG FOLDER POLICY MODE [--user NAME WORD] [--certificate] [--reverse PORT]
"use strict";

// node-opcua talks on standard output; it is for the word `listening`.
for (const name of ["log", "warn", "error"]) console[name] = () => {};

const fs = require("node:fs");
const path = require("node:path");
const opcua = require("node-opcua");
const { logClients } = require("./log.js");

const [url, log, folder, policy, mode, ...options] = process.argv.slice(2);
const { DataType, Variant, VariantArrayType, AttributeIds, MessageSecurityMode, SecurityPolicy } = opcua;
const NAMES =
  "Boolean SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Float Double NaN Infinity String EmptyString NullString DateTime Guid " +
  "ByteString XmlElement NodeId OpaqueNodeId ExpandedNodeId StatusCode QualifiedName LocalizedText ExtensionObject Range EUInformation " +
  "BooleanArray ByteArray Int16Array Int32Array UInt64Array FloatArray DoubleArray EmptyArray StringArray DateTimeArray ByteStringArray " +
  "LocalizedTextArray ExtensionObjectArray Matrix Cube Fixed Bad Uncertain";

const node = (name) => `ns=2;s=${name}`;
const scalar = (type, value) => new Variant({ dataType: DataType[type], arrayType: VariantArrayType.Scalar, value });
const list = (type, value) => new Variant({ dataType: DataType[type], arrayType: VariantArrayType.Array, value });

function asker(session) {
  // A ServiceFault is an answer too.
  return (request) => new Promise((done) => session.performMessageTransaction(request, (error, response) => done(response || error?.response || null)));
}

async function attributes(ask) {
  const names = NAMES.split(" ");
  for (let at = 0; at < names.length; at += 12)
    await ask(new opcua.ReadRequest({
      maxAge: 0, timestampsToReturn: opcua.TimestampsToReturn.Both,
      nodesToRead: names.slice(at, at + 12).map((name) => ({ nodeId: node(`Types.${name}`), attributeId: AttributeIds.Value })),
    }));
  await ask(new opcua.ReadRequest({
    timestampsToReturn: opcua.TimestampsToReturn.Neither,
    nodesToRead: Array.from({ length: 27 }, (_, at) => ({ nodeId: node("Line.Pump.Speed"), attributeId: at + 1 })),
  }));
  await ask(new opcua.ReadRequest({
    nodesToRead: [{ nodeId: node("Types.Int32Array"), attributeId: 13, indexRange: "2:4" }, { nodeId: node("Nobody"), attributeId: 13 }],
  }));
  await ask(new opcua.ReadRequest({ nodesToRead: [2254, 2255, 2256, 2258, 2259, 2260, 2267].map((id) => ({ nodeId: `i=${id}`, attributeId: 13 })) }));
  const written = {
    Boolean: scalar("Boolean", false), SByte: scalar("SByte", -7), Byte: scalar("Byte", 7), Int16: scalar("Int16", -1234), UInt16: scalar("UInt16", 1234),
    Int32: scalar("Int32", -123456), UInt32: scalar("UInt32", 123456), Int64: scalar("Int64", [0xffffffff, 0xfffffff9]), UInt64: scalar("UInt64", [1, 2]),
    Float: scalar("Float", 2.5), Double: scalar("Double", -273.15), NaN: scalar("Double", NaN), String: scalar("String", "läuft"), NullString: scalar("String", null),
    DateTime: scalar("DateTime", new Date("2023-07-01T06:05:04.321Z")), ByteString: scalar("ByteString", Buffer.from("cafe", "hex")),
    LocalizedText: scalar("LocalizedText", { text: "Ventil" }), QualifiedName: scalar("QualifiedName", { namespaceIndex: 1, name: "Valve" }),
    Range: scalar("ExtensionObject", new opcua.Range({ low: 1, high: 2 })), Int32Array: list("Int32", new Int32Array([1, -2, 3])), StringArray: list("String", ["a", null, ""]),
  };
  for (const [name, value] of Object.entries(written))
    await ask(new opcua.WriteRequest({ nodesToWrite: [{ nodeId: node(`Types.${name}`), attributeId: 13, value: { value } }] }));
  const bad = [["Types.Double", scalar("String", "no number")], ["Types.Fixed", scalar("Int32", 43)], ["Nobody", scalar("Int32", 1)], ["Types.Double", scalar("Double", 20.25)]];
  await ask(new opcua.WriteRequest({ nodesToWrite: bad.map(([name, value]) => ({ nodeId: node(name), attributeId: 13, value: { value } })) }));
}

async function views(ask) {
  const browse = (nodeId, more = {}) => ({
    nodeId, browseDirection: opcua.BrowseDirection.Both, referenceTypeId: "i=33", includeSubtypes: true, nodeClassMask: 0, resultMask: 63, ...more,
  });
  for (const most of [0, 3]) {
    const first = await ask(new opcua.BrowseRequest({ requestedMaxReferencesPerNode: most, nodesToBrowse: [browse(node("Line")), browse(node("Nobody"))] }));
    let points = (first?.results || []).map((one) => one.continuationPoint).filter((one) => one?.length);
    for (const release of [false, false, true]) {
      if (!points.length) break;
      const next = await ask(new opcua.BrowseNextRequest({ releaseContinuationPoints: release, continuationPoints: points }));
      const more = (next?.results || []).map((one) => one.continuationPoint).filter((one) => one?.length);
      points = more.length ? more : points;
    }
  }
  const element = (name, ns) => ({ referenceTypeId: "i=33", isInverse: false, includeSubtypes: true, targetName: { namespaceIndex: ns, name } });
  await ask(new opcua.TranslateBrowsePathsToNodeIdsRequest({
    browsePaths: [
      { startingNode: "i=85", relativePath: { elements: [element("Line", 2), element("Pump", 2), element("Speed", 2)] } },
      { startingNode: "i=85", relativePath: { elements: [element("Nowhere", 2)] } },
    ],
  }));
  const registered = await ask(new opcua.RegisterNodesRequest({ nodesToRegister: [node("Line.Pump.Speed")] }));
  await ask(new opcua.UnregisterNodesRequest({ nodesToUnregister: registered?.registeredNodeIds || [node("Line.Pump.Speed")] }));
}

async function methods(ask) {
  const call = (objectId, methodId, inputArguments) => ({ objectId: node(objectId), methodId: node(methodId), inputArguments });
  const numbers = [scalar("Double", 1.5), scalar("Double", -2.25)];
  await ask(new opcua.CallRequest({
    methodsToCall: [
      call("Line.Pump", "Line.Add", numbers), call("Line.Pump", "Line.Add", numbers.slice(1)), call("Line.Pump", "Line.Add", [scalar("String", "one"), numbers[1]]),
      call("Nobody", "Line.Add", numbers), call("Line.Pump", "Line.Describe", [scalar("String", "Kesselspeisung"), list("Int32", new Int32Array([1, 2, -3]))]),
    ],
  }));
}

async function subscription(ask) {
  const made = await ask(new opcua.CreateSubscriptionRequest({
    requestedPublishingInterval: 100, requestedLifetimeCount: 60, requestedMaxKeepAliveCount: 3, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 7,
  }));
  const items = [
    ["Line.Pump.Speed", 201, new opcua.DataChangeFilter({ trigger: opcua.DataChangeTrigger.StatusValueTimestamp, deadbandType: opcua.DeadbandType.None })],
    ["Line.Pump.State", 202], ["Line.Pump.Trend", 203], ["Nobody", 205], ...Array.from({ length: 25 }, (_, tag) => [`Line.Tag${String(tag).padStart(2, "0")}`, 300 + tag]),
  ].map(([name, clientHandle, filter]) => ({
    itemToMonitor: { nodeId: node(name), attributeId: 13 }, monitoringMode: opcua.MonitoringMode.Reporting,
    requestedParameters: { clientHandle, samplingInterval: 50, filter, queueSize: 3, discardOldest: true },
  }));
  const events = {
    itemToMonitor: { nodeId: node("Line"), attributeId: AttributeIds.EventNotifier }, monitoringMode: opcua.MonitoringMode.Reporting,
    requestedParameters: { clientHandle: 204, samplingInterval: 0, queueSize: 10, discardOldest: true, filter: opcua.constructEventFilter(["EventId", "EventType", "SourceName", "Time", "Message", "Severity"]) },
  };
  const subscriptionId = made.subscriptionId;
  const created = await ask(new opcua.CreateMonitoredItemsRequest({ subscriptionId, timestampsToReturn: opcua.TimestampsToReturn.Both, itemsToCreate: [...items, events] }));
  const ids = (created?.results || []).map((one) => one.monitoredItemId);
  let acknowledged = [];
  const publish = async (times) => {
    for (let n = 0; n < times; n++) {
      const request = new opcua.PublishRequest({ subscriptionAcknowledgements: acknowledged });
      request.requestHeader.timeoutHint = 3000;
      const told = await ask(request);
      const message = told?.notificationMessage;
      acknowledged = message?.notificationData?.length ? [{ subscriptionId: told.subscriptionId, sequenceNumber: message.sequenceNumber }] : [];
    }
  };
  await publish(5);
  await ask(new opcua.SetMonitoringModeRequest({ subscriptionId, monitoringMode: opcua.MonitoringMode.Sampling, monitoredItemIds: [ids[2], 4711] }));
  await ask(new opcua.SetTriggeringRequest({ subscriptionId, triggeringItemId: ids[0], linksToAdd: [ids[2]], linksToRemove: [4711] }));
  await ask(new opcua.ModifyMonitoredItemsRequest({
    subscriptionId, timestampsToReturn: opcua.TimestampsToReturn.Source,
    itemsToModify: [{ monitoredItemId: ids[0], requestedParameters: { clientHandle: 211, samplingInterval: 100, queueSize: 5, discardOldest: false } }],
  }));
  await publish(3);
  await ask(new opcua.ModifySubscriptionRequest({ subscriptionId, requestedPublishingInterval: 150, requestedLifetimeCount: 90, requestedMaxKeepAliveCount: 2, maxNotificationsPerPublish: 10, priority: 3 }));
  await ask(new opcua.RepublishRequest({ subscriptionId, retransmitSequenceNumber: 1 }));
  await ask(new opcua.RepublishRequest({ subscriptionId, retransmitSequenceNumber: 999999 }));
  await ask(new opcua.DeleteMonitoredItemsRequest({ subscriptionId, monitoredItemIds: [...ids, 4711] }));
  await publish(3); // keep-alives
  await ask(new opcua.SetPublishingModeRequest({ publishingEnabled: false, subscriptionIds: [subscriptionId, 4711] }));
  await ask(new opcua.TransferSubscriptionsRequest({ subscriptionIds: [4711], sendInitialValues: true }));
  await ask(new opcua.DeleteSubscriptionsRequest({ subscriptionIds: [subscriptionId, 4711] }));
}

async function history(ask) {
  const endTime = new Date();
  const startTime = new Date(endTime - 300000);
  const details = [
    new opcua.ReadRawModifiedDetails({ isReadModified: false, startTime, endTime, numValuesPerNode: 5, returnBounds: true }),
    new opcua.ReadProcessedDetails({ startTime, endTime, processingInterval: 1000, aggregateType: ["i=2342"] }),
    new opcua.ReadAtTimeDetails({ reqTimes: [startTime, endTime], useSimpleBounds: true }),
  ];
  for (const historyReadDetails of details)
    await ask(new opcua.HistoryReadRequest({ historyReadDetails, timestampsToReturn: opcua.TimestampsToReturn.Source, nodesToRead: [{ nodeId: node("Line.Pump.Speed") }] }));
}

async function discovery(ask) {
  await ask(new opcua.FindServersRequest({ endpointUrl: url, localeIds: ["en", "de-AT"] }));
  await ask(new opcua.FindServersOnNetworkRequest({ startingRecordId: 0, maxRecordsToReturn: 10, serverCapabilityFilter: ["DA"] }));
  await ask(new opcua.GetEndpointsRequest({ endpointUrl: url, localeIds: ["en"] }));
  await ask(new opcua.CancelRequest({ requestHandle: 7 }));
}

async function identity(client) {
  const at = options.indexOf("--user");
  if (at >= 0) return { type: opcua.UserTokenType.UserName, userName: options[at + 1], password: options[at + 2] };
  if (!options.includes("--certificate")) return undefined;
  const privateKey = fs.readFileSync(client.privateKeyFile, "ascii");
  return { type: opcua.UserTokenType.Certificate, certificateData: opcua.readCertificate(client.certificateFile), privateKey };
}

async function main() {
  logClients(log);
  const certificates = new opcua.OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(folder, "pki-client") });
  await certificates.initialize();
  const client = opcua.OPCUAClient.create({
    applicationName: "Line viewer", applicationUri: "urn:plant:node-opcua:client", clientName: "viewer", endpointMustExist: false, clientCertificateManager: certificates,
    securityPolicy: SecurityPolicy[policy], securityMode: MessageSecurityMode[mode], connectionStrategy: { maxRetry: 1 },
    defaultSecureTokenLifetime: 5000, requestedSessionTimeout: 30000,
  });
  const at = options.indexOf("--reverse"); // the server opens the connection
  const listener = at < 0 ? null : new opcua.ClientReverseConnect(`opc.tcp://0.0.0.0:${options[at + 1]}`);
  if (listener) {
    await listener.start();
    await client.connectReverse(listener);
  } else await client.connect(url);
  const session = await client.createSession(await identity(client));
  const ask = asker(session);
  await discovery(ask);
  await attributes(ask);
  await views(ask);
  await methods(ask);
  await history(ask);
  await subscription(ask);
  await session.close();
  await client.disconnect();
  await listener?.stop?.();
}

setTimeout(() => { process.stdout.write("too slow\n"); process.exit(1); }, 90000);
main().then(() => process.exit(0)).catch((error) => { process.stdout.write(`failed ${error.stack}\n`); process.exit(1); });
