"""What a merchant needs in order to speak with WeChat Pay."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from wechatpayv3.utils import load_private_key, load_public_key

from canbao.channels.strict import merchant_file, text_of


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
    told = merchant_file(path)
    return WeChatKeys(
        appid=text_of(told, "appid"),
        mchid=text_of(told, "mchid"),
        apiv3_key=text_of(told, "apiv3_key"),
        merchant_private_key=Path(text_of(told, "merchant_private_key_path")).read_text("ascii"),
        merchant_cert_serial=text_of(told, "merchant_cert_serial"),
        platform_public_key=Path(text_of(told, "platform_public_key_path")).read_text("ascii"),
        platform_public_key_id=text_of(told, "platform_public_key_id"),
        base_url=None if told.get("base_url") is None else text_of(told, "base_url"),
    )


def _check_rsa(what: str, load: Callable[[str], object], pem: str, kind: type) -> None:
    """Refuse a key that cannot be used; an empty one the SDK would replace by fetching certificates."""
    try:
        key = load(pem)
    except Exception as problem:  # the SDK raises bare Exception
        raise ValueError(f"{what} cannot be read") from problem
    if not isinstance(key, kind):
        raise ValueError(f"{what} is not an RSA key")  # noqa: TRY004 (the text is unfit)
