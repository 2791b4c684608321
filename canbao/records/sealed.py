"""Sealing at rest: AES-256-GCM for what must be read again, a keyed hash for what must be found.

A sealed value is `version (1) | nonce (12) | ciphertext + tag`; the place it belongs to
(table:column:row) is authenticated with it, so a value moved to another row does not open. The
blind index is the first 16 bytes of HMAC-SHA256 under a key of its own: whoever holds that key can
search the whole number space, so it is as secret as the data key.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from canbao.basics.genes import gene_of

VERSION = 1
NONCE_BYTES = 12


class SealBroken(ValueError):
    """The bytes were not sealed by us for this place, or have been changed."""


@dataclass(frozen=True)
class Keys:
    """The keys of one installation, derived from one root; none of them is ever stored in the database."""

    gene_secret: bytes = field(repr=False)
    root: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.gene_secret) < 32 or len(self.root) < 32:
            raise ValueError("the gene secret and the root key need 32 bytes each")

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose."""
        return HKDF(SHA256(), 32, b"canbao", purpose.encode()).derive(self.root)


class Sealer:
    """Seals, opens and indexes under one set of keys."""

    def __init__(self, keys: Keys) -> None:
        self._gene_secret = keys.gene_secret
        self._data = AESGCM(keys.derive("data"))
        self._tickets = AESGCM(keys.derive("tickets"))
        self._index_key = keys.derive("index")
        self._proof_key = keys.derive("receipt proof")
        self._ledger_key = keys.derive("ledger seal")

    def bucket(self, id_type: str, number: str) -> int:
        """The gene of a normalised document number."""
        return gene_of(self._gene_secret, id_type, number)

    def blind_index(self, id_type: str, number: str) -> str:
        """What a normalised number is found by: 32 hex digits."""
        return self._hash(self._index_key, f"{id_type}|{number}")

    def tally_key(self, what: str) -> str:
        """What a rate limit counts under, so that no number or address is stored for it."""
        return self._hash(self._index_key, f"tally|{what}")

    def receipt_code(self, receipt_no: str) -> str:
        """The short proof printed beside a receipt number: nobody can make one up."""
        return self._hash(self._proof_key, receipt_no)[:10].upper()

    def ledger_signature(self, digest: str) -> str:
        """What nobody with the database alone can put beside a seal of the ledger: 64 hex digits."""
        return hmac.new(self._ledger_key, digest.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str, place: str) -> bytes:
        """Seal a text for one place, such as `mandate:account:120000421`."""
        return self.seal_bytes(text.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """Open what `seal` made for the same place.

        Raises:
            SealBroken: other place, other key, or changed bytes.
        """
        return self.open_bytes(sealed, place).decode()

    def seal_number(self, person_id: int, number: str) -> bytes:
        """Seal a person's document number beside the person."""
        return self.seal(number, _number_of(person_id))

    def open_number(self, person_id: int, sealed: bytes | memoryview) -> str:
        """A person's document number. Raises SealBroken as `open` does."""
        return self.open(bytes(sealed), _number_of(person_id))

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """Seal a file of up to 2 GiB for one place, as `seal` does a text."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes([VERSION]) + nonce + self._data.encrypt(nonce, content, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Open what `seal_bytes` made for the same place. Raises SealBroken as `open` does."""
        return _decrypt(self._data, sealed, place)

    def seal_ticket(self, content: dict[str, Any], now: datetime) -> bytes:
        """Seal a small dictionary that travels through a page, stamped with its time."""
        nonce = os.urandom(NONCE_BYTES)
        body = json.dumps({**content, "at": int(now.timestamp())}, separators=(",", ":")).encode()
        return bytes([VERSION]) + nonce + self._tickets.encrypt(nonce, body, b"ticket")

    def open_ticket(self, sealed: bytes, now: datetime, lasts: timedelta) -> dict[str, Any]:
        """Open a ticket that is not older than `lasts`.

        Raises:
            SealBroken: forged, changed or too old.
        """
        content: dict[str, Any] = json.loads(_decrypt(self._tickets, sealed, "ticket"))
        if now.timestamp() - content["at"] > lasts.total_seconds():
            raise SealBroken("too old")
        return content

    @staticmethod
    def _hash(key: bytes, text: str) -> str:
        return hmac.new(key, text.encode(), hashlib.sha256).digest()[:16].hex()


def _number_of(person_id: int) -> str:
    return f"person:number:{person_id}"


def _decrypt(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    if len(sealed) <= NONCE_BYTES + 1 or sealed[0] != VERSION:
        raise SealBroken("not a sealed value")
    try:
        return cipher.decrypt(sealed[1 : NONCE_BYTES + 1], sealed[NONCE_BYTES + 1 :], place.encode())
    except InvalidTag as error:
        raise SealBroken("the seal does not fit") from error
