"""The keys of one merchant and of the platform, made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from sandbox.secret import write_secret

MERCHANT_FILE = "merchant.json"
MERCHANT_KEY_FILE = "merchant_key.pem"
MERCHANT_CERT_FILE = "merchant_cert.pem"
PLATFORM_KEY_FILE = "platform_key.pem"
PLATFORM_PUBLIC_FILE = "platform_public.pem"
RSA_BITS = 2048
CERT_YEARS = 5


@dataclass(frozen=True)
class Keys:
    """What the platform knows: its own private key, and of the merchant only what it must."""

    appid: str
    mchid: str
    apiv3_key: bytes
    merchant_public_key: rsa.RSAPublicKey
    merchant_cert_serial: str
    platform_key: rsa.RSAPrivateKey
    platform_key_id: str


def make_keys(home: Path, base_url: str) -> Path:
    """Make every key that is absent; return the path of `merchant.json`.

    Idempotent: existing keys stay, only `base_url` and the paths are brought up to date.
    """
    home.mkdir(parents=True, exist_ok=True)
    told = home / MERCHANT_FILE
    if not told.exists():
        _make_all(home)
    facts = json.loads(told.read_text("utf-8"))
    facts["merchant_private_key_path"] = str((home / MERCHANT_KEY_FILE).resolve())
    facts["platform_public_key_path"] = str((home / PLATFORM_PUBLIC_FILE).resolve())
    facts["base_url"] = base_url.rstrip("/")
    write_secret(told, json.dumps(facts, indent=2, ensure_ascii=False).encode() + b"\n")
    return told


def load_keys(home: Path) -> Keys:
    """Read what `make_keys` wrote. Raises FileNotFoundError where it has not run."""
    facts = json.loads((home / MERCHANT_FILE).read_text("utf-8"))
    platform_key = serialization.load_pem_private_key((home / PLATFORM_KEY_FILE).read_bytes(), None)
    merchant_cert = x509.load_pem_x509_certificate((home / MERCHANT_CERT_FILE).read_bytes())
    merchant_public_key = merchant_cert.public_key()
    if not isinstance(platform_key, rsa.RSAPrivateKey) or not isinstance(
        merchant_public_key, rsa.RSAPublicKey
    ):
        raise ValueError(f"not RSA keys in {home}")  # noqa: TRY004 (the files are unfit, not the argument)
    return Keys(
        appid=facts["appid"],
        mchid=facts["mchid"],
        apiv3_key=facts["apiv3_key"].encode("ascii"),
        merchant_public_key=merchant_public_key,
        merchant_cert_serial=facts["merchant_cert_serial"],
        platform_key=platform_key,
        platform_key_id=facts["platform_public_key_id"],
    )


def _make_all(home: Path) -> None:
    merchant_key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    platform_key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    mchid = "19" + "".join(secrets.choice("0123456789") for _ in range(8))
    certificate = _certificate(merchant_key, mchid)
    write_secret(home / MERCHANT_KEY_FILE, _private_pem(merchant_key))
    write_secret(home / PLATFORM_KEY_FILE, _private_pem(platform_key))
    (home / MERCHANT_CERT_FILE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (home / PLATFORM_PUBLIC_FILE).write_bytes(
        platform_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    facts = {
        "appid": "wx" + secrets.token_hex(8),
        "mchid": mchid,
        "apiv3_key": secrets.token_hex(16),
        "merchant_cert_serial": f"{certificate.serial_number:X}",
        "platform_public_key_id": "PUB_KEY_ID_" + "".join(secrets.choice("0123456789") for _ in range(28)),
    }
    # Last of all: its presence says that everything else is complete.
    write_secret(home / MERCHANT_FILE, json.dumps(facts).encode())


def _certificate(key: rsa.RSAPrivateKey, mchid: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, mchid)])
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=365 * CERT_YEARS))
        .sign(key, hashes.SHA256())
    )


def _private_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
