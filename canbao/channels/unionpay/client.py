"""Signed calls to 银联商务. A call ends in one of three ways: an answer, a definite no (`ChannelRefused`), or no
definite answer (`ChannelDown`). Answers carry no signature that is documented, so TLS vouches for them (see `keys`).
"""

import json
from typing import Any

import httpx

from canbao.basics.days import CHINA
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.channels.unionpay.assumed import PASSING_CODES
from canbao.channels.unionpay.keys import UnionPayKeys
from canbao.channels.unionpay.sign import NewStamp, Stamp, authorization, link_query

Answer = dict[str, Any]
SUCCESS = "SUCCESS"
BUSINESS = "H5DEFAULT"


class Client:
    """The calls the channel makes."""

    def __init__(self, keys: UnionPayKeys, stamp: NewStamp, timeout_s: float) -> None:
        self._keys, self._stamp = keys, stamp
        self._http = httpx.Client(base_url=keys.gateway, timeout=timeout_s, trust_env=False)

    def link(self, order: Answer) -> str:
        """The signed link that a payer opens; nothing is called, the order comes to be when it is opened."""
        stamp = self._stamp()
        content = _written(self._content(order, stamp)).decode()
        query = link_query(self._keys.app_id, self._keys.app_key, stamp, content)
        return f"{self._keys.page_gateway}{self._keys.order_path}?{query}"

    def call(self, path: str, asked: Answer) -> Answer:
        """One call. Raises ChannelDown, ChannelRefused with the `errCode`."""
        answer = self._post(path, asked)
        told = _json_object(answer)
        code = told.get("errCode") if told is not None else None
        if told is None or not isinstance(code, str) or answer.status_code != 200 or code in PASSING_CODES:
            raise ChannelDown(f"no definite answer: HTTP {answer.status_code} {code or ''}")
        if code != SUCCESS:
            raise ChannelRefused(code, str(told.get("errMsg") or told.get("errInfo") or ""))
        if told.get("mid") != self._keys.mid:
            raise ChannelDown("an answer to another merchant")
        return told

    def file(self, path: str, asked: Answer) -> bytes:
        """A file, or what was said instead of one. Raises ChannelDown, ChannelRefused."""
        answer = self._post(path, asked)
        if answer.status_code == 200 and answer.headers.get("content-type", "").startswith("text/csv"):
            return answer.content
        code = (_json_object(answer) or {}).get("errCode")
        if answer.status_code != 200 or not isinstance(code, str) or code in PASSING_CODES:
            raise ChannelDown(f"no file: HTTP {answer.status_code}")
        raise ChannelRefused(code, "no file")

    def _post(self, path: str, asked: Answer) -> httpx.Response:
        stamp = self._stamp()
        body = _written(self._content(asked, stamp))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": authorization(self._keys.app_id, self._keys.app_key, stamp, body),
        }
        try:
            return self._http.post(path, content=body, headers=headers)
        except httpx.HTTPError as lost:
            raise ChannelDown(f"no answer: {type(lost).__name__}") from lost

    def _content(self, asked: Answer, stamp: Stamp) -> Answer:
        return {
            "requestTimestamp": stamp.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "msgId": stamp.nonce,
            "mid": self._keys.mid,
            "tid": self._keys.tid,
            "instMid": BUSINESS,
            **asked,
        }


def _written(content: Answer) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _json_object(answer: httpx.Response) -> Answer | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
