// One call a line of standard input, one line of outcome on standard output; the columns are those of foreign.py.
// A line "together N" is followed by N calls that do not wait for each other.
// usage: node client.js IP PORT tcp|rtu_over_tcp|udp
"use strict";
const readline = require("readline");
const ModbusRTU = require("modbus-serial");

const [, , ip, port, framing] = process.argv;
const client = new ModbusRTU();
const numbers = (cell) => (cell === "" ? [] : cell.split(",").map(Number));
const words = (bytes) => Array.from({ length: Math.floor(bytes.length / 2) }, (_, at) => bytes[2 * at] * 256 + bytes[2 * at + 1]);

async function ask(line) {
  const cells = line.split("\t");
  const [fc, unit, address, quantity, writeAddress] = [0, 1, 2, 3, 5].map((at) => Number(cells[at]));
  const [sent, extra] = [numbers(cells[4]), numbers(cells[6])];
  client.setID(unit);
  switch (fc) {
    case 1: return (await client.readCoils(address, quantity)).data.slice(0, quantity).map(Number);
    case 2: return (await client.readDiscreteInputs(address, quantity)).data.slice(0, quantity).map(Number);
    case 3: return (await client.readHoldingRegisters(address, quantity)).data;
    case 4: return (await client.readInputRegisters(address, quantity)).data;
    case 5: await client.writeCoil(address, sent[0] === 1); return [];
    case 6: await client.writeRegister(address, sent[0]); return [];
    case 15: await client.writeCoils(address, sent.map((bit) => bit === 1)); return [];
    case 16: await client.writeRegisters(address, sent); return [];
    case 17: {
      const { serverId, additionalData } = await client.reportServerID(0, 0);
      return [serverId, "?", ...additionalData]; // of the status it tells only whether it is 255
    }
    // The stack asks for 100 registers whatever is wanted, and counts two bytes of the header as data.
    case 20: {
      const { data, length } = await client.readFileRecords(extra[0], extra[1]);
      return words(data.slice(0, length - 2));
    }
    case 22: await client.maskWriteRegister(address, sent[0], sent[1]); return [];
    case 23: return (await client.readWriteRegisters(address, quantity, writeAddress, sent.length, sent)).data;
    case 43: {
      const { data } = await client.readDeviceIdentification(extra[0], extra[1]);
      return Object.entries(data).map(([id, text]) => `${id}=${text}`);
    }
    default: throw new Error(`no call for function ${fc}`);
  }
}

const hung = () => new Promise((_, reject) => setTimeout(() => reject(new Error("the stack never came back")), 3000).unref());

async function outcome(line) {
  try {
    const received = await Promise.race([ask(line), hung()]);
    return `ok\t${received.join(line.startsWith("43\t") ? ";" : ",")}`;
  } catch (error) {
    if (error.modbusCode) return `exception ${error.modbusCode}\t`;
    const name = error.name === "TransactionTimedOutError" ? "timeout" : `error ${error.message || error.name}`;
    return `${name.replace(/[\t\n]/g, " ")}\t`;
  }
}

async function main() {
  const connect = { tcp: client.connectTCP, rtu_over_tcp: client.connectTelnet, udp: client.connectUDP }[framing];
  await connect.call(client, ip, { port: Number(port) });
  client.setTimeout(700);
  const socket = client._port._client;
  const local = framing === "udp" ? socket.address().port : socket.localPort;
  console.log(`connected ${local}`);
  const waiting = [];
  let together = 0;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.startsWith("together")) {
      together = Number(line.split("\t")[1]);
      continue;
    }
    waiting.push(outcome(line));
    if (waiting.length < together) continue;
    for (const said of await Promise.all(waiting)) console.log(said);
    waiting.length = together = 0;
  }
  client.close(() => process.exit(0));
}

main();
