"""The proxies that deploy/ is for, each before a real server: pages, sockets, and hundreds of slow clients."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from websockets.sync.client import connect

from medimeet import clock
from medimeet.models import Clinic
from tests import factories, machine
from tests.cli.commands import until
from tests.servers import ROOT, free_port, listens, serving
from tests.transcription.lines import Line, bearer, write_prompt

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SLOW = int(os.environ.get("MEDIMEET_TEST_SLOW_CLIENTS", "200"))
Run = Callable[[Path, int, int], list[str]]


@dataclass(frozen=True)
class Proxy:
    """A running proxy: how people reach what is behind it, and the certificate that it shows."""

    port: int
    scheme: str
    certificate: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://localhost:{self.port}"

    def get(self, path: str, **options: object) -> requests.Response:
        """What it answers."""
        return requests.get(f"{self.url}{path}", verify=self.certificate, timeout=20, **options)  # type: ignore[arg-type]

    def line(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection from an address of this machine, encrypted where people's are."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
        if self.scheme == "http":
            return plain
        return ssl.create_default_context(cafile=self.certificate).wrap_socket(plain, server_hostname="localhost")


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, app: Flask, clinic: Clinic, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy, with its file in deploy/, before two workers. Skips where it is not installed."""
    name = str(request.param)
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        machine.lacks(f"{name} (apt-get install {name})", "deploy/ was not tried with it")
    port, scheme = free_port(), {"nginx": "https", "caddy": "http"}[name]
    settings = {"MEDIMEET_BASE_URL": f"{scheme}://localhost:{port}", "MEDIMEET_TRUSTED_PROXIES": "1"}
    with serving(app, workers=2, **settings) as upstream:
        run = {"nginx": _nginx, "caddy": _caddy}[name]
        with run(program, tmp_path, port, upstream):
            yield Proxy(port, scheme, str(tmp_path / "certificate.pem"))


def test_pages_and_sockets_pass_and_what_is_too_large_or_for_machines_does_not(
    app: Flask, clinic: Clinic, proxy: Proxy
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "0" * 32, "X-Forwarded-Host": "evil.example"}
    page = proxy.get("/login/", headers=forged)
    assert page.status_code == 200 and "evil.example" not in page.text
    assert len(page.headers["X-Request-Id"]) == 32 and page.headers["X-Request-Id"] != "0" * 32
    assert proxy.get("/metrics").status_code == 404
    large = requests.post(f"{proxy.url}/login/", data=b"x" * 7_000_000, verify=proxy.certificate, timeout=20)
    assert large.status_code == 413
    patient = factories.make_patient(clinic)
    write_prompt(patient.account)
    context = ssl.create_default_context(cafile=proxy.certificate) if proxy.scheme == "https" else None
    address = f"{proxy.url.replace('http', 'ws', 1)}/ws/transcription/"
    headers = bearer(patient)
    with connect(address, ssl=context, additional_headers=headers, origin=proxy.url, proxy=None) as opened:
        ready = Line(opened).start(user_id=patient.account_id, user_email=patient.account.email)
        assert ready["type"] == "ready"


def test_hundreds_of_slow_clients_keep_nobody_waiting(clinic: Clinic, proxy: Proxy) -> None:
    half = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    with ExitStack() as slow:
        for number in range(SLOW):
            line = slow.enter_context(proxy.line())
            line.sendall(half if number % 2 else half + b"\r\nusername=")
        waits = []
        for _ in range(10):
            began = time.monotonic()
            # Where they reach the application, they hold all its threads, and this gets no answer in time.
            assert _from_another_address(proxy, "/healthz") == 200
            waits.append(time.monotonic() - began)
    print(f"{SLOW} slow clients: /healthz took {max(waits):.3f} s at most")


def _from_another_address(proxy: Proxy, path: str) -> int:
    """The status for a person elsewhere: limits are counted for each address."""
    with proxy.line("127.0.0.9") as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{proxy.port}\r\nConnection: close\r\n\r\n".encode())
        return int(line.recv(100).split()[1])


@contextmanager
def _nginx(program: str, folder: Path, port: int, upstream: int) -> Iterator[None]:
    _make_certificate(folder)
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{upstream}"),
        ("portal.example.org", "localhost"),
        ("/etc/ssl/medimeet/fullchain.pem", f"{folder}/certificate.pem"),
        ("/etc/ssl/medimeet/key.pem", f"{folder}/key.pem"),
        ("/var/log/nginx/medimeet.log", f"{folder}/access.log"),
        # The proxy names the host without its port, which on a real machine is 443.
        ("$host;", "$http_host;"),
    ):
        assert old in site, old
        site = site.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{ worker_connections 768; }}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with _running(command, folder, port, os.environ.copy()):
        yield


@contextmanager
def _caddy(program: str, folder: Path, port: int, upstream: int) -> Iterator[None]:
    environment = os.environ | {
        "SITE_ADDRESS": f"http://localhost:{port}",
        "UPSTREAM": f"127.0.0.1:{upstream}",
        "CADDY_ADMIN": f"localhost:{free_port()}",
        "HOME": str(folder),
    }
    (folder / "certificate.pem").touch()
    file = (ROOT / "deploy" / "Caddyfile").read_text()
    if _is_old(program):
        file = file.replace("request_buffers 1MB", "buffer_requests\n\t\tmax_buffer_size 1MB")
    (folder / "Caddyfile").write_text(file)
    command = [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with _running(command, folder, port, environment):
        yield


def _is_old(caddy: str) -> bool:
    version = subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3]) < (2, 6, 4)


@contextmanager
def _running(command: list[str], folder: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    with open(folder / "proxy.log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "proxy.log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(10)


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(clock.now() - timedelta(days=1))
    made = made.not_valid_after(clock.now() + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (folder / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
