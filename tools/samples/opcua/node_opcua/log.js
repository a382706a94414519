// node-opcua's own account of every message, in the form of ../README.md.
"use strict";

const fs = require("node:fs");
const opcua = require("node-opcua");
const channels = require("node-opcua-secure-channel");

const MODES = { 1: "None", 2: "Sign", 3: "SignAndEncrypt" };
const WIDE = new Set(["Int64", "UInt64"]);

function capital(name) {
  return name[0].toUpperCase() + name.slice(1);
}

function nodeId(id) {
  const kind = { 1: "i", 2: "s", 3: "g", 4: "b" }[id.identifierType];
  const value = kind === "b" ? (id.value || Buffer.alloc(0)).toString("base64") : kind === "g" ? id.value.toLowerCase() : id.value;
  let text = id.serverIndex ? `svr=${id.serverIndex};` : "";
  if (id.namespaceUri) text += `nsu=${id.namespaceUri};`;
  else if (id.namespace) text += `ns=${id.namespace};`;
  return `${text}${kind}=${value}`;
}

// 64-bit integers are pairs of words; JSON must keep them exactly.
function wide(pair, isSigned) {
  if (!Array.isArray(pair)) return BigInt(pair);
  const whole = (BigInt(pair[0] >>> 0) << 32n) | BigInt(pair[1] >>> 0);
  return isSigned ? BigInt.asIntN(64, whole) : whole;
}

function basic(value, type) {
  if (value === null || value === undefined) return undefined;
  if (type === "ByteString") return Buffer.from(value).toString("hex");
  if (value instanceof Date) return value.toISOString();
  if (WIDE.has(type)) return wide(value, type === "Int64");
  if (type === "StatusCode") return value.value;
  if (type === "Guid") return String(value).toLowerCase();
  if (type === "Variant") return variant(value);
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : Number.isFinite(value) ? value : value > 0 ? "Infinity" : "-Infinity";
  if (Buffer.isBuffer(value)) return value.toString("hex");
  if (value.identifierType !== undefined) return nodeId(value);
  if (value instanceof opcua.NumericRange) return value.isEmpty() ? undefined : value.toEncodeableString();
  if (value.schema) return structure(value, type === "ExtensionObject");
  if (value instanceof opcua.StatusCode) return value.value;
  return value;
}

function variant(value) {
  const type = opcua.DataType[value.dataType];
  if (type === "Null") return { Type: "Null" };
  const told = { Type: type };
  if (value.arrayType === 0) {
    const one = basic(value.value, type);
    if (one !== undefined) told.Value = one;
  } else if (value.value) {
    const words = WIDE.has(type) && !Array.isArray(value.value) ? Array.from(value.value) : value.value;
    told.Value = type === "ByteString" && Buffer.isBuffer(words) ? [] : Array.from(words, (one) => basic(one, type) ?? null);
  }
  if (value.dimensions && value.dimensions.length > 1) told.Dimensions = Array.from(value.dimensions);
  return told;
}

function fieldsOf(schema) {
  const base = schema.baseType && schema.baseType !== "ExtensionObject" && schema.getBaseSchema ? schema.getBaseSchema() : null;
  return [...(base && base.fields ? fieldsOf(base) : []), ...schema.fields];
}

// node-opcua has no word for a number that is not there: it is -1.
function diagnostic(value) {
  const told = {};
  for (const [name, word] of [["symbolicId", "SymbolicId"], ["namespaceURI", "NamespaceURI"], ["locale", "Locale"], ["localizedText", "LocalizedText"]])
    if (value[name] >= 0) told[word] = value[name];
  if (value.additionalInfo) told.AdditionalInfo = value.additionalInfo;
  if (value.innerStatusCode?.value) told.InnerStatusCode = value.innerStatusCode.value;
  if (value.innerDiagnosticInfo) told.InnerDiagnosticInfo = diagnostic(value.innerDiagnosticInfo);
  return told;
}

// What a Date cannot hold is in the picoseconds: all that is below a millisecond.
function dataValue(value) {
  const told = value.value ? { Value: variant(value.value) } : {};
  told.StatusCode = value.statusCode.value;
  for (const [side, word] of [["source", "Source"], ["server", "Server"]]) {
    const date = value[`${side}Timestamp`];
    if (!date) continue;
    const below = value[`${side}Picoseconds`] || 0;
    const ticks = String(Math.floor(below / 100000)).padStart(4, "0");
    told[`${word}Timestamp`] = `${date.toISOString().slice(0, 23)}${ticks}Z`;
    if (below % 100000) told[`${word}Picoseconds`] = Math.floor((below % 100000) / 10);
  }
  return told;
}

