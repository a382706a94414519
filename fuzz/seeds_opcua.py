"""Seeds of a protocol whose messages travel in chunks on channels: what stacks said, and what no stack says.

OPC UA over TCP, OPC 10000-6. Each seed is the input of a `framing/…` target: options, a seed for cuts, then messages.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from captured import conversations

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "pcaps/opcua"
SAMPLES = sorted(FOLDER.rglob("*.pcap"))
MESSAGES = ROOT / "crates/wire/tests/opcua_messages.jsonl"
WHERE = "framing/opcua-tcp"
ANSWER, LATE = 0x8000, 0x4000
# Bits of an input's first byte.
PORT, EVERY, OPENING = 1, 2, 4
MOST_BYTES = 1_900

Said = tuple[bool, bytes]

NONE = b"http://opcfoundation.org/UA/SecurityPolicy#None"
SIGNS = b"http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"
READ = 631


def record(is_client: bool, data: bytes, late: bool = False) -> bytes:
    """What one side sends: an input's message holds 4095 bytes at most."""
    parts = [data[at : at + 0x0FFF] for at in range(0, len(data), 0x0FFF)]
    mark = (0 if is_client else ANSWER) | (LATE if late else 0)
    return b"".join((len(part) | mark).to_bytes(2, "little") + part for part in parts)


def seed(options: int, said: list[Said], cut: int = 7) -> bytes:
    return bytes([options, cut]) + b"".join(record(*one) for one in said)


def chunk(kind: bytes, *fields: bytes, size: int | None = None) -> bytes:
    rest = b"".join(fields)
    return kind + struct.pack("<I", len(rest) + 8 if size is None else size) + rest


def message(body: bytes, request: int, part: bytes = b"F", kind: bytes = b"MSG", sequence: int | None = None) -> bytes:
    numbers = struct.pack("<4I", 7, 1, request if sequence is None else sequence, request)
    return chunk(kind + part, numbers, body)


def opening(policy: bytes = NONE, answered: bool = True) -> list[Said]:
    """HEL, ACK and the channel; of a policy that protects, what is encrypted is any bytes."""
    url = b"opc.tcp://plc:4840"
    hello = struct.pack("<5I", 0, 65_536, 65_536, 0, 0)
    security = struct.pack("<I", len(policy)) + policy + b"\xff" * 8
    asked, told = open_bodies()
    numbers = struct.pack("<2I", 1, 1)
    if policy != NONE:
        asked, told, numbers = bytes(range(64)), bytes(range(64, 128)), b""
    said = [
        (True, chunk(b"HELF", hello, struct.pack("<I", len(url)), url)),
        (False, chunk(b"ACKF", hello)),
        (True, chunk(b"OPNF", bytes(4), security, numbers, asked)),
    ]
    return [*said, (False, chunk(b"OPNF", struct.pack("<I", 7), security, numbers, told))] if answered else said


def open_bodies() -> tuple[bytes, bytes]:
    header = b"\0\0" + bytes(8) + struct.pack("<3I", 1, 0, 0xFFFFFFFF) + bytes(4) + bytes(3)
    asked = b"\x01\0\xbe\x01" + header + struct.pack("<3I", 0, 0, 1) + b"\xff" * 4 + struct.pack("<I", 3_600_000)
    told = b"\x01\0\xc1\x01" + bytes(8) + struct.pack("<2I", 1, 0) + b"\0" + b"\xff" * 4 + bytes(3)
    token = struct.pack("<3I", 0, 7, 1) + bytes(8) + struct.pack("<I", 3_600_000) + b"\xff" * 4
    return asked, told + token


@cache
def filled() -> dict[str, list[bytes]]:
    """Every message of a stack, each of its fields filled: by name."""
    found: dict[str, list[bytes]] = {}
    for line in MESSAGES.read_text().splitlines():
        one = json.loads(line)
        found.setdefault(one["name"], []).append(bytes.fromhex(one["hex"]))
    return found


def with_handle(body: bytes, is_request: bool) -> bytes:
    """The same with a handle that fits: in a request behind the node id of the session, told by the first two bytes."""
    at = 4 + 8
    if is_request:
        form = body[4] & 0x3F
        sizes = {0: 2, 1: 4, 2: 7, 4: 19}
        size = sizes.get(form) or 7 + max(struct.unpack_from("<i", body, 7)[0], 0)
        at += size
    return body[:at] + struct.pack("<I", 7) + body[at + 4 :]


