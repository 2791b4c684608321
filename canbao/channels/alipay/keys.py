"""What a merchant needs in order to speak with Alipay."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from canbao.channels.strict import merchant_file, text_of

GATEWAY = "https://openapi.alipay.com/gateway.do"


@dataclass(frozen=True)
class AlipayKeys:
    """The application's identity and keys; PEM texts, not paths. Secrets never show in a repr.

    `page_gateway` is where the payer's browser finds the gateway, should that be another address.
    """

    app_id: str
    seller_id: str
    app_private_key: str = field(repr=False)
    alipay_public_key: str = field(repr=False)
    gateway: str = GATEWAY
    page_gateway: str = GATEWAY

    def __post_init__(self) -> None:
        if not self.seller_id.startswith("2088"):
            raise ValueError("a seller_id begins with 2088")
        private = serialization.load_pem_private_key(self.app_private_key.encode(), None)
        public = serialization.load_pem_public_key(self.alipay_public_key.encode())
        if not isinstance(private, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
            raise ValueError("both keys are RSA keys")  # noqa: TRY004 (the texts are unfit)


def read_keys(path: Path) -> AlipayKeys:
    """Read a merchant file: the values as JSON, the two PEM files by their paths.

    Raises:
        OSError, ValueError, KeyError: the file or one of its parts is absent or unfit.
    """
    told = merchant_file(path)
    gateway = told.get("gateway") or GATEWAY
    return AlipayKeys(
        app_id=text_of(told, "app_id"),
        seller_id=text_of(told, "seller_id"),
        app_private_key=Path(text_of(told, "app_private_key_path")).read_text("ascii"),
        alipay_public_key=Path(text_of(told, "alipay_public_key_path")).read_text("ascii"),
        gateway=gateway,
        page_gateway=told.get("page_gateway") or gateway,
    )
