"""Signatures and sealed resources of APIv3: `WECHATPAY2-SHA256-RSA2048` and `AEAD_AES_256_GCM`."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.wechat.keys import Keys

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
ALGORITHM = "AEAD_AES_256_GCM"
SEAL_NONCE_CHARS = 12


def sign(key: rsa.RSAPrivateKey, *lines: str | bytes) -> str:
    """Sign the lines, each closed by a newline; base64 as it stands in a header."""
    return base64.b64encode(key.sign(_joined(lines), padding.PKCS1v15(), SHA256())).decode("ascii")


def is_signed(key: rsa.RSAPublicKey, signature: str, *lines: str | bytes) -> bool:
    """Whether the signature is over exactly these lines."""
    try:
        key.verify(base64.b64decode(signature, validate=True), _joined(lines), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def platform_headers(keys: Keys, body: bytes, timestamp: int) -> dict[str, str]:
    """The five headers the platform puts on an answer or a notice."""
    written_at = str(timestamp)
    nonce = secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": written_at,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(keys.platform_key, written_at, nonce, body),
        "Wechatpay-Serial": keys.platform_key_id,
        "Wechatpay-Signature-Type": SCHEME,
    }


def spoilt(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers with a signature that nobody made."""
    return dict(headers) | {"Wechatpay-Signature": base64.b64encode(secrets.token_bytes(256)).decode()}


def probing(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers as WeChat's own probe sends them, to see whether a merchant verifies at all."""
    junk = base64.b64encode(secrets.token_bytes(237)).decode()
    return dict(headers) | {"Wechatpay-Signature": PROBE + junk}


def sealed(apiv3_key: bytes, original_type: str, resource: Mapping[str, Any]) -> dict[str, str]:
    """The `resource` of a notice: the JSON encrypted under the merchant's APIv3 key."""
    nonce = secrets.token_hex(SEAL_NONCE_CHARS // 2)
    plain = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    ciphertext = AESGCM(apiv3_key).encrypt(nonce.encode(), plain, original_type.encode())
    return {
        "original_type": original_type,
        "algorithm": ALGORITHM,
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": original_type,
        "nonce": nonce,
    }


def _joined(lines: tuple[str | bytes, ...]) -> bytes:
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
