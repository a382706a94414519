"""Modbus inside TLS: on its own port, and on another where the client's certificate says its role."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from pathlib import Path

from calls import Log
from lab import Lab
from pymodbus.client import ModbusTlsClient

HERE = Path(__file__).parent
PORTS = {802: ssl.TLSVersion.TLSv1_3, 8802: ssl.TLSVersion.TLSv1_2}
ROLE = "1.3.6.1.4.1.50316.802.1=ASN1:UTF8String:Operator"


def certificates() -> None:
    """Keys and certificates in /run: made for this recording, gone with it."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd="/run", check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        "req", "-x509", *key, "-keyout", "maker.key", "-out", "maker.pem", "-days", "3650", "-subj", "/CN=Northwater CA"
    )
    for name, extension in (("server", "subjectAltName=IP:10.10.2.10"), ("client", ROLE)):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        Path(f"/run/{name}.ext").write_text(extension + "\n")
        signed = (
            "-CA",
            "maker.pem",
            "-CAkey",
            "maker.key",
            "-CAcreateserial",
            "-days",
            "3650",
            "-extfile",
            f"{name}.ext",
        )
        openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)


def make(folder: Path) -> str:
    """pymodbus to pymodbus: a few reads over each connection."""
    lab = Lab(folder / "pymodbus-tls.pcap")
    certificates()
    server = lab.host("server", "10.10.2.10", "00:80:f4:0a:02:10")
    client = lab.host("client", "10.10.2.5", "00:14:22:5a:20:05")
    log = Log(time.time_ns)

    def job() -> None:
        for port, version in PORTS.items():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_cert_chain("/run/client.pem", "/run/client.key")
            context.load_verify_locations("/run/maker.pem")
            context.check_hostname = False  # pymodbus connects by address
            context.maximum_version = version
            asking = ModbusTlsClient("10.10.2.10", port=port, sslctx=context, timeout=1, retries=0)
            if not asking.connect():
                raise ConnectionError(port)
            for n in range(3):
                if asking.read_holding_registers(n, count=4, device_id=1).isError():
                    raise ValueError(n)
                log.lines.append({})
            time.sleep(0.05)
            asking.close()

    with lab:
        for port in PORTS:
            lab.serve(
                server,
                [sys.executable, str(HERE / "server_pymodbus.py"), server.ip, "PLC-9", "3", "1", "--tls", str(port)],
            )
        client.do(job).result()
    return f"{len(log.lines)} calls"
