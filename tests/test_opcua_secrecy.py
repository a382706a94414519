"""OPC UA: nothing out of ciphertext, no password and no token, in documents nor in what `sentinel run` keeps."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
from opcua_logs import FOLDERS, PCAPS, Call, encrypted, log
from test_opcua_round_trips import decoded
from test_samples_against_stacks import Document, documents, end, frames, table

# Of tools/samples/opcua/asyncua_server.py, and the wrong one of asyncua_more.py.
PASSWORDS = ("pump-4711", "valve-0815", "wrong-0000")
SECRET = [folder for folder in FOLDERS if encrypted(folder)]
# What the headers of an encrypted MSG or CLO show, and how long it was.
SHOWN = {"message_type", "secure_channel_id", "token_id", "message_size", "chunk_count", "encrypted"}
SHOWN_OF = {
    "MSG": SHOWN,
    "CLO": SHOWN | {"service"},
    "OPN": {*SHOWN, "service", "security", "response", "certificate"} - {"token_id"},
}
SERVICES = {"MSG": None, "CLO": "CloseSecureChannel", "OPN": "OpenSecureChannel"}  # their types say so


def secrets(folder: Path) -> Iterator[str]:
    """In all forms that an output might have: as in the log, as bytes in hexadecimal and in Base64."""
    found: set[bytes] = {password.encode() for password in PASSWORDS}
    for side in ("stack", "server"):
        for call in log(folder, side):
            yield from tokens(call)
            token = call.get("request", {}).get("UserIdentityToken", {})
            found |= {bytes.fromhex(token[name]) for name in ("Password", "TokenData") if token.get(name)}
    for secret in found:
        yield from (secret.hex(), b64encode(secret).decode()[:-4])
    yield from PASSWORDS


def tokens(call: Call) -> Iterator[str]:
    """Those that no other node id could be."""
    for message in (call.get("request", {}).get("RequestHeader", {}), call.get("response", {})):
        token = str(message.get("AuthenticationToken", ""))
        if len(token) > len("i=4294967295"):
            yield token.partition("=")[2]


def kept(state: Path) -> str:
    """All that a state holds: tables as they are, parquet files as text."""
    parts = [file.read_bytes().decode("latin-1") for file in state.rglob("*") if file.is_file()]
    for file in state.rglob("*.parquet"):
        parts.append(polars.read_parquet(file).write_ndjson())
    return "\n".join(parts)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_no_output_holds_a_secret(folder: Path, tmp_path: Path) -> None:
    capture = str(folder / f"{folder.name}.pcap")
    outputs = []
    for arguments in (["decode", capture], ["run", "-r", capture, "--state", str(tmp_path / "state")]):
        command = [sys.executable, "-m", "sentinel", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        outputs.append(done.stdout + done.stderr)
    outputs.append(kept(tmp_path / "state"))
    assert all("opcua" in output.lower().replace(" ", "") for output in outputs)
    looked_for = sorted(set(secrets(folder)))
    assert len(looked_for) >= 3 * len(PASSWORDS)
    for output in outputs:
        assert [secret for secret in looked_for if secret in output] == []


def test_secrets_are_on_the_wire() -> None:
    """That no output holds a token is no accident."""
    (folder,) = [folder for folder in FOLDERS if folder.name == "none-milo"]
    wire = (folder / f"{folder.name}.pcap").read_bytes()
    found = {token for call in log(folder) for token in tokens(call)}
    assert found
    assert all(b64decode(token) in wire for token in found)


def test_what_is_said_of_a_password_in_clear_holds_none(tmp_path: Path) -> None:
    """It is on the wire as it is; the ledger and an alert say so."""
    capture = PCAPS / "asyncua-passwords" / "asyncua-passwords.pcap"
    assert all(word.encode() in capture.read_bytes() for word in ("pump-4711", "wrong-0000"))
    state = str(tmp_path / "state")
    said = sentinel("run", "-r", str(capture), "--state", state)
    assert "sent 10.10.8.10 the password of user operator in clear" in said
    (alert,) = [json.loads(line) for line in sentinel("alerts", "--json", "--state", state).splitlines()]
    assert alert["rule"]["name"] == "Password in clear"
    assert "change the password" in alert["sentinel"]["alert"]["meaning"]
    ledger = sentinel("assets", "--json", "--all", "--state", state)
    claims = {
        (asset["host"]["ip"][0], claim["value"])
        for asset in map(json.loads, ledger.splitlines())
        for claim in asset["sentinel"]["asset"]["claims"]
        if claim["attribute"] == "clear_text_password"
    }
    assert claims == {("10.10.8.21", "sent"), ("10.10.8.10", "accepted")}
    shown = [
        sentinel("alerts", "--all", "--state", state),
        sentinel("events", "--json", "--state", state),
        ledger,
        said,
    ]
    assert [word for text in (*shown, json.dumps(alert)) for word in PASSWORDS if word in text] == []


def sentinel(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sentinel", *words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


# ---- ciphertext -------------------------------------------------------------------------------------------------


def hidden(folder: Path) -> list[Document]:
    return [one for one in decoded(folder) if one["opcua"].get("encrypted")]


@pytest.mark.parametrize("folder", SECRET, ids=lambda path: path.name)
def test_nothing_is_told_out_of_ciphertext(folder: Path) -> None:
    for document in hidden(folder):
        kind = document["opcua"]["message_type"]
        assert set(document["opcua"]) <= SHOWN_OF[kind]
        assert document["opcua"].get("service") == SERVICES[kind]
        assert set(document["opcua"].get("response", {})) <= {"message_size", "chunk_count", "secure_channel_id"}
        assert "user" not in document
        assert "target" not in document["sentinel"]["operation"]
        assert "weird" not in document["sentinel"]


@pytest.mark.parametrize("folder", SECRET, ids=lambda path: path.name)
def test_encrypted_connections_show_their_channel_alone(folder: Path) -> None:
    for document in decoded(folder):
        if end(document, "source") in encrypted(folder) and document["opcua"]["message_type"] != "HEL":
            assert document["opcua"]["encrypted"]


@pytest.mark.parametrize("folder", SECRET, ids=lambda path: path.name)
def test_encrypted_messages_are_as_many_as_the_stack_sent(folder: Path) -> None:
    """With the channel and the token of each request, in its order."""
    for client in encrypted(folder):
        calls = [call for call in log(folder) if call["client"] == client and "sequence" in call]
        calls = [call for call in calls if call["service"] not in ("OpenSecureChannel", "Hello")]
        if not calls:
            continue
        asked = [one["opcua"] for one in hidden(folder) if end(one, "source") == client and "request" in frames(one)]
        asked = [one for one in asked if one["message_type"] in ("MSG", "CLO")]
        sent = sorted(calls, key=lambda call: int(call["sequence"]))
        assert [(one["secure_channel_id"], one["token_id"], one["chunk_count"]) for one in asked] == [
            (call["channel"], call["token"], call["chunks"]) for call in sent
        ]
        answers = [one for one in hidden(folder) if end(one, "source") == client and set(frames(one)) == {"response"}]
        assert len(answers) == sum("answer" in call for call in calls)


# ---- tshark -----------------------------------------------------------------------------------------------------


Message = tuple[str, str, str, int, int, int]  # type, sender, receiver, frame of the last chunk, chunks, bytes


def tshark_messages(folder: Path) -> Counter[Message]:
    """Chunks of a message follow each other in its direction."""
    found: Counter[Message] = Counter()
    begun: dict[tuple[str, str], list[int]] = {}
    for row in table(folder / "tshark.tsv"):
        ends = (row["source"], row["destination"])
        sizes = begun.setdefault(ends, [])
        sizes.append(int(row["size"]))
        if row["chunk"] != "C":
            found[(row["type"], *ends, int(row["frame"]), len(sizes), sum(sizes))] += 1
            begun[ends] = []
    return found


def our_messages(folder: Path) -> Counter[Message]:
    found: Counter[Message] = Counter()
    for document in documents(folder / f"{folder.name}.pcap"):
        opcua, client, server = document["opcua"], end(document, "source"), end(document, "destination")
        at = frames(document)
        if "request" in at:
            numbers = (at["request"], opcua["chunk_count"], opcua["message_size"])
            found[(opcua["message_type"], client, server, *numbers)] += 1
        if "response" in at:
            told = opcua["response"] if "request" in at else opcua
            kind = "ACK" if opcua["message_type"] == "HEL" else opcua["message_type"]
            found[(kind, server, client, at["response"], told["chunk_count"], told["message_size"])] += 1
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_message_is_one_of_tshark(folder: Path) -> None:
    """Encrypted or not: its type, its ends, the frame that completes it, its chunks and bytes."""
    ours, theirs = our_messages(folder), tshark_messages(folder)
    assert sorted((theirs - ours).elements()) == []
    assert sorted((ours - theirs).elements()) == []
