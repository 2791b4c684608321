"""A merchant who knows APIv3 from its public pages alone: nothing here comes from the sandbox or an SDK."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"


@dataclass(frozen=True)
class Merchant:
    """What the merchant file tells, with its two keys read."""

    appid: str
    mchid: str
    serial: str
    apiv3_key: bytes
    key: RSAPrivateKey
    platform_key: RSAPublicKey
    platform_key_id: str

    def authorization(self, method: str, target: str, body: bytes, at: int, **other: str) -> str:
        """The header of a request; `other` replaces a field after the signing."""
        lines = f"{method}\n{target}\n{at}\nNONCE0123456789\n".encode() + body + b"\n"
        fields = {
            "mchid": self.mchid,
            "nonce_str": "NONCE0123456789",
            "signature": base64.b64encode(self.key.sign(lines, PKCS1v15(), SHA256())).decode(),
            "timestamp": str(at),
            "serial_no": self.serial,
        } | other
        return SCHEME + " " + ",".join(f'{name}="{value}"' for name, value in fields.items())

    def believes(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the platform signed exactly this, under the key whose id it names."""
        signed = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(headers["Wechatpay-Signature"], validate=True)
            self.platform_key.verify(signature, signed, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        named = (headers["Wechatpay-Serial"], headers["Wechatpay-Signature-Type"])
        return named == (self.platform_key_id, SCHEME)

    def opens(self, body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        """A notice, and the resource inside it, decrypted."""
        notice = json.loads(body)
        sealed = notice["resource"]
        plain = AESGCM(self.apiv3_key).decrypt(
            sealed["nonce"].encode(),
            base64.b64decode(sealed["ciphertext"]),
            sealed["associated_data"].encode(),
        )
        return notice, json.loads(plain)


def read_merchant(path: Path) -> Merchant:
    """The merchant of a `merchant.json`."""
    facts = json.loads(path.read_text("utf-8"))
    key = load_pem_private_key(Path(facts["merchant_private_key_path"]).read_bytes(), None)
    platform_key = load_pem_public_key(Path(facts["platform_public_key_path"]).read_bytes())
    assert isinstance(key, RSAPrivateKey)
    assert isinstance(platform_key, RSAPublicKey)
    return Merchant(
        appid=facts["appid"],
        mchid=facts["mchid"],
        serial=facts["merchant_cert_serial"],
        apiv3_key=facts["apiv3_key"].encode(),
        key=key,
        platform_key=platform_key,
        platform_key_id=facts["platform_public_key_id"],
    )
