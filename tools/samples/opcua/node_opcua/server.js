// usage: server.js HOST PORT LOG FOLDER [--reverse URL] [--models]
"use strict";

// node-opcua talks on standard output; it is for the word `listening`.
for (const name of ["log", "warn", "error"]) console[name] = () => {};

const path = require("node:path");
const opcua = require("node-opcua");
const { logServers } = require("./log.js");

const { DataType, VariantArrayType, StatusCodes, Variant } = opcua;
const [host, port, log, folder, ...options] = process.argv.slice(2);
const WHEN = new Date("2024-02-29T12:34:56.789Z");
const PASSWORDS = { operator: "pump-4711", admin: "valve-0815" };
const NAMESPACE = "http://plant.example/line";

const one = (type, value) => new Variant({ dataType: DataType[type], arrayType: VariantArrayType.Scalar, value });
const many = (type, value) => new Variant({ dataType: DataType[type], arrayType: VariantArrayType.Array, value });
const matrix = (type, dimensions, value) => new Variant({ dataType: DataType[type], arrayType: VariantArrayType.Matrix, dimensions, value });
const range = (low, high) => new opcua.Range({ low, high });

const VALUES = {
  Boolean: one("Boolean", true), SByte: one("SByte", -128), Byte: one("Byte", 255), Int16: one("Int16", -32768),
  UInt16: one("UInt16", 65535), Int32: one("Int32", -2147483648), UInt32: one("UInt32", 4294967295),
  Int64: one("Int64", [0x80000000, 0]), UInt64: one("UInt64", [0xffffffff, 0xffffffff]), Float: one("Float", -0.15625),
  Double: one("Double", Math.PI), NaN: one("Double", NaN), Infinity: one("Float", -Infinity),
  String: one("String", "Füllstand Behälter ② größer"), EmptyString: one("String", ""), NullString: one("String", null),
  DateTime: one("DateTime", WHEN), Guid: one("Guid", "72962B91-FA75-4AE6-8D28-B404DC7DAF63"),
  ByteString: one("ByteString", Buffer.from(Array.from({ length: 16 }, (_, n) => n))),
  XmlElement: one("XmlElement", "<pump id='4'>on</pump>"),
  NodeId: one("NodeId", opcua.resolveNodeId("ns=2;g=72962B91-FA75-4AE6-8D28-B404DC7DAF63")),
  OpaqueNodeId: one("NodeId", opcua.resolveNodeId("ns=2;b=AQL/")),
  ExpandedNodeId: one("ExpandedNodeId", new opcua.ExpandedNodeId(opcua.NodeIdType.STRING, "Pump", 0, "urn:other", 3)),
  StatusCode: one("StatusCode", StatusCodes.BadOutOfRange), QualifiedName: one("QualifiedName", { namespaceIndex: 2, name: "Pump" }),
  LocalizedText: one("LocalizedText", { locale: "de-AT", text: "Pumpe" }),
  ExtensionObject: one("ExtensionObject", new opcua.Argument({ name: "speed", dataType: opcua.resolveNodeId("i=11"), valueRank: -1 })),
  Range: one("ExtensionObject", range(-5.5, 150)),
  EUInformation: one("ExtensionObject", opcua.standardUnits.degree_celsius),
  BooleanArray: many("Boolean", [true, false, true]), ByteArray: many("Byte", [0, 127, 255]), Int16Array: many("Int16", [-1, 0, 1]),
  Int32Array: many("Int32", Array.from({ length: 40 }, (_, n) => n - 20)),
  UInt64Array: many("UInt64", [[0, 0], [0xffffffff, 0xffffffff]]), FloatArray: many("Float", [0.5, -0.25]),
  DoubleArray: many("Double", [1.5, -2.25, Infinity]), EmptyArray: many("Double", []),
  StringArray: many("String", ["RUN", "", null, "STÖRUNG"]), DateTimeArray: many("DateTime", [WHEN, new Date("1970-01-01T00:00:00Z")]),
  ByteStringArray: many("ByteString", [Buffer.from([0, 1]), Buffer.alloc(0)]),
  LocalizedTextArray: many("LocalizedText", [{ locale: "en", text: "on" }, { locale: "de", text: "aus" }]),
  ExtensionObjectArray: many("ExtensionObject", [range(0, 1), range(-1, 2)]),
  Matrix: matrix("Double", [2, 3], [1, 2, 3, -4, -5, -6]), Cube: matrix("Int32", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
};

function dataTypeOf(value) {
  const first = Array.isArray(value.value) ? value.value[0] : value.value;
  return value.dataType === DataType.ExtensionObject ? first.schema.name : DataType[value.dataType];
}

function values(ns, line) {
  const folder = ns.addObject({ componentOf: line, typeDefinition: "FolderType", browseName: "Types", nodeId: "s=Types" });
  for (const [name, value] of Object.entries(VALUES)) {
    ns.addVariable({
      organizedBy: folder, browseName: name, nodeId: `s=Types.${name}`, dataType: dataTypeOf(value),
      valueRank: value.arrayType === 0 ? -1 : value.dimensions ? value.dimensions.length : 1, arrayDimensions: value.dimensions ? value.dimensions.map(() => 0) : undefined,
      accessLevel: "CurrentRead | CurrentWrite", userAccessLevel: "CurrentRead | CurrentWrite", value,
    });
  }
  const fixed = { organizedBy: folder, dataType: "Double", accessLevel: "CurrentRead", userAccessLevel: "CurrentRead" };
  ns.addVariable({ ...fixed, browseName: "Fixed", nodeId: "s=Types.Fixed", dataType: "Int32", value: one("Int32", 42) });
  for (const [name, status] of [["Bad", StatusCodes.BadSensorFailure], ["Uncertain", StatusCodes.UncertainLastUsableValue]])
    ns.addVariable({ ...fixed, browseName: name, nodeId: `s=Types.${name}` }).setValueFromSource(one("Double", 1.25), status, WHEN);
}

function argument(name, type, rank = -1) {
  return { name, dataType: DataType[type], valueRank: rank, description: { text: name } };
}

function methods(ns, pump) {
  const add = ns.addMethod(pump, {
    browseName: "Add", nodeId: "s=Line.Add", inputArguments: [argument("one", "Double"), argument("other", "Double")],
    outputArguments: [argument("sum", "Double")],
  });
  add.bindMethod((inputs, _context, done) =>
    done(null, { statusCode: StatusCodes.Good, outputArguments: [one("Double", inputs[0].value + inputs[1].value)] }));
  const describe = ns.addMethod(pump, {
    browseName: "Describe", nodeId: "s=Line.Describe", inputArguments: [argument("name", "String"), argument("values", "Int32", 1)],
    outputArguments: [argument("text", "String"), argument("sum", "Int32")],
  });
  describe.bindMethod((inputs, _context, done) => {
    const numbers = Array.from(inputs[1].value);
    const sum = numbers.reduce((total, next) => total + next, 0);
    done(null, { statusCode: StatusCodes.Good, outputArguments: [one("String", `${inputs[0].value}: ${numbers.length} values`), one("Int32", sum)] });
  });
}

function plant(space) {
  const ns = space.registerNamespace(NAMESPACE);
  space.registerNamespace("http://opcfoundation.org/UA/Machinery/");
  const line = ns.addObject({ organizedBy: space.rootFolder.objects, browseName: "Line", nodeId: "s=Line", eventNotifier: 1, notifierOf: space.rootFolder.objects.server });
  values(ns, line);
  const pump = ns.addObject({ componentOf: line, browseName: "Pump", nodeId: "s=Line.Pump", eventSourceOf: line });
  const writable = { componentOf: pump, accessLevel: "CurrentRead | CurrentWrite | HistoryRead", userAccessLevel: "CurrentRead | CurrentWrite | HistoryRead" };
  const speed = ns.addVariable({ ...writable, browseName: "Speed", nodeId: "s=Line.Pump.Speed", dataType: "Double", value: one("Double", 1000.5) });
  const state = ns.addVariable({ ...writable, browseName: "State", nodeId: "s=Line.Pump.State", dataType: "String", value: one("String", "RUN") });
  const trend = ns.addVariable({ ...writable, browseName: "Trend", nodeId: "s=Line.Pump.Trend", dataType: "Double", valueRank: 1, value: many("Double", [0, 0, 0]) });
  methods(ns, pump);
  for (let tag = 0; tag < 30; tag++) {
    const name = `Tag${String(tag).padStart(2, "0")}`;
    ns.addVariable({ componentOf: line, browseName: name, nodeId: `s=Line.${name}`, dataType: "Double", value: one("Double", tag * 1.5) });
  }
  space.installHistoricalDataNode(speed, { maxOnlineValues: 100 });
  const kind = ns.addEventType({ browseName: "PumpEvent", subtypeOf: "BaseEventType" });
  let n = 0;
  setInterval(() => {
    speed.setValueFromSource(one("Double", 1000.5 + n * 0.25));
    state.setValueFromSource(one("String", ["RUN", "STOP", "STÖRUNG"][n % 3]));
    trend.setValueFromSource(many("Double", [n, -n * 0.5, n * n * 0.125]));
    if (n % 4 === 0)
      pump.raiseEvent(kind, { message: { dataType: DataType.LocalizedText, value: { text: `Druck hoch ${n}` } }, severity: { dataType: DataType.UInt16, value: 500 } });
    n += 1;
  }, 200);
}

// A machine and a device in it, by the companion models themselves: each with its nameplate.
function nameplates(space) {
  const ns = space.registerNamespace(NAMESPACE);
  const [di, machinery] = ["DI", "Machinery"].map((model) => space.getNamespaceIndex(`http://opcfoundation.org/UA/${model}/`));
  const fill = (parent, index, values) => {
    for (const [name, value] of Object.entries(values)) parent.getChildByName(name, index).setValueFromSource(value);
  };
  const text = (text) => one("LocalizedText", { text, locale: "en" });
  const machine = ns.addObject({ organizedBy: space.findNode(`ns=${machinery};i=1001`), browseName: "Filler", nodeId: "s=Filler" });
  const identification = space.findObjectType("MachineIdentificationType", machinery).instantiate({
    namespace: ns, componentOf: machine, browseName: { name: "Identification", namespaceIndex: di },
    optionals: ["Model", "ProductCode", "SoftwareRevision", "HardwareRevision", "DeviceClass", "YearOfConstruction", "Location", "AssetId"],
  });
  fill(identification, di, {
    Manufacturer: text("Northwater Filling Ltd"), Model: text("Filler F-24"), ProductCode: one("String", "F24-1200"), SerialNumber: one("String", "NF-2019-00417"),
    ProductInstanceUri: one("String", "https://northwater.example/filler/NF-2019-00417"), SoftwareRevision: one("String", "7.3.1"), HardwareRevision: one("String", "C"),
    DeviceClass: one("String", "Filling machine"), AssetId: one("String", "Hall 2 filler"),
  });
  fill(identification, machinery, { YearOfConstruction: one("UInt16", 2019), Location: one("String", "Hall 2, line B") });
  const kind = ns.addObjectType({ browseName: "DriveType", subtypeOf: space.findObjectType("DeviceType", di) });
  const device = kind.instantiate({
    namespace: ns, organizedBy: space.findNode(`ns=${di};i=5001`), browseName: "Drive", nodeId: "s=Drive",
  });
  fill(device, di, {
    Manufacturer: text("Halden Drives"), Model: text("HD 450"), SerialNumber: one("String", "450-88123"), HardwareRevision: one("String", "2"),
    SoftwareRevision: one("String", "3.1.0"), DeviceRevision: one("String", "3"), RevisionCounter: one("Int32", 7), DeviceManual: one("String", "https://halden.example/hd450"),
  });
  // A name of the model in a namespace of the plant: not on a nameplate.
  ns.addVariable({ componentOf: machine, browseName: "SerialNumber", nodeId: "s=Filler.SerialNumber", dataType: "String", value: one("String", "batch 0042") });
}

async function main() {
  logServers(log, host, port);
  const certificates = new opcua.OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(folder, "pki") });
  await certificates.initialize();
  const { SecurityPolicy, MessageSecurityMode } = opcua;
  const isModelled = options.includes("--models");
  const server = new opcua.OPCUAServer({
    host, hostname: host, port: Number(port), alternateHostname: [host], resourcePath: "/line", serverCertificateManager: certificates, userCertificateManager: certificates,
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true, userManager: { isValidUser: (name, word) => PASSWORDS[name] === word },
    serverInfo: { applicationUri: "urn:plant:node-opcua:server", productUri: "urn:plant:line", applicationName: { text: "Line server (node-opcua)" } },
    buildInfo: { productName: "Line server", productUri: "urn:plant:line", manufacturerName: "Northwater", softwareVersion: "1.4.2", buildNumber: "77", buildDate: WHEN },
    reverseConnect: options[0] === "--reverse" ? { connections: [{ endpointUrl: options[1] }], reconnectDelay: 500 } : undefined,
    serverCapabilities: { maxBrowseContinuationPoints: 10 },
    nodeset_filename: isModelled ? ["standard", "di", "ia", "machinery"].map((model) => opcua.nodesets[model]) : undefined,
  });
  await server.initialize();
  (isModelled ? nameplates : plant)(server.engine.addressSpace);
  await server.start();
  process.stdout.write("listening\n");
}

main().catch((error) => { process.stdout.write(`failed ${error.stack}\n`); process.exit(1); });