def services() -> Iterator[list[Said]]:
    """Each service asked and answered."""
    bodies = filled()
    names = [name.removesuffix("Request") for name in bodies if name.endswith("Request")]
    for name in names:
        answers = bodies.get(name + "Response", [b""])
        for number, asked in enumerate(bodies[name + "Request"]):
            answer = with_handle(answers[number % len(answers)], False)
            yield [(True, message(with_handle(asked, True), 3)), (False, message(answer, 3))]


def chunks(path: Path) -> Iterator[list[Said]]:
    """Conversations of a capture, chunk by chunk."""
    for one in conversations(path):
        rest = {True: b"", False: b""}
        said: list[Said] = []
        for is_client, payload in one.payloads:
            held = rest[is_client] + payload
            while len(held) >= 8 and 8 <= (size := struct.unpack_from("<I", held, 4)[0]) <= len(held):
                said.append((is_client, held[:size]))
                held = held[size:]
            rest[is_client] = held
        yield said + [(is_client, held) for is_client, held in rest.items() if held]


def captured() -> Iterator[bytes]:
    """The first of each kind with what was said next, and runs of what fits into an input."""
    known: set[tuple[object, ...]] = set()
    for path in SAMPLES:
        for said in chunks(path):
            for number, (is_client, data) in enumerate(said):
                key = (path.parent.name.split("-")[0], is_client, data[:4], data[24:28], len(data) // 64)
                if key in known or len(data) > MOST_BYTES:
                    continue
                known.add(key)
                yield seed(PORT | EVERY, said[number : number + 2], number % 256)
                yield bytes([PORT, 5]) + record(is_client, data, late=True) * 2
            run: list[Said] = []
            held, runs = 0, 0
            for is_client, data in said:
                run.append((is_client, data))
                held += len(data)
                if held > MOST_BYTES:
                    yield seed(PORT | (EVERY if runs % 2 else 0), run, runs)
                    run, held, runs = [], 0, runs + 1
                if runs > 6:
                    break
            yield seed(OPENING | EVERY, run)
            yield seed(PORT, run)


def in_parts() -> Iterator[bytes]:
    """Messages in several chunks: whole, aborted, without end, one within another, out of sequence, too long."""
    asked, answer = next(iter(services()))
    for name in ("Browse", "Read", "CreateSession"):
        body = with_handle(filled()[name + "Response"][0], False)
        question = message(with_handle(filled()[name + "Request"][0], True), 3)
        third = len(body) // 3 or 1
        cut = [body[:third], body[third : 2 * third], body[2 * third :]]
        parts = [message(part, 3, b"C" if at < 2 else b"F", sequence=50 + at) for at, part in enumerate(cut)]
        gone = message(struct.pack("<II", 0x80080000, 7) + b"too big", 3, b"A", sequence=52)
        for options in (PORT, PORT | EVERY | OPENING):
            for first in ([], opening()):
                yield seed(options, [*first, (True, question), *((False, part) for part in parts)])
        yield seed(3, [(True, question), (False, parts[0]), (False, gone), asked, answer])
        yield seed(3, [(True, parts[0]), (True, gone), (False, gone)])
        yield seed(3, [*opening(), (True, question), *((False, parts[0]) for _ in range(20))])
        yield seed(3, [(True, question), (False, parts[0]), answer, (False, parts[2])])
        yield seed(3, [(True, question), (False, parts[1]), (False, parts[2]), (False, parts[0])])
        late = b"".join(record(False, part, late=True) for part in parts)
        yield seed(3, [(True, question)]) + late
    for kind in (b"OPNC", b"CLOC", b"OPNA", b"CLOA", b"HELC", b"ACKA", b"ERRC"):
        yield seed(3, [*opening(), (True, chunk(kind, bytes(32))), asked, answer])


def protected() -> Iterator[bytes]:
    """Channels that sign or encrypt, told or not, renewed, and with policies that nobody knows."""
    asked, answer = next(iter(services()))
    signed = [(is_client, chunk(data[:4], data[8:], bytes(32))) for is_client, data in (asked, answer)]
    secret = [(at % 2 == 0, message(bytes((at * 31 + i * 7) % 256 for i in range(48)), at * 991)) for at in range(4)]
    policies = [
        b"Basic128Rsa15",
        b"Basic256",
        b"Aes128_Sha256_RsaOaep",
        b"Aes256_Sha256_RsaPss",
        b"Nonsense",
        b"None#x",
    ]
    for policy in [SIGNS, *(SIGNS[: SIGNS.index(b"#") + 1] + name for name in policies), b"", b"\xff" * 300]:
        yield seed(3, [*opening(policy), *signed])
        yield seed(1, [*opening(policy), *secret, *opening(policy)[2:], *secret])
    yield seed(3, secret)
    yield seed(5, [*secret, asked, answer])
    yield seed(3, [*opening(), *secret, asked, answer])
    yield seed(3, [(True, message(secret[0][1][24:], 3, b"C")), secret[0], (True, message(b"", 3, b"A")), secret[1]])
    # Channels and tokens that were not issued, a second opening, an end.
    foreign = [(is_client, data[:8] + struct.pack("<II", 8, 9) + data[16:]) for is_client, data in (asked, answer)]
    close = (True, message(filled()["CloseSecureChannelRequest"][0], 9, kind=b"CLO"))
    yield seed(3, [*opening(), *foreign, *opening()[2:], asked, answer, *opening(), close, close])
    yield seed(1, [*opening(answered=False), asked, answer, close])


def errors() -> Iterator[bytes]:
    """ERR, RHE, refusals and what is of the wrong side."""
    asked, answer = next(iter(services()))
    texts = [b"", b"\xff" * 4, b"\x03\0\0\0bad", b"\x03\0\0\0\xff\xfe\xfd"]
    for text in texts:
        refusal = (False, chunk(b"ERRF", struct.pack("<I", 0x80820000), text))
        yield seed(3, [*opening(answered=False), refusal])
        yield seed(3, [asked, refusal, answer])
        name = struct.pack("<I", 7) + b"urn:plc"
        reverse = (False, chunk(b"RHEF", name, text))
        yield seed(OPENING | EVERY, [reverse, *opening(), asked, answer])
        yield seed(1, [(True, reverse[1]), (True, chunk(b"HELF", bytes(20), text))])
    for code in (0x800B0000, 0x80250000, 0x40000000, 0xFFFFFFFF, 0x00A60000):
        fault = b"\x01\0\x8d\x01" + bytes(8) + struct.pack("<2I", 7, code) + b"\0" + b"\xff" * 4 + bytes(3)
        yield seed(3, [asked, (False, message(fault, 3)), (True, message(fault, 4)), asked, (False, message(fault, 5))])
    # Answers to nothing, asked twice, of another service, from the wrong side.
    pairs = list(services())
    for at in range(0, len(pairs) - 1, 5):
        (one, two), (three, four) = pairs[at], pairs[at + 1]
        yield seed(3, [two, one, one, four, (True, two[1]), (False, one[1]), three, two])


def lying() -> Iterator[bytes]:
    """Each header and array with a length that is too short, too long or negative; what is nested, or counts without end."""
    asked, answer = read_pair(b"\x01\x01")
    for size in (0, 7, 8, 9, 16, 24, 27, 28, 200, 0x0010_0001, 0x7FFF_FFFF, 0xFFFF_FFFF):
        for at, (is_client, data) in enumerate([*opening(), asked, answer]):
            broken = (is_client, data[:4] + struct.pack("<I", size) + data[8:])
            before = [*opening(), asked, answer][:at]
            yield seed(3, [*before, broken, asked, answer])
    for kind in (b"MSGX", b"MSXF", b"GET ", b"M", b"MSGF"):
        yield seed(3, [*opening(), asked, (True, kind), answer, (True, kind + bytes(30)), asked, answer])
    bombs = [bytes([24]) * 600, b"\x98\x02\0\0\0\0" * 100, bytes([23, 1]) * 300, bytes([25, 0x40]) * 300]
    for builtin in range(64):
        bombs += [bytes([0x80 | builtin]) + struct.pack("<i", count) + bytes(40) for count in (-1, 2, 0x7FFFFFFF)]
        bombs += [
            bytes([0xC0 | builtin]) + struct.pack("<i", 4) + bytes(16) + struct.pack("<3I", 2, 2, 2),
            bytes([builtin]),
        ]
        bombs += [bytes([builtin]) + b"\x02\0\0\0ab" + bytes(24), bytes([builtin]) + b"\xff" * 24]
    for number, bomb in enumerate(bombs):
        broken_pair = read_pair(bomb)
        yield seed(1 | (number % 2) << 1, [*broken_pair, asked, answer], number % 256)
    bodies = [(is_client, data[24:]) for said in services() for is_client, data in said]
    for number, (is_client, body) in enumerate(bodies):
        # Each third one is enough: fields are of few types.
        if number % 3 == 0:
            half = message(body[: 24 + len(body) // 2], 3)
            yield seed(3, [(is_client, half), asked, answer])
        if number % 3 == 1:
            longer = message(body + b"\0", 3)
            yield seed(3, [(is_client, longer), asked, answer])
        at = body.find(b"\x02\0\0\0", 24)
        if at > 0:
            huge = body[:at] + b"\xff\xff\xff\x7f" + body[at + 4 :]
            yield seed(3, [(is_client, message(huge, 3)), asked, answer])


def read_pair(variant: bytes, node: bytes = b"\0\x0f", attribute: int = 13, index: bytes = b"\xff" * 4) -> list[Said]:
    """A Read of one attribute, with what is said of it: a Variant, as it is."""
    asked = bytes(8) + struct.pack("<II", 2, 1) + node + struct.pack("<I", attribute) + index + b"\0\0" + b"\xff" * 4
    return pair(READ, asked, struct.pack("<I", 1) + b"\x01" + variant + b"\xff" * 4)


def pair(number: int, asked: bytes, told: bytes, request: int = 3) -> list[Said]:
    """A request of this number and its answer, what follows their headers given."""
    asking = (
        b"\x01\0" + struct.pack("<H", number) + b"\0\0" + bytes(8) + struct.pack("<3I", 7, 0, 0xFFFFFFFF) + bytes(7)
    )
    telling = (
        b"\x01\0" + struct.pack("<H", number + 3) + bytes(8) + struct.pack("<2I", 7, 0) + b"\0" + b"\xff" * 4 + bytes(3)
    )
    return [(True, message(asking + asked, request)), (False, message(telling + told, request))]


def watched() -> list[Said]:
    """Items from their making to their end, and what is reported of them between."""
    null, one = b"\xff" * 4, struct.pack("<I", 1)
    five, item = struct.pack("<I", 5), struct.pack("<I", 3)
    first, second = struct.pack("<I", 77), struct.pack("<I", 78)
    how = bytes(8) + bytes(3) + one + b"\x01"
    made = bytes(4) + item + bytes(8) + one + bytes(3)
    good = one + bytes(4) + null

    def reported(handle: bytes, value: int) -> bytes:
        body = one + handle + b"\x01\x06" + struct.pack("<i", value) + null
        return struct.pack("<I", value) + bytes(8) + one + b"\x01\0\x2b\x03\x01" + struct.pack("<I", len(body)) + body

    def publish(handle: bytes, value: int) -> list[Said]:
        return pair(826, null, five + null + b"\0" + reported(handle, value) + null + null, value)

    node = b"\x01\x02\x09\0" + struct.pack("<I", 13) + null + b"\0\0" + null
    story = pair(751, five + one + one + node + struct.pack("<I", 2) + first + how, one + made + null)
    story += publish(first, 11) + publish(first, 12)
    story += pair(763, five + one + one + item + second + how, one + bytes(4) + bytes(8) + one + bytes(3) + null)
    story += publish(second, 13) + pair(832, five + one, reported(second, 14))
    story += pair(781, five + one + item, good) + publish(second, 15)
    story += pair(751, five + one + one + node + struct.pack("<I", 2) + first + how, one + made + null) + publish(
        first, 16
    )
    return story + pair(847, one + five, good) + publish(first, 17)


def points() -> Iterator[bytes]:
    """Values of every type, form of node and range; items watched, changed, reported and forgotten."""
    nodes = [
        b"\0\x0f",
        b"\x01\x01\x10\0",
        b"\x02\x01\0\x10\0\0\0",
        b"\x03\x01\0\x02\0\0\0ab",
        b"\x04\x01\0" + bytes(16),
    ]
    nodes += [b"\x05\x01\0\x02\0\0\0ab", b"\x05\x01\0" + b"\xff" * 4, b"\x06\0", b"\x40\x0f"]
    array = b"\x86\x03\0\0\0" + struct.pack("<3i", 1, 2, 3)
    for node in nodes:
        for index in (b"\xff" * 4, b"\x03\0\0\x001:3", b"\x0a\0\0\x004294967295", b"\x03\0\0\0,,:"):
            yield seed(PORT, [*read_pair(array, node, index=index), *read_pair(b"\x06\x01\0\0\0", node, index=index)])
        yield seed(PORT, [*read_pair(b"\x15\x02\x04\0\0\0Pump", node, 4), *read_pair(array, node)])
    values = [
        b"\x0a\0\0\xc0\x7f",
        b"\x0b" + struct.pack("<d", float("inf")),
        b"\x0b" + struct.pack("<d", 1.5),
        b"\x0c\x03\0\0\0\xff\xfea",
    ]
    values += [b"\x0d" + struct.pack("<q", when) for when in (0, -1, 2**62, 132_000_000_000_000_000)]
    values += [
        b"\x16\x01\x01\x05\x00\x01\x03\0\0\0abc",
        b"\x16\x01\x01\x05\x00\x02\x03\0\0\0<a>",
        b"\x16\0\0\0",
        b"\x16\0\0\x03",
    ]
    values += [
        b"\x09" + b"\xff" * 8,
        b"\x86\x20\0\0\0" + bytes(128),
        b"\xc6\x04\0\0\0" + bytes(16) + struct.pack("<3I", 2, 2, 2),
    ]
    values += [b"\x19\x7f" + bytes(40), b"\x17\x3f\x06\x01\0\0\0" + bytes(24), b"\x18\x06\x01\0\0\0", b"\0"]
    run: list[Said] = []
    for value in values:
        run += read_pair(value)
    yield seed(1, run)
    yield seed(3, run)
    for value in values:
        yield seed(1, read_pair(value))
    yield seed(PORT, watched())
    yield seed(PORT | EVERY, watched())
    bodies = filled()
    watching = ["CreateSubscription", "CreateMonitoredItems", "Publish", "ModifyMonitoredItems", "Publish", "Republish"]
    watching += ["DeleteMonitoredItems", "TransferSubscriptions", "Publish", "DeleteSubscriptions", "Publish"]
    for turn in range(6):
        said: list[Said] = []
        for at, name in enumerate(watching):
            asked, told = bodies[name + "Request"], bodies[name + "Response"]
            said.append((True, message(with_handle(asked[turn % len(asked)], True), at)))
            said.append((False, message(with_handle(told[turn % len(told)], False), at)))
        for half in (said[: len(said) // 2], said[4:14], said):
            yield seed(PORT | (turn % 2) << 1, half)


def text(data: bytes | None) -> bytes:
    return struct.pack("<i", -1) if data is None else struct.pack("<i", len(data)) + data


def two_byte(number: int, namespace: int = 1) -> bytes:
    """A node id with a number of up to two bytes."""
    return b"\x01" + bytes([namespace]) + struct.pack("<H", number)


def reference(node: bytes, name: bytes, *, namespace: int = 2, node_class: int = 2, is_forward: bool = True) -> bytes:
    """A ReferenceDescription (OPC 10000-4, 7.30)."""
    named = struct.pack("<H", namespace) + text(name)
    return (
        b"\0\x2e" + bytes([is_forward]) + node + named + b"\x02" + text(name) + struct.pack("<I", node_class) + b"\0\0"
    )


def browsed(of: bytes, references: list[bytes], point: bytes | None = None) -> list[Said]:
    """Browse of one node, and what hangs below it."""
    view = b"\0\0" + bytes(8) + bytes(4) + bytes(4)
    asked = view + struct.pack("<i", 1) + of + bytes(4) + b"\0\0" + b"\x01" + bytes(8)
    told = struct.pack("<i", 1) + bytes(4) + text(point) + struct.pack("<i", len(references)) + b"".join(references)
    return pair(527, asked, told + text(None))


def browsed_on(point: bytes, references: list[bytes]) -> list[Said]:
    told = struct.pack("<i", 1) + bytes(4) + text(None) + struct.pack("<i", len(references)) + b"".join(references)
    return pair(533, b"\0" + struct.pack("<i", 1) + text(point), told + text(None))


def translated(start: bytes, way: list[tuple[bytes, bool]], node: bytes, rest: int = 0xFFFFFFFF) -> list[Said]:
    """TranslateBrowsePathsToNodeIds of one path: its names, and whether each goes back."""
    steps = [b"\0\x2e" + bytes([goes_back, 1]) + b"\x02\0" + text(name) for name, goes_back in way]
    asked = struct.pack("<i", 1) + start + struct.pack("<i", len(steps)) + b"".join(steps)
    told = struct.pack("<i", 1) + bytes(4) + struct.pack("<i", 1) + node + struct.pack("<I", rest)
    return pair(554, asked, told + text(None))


PROPERTIES = (
    (b"Manufacturer", b"\x15\x02" + text(b"Toy Works")),
    (b"Model", b"\x15\x03" + text(b"en") + text(b"P-100")),
    (b"SerialNumber", b"\x0c" + text(b"17")),
    (b"DeviceClass", b"\x0c" + text(b"")),
    (b"YearOfConstruction", b"\x05\xe8\x07"),
    (b"MonthOfConstruction", b"\x03\0"),
    (b"InitialOperationDate", b"\x0d" + struct.pack("<q", 132_000_000_000_000_000)),
    (b"Location", b"\x0a\0\0\xc0\x3f"),
    (b"NoName", b"\x0c" + text(b"x")),
)


def nameplates() -> Iterator[bytes]:
    """What servers say of themselves and of their parts: namespaces before, between or after, names found each way, values."""
    models = [b"http://opcfoundation.org/UA/", b"urn:plc", b"http://opcfoundation.org/UA/DI/"]
    others = [*models, b"http://opcfoundation.org/UA/Machinery/"]

    def namespaces(uris: list[bytes]) -> list[Said]:
        array = b"\x8c" + struct.pack("<i", len(uris)) + b"".join(text(uri) for uri in uris)
        return read_pair(array, b"\x01\0\xcf\x08")

    def plate(of: int, first: int, namespace: int = 1) -> tuple[list[Said], list[Said]]:
        nodes = [two_byte(first + at, namespace) for at in range(len(PROPERTIES))]
        found = [reference(node, name) for node, (name, _) in zip(nodes, PROPERTIES, strict=True)]
        read = [said for node, (_, value) in zip(nodes, PROPERTIES, strict=True) for said in read_pair(value, node)]
        return browsed(two_byte(of), found), read

    (names, values), (more_names, more_values) = plate(100, 200), plate(101, 300)
    types, of_types = plate(102, 400, namespace=2)
    for option in (PORT, PORT | EVERY):
        yield seed(option, [*namespaces(models), *names, *values])
        yield seed(option, [*names, *values, *namespaces(models)])
        yield seed(option, [*namespaces(models[:2]), *names, *values[:6], *namespaces(models), *names, *values[:6]])
        yield seed(
            option, [*namespaces(models), *names, *values[:4], *more_names, *more_values[:8], *namespaces(others)]
        )
        yield seed(option, [*namespaces(models), *types, *of_types[:6]])
    machines = [reference(two_byte(number), b"Machine", namespace=1, node_class=1) for number in (100, 101)]
    found = [reference(two_byte(200), b"Manufacturer"), reference(two_byte(201), b"Model", is_forward=False)]
    foreign = reference(b"\x41\x01\xc8\0\x05\0\0\0", b"Model")
    for folder in (two_byte(5001, 2), two_byte(1001, 2), two_byte(85, 0)):
        yield seed(PORT, [*namespaces(models), *browsed(folder, machines), *names, *values[:6]])
    for point in (b"\x01\x02", b""):
        begun, rest = browsed(two_byte(100), found, point), browsed_on(point, [*found[:1], foreign])
        yield seed(PORT, [*namespaces(models), *begun, *rest, *rest, *values[:4]])
    for way in (
        [(b"Manufacturer", False)],
        [(b"Identification", False), (b"SerialNumber", False)],
        [(b"Identification", True), (b"Model", True)],
        [],
    ):
        for rest in (0xFFFFFFFF, 1):
            said = translated(two_byte(100), way, two_byte(200), rest)
            again = translated(two_byte(101), way, two_byte(200), rest)
            yield seed(PORT, [*namespaces(models), *said, *again, *values[:2], *names, *values[:6]])
    yield seed(PORT, [*translated(two_byte(100), [(b"Model", False)], foreign[3:11]), *namespaces(models)])


def seeds() -> Iterator[tuple[str, bytes]]:
    for said in services():
        yield WHERE, seed(PORT | EVERY, said)
        yield WHERE, seed(OPENING, [*opening(), *said])
    for one in (captured, in_parts, protected, errors, lying, points, nameplates):
        yield from ((WHERE, data) for data in one())
