"""Run the demo: keys, database, seeding, then sandbox, web server and job runner side by side."""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from canbao.services.notify.texts import as_template

READY_WITHIN_S = 30
SEAL_KEY, SEAL_CERT = "seal_key.pem", "seal_cert.pem"


@dataclass(frozen=True)
class Plan:
    """Where the demo lives and how big it is."""

    home: Path
    host: str
    port: int
    sandbox_port: int
    people: int
    speed: float

    @property
    def base_url(self) -> str:
        """Where residents find it."""
        return f"http://{self.host}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the payment sandbox answers."""
        return f"http://{self.host}:{self.sandbox_port}"

    @property
    def stamp(self) -> Path:
        """Written when the seeding is complete: for how many people, and on which day."""
        return self.home / "seeded.json"


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} on")


class AlreadyRunning(RuntimeError):
    """Another demo lives in the same home; the message is where."""


@contextmanager
def sole_use(plan: Plan) -> Iterator[None]:
    """Hold the demo's home for as long as it runs: two demos would share one database and one merchant file.

    Raises:
        AlreadyRunning: somebody else holds it.
    """
    plan.home.mkdir(parents=True, exist_ok=True)
    with (plan.home / "running").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AlreadyRunning(held.read()) from None
        held.truncate(0)
        held.write(plan.base_url)
        held.flush()
        yield


def environment(plan: Plan) -> dict[str, str]:
    """The settings of this demo. Its keys are made once and kept in its home."""
    keys = plan.home / "keys.json"
    if not keys.exists():
        made = {
            name: secrets.token_hex(32)
            for name in ("CANBAO_GENE_SECRET", "CANBAO_ROOT_KEY", "CANBAO_SECRET_KEY")
        }
        keys.write_text(json.dumps(made))
        keys.chmod(0o600)
    return {
        **json.loads(keys.read_text()),
        "CANBAO_HOME": str(plan.home),
        "CANBAO_DATABASE_URL": f"sqlite:///{plan.home / 'canbao.sqlite3'}",
        "CANBAO_DEMO": "1",
        "CANBAO_BASE_URL": plan.base_url,
        "CANBAO_PAY_ORIGINS": plan.sandbox_url,
        "CANBAO_HOSTS": f"{plan.host},localhost,127.0.0.1",
        "CANBAO_WECHAT_MERCHANT": str(plan.home / "sandbox" / "merchant.json"),
        "CANBAO_IDENTITY": str(plan.home / "sandbox" / "identity.json"),
        "CANBAO_SEAL_KEY": str(plan.home / SEAL_KEY),
        "CANBAO_SEAL_CERT": str(plan.home / SEAL_CERT),
        "CANBAO_BANK_AGREEMENT": "示范协议",
        "CANBAO_POS_MERCHANT": "示范商户",
        "CANBAO_ALIPAY_MERCHANT": str(plan.home / "sandbox" / "alipay.json"),
        "CANBAO_UNIONPAY_MERCHANT": str(plan.home / "sandbox" / "unionpay.json"),
        "CANBAO_TAX": str(plan.home / "sandbox" / "tax.json"),
        "CANBAO_MEDICAL": str(plan.home / "sandbox" / "medical.json"),
        "CANBAO_PLATFORM": str(plan.home / "sandbox" / "platform.json"),
        "CANBAO_MESSAGES": str(plan.home / "sandbox" / "messages.json"),
        "DJANGO_SETTINGS_MODULE": "canbao.settings",
    }


def make_seal(plan: Plan) -> None:
    """A seal of the demo's own, signed by itself: a reader of PDF will say that nobody vouches for it."""
    if (plan.home / SEAL_CERT).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Canbao demo")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (plan.home / SEAL_KEY).touch(mode=0o600)
    (plan.home / SEAL_KEY).write_bytes(secret)
    (plan.home / SEAL_CERT).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def make_sandbox_keys(plan: Plan) -> None:
    """Let the sandbox write its keys, so that Canbao can read them before either serves."""
    command = [sys.executable, "-m", "sandbox", "keys", "--home", str(plan.home / "sandbox")]
    subprocess.run([*command, "--base-url", plan.sandbox_url], check=True, stdout=subprocess.DEVNULL)
    told = json.loads((plan.home / "sandbox" / "messages.json").read_text("utf-8"))
    words = {code: as_template(kind) for kind, code in told["sms"]["templates"].items()}
    (plan.home / "sandbox" / "texts.json").write_text(json.dumps(words, ensure_ascii=False))


def keep_from_tax(plan: Plan, numbers: Sequence[str]) -> None:
    """Let the tax side of the sandbox lose what it is told of these people: their bills stay on their way (E-1022)."""
    for number in numbers:
        asked = {"row": "lost", "certno": number, "times": 1_000_000}
        tell_sandbox(plan, "tax/behaviour", asked)


def tell_sandbox(plan: Plan, what: str, asked: Mapping[str, object]) -> None:
    """Ask the sandbox's hidden hand."""
    httpx.post(f"{plan.sandbox_url}/sandbox/{what}", json=asked).raise_for_status()


def keep_silent(plan: Plan, out_trade_nos: Sequence[str]) -> None:
    """Let the payment channel never answer about these trades: their outcome stays unknown (E-1014)."""
    for number in out_trade_nos:
        asked = {"fault": "gateway", "out_trade_no": number, "times": 1_000_000}
        httpx.post(f"{plan.sandbox_url}/sandbox/behaviour", json=asked).raise_for_status()


class Programs:
    """The demo's three programs; they start together and stop together."""

    def __init__(self, plan: Plan, settings: Mapping[str, str]) -> None:
        self._plan = plan
        self._env = {**os.environ, **settings}
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start all three and wait until the pages answer.

        Raises:
            RuntimeError: one of them ended, or did not answer in time.
        """
        plan = self._plan
        sandbox = ["-m", "sandbox", "serve", "--home", str(plan.home / "sandbox"), "--host", plan.host]
        sandbox += ["--port", str(plan.sandbox_port), "--speed", str(plan.speed)]
        self._spawn("sandbox", [*sandbox, "--merchant-url", plan.base_url])
        self._spawn("web", ["-m", "canbao", "serve", "--host", plan.host, "--port", str(plan.port)])
        self._spawn("jobs", ["-m", "canbao", "jobs"])
        self._wait(f"{plan.base_url}/readyz")
        self._wait(plan.sandbox_url)

    def watch(self) -> str:
        """Wait until one of them ends; says which."""
        while True:
            for program in self._running:
                if program.poll() is not None:
                    return f"{program.args[2]} ended with {program.returncode}"  # type: ignore[index]
            time.sleep(0.5)

    def stop(self) -> None:
        """End them all."""
        for program in self._running:
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
        for program in self._running:
            try:
                program.wait(timeout=8)
            except subprocess.TimeoutExpired:
                program.kill()

    def _spawn(self, name: str, arguments: list[str]) -> None:
        log = (self._plan.home / f"{name}.log").open("ab")
        program = subprocess.Popen([sys.executable, *arguments], env=self._env, stdout=log, stderr=log)
        self._running.append(program)

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if any(program.poll() is not None for program in self._running):
                raise RuntimeError(f"a program of the demo ended; see the logs in {self._plan.home}")
            try:
                if httpx.get(url, timeout=2).status_code < 500:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise RuntimeError(
            f"{url} did not answer within {READY_WITHIN_S} s; see the logs in {self._plan.home}"
        )
