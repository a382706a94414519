// A server that logs what the stack hands over, and what it gives the stack to answer. TCP is all the stack serves.
// usage: node server.js IP PORT tcp LOG
"use strict";
const fs = require("fs");
const { ServerTCP } = require("modbus-serial");

const [, , ip, port, , log] = process.argv;
const out = fs.openSync(log, "w");
const UNITS = [1, 2, 100];
const REFUSED = 60000; // from here on an address is refused with the exception whose code is its distance
const [BITS, REGISTERS] = [2100, 300];
const coils = Array.from({ length: BITS }, (_, at) => at % 5 < 2);
const inputs = Array.from({ length: BITS }, (_, at) => at % 3 === 0);
const holding = Array.from({ length: REGISTERS }, (_, at) => 500 + at);
const input = Array.from({ length: REGISTERS }, (_, at) => 200 + at);

const now = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;

function told({ time = now(), unit, fc, address = "", quantity = "", sent = [], outcome = "ok", received = [] }) {
  const separator = fc === 43 ? ";" : ",";
  const cells = [time, "", unit, fc, address, quantity, sent.map(Number), outcome, received.join(separator), "", "", ""];
  fs.writeSync(out, cells.join("\t") + "\n");
}

function refusal(unit, table, address, quantity) {
  if (address > REFUSED) return address - REFUSED;
  if (address + quantity > table.length) return 2;
  return UNITS.includes(unit) ? 0 : 11;
}

// Reads or writes; refuses as the stack wants it: an error with the exception's code.
function touch(fc, table, unit, address, quantity, sent) {
  const code = refusal(unit, table, address, quantity);
  const call = { unit, fc, address, quantity, sent };
  if (code) {
    told({ ...call, outcome: `exception ${code}` });
    throw Object.assign(new Error("refused"), { modbusErrorCode: code });
  }
  if (sent) table.splice(address, quantity, ...sent);
  const received = sent ? [] : table.slice(address, address + quantity);
  told({ ...call, received: received.map(Number) });
  return received;
}

// Bits the stack asks for one by one: those of one request come in one go, and make one line.
let asked = null;
function bit(fc, table, address, unit) {
  if (!asked) {
    asked = { time: now(), unit, fc, address, quantity: 0, received: [], code: 0 };
    queueMicrotask(() => {
      const { code, ...call } = asked;
      told(code ? { ...call, received: [], outcome: `exception ${code}` } : call);
      asked = null;
    });
  }
  asked.quantity += 1;
  const code = refusal(unit, table, address, 1);
  asked.code = asked.code || code;
  if (code) throw Object.assign(new Error("refused"), { modbusErrorCode: code });
  asked.received.push(Number(table[address]));
  return table[address];
}

const vector = {
  getCoil: (address, unit) => bit(1, coils, address, unit),
  getDiscreteInput: (address, unit) => bit(2, inputs, address, unit),
  getHoldingRegister: (address, unit) => touch(3, holding, unit, address, 1)[0],
  getMultipleHoldingRegisters: (address, length, unit) => touch(3, holding, unit, address, length),
  getInputRegister: (address, unit) => touch(4, input, unit, address, 1)[0],
  getMultipleInputRegisters: (address, length, unit) => touch(4, input, unit, address, length),
  setCoil: (address, value, unit) => { touch(5, coils, unit, address, 1, [value]); },
  setRegister: (address, value, unit) => { touch(6, holding, unit, address, 1, [value]); },
  setCoilArray: (address, values, unit) => { touch(15, coils, unit, address, values.length, values); },
  setRegisterArray: (address, values, unit) => { touch(16, holding, unit, address, values.length, values); },
  readDeviceIdentification: (unit) => {
    told({ unit, fc: 43 });
    return { 0: "Northwater", 1: "MS-8", 2: "8.0.25", 4: "Lab", 5: "modbus-serial", 0x80: "round trips" };
  },
};

const server = new ServerTCP(vector, { host: ip, port: Number(port), unitID: 255 });
server.on("initialized", () => console.log("listening"));
server.on("serverError", (error) => console.error(error.message));
server.on("socketError", (error) => console.error(error.message));
