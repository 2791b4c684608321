"""What a merchant needs in order to speak with WeChat Pay."""

import json
from dataclasses import dataclass, field
from pathlib import Path


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


def read_keys(path: Path) -> WeChatKeys:
    """Read a merchant file: the values as JSON, the two PEM files by their paths.

    Raises:
        OSError, ValueError, KeyError: the file or one of its parts is absent or unfit.
    """
    told = json.loads(path.read_text("utf-8"))
    return WeChatKeys(
        appid=told["appid"],
        mchid=told["mchid"],
        apiv3_key=told["apiv3_key"],
        merchant_private_key=Path(told["merchant_private_key_path"]).read_text("ascii"),
        merchant_cert_serial=told["merchant_cert_serial"],
        platform_public_key=Path(told["platform_public_key_path"]).read_text("ascii"),
        platform_public_key_id=told["platform_public_key_id"],
        base_url=told.get("base_url"),
    )
