"""OPC UA: what `sentinel run` knows of clients and servers, held against what they said of themselves in the stacks' logs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from opcua_logs import FOLDERS, MODES, TOKEN_TYPES, Call, encrypted, log, readable

SERVER = "10.10.8.10"
WORDS = Path(__file__).parent.parent / "crates" / "wire" / "src" / "protocols" / "opcua" / "words.rs"
# Told of by calls that can be read; certificates and policies also by an OPN that cannot.
TOLD = ("application_name", "application_uri", "product_uri", "login_used", "login_offered", "login_accepted", "clear_text_password", "security_offered",
        "endpoint_url", "namespace", "vendor", "model", "firmware", "build_number")  # fmt: skip
BUILD = {"ManufacturerName": "vendor", "ProductName": "model", "SoftwareVersion": "firmware", "BuildNumber": "build_number",
         "ProductUri": "product_uri"}  # fmt: skip
# Variables that say the same one by one (OPC 10000-6, A.1).
NODES = {"i=2263": "vendor", "i=2261": "model", "i=2264": "firmware", "i=2262": "product_uri", "i=2265": "build_number"}

Claims = dict[str, dict[str, set[str]]]  # address, attribute, values


def add_application(claims: Claims, host: str, application: dict[str, Any]) -> None:
    for member, attribute in (("ApplicationUri", "application_uri"), ("ProductUri", "product_uri")):
        claims[host][attribute].add(application.get(member) or "")
    claims[host]["application_name"].add(application.get("ApplicationName", {}).get("Text", ""))


def add_endpoints(claims: Claims, endpoints: list[dict[str, Any]]) -> None:
    for endpoint in endpoints:
        policy, mode = endpoint["SecurityPolicyUri"].partition("#")[2], MODES[endpoint["SecurityMode"]]
        claims[SERVER]["security_offered"].add(policy if policy == mode else f"{policy} {mode}")
        claims[SERVER]["endpoint_url"].add(endpoint["EndpointUrl"])
        claims[SERVER]["login_offered"] |= {
            TOKEN_TYPES[one["TokenType"]] for one in endpoint.get("UserIdentityTokens", [])
        }
        add_application(claims, SERVER, endpoint["Server"])
        add_certificate(claims, SERVER, endpoint.get("ServerCertificate"))


def add_certificate(claims: Claims, host: str, certificate: str | None) -> None:
    if certificate:
        claims[host]["certificate_thumbprint"].add(hashlib.sha1(bytes.fromhex(certificate)).hexdigest().upper())


def add_read(claims: Claims, call: Call) -> None:
    """What a server says in variables that all have."""
    for target, result in zip(call["request"]["NodesToRead"], call["response"].get("Results", []), strict=False):
        value = result.get("Value", {}).get("Value")
        if target["AttributeId"] != 13 or value is None:
            continue
        if target["NodeId"] == "i=2255":
            claims[SERVER]["namespace"] |= set(value[1:])
        elif target["NodeId"] in NODES:
            claims[SERVER][NODES[target["NodeId"]]].add(value)
        elif target["NodeId"] in ("i=2256", "i=2260"):
            for member, attribute in BUILD.items():
                claims[SERVER][attribute].add(value.get("BuildInfo", value).get(member, ""))


def known(folder: Path) -> Claims:
    claims: Claims = defaultdict(lambda: defaultdict(set))
    for call in [*readable(folder), *readable(folder, "server")]:
        host, service, request = call["client"].partition(":")[0], call["service"], call["request"]
        response = call.get("response", {})
        if call.get("answer", "ServiceFault") == "ServiceFault" and service != "ActivateSession":
            continue
        if service == "CreateSession":
            add_application(claims, host, request["ClientDescription"])
            add_certificate(claims, host, request.get("ClientCertificate"))
            add_endpoints(claims, response.get("ServerEndpoints", []))
            add_certificate(claims, SERVER, response.get("ServerCertificate"))
        elif service == "GetEndpoints":
            add_endpoints(claims, response.get("Endpoints", []))
        elif service == "Read":
            add_read(claims, call)
        elif service == "ActivateSession":
            kind = (
                request.get("UserIdentityToken", {})
                .get("$type", "AnonymousIdentityToken")
                .removesuffix("IdentityToken")
            )
            kind = {"X509": "Certificate"}.get(kind, kind)
            claims[host]["login_used"].add(kind)
            token = request.get("UserIdentityToken", {})
            is_clear = bool(token.get("Password")) and not token.get("EncryptionAlgorithm")
            if is_clear:
                claims[host]["clear_text_password"].add("sent")
            if call.get("answer") == "ActivateSessionResponse":
                claims[SERVER]["login_accepted"].add(kind)
                if is_clear:
                    claims[SERVER]["clear_text_password"].add("accepted")
    return claims


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "sentinel", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Claims]:
    """By case: what other protocols say is left out."""
    found: dict[str, Claims] = {}
    for folder in FOLDERS:
        state = str(tmp_path_factory.mktemp("states") / folder.name)
        run("run", "-r", str(folder / f"{folder.name}.pcap"), "--state", state)
        claims: Claims = defaultdict(lambda: defaultdict(set))
        for line in run("assets", "--state", state, "--json", "--all").splitlines():
            asset = json.loads(line)
            for claim in asset["sentinel"]["asset"]["claims"]:
                # What nameplates say is another test's (`test_opcua_nameplates.py`); the other samples have none.
                if claim["source"] == "opcua nameplate":
                    assert folder.name == "nameplates"
                    continue
                if claim["source"].startswith("opcua "):
                    claims[asset["host"]["ip"][0]][claim["attribute"]].add(claim["value"])
        found[folder.name] = claims
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_claims_are_what_clients_and_servers_say(folder: Path, assets: dict[str, Claims]) -> None:
    ours, theirs = assets[folder.name], known(folder)
    for host in set(theirs) | set(ours):
        for attribute in TOLD:
            values = {value for value in theirs[host][attribute] if value}
            if attribute == "application_uri":
                # Certificates name it too.
                assert values <= ours[host][attribute], host
            else:
                assert ours[host][attribute] == values, (host, attribute)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_policies_in_use_are_those_of_the_channels(folder: Path, assets: dict[str, Claims]) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for call in log(folder):
        if call.get("answer") == "OpenSecureChannelResponse":
            mode = "" if call["policy"] == "None" else f" {call['mode']}"
            used[call["client"].partition(":")[0]].add(call["policy"] + mode)
    for host, policies in used.items():
        assert policies <= assets[folder.name][host]["security_used"]
        assert policies <= assets[folder.name][SERVER]["security_used"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_certificates_are_those_that_were_shown(folder: Path, assets: dict[str, Claims]) -> None:
    """An OPN shows certificates besides, which no log holds: those of the same sides."""
    theirs, ours = known(folder), assets[folder.name]
    for host, claims in theirs.items():
        assert claims["certificate_thumbprint"] <= ours[host]["certificate_thumbprint"], host
        if claims["certificate_thumbprint"]:
            for attribute in ("subject", "issuer", "expires", "key", "signature"):
                assert ours[host][f"certificate_{attribute}"]
            assert any(re.fullmatch(r"RSA \d{4}", key) for key in ours[host]["certificate_key"])


def test_encrypted_sessions_name_nobody(assets: dict[str, Claims]) -> None:
    for folder in FOLDERS:
        for end in encrypted(folder):
            claims = assets[folder.name][end.partition(":")[0]]
            calls = [one for side in ("stack", "server") for one in log(folder, side) if one["client"] == end]
            policies = {one["policy"] for one in calls if one.get("mode") == "SignAndEncrypt"}
            assert policies
            assert claims["certificate_thumbprint"]
            assert {f"{policy} SignAndEncrypt" for policy in policies} <= claims["security_used"]
            assert not claims["login_used"]
            assert not claims["application_name"]


def test_words_of_the_protocol_are_explained() -> None:
    words = re.findall(r'^    \("([^"]+)", "([^"]+)"\)', WORDS.read_text(), re.MULTILINE)
    assert len(words) > 25
    for word, meaning in words:
        assert meaning in " ".join(run("explain", word).split()), word
