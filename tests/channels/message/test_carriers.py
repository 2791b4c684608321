"""Both carriers against the inbox: the true bytes both ways, and every way in which an answer goes wrong."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from canbao.channels.message import Note, Sms, WeChatTemplates, read_keys
from canbao.channels.message.sms import signature
from canbao.faces.wiring import a_few_at_once
from canbao.services.notify.texts import TEXTS
from sandbox.inbox.keys import KINDS
from tests.sandbox.bench import Bench

NOW = datetime(2021, 11, 10, 2, 0, tzinfo=UTC)
VALUES = {"name": "张**", "year": "2022", "phone": "0635-4227026", "heading": "居民医保已缴费"}
NOTE = Note("120001", "paid", "13800138000", VALUES)
OPENID = "oABC-1"


@pytest.fixture
def lost() -> list[str]:
    """Paths whose answer is lost on the way back."""
    return []


@pytest.fixture
def carry(bench: Bench, lost: list[str]) -> httpx.MockTransport:
    def ask(request: httpx.Request) -> httpx.Response:
        answer = bench.send(request.method, request.url.raw_path.decode(), request.content)
        if request.url.path in lost:
            lost.remove(request.url.path)
            raise httpx.ReadTimeout("lost")
        return httpx.Response(answer.status_code, content=answer.content)

    return httpx.MockTransport(ask)


@pytest.fixture
def sms(bench_home: Path, carry: httpx.MockTransport) -> Sms:
    told = read_keys(bench_home / "messages.json").sms
    assert told
    return Sms(told, transport=carry)


@pytest.fixture
def wechat(bench_home: Path, carry: httpx.MockTransport) -> WeChatTemplates:
    told = read_keys(bench_home / "messages.json").wechat
    assert told
    return WeChatTemplates(told, transport=carry)


def plan(bench: Bench, fate: str, address: str = "", times: int = 1) -> None:
    assert bench.tell("inbox/behaviour", fate=fate, address=address, times=times).status_code == 200


def inbox(bench: Bench) -> list[tuple[str, str]]:
    rows = bench.send("GET", "/sandbox/inbox/messages").json()["messages"]
    return [(row["address"], row["client_id"]) for row in rows]


def test_the_signature_is_that_of_the_published_example():
    """The worked example of the provider's page on the RPC signature (SendSms, V1)."""
    asked = {
        "AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0", "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}', "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
    }  # fmt: skip
    assert signature("GET", asked, "testSecret") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_a_short_message_lies_in_the_inbox_of_its_number(bench, sms):
    assert [(word.outcome, word.client_id) for word in sms.send([NOTE], NOW)] == [("sent", "120001")]
    assert inbox(bench) == [("13800138000", "120001")]
    page = bench.send("GET", "/inbox").text
    assert "13800138000" in page
    assert "张**" in page


def test_what_was_taken_and_not_answered_is_looked_up_and_not_sent_again(bench, sms, lost):
    lost.append("/sms/")
    assert sms.send([NOTE], NOW)[0].outcome == "unknown"
    assert sms.send([replace(NOTE, tried_at=NOW)], NOW + timedelta(minutes=1))[0].outcome == "sent"
    assert inbox(bench) == [("13800138000", "120001")]


def test_what_never_arrived_goes_again(bench, sms):
    plan(bench, "down")
    assert sms.send([NOTE], NOW)[0].outcome == "unknown"
    assert sms.send([replace(NOTE, tried_at=NOW)], NOW)[0].outcome == "sent"
    assert inbox(bench) == [("13800138000", "120001")]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("isv.MOBILE_NUMBER_ILLEGAL", "refused"), ("isv.BUSINESS_LIMIT_CONTROL", "unknown"), ("isv.AMOUNT_NOT_ENOUGH", "unknown")],
)  # fmt: skip
def test_only_what_no_later_try_can_change_is_a_refusal(bench, sms, code, outcome):
    plan(bench, f"refuse:{code}")
    (word,) = sms.send([NOTE], NOW)
    assert (word.outcome, word.code) == (outcome, code)
    assert inbox(bench) == []


def test_a_forged_key_is_not_heard(bench, bench_home, carry):
    told = read_keys(bench_home / "messages.json").sms
    assert told
    (word,) = Sms(replace(told, access_key_secret="x"), transport=carry).send([NOTE], NOW)
    assert (word.outcome, word.code) == ("unknown", "SignatureDoesNotMatch")


def test_many_may_go_side_by_side_and_come_back_in_order(bench, bench_home):
    told = read_keys(bench_home / "messages.json").sms
    assert told
    hand = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"Code": "OK", "BizId": request.url.params["OutId"]})
    )
    notes = [replace(NOTE, client_id=str(n)) for n in range(40)]
    words = Sms(told, a_few_at_once, transport=hand).send(notes, NOW)
    assert [word.receipt for word in words] == [str(n) for n in range(40)]


def test_a_template_message_repeated_within_ten_minutes_is_one(bench, wechat, lost):
    note = replace(NOTE, address=OPENID)
    lost.append("/cgi-bin/message/template/send")
    assert wechat.send([note], NOW)[0].outcome == "unknown"
    assert wechat.send([replace(note, tried_at=NOW)], NOW + timedelta(minutes=5))[0].outcome == "sent"
    assert inbox(bench) == [(OPENID, "120001")]


def test_after_ten_minutes_nobody_can_tell_so_it_is_not_sent_twice(bench, wechat):
    late = replace(NOTE, address=OPENID, tried_at=NOW - timedelta(minutes=10))
    (word,) = wechat.send([late], NOW)
    assert (word.outcome, word.code) == ("refused", "outcome_lost")
    assert inbox(bench) == []


def test_an_access_token_that_is_over_is_fetched_again(bench, wechat):
    assert wechat.send([replace(NOTE, address=OPENID)], NOW)[0].outcome == "sent"
    wechat._token = hashlib.sha256(b"over").hexdigest()
    assert wechat.send([replace(NOTE, address=OPENID, client_id="2")], NOW)[0].outcome == "sent"


@pytest.mark.parametrize(
    ("fate", "outcome"), [("refuse:43004", "refused"), ("refuse:43101", "refused"), ("refuse:-1", "unknown")]
)
def test_who_does_not_follow_or_does_not_want_it_is_a_refusal(bench, wechat, fate, outcome):
    plan(bench, fate, OPENID)
    assert wechat.send([replace(NOTE, address=OPENID)], NOW)[0].outcome == outcome


def test_the_sandbox_has_a_template_for_every_text():
    assert set(KINDS) == set(TEXTS)
