"""Template messages of a WeChat official account: POST cgi-bin/message/template/send.

The format is published at developers.weixin.qq.com (服务号 › 模板消息). `client_msg_id` makes a repeated call one
message for ten minutes; the access token lives two hours and is fetched again when it is said to be over. No link is sent
with a message (FY-28): the official entries are the only way in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from canbao.channels.message.keys import WeChatKeys
from canbao.channels.message.port import Each, Note, Word, in_turn

TIMEOUT_S = 10.0
SAME_FOR = timedelta(minutes=9)  # the platform promises ten
FINAL = {
    40003: "微信号不对",
    43004: "本人没有关注公众号",
    43101: "本人拒收微信通知",
}
TOKEN_OVER = ("40001", "40014", "42001")
NO_ANSWER = "no_answer"


class WeChatTemplates:
    """The port `Messenger` over that interface."""

    way = "wechat"

    def __init__(
        self,
        keys: WeChatKeys,
        each: Each = in_turn,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._each = each
        self._keys = keys
        self._client = httpx.Client(
            base_url=keys.base_url, timeout=timeout_s, trust_env=False, transport=transport
        )
        self._token = ""

    def send(self, notes: Sequence[Note], at: datetime) -> list[Word]:
        """Carry notes; a word on each, in their order. Those that met a token which was over go once more with a new one."""
        words = self._with_token(notes, at)
        again = [n for n, word in enumerate(words) if word.code in TOKEN_OVER]
        if again:
            self._token = ""
            for place, word in zip(again, self._with_token([notes[n] for n in again], at), strict=True):
                words[place] = word
        return words

    def _with_token(self, notes: Sequence[Note], at: datetime) -> list[Word]:
        if not self._token:
            told = self._call("GET", "/cgi-bin/token", self._asking())
            self._token = str(told.get("access_token", ""))
            if not self._token:
                code, words = str(told.get("errcode")), str(told.get("errmsg", ""))
                return [Word(note.client_id, "unknown", f"token {code}", words) for note in notes]
        return self._each(lambda note: self._send(note, at), notes)

    def _asking(self) -> dict[str, str]:
        return {
            "grant_type": "client_credential",
            "appid": self._keys.appid,
            "secret": self._keys.secret,
        }

    def _send(self, note: Note, at: datetime) -> Word:
        template = self._keys.templates.get(note.kind)
        if template is None:
            return Word(note.client_id, "unknown", "no_template", "还没有配微信模板")
        if note.tried_at and at - note.tried_at > SAME_FOR:
            # It may have arrived, and nobody can be asked: told once too often is worse than given up.
            return Word(note.client_id, "refused", "outcome_lost", "发出后没有回音，不重复发")
        message = {
            "touser": note.address,
            "template_id": template.template_id,
            "client_msg_id": note.client_id,
            "data": {name: {"value": note.values.get(value, "")} for name, value in template.fields.items()},
        }
        told = self._call(
            "POST", "/cgi-bin/message/template/send", {"access_token": self._token}, json=message
        )
        code, words = told.get("errcode"), str(told.get("errmsg", ""))
        if code == 0:
            return Word(note.client_id, "sent", receipt=str(told.get("msgid", "")))
        if code in FINAL:
            return Word(note.client_id, "refused", str(code), FINAL[int(code)])
        return Word(note.client_id, "unknown", str(code), words)

    def _call(self, verb: str, path: str, params: dict[str, str], **body: Any) -> dict[str, Any]:
        try:
            told = self._client.request(verb, path, params=params, **body).json()
        except httpx.HTTPError as lost:
            return {"errcode": NO_ANSWER, "errmsg": type(lost).__name__}
        except ValueError:
            return {"errcode": NO_ANSWER, "errmsg": "no JSON"}
        return told if isinstance(told, dict) else {"errcode": NO_ANSWER, "errmsg": "no object"}
