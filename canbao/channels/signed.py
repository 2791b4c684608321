"""A signed batch to an authority; it ends as a word on each row, a definite no, or no answer.

Both sides sign with one shared key: the request over verb, path, time, batch number and body, the answer over the
same batch number and its own body. What is not signed was not said by them. Field names are the national platform's.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import httpx

from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.channels.authority import Batch, Kind, PersonRow, RowAnswer
from canbao.channels.port import ChannelDown, ChannelRefused

TIMEOUT_S = 20.0
# The batch as a whole is refused: count or sum differ, or we are not known.
REFUSED = -1
RESIDENT_SCHEME = "390"
# Whether a row puts something or takes it back.
SENT, TAKEN_BACK = "1", "0"


@dataclass(frozen=True)
class SharedKey:
    """How we are known to the other side. The key never shows in a repr."""

    partner: str
    key: str = field(repr=False)
    base_url: str


def read_keys(path: Path) -> SharedKey:
    """Read the file that names us. Raises OSError, ValueError, KeyError: it is absent or unfit."""
    told = json.loads(path.read_text("utf-8"))
    return SharedKey(str(told["partner"]), str(told["key"]), str(told["base_url"]).rstrip("/"))


class SignedDoor:
    """The other side's door: one POST a batch."""

    def __init__(self, keys: SharedKey, timeout_s: float, transport: httpx.BaseTransport | None) -> None:
        self._keys = keys
        self._client = httpx.Client(
            base_url=keys.base_url, timeout=timeout_s, trust_env=False, transport=transport
        )

    def push(
        self, path: str, batch: Batch, rows: Sequence[Mapping[str, str]], at: datetime
    ) -> list[RowAnswer]:
        """Tell a batch whose rows are written already. Raises ChannelDown, ChannelRefused."""
        told = self._post(path, batch.batch_no, envelope(batch, rows, at), at)
        if told.get("infcode") == REFUSED:
            raise ChannelRefused(str(REFUSED), str(told.get("err_msg") or ""))
        return words_on_rows(batch, told)

    def _post(self, path: str, batch_no: str, content: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Partner": self._keys.partner,
            "X-Timestamp": stamp,
            "X-Nonce": batch_no,
            "X-Signature": self._signature("POST", path, stamp, batch_no, body),
        }
        try:
            answer = self._client.post(path, content=body, headers=headers)
        except httpx.HTTPError as lost:
            raise ChannelDown(f"no answer: {type(lost).__name__}") from lost
        signed = self._signature(
            "ANSWER", path, answer.headers.get("X-Timestamp", ""), batch_no, answer.content
        )
        if answer.status_code != 200 or not hmac.compare_digest(
            signed, answer.headers.get("X-Signature", "")
        ):
            raise ChannelDown(f"no signed answer: HTTP {answer.status_code}")
        told = answer.json()
        if not isinstance(told, dict):
            raise ChannelDown("the answer is no object")
        return told

    def _signature(self, verb: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
        text = "\n".join((verb, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        return hmac.new(self._keys.key.encode(), text.encode(), hashlib.sha256).hexdigest()


class Address(NamedTuple):
    """Where rows of one kind go, of which type they are and how one is written."""

    path: str
    row: type[PersonRow]
    written: Callable[[Any], Mapping[str, str]]


class SignedAuthority:
    """The port `Authority` over HTTP: each kind that it hears has an address of its own."""

    name: ClassVar[str]
    addresses: ClassVar[Mapping[Kind, Address]]

    def __init__(
        self, keys: SharedKey, timeout_s: float = TIMEOUT_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._door = SignedDoor(keys, timeout_s, transport)

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        """Tell a batch. Raises ChannelDown, ChannelRefused: so too of a kind that it does not hear."""
        address = self.addresses.get(batch.kind)
        if address is None or not all(isinstance(row, address.row) for row in batch.rows):
            raise ChannelRefused("KIND", f"{self.name} is told {', '.join(self.addresses)} alone")
        return self._door.push(address.path, batch, [address.written(row) for row in batch.rows], at)


def envelope(batch: Batch, rows: Sequence[Mapping[str, str]], at: datetime) -> dict[str, Any]:
    """The JSON of a batch. Amounts are yuan with two decimals, as text; months are `202201`."""
    return {
        "plan_bchno": batch.batch_no,
        "inf_time": at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "row_cnt": len(rows),
        "clct_sumamt": yuan_text(batch.sum_fen),
        "data": list(rows),
    }


def person_fields(row: PersonRow) -> dict[str, str]:
    """What every row begins with."""
    return {
        "rid": str(row.rid),
        "send_flag": TAKEN_BACK if row.is_cancel else SENT,
        "psn_no": str(row.person_id),
        "psn_name": row.name,
        "psn_cert_type": row.id_type,
        "certno": row.number,
        "insutype": RESIDENT_SCHEME,
        "psn_type": row.psn_type,
        "insu_admdvs": row.area_code,
        "poolarea_no": row.pooling_area,
        "accrym_begn": f"{row.benefit_year}01",
        "accrym_end": f"{row.benefit_year}12",
    }


def words_on_rows(batch: Batch, told: Mapping[str, Any]) -> list[RowAnswer]:
    """The word on each row, in the order given.

    Raises:
        ChannelDown: the answer is not about this batch, or cannot be read.
    """
    try:
        output = told["output"]
        if output["plan_bchno"] != batch.batch_no:
            raise ChannelDown("the answer is about another batch")
        return [
            RowAnswer(
                int(row["rid"]), row["infcode"] == 0, str(row["infcode"]), str(row.get("err_msg") or "")
            )
            for row in output["data"]
        ]
    except (KeyError, TypeError, ValueError) as unfit:
        raise ChannelDown(f"the answer cannot be read: {type(unfit).__name__}") from unfit
