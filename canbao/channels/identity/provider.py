"""A signed redirect there, a signed redirect back, and a signed answer behind the browser's back.

    browser → GET  ask?client&purpose&level&state&back&at&sign        sign: ours, over the fields in this order
    browser ← 303  back?state&code&at&sign   (or refused=1)           sign: the provider's, over state, code, at
    we      → POST proof       {client, code, state, at}              Identity-Sign: ours, over the body
    we      ← {level, name, id_type, number, credential, state}       Identity-Sign: the provider's, over the body
    we      → POST credential  {client, id_type, number, name, at}    the same two signatures

Signatures are RSA (PKCS#1 v1.5) with SHA-256 in URL-safe Base64 without padding; instants are Unix seconds and
five minutes old at most. The code is good once. No address carries a name or a number.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from canbao.channels.identity.port import IdentityDown, Level, Proof, ProofRefused, Purpose

FRESH_FOR_S = 300
TIMEOUT_S = 3
_ACTIVE = {"active": True, "inactive": False}


@dataclass(frozen=True)
class IdentityKeys:
    """Our private key, the provider's public one, and where it answers: us (`base_url`) and browsers (`public_url`)."""

    client_id: str
    base_url: str
    public_url: str
    client_key: rsa.RSAPrivateKey = field(repr=False)
    provider_key: rsa.RSAPublicKey


def read_keys(path: Path) -> IdentityKeys:
    """Read the provider's file: client_id, base_url, public_url, client_private_key_path, provider_public_key_path.

    Raises:
        ValueError, OSError, KeyError: the file or a key is not what it should be.
    """
    facts = json.loads(path.read_text("utf-8"))
    private = serialization.load_pem_private_key(Path(facts["client_private_key_path"]).read_bytes(), None)
    public = serialization.load_pem_public_key(Path(facts["provider_public_key_path"]).read_bytes())
    if not isinstance(private, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
        raise ValueError(f"{path} does not name RSA keys")  # noqa: TRY004 (the files are unfit)
    base_url = facts["base_url"].rstrip("/")
    public_url = facts.get("public_url", base_url).rstrip("/")
    return IdentityKeys(facts["client_id"], base_url, public_url, private, public)


class SignedRedirect:
    """The provider of one set of keys. `transport` is the tests' own."""

    def __init__(self, keys: IdentityKeys, transport: httpx.BaseTransport | None = None) -> None:
        self._keys = keys
        self._transport = transport

    def ask_url(self, purpose: Purpose, level: Level, state: str, back: str, at: datetime) -> str:
        """Where to send the browser."""
        asked = {
            "client": self._keys.client_id, "purpose": purpose, "level": level, "state": state, "back": back,
            "at": str(int(at.timestamp())),
        }  # fmt: skip
        signed = asked | {"sign": self._sign("\n".join(asked.values()).encode())}
        return f"{self._keys.public_url}/identity/ask?{urlencode(signed)}"

    def code_of(self, query: Mapping[str, str], at: datetime) -> str:
        """The code, if the redirect back is the provider's own and fresh."""
        state, code, stamp = (query.get(name, "") for name in ("state", "code", "at"))
        self._verify(query.get("sign", ""), f"{state}\n{code}\n{stamp}".encode())
        if not stamp.isdigit() or abs(int(stamp) - at.timestamp()) > FRESH_FOR_S or not code:
            raise ProofRefused("stale or empty")
        return code

    def prove(self, code: str, state: str, at: datetime) -> Proof:
        """Fetch the proof; it must answer our very question."""
        told = self._post("proof", {"code": code, "state": state}, at)
        if told.get("state") != state or told.get("level") not in ("real_name", "face"):
            raise ProofRefused("another question's answer")
        try:
            return Proof(
                level=told["level"],
                name=str(told["name"]),
                id_type=str(told["id_type"]),
                number=str(told["number"]),
                credential_active=_ACTIVE.get(told.get("credential", "")),
            )
        except KeyError:
            raise ProofRefused("an answer with holes") from None

    def credential_active(self, id_type: str, number: str, name: str, at: datetime) -> bool | None:
        """Whether the e-credential is active."""
        told = self._post("credential", {"id_type": id_type, "number": number, "name": name}, at)
        return _ACTIVE.get(told.get("credential", ""))

    def _post(self, what: str, asked: Mapping[str, str], at: datetime) -> dict[str, Any]:
        said = {"client": self._keys.client_id, **asked, "at": int(at.timestamp())}
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = {"Identity-Sign": self._sign(body), "Content-Type": "application/json"}
        url = f"{self._keys.base_url}/identity/{what}"
        try:
            with httpx.Client(timeout=TIMEOUT_S, transport=self._transport, trust_env=False) as client:
                answer = client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise IdentityDown(type(error).__name__) from None
        if answer.status_code >= 500:
            raise IdentityDown(str(answer.status_code))
        self._verify(answer.headers.get("Identity-Sign", ""), answer.content)
        if answer.status_code != 200:
            raise ProofRefused(str(answer.status_code))
        try:
            told = json.loads(answer.content)
        except ValueError:
            raise IdentityDown("not JSON") from None
        if not isinstance(told, dict):
            raise IdentityDown("not an object")
        return told

    def _sign(self, content: bytes) -> str:
        made = self._keys.client_key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def _verify(self, sign: str, content: bytes) -> None:
        try:
            given = base64.urlsafe_b64decode(sign + "=" * (-len(sign) % 4))
            self._keys.provider_key.verify(given, content, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError, binascii.Error):
            raise ProofRefused("the signature is nobody's") from None
