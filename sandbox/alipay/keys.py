"""The keys of one application and of Alipay, made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

MERCHANT_FILE = "alipay.json"
APP_KEY_FILE = "alipay_app_key.pem"
APP_PUBLIC_FILE = "alipay_app_public.pem"
PLATFORM_KEY_FILE = "alipay_platform_key.pem"
PLATFORM_PUBLIC_FILE = "alipay_platform_public.pem"
GATEWAY_PATH = "/alipay/gateway.do"
RSA_BITS = 2048


@dataclass(frozen=True)
class Keys:
    """What Alipay knows: its own private key, and of the merchant only what it must."""

    app_id: str
    seller_id: str
    app_public_key: rsa.RSAPublicKey
    platform_key: rsa.RSAPrivateKey


def make_keys(home: Path, base_url: str, public_url: str | None = None) -> Path:
    """Make every key that is absent; return the path of `alipay.json`.

    Idempotent: existing keys stay, only addresses and paths are brought up to date.
    """
    home.mkdir(parents=True, exist_ok=True)
    told = home / MERCHANT_FILE
    facts = json.loads(told.read_text("utf-8")) if told.exists() else _make_all(home)
    facts["app_private_key_path"] = str((home / APP_KEY_FILE).resolve())
    facts["alipay_public_key_path"] = str((home / PLATFORM_PUBLIC_FILE).resolve())
    facts["gateway"] = base_url.rstrip("/") + GATEWAY_PATH
    facts["page_gateway"] = (public_url or base_url).rstrip("/") + GATEWAY_PATH
    _write(told, json.dumps(facts, indent=2).encode() + b"\n")
    return told


def load_keys(home: Path) -> Keys:
    """Read what `make_keys` wrote. Raises FileNotFoundError where it has not run."""
    facts = json.loads((home / MERCHANT_FILE).read_text("utf-8"))
    platform_key = serialization.load_pem_private_key((home / PLATFORM_KEY_FILE).read_bytes(), None)
    app_public_key = serialization.load_pem_public_key((home / APP_PUBLIC_FILE).read_bytes())
    if not isinstance(platform_key, rsa.RSAPrivateKey) or not isinstance(app_public_key, rsa.RSAPublicKey):
        raise ValueError(f"not RSA keys in {home}")  # noqa: TRY004 (the files are unfit, not the argument)
    return Keys(facts["app_id"], facts["seller_id"], app_public_key, platform_key)


def _make_all(home: Path) -> dict[str, str]:
    for private_file, public_file in (
        (APP_KEY_FILE, APP_PUBLIC_FILE),
        (PLATFORM_KEY_FILE, PLATFORM_PUBLIC_FILE),
    ):
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _write(home / private_file, private)
        _write(home / public_file, public)
    return {
        "app_id": "2021" + "".join(secrets.choice("0123456789") for _ in range(12)),
        "seller_id": "2088" + "".join(secrets.choice("0123456789") for _ in range(12)),
    }


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all, readable by the owner only."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