function structure(value, isExtension) {
  if (value.schema.name === "DiagnosticInfo") return diagnostic(value);
  if (value.schema.name === "DataValue") return dataValue(value);
  const told = isExtension ? { $type: value.schema.name } : {};
  for (const field of fieldsOf(value.schema)) {
    const content = value[field.name];
    if (content === null || content === undefined) continue;
    if (field.isArray) told[capital(field.originalName)] = Array.from(content, (one) => basic(one, field.fieldType) ?? null);
    else {
      const one = basic(content, field.fieldType);
      if (one !== undefined) told[capital(field.originalName)] = one;
    }
  }
  return told;
}

function line(value) {
  const text = JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `\u0001${one}\u0001` : one));
  return text.replace(/"\\u0001(-?\d+)\\u0001"/g, "$1");
}

// Milliseconds are the clock's; the rest comes from the monotonic one.
const began = BigInt(Date.now()) * 1000000n - process.hrtime.bigint();
function now() {
  const ns = began + process.hrtime.bigint();
  const micro = (ns / 1000n) % 1000000n;
  return `${new Date(Number(ns / 1000000n)).toISOString().slice(0, 19)}.${String(micro).padStart(6, "0")}Z`;
}

const address = (host, port) => `${String(host).replace("::ffff:", "")}:${port}`;
const service = (message) => message.schema.name.replace(/Request$/, "");

function security(channel) {
  const uri = channel.securityPolicy || "#None";
  return { policy: String(uri).split("#").pop(), mode: MODES[channel.securityMode] || "None" };
}

function logClients(path) {
  const file = fs.openSync(path, "w");
  const open = new Map(); // channel object -> calls by handle, which node-opcua makes the request id too
  const write = (call) => fs.writeSync(file, line(call) + "\n");
  const emit = channels.ClientSecureChannelLayer.prototype.emit;
  channels.ClientSecureChannelLayer.prototype.emit = function (name, ...what) {
    if (!open.has(this)) open.set(this, new Map());
    const calls = open.get(this);
    if (name === "send_request") {
      const [request] = what;
      const socket = this.getTransport?.()._socket;
      const told = { start: now(), ...ends(socket, this), ...security(this), channel: this.channelId || 0, service: service(request) };
      told.token = request.schema.name === "OpenSecureChannelRequest" && request.requestType === 0 ? 0 : this.activeSecurityToken?.tokenId;
      told.request_id = request.requestHeader.requestHandle;
      told.request = structure(request);
      calls.set(told.request_id, told);
      if (told.service === "CloseSecureChannel") write(told);
    } else if (name === "message") {
      const [response, , , requestId] = what;
      const told = calls.get(requestId);
      calls.delete(requestId);
      if (told) write({ ...told, end: now(), answer: response.schema.name, response: structure(response) });
    } else if (name === "close") {
      for (const told of calls.values()) if (told.service !== "CloseSecureChannel") write(told);
      calls.clear();
    }
    return emit.call(this, name, ...what);
  };
}

function ends(socket, channel) {
  const found = socket || channel.lastSocket;
  if (!found) return { client: "", server: "" };
  channel.lastEnds ??= { client: address(found.localAddress, found.localPort), server: address(found.remoteAddress, found.remotePort) };
  return channel.lastEnds;
}

function logServers(path, host, port) {
  const file = fs.openSync(path, "w");
  const write = (call) => fs.writeSync(file, line(call) + "\n");
  const layer = channels.ServerSecureChannelLayer.prototype;
  const { emit, send_response: send } = layer;
  const starts = new WeakMap();
  layer.emit = function (name, ...what) {
    // The account is of what came: it is taken before the server changes it.
    if (name === "message") starts.set(what[0], { start: now(), request: structure(what[0].request) });
    return emit.call(this, name, ...what);
  };
  layer.send_response = function (type, response, message, callback) {
    const known = starts.get(message) || { start: now(), request: structure(message.request) };
    const sent = send.call(this, type, response, message, callback);
    const told = { ...known, end: now(), client: address(this.remoteAddress, this.remotePort), server: address(host, port) };
    write({
      ...told, ...security(this), channel: this.channelId || 0, service: service(message.request), request_id: message.requestId,
      answer: response.schema.name, response: structure(response),
    });
    return sent;
  };
}

module.exports = { logClients, logServers };
