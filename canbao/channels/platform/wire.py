"""infno 1101 in bytes: the national envelope out, insured periods in.

Field names and code values are those of the platform's public integrations. What they do not say is kept simple and
said here: `signtype` is HMAC-SHA256 under a shared key, over infno, msgid, inf_time and the canonical `input`;
`mdtrt_cert_type` 02 asks by document number; a death stands as `die_date` in `exp_content`, the extension field.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from canbao.basics.days import CHINA
from canbao.basics.documents import normal_name
from canbao.channels.platform.port import Answer, Insured, NotAnswered, Query, Scheme

PERSON_QUERY = "1101"
SIGNATURE = "HMAC-SHA256"
BY_DOCUMENT = "02"
TAKEN = 0
SCHEMES: Mapping[str, Scheme] = {"310": "employee", "390": "resident"}
# psn_insu_stas: 0 未参保 1 正常 2 暂停 3 无效 4 终止
NORMAL, VOID, ENDED = "1", ("0", "3"), ("2", "4")


def instant_text(at: datetime) -> str:
    """An instant as the platform writes it, in China's time."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def envelope(
    infno: str, msgid: str, sender: str, key: str, area_code: str, asked: Mapping[str, Any], at: datetime
) -> bytes:
    """The JSON of one call. What we have no value for is empty: every name is there."""
    stamp, content = instant_text(at), {"data": dict(asked)}
    told = {
        "infno": infno, "msgid": msgid, "insuplc_admdvs": area_code, "mdtrtarea_admvs": area_code,
        "recer_sys_code": "", "dev_no": "", "dev_safe_info": "", "cainfo": seal(key, infno, msgid, stamp, content),
        "signtype": SIGNATURE, "infver": "1.0", "opter_type": "", "opter": sender, "opter_name": "", "inf_time": stamp,
        "fixmedins_code": sender, "fixmedins_name": "", "sign_no": "", "input": content,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def seal(key: str, infno: str, msgid: str, stamp: str, content: Mapping[str, Any]) -> str:
    """The signature of a question: over what names it, and its canonical input."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _mac(key, infno, msgid, stamp, hashlib.sha256(plain.encode()).hexdigest())


def answer_seal(key: str, msgid: str, body: bytes) -> str:
    """The signature of an answer: over the question's msgid and the answer's bytes."""
    return _mac(key, "ANSWER", msgid, hashlib.sha256(body).hexdigest())


def asked_of(query: Query) -> dict[str, str]:
    """`input.data` of 1101."""
    return {
        "mdtrt_cert_type": BY_DOCUMENT, "mdtrt_cert_no": query.number, "card_sn": "", "begntime": "",
        "psn_cert_type": query.id_type, "certno": query.number, "psn_name": query.name,
    }  # fmt: skip


def output_of(msgid: str, body: bytes) -> dict[str, Any]:
    """The answer to the call with this msgid. Raises NotAnswered: refused, or not to be read."""
    try:
        told = json.loads(body)
        if told["inf_refmsgid"] != msgid:
            raise NotAnswered("malformed", "the answer is to another question")
        if told["infcode"] != TAKEN:
            raise NotAnswered("refused", str(told.get("err_msg") or ""))
        output = told["output"]
        return {**output, "respond_time": told["respond_time"]}
    except (ValueError, KeyError, TypeError) as unfit:
        raise NotAnswered("malformed", type(unfit).__name__) from None


def answer_of(query: Query, output: Mapping[str, Any]) -> Answer:
    """What 1101 says of this very person. Raises NotAnswered: about somebody else, or not to be read."""
    try:
        base = output["baseinfo"]
        if base["certno"] != query.number or normal_name(base["psn_name"]) != normal_name(query.name):
            raise NotAnswered("malformed", "the answer is about somebody else")
        periods = [insured_of(row) for row in output["insuinfo"] if row["insutype"] in SCHEMES]
        extension = json.loads(base.get("exp_content") or "{}")
        return Answer(
            insured=tuple(period for period, holds in periods if holds),
            died_date=day_of(extension.get("die_date")),
            as_of=instant_of(output["respond_time"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as unfit:
        raise NotAnswered("malformed", type(unfit).__name__) from None


def insured_of(row: Mapping[str, Any]) -> tuple[Insured, bool]:
    """One insured period, and whether it says anything: an ended one without its day, or a void one, does not.

    Raises:
        KeyError, TypeError, ValueError: a field is absent, or no scheme, state, area or day that we know.
    """
    area = str(row.get("insuplc_admdvs") or row.get("insu_admdvs") or "")
    if len(area) != 6 or not (area.isascii() and area.isdigit()):
        raise ValueError("no area")
    state, until = row["psn_insu_stas"], day_of(row.get("paus_insu_date"))
    if state not in (NORMAL, *VOID, *ENDED):
        raise ValueError("no state")
    begun = day_of(row["psn_insu_date"])
    if begun is None:
        raise ValueError("no first day")
    holds = state == NORMAL or (state in ENDED and until is not None)
    return Insured(SCHEMES[row["insutype"]], area, begun, until), holds


def day_of(text: object) -> date | None:
    """A day, with or without a time behind it; None where it is empty. Raises ValueError."""
    if not text:
        return None
    return date.fromisoformat(str(text)[:10])


def instant_of(text: object) -> datetime:
    """An instant in China's time. Raises ValueError."""
    return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)


def _mac(key: str, *parts: str) -> str:
    return hmac.new(key.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
