"""The keys between the identity provider and its one client, made once and kept in the sandbox's home."""

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

FILE = "identity.json"
CLIENT_KEY, CLIENT_PUBLIC = "identity_client_key.pem", "identity_client_public.pem"
PROVIDER_KEY, PROVIDER_PUBLIC = "identity_provider_key.pem", "identity_provider_public.pem"
RSA_BITS = 2048


@dataclass(frozen=True)
class IdentityKeys:
    """What the provider knows: its own private key, and its client's public one."""

    client_id: str
    client_public: rsa.RSAPublicKey
    provider_key: rsa.RSAPrivateKey

    def sign(self, content: bytes) -> str:
        """The provider's signature, URL-safe."""
        made = self.provider_key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def is_signed(self, sign: str, content: bytes) -> bool:
        """Whether the client signed this."""
        try:
            given = base64.urlsafe_b64decode(sign + "=" * (-len(sign) % 4))
            self.client_public.verify(given, content, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def make_identity_keys(home: Path, base_url: str, public_url: str | None = None) -> Path:
    """Make what is absent; return the path of `identity.json`. Keys that are there stay."""
    home.mkdir(parents=True, exist_ok=True)
    told = home / FILE
    if not told.exists():
        _pair(home / CLIENT_KEY, home / CLIENT_PUBLIC)
        _pair(home / PROVIDER_KEY, home / PROVIDER_PUBLIC)
    client_id = json.loads(told.read_text())["client_id"] if told.exists() else secrets.token_hex(8)
    facts = {
        "client_id": client_id,
        "base_url": base_url.rstrip("/"),
        "public_url": (public_url or base_url).rstrip("/"),
        "client_private_key_path": str((home / CLIENT_KEY).resolve()),
        "provider_public_key_path": str((home / PROVIDER_PUBLIC).resolve()),
    }
    told.write_text(json.dumps(facts, indent=2) + "\n")
    return told


def load_identity_keys(home: Path) -> IdentityKeys:
    """Read what `make_identity_keys` wrote."""
    provider = serialization.load_pem_private_key((home / PROVIDER_KEY).read_bytes(), None)
    client = serialization.load_pem_public_key((home / CLIENT_PUBLIC).read_bytes())
    if not isinstance(provider, rsa.RSAPrivateKey) or not isinstance(client, rsa.RSAPublicKey):
        raise ValueError(f"not RSA keys in {home}")  # noqa: TRY004 (the files are unfit)
    return IdentityKeys(json.loads((home / FILE).read_text())["client_id"], client, provider)


def _pair(private: Path, public: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    pem = serialization.Encoding.PEM
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
