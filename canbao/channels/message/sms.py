"""Short messages by the RPC interface of 阿里云短信服务 (dysmsapi, version 2017-05-25): SendSms and QuerySendDetails.

The format is published at help.aliyun.com (短信服务 › API 参考): a GET whose parameters are signed with HMAC-SHA1 over
the verb, the path and the sorted query. SendSms keeps no client number apart: the same `OutId` sent twice is two messages. So what
went without an answer is looked up by its `OutId` before it goes again.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from canbao.basics.days import CHINA
from canbao.channels.message.keys import SmsKeys
from canbao.channels.message.port import Each, Note, Word, in_turn

TIMEOUT_S = 10.0
PAGE = 50
# What no later try can change. All else (limits, balance, a template under review) may pass.
FINAL = {
    "isv.MOBILE_NUMBER_ILLEGAL": "号码不是能收短信的手机号",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容被运营商拦下",
    "isv.DENY_IP_RANGE": "服务商拒绝发送",
    "MOBILE_IN_BLACK": "本人拒收短信",
}
WAITS, FAILED, ARRIVED = 1, 2, 3


class Sms:
    """The port `Messenger` over that interface."""

    way = "sms"

    def __init__(
        self,
        keys: SmsKeys,
        each: Each = in_turn,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._each = each
        self._keys = keys
        self._client = httpx.Client(
            base_url=keys.base_url, timeout=timeout_s, trust_env=False, transport=transport
        )

    def send(self, notes: Sequence[Note], at: datetime) -> list[Word]:
        """Carry notes; a word on each, in their order."""
        return self._each(lambda note: self._send(note, at), notes)

    def _send(self, note: Note, at: datetime) -> Word:
        template = self._keys.templates.get(note.kind)
        if template is None:
            return Word(note.client_id, "unknown", "no_template", "还没有配短信模板")
        if note.tried_at and (known := self._look_up(note, note.tried_at, at)):
            return known
        told = self._call(
            at,
            note,
            Action="SendSms",
            PhoneNumbers=note.address,
            SignName=self._keys.sign_name,
            TemplateCode=template,
            TemplateParam=json.dumps(dict(note.values), ensure_ascii=False),
            OutId=note.client_id,
        )
        code, words = str(told.get("Code", "")), str(told.get("Message", ""))
        if code == "OK":
            return Word(note.client_id, "sent", receipt=str(told.get("BizId", "")))
        return Word(note.client_id, "refused" if code in FINAL else "unknown", code, FINAL.get(code, words))

    def _look_up(self, note: Note, tried_at: datetime, at: datetime) -> Word | None:
        """What became of an earlier try; None: the service has never had it, so it may go."""
        told = self._call(
            at,
            note,
            Action="QuerySendDetails",
            PhoneNumber=note.address,
            SendDate=tried_at.astimezone(CHINA).strftime("%Y%m%d"),
            PageSize=str(PAGE),
            CurrentPage="1",
        )
        if told.get("Code") != "OK":
            return Word(note.client_id, "unknown", str(told.get("Code", "")), str(told.get("Message", "")))
        found = [row for row in _details(told) if str(row.get("OutId")) == note.client_id]
        if not found:
            return None
        state, code = found[0].get("SendStatus"), str(found[0].get("ErrCode", ""))
        if state == FAILED:
            return Word(note.client_id, "refused", code, FINAL.get(code, "运营商没有送到"))
        return Word(note.client_id, "sent", receipt=code)

    def _call(self, at: datetime, note: Note, **asked: str) -> dict[str, Any]:
        """One signed call about a note; an answer that is none says so under `Code`."""
        # Once a call: the same note is tried again only at another instant.
        nonce = hashlib.sha256(f"{note.client_id}|{asked['Action']}|{at.isoformat()}".encode()).hexdigest()
        asked |= {
            "AccessKeyId": self._keys.access_key_id,
            "Format": "JSON",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": nonce[:32],
            "SignatureVersion": "1.0",
            "Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }
        asked["Signature"] = signature("GET", asked, self._keys.access_key_secret)
        try:
            answer = self._client.get("/", params=asked)
            told = answer.json()
        except httpx.HTTPError as lost:
            return {"Code": "no_answer", "Message": type(lost).__name__}
        except ValueError:
            return {"Code": "no_answer", "Message": f"HTTP {answer.status_code}"}
        return told if isinstance(told, dict) else {"Code": "no_answer", "Message": "no object"}


def signature(verb: str, asked: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA1 over `verb&%2F&query`, the query sorted and percent-encoded as RFC 3986 says, twice."""
    query = "&".join(f"{_quoted(name)}={_quoted(asked[name])}" for name in sorted(asked))
    text = f"{verb}&{_quoted('/')}&{_quoted(query)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _details(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = (told.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
    return [row for row in rows if isinstance(row, dict)]
