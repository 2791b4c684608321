"""What a merchant needs in order to speak with WeChat Pay."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from wechatpayv3.utils import load_private_key, load_public_key


@dataclass(frozen=True)
class WeChatKeys:
    """The merchant's identity and keys; PEM texts, not paths. Secrets never show in a repr.

    `base_url` is None for the real platform, otherwise where it is played.
    """

    appid: str
    mchid: str
    apiv3_key: str = field(repr=False)
    merchant_private_key: str = field(repr=False)
    merchant_cert_serial: str
    platform_public_key: str = field(repr=False)
    platform_public_key_id: str
    base_url: str | None = None

    def __post_init__(self) -> None:
        if len(self.apiv3_key.encode()) != 32:
            raise ValueError("an APIv3 key has 32 bytes")
        if not self.platform_public_key_id.startswith("PUB_KEY_ID_"):
            raise ValueError("the platform's public key has an id that begins with PUB_KEY_ID_")
        _check_rsa("the merchant's private key", load_private_key, self.merchant_private_key, RSAPrivateKey)
        _check_rsa("the platform's public key", load_public_key, self.platform_public_key, RSAPublicKey)


def read_keys(path: Path) -> WeChatKeys:
    """Read a merchant file: the values as JSON, the two PEM files by their paths.

    Raises:
        OSError, ValueError, KeyError: the file or one of its parts is absent or unfit.
    """
    told = json.loads(path.read_text("utf-8"))
    if not isinstance(told, dict):
        raise ValueError("a merchant file is one JSON object")  # noqa: TRY004 (the file is unfit)
    return WeChatKeys(
        appid=_text(told, "appid"),
        mchid=_text(told, "mchid"),
        apiv3_key=_text(told, "apiv3_key"),
        merchant_private_key=Path(_text(told, "merchant_private_key_path")).read_text("ascii"),
        merchant_cert_serial=_text(told, "merchant_cert_serial"),
        platform_public_key=Path(_text(told, "platform_public_key_path")).read_text("ascii"),
        platform_public_key_id=_text(told, "platform_public_key_id"),
        base_url=None if told.get("base_url") is None else _text(told, "base_url"),
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is a text")
    return value


def _check_rsa(what: str, load: Callable[[str], object], pem: str, kind: type) -> None:
    """Refuse a key that cannot be used; an empty one the SDK would replace by fetching certificates."""
    try:
        key = load(pem)
    except Exception as problem:  # the SDK raises bare Exception
        raise ValueError(f"{what} cannot be read") from problem
    if not isinstance(key, kind):
        raise ValueError(f"{what} is not an RSA key")  # noqa: TRY004 (the text is unfit)
