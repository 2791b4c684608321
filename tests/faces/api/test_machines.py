"""What machines call: the channel's door, and whether the process lives and can work."""

import json

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Attempt, Callback, Entry
from canbao.services.money.pay import start
from tests.faces.conftest import Phone
from tests.support.world import BACK


@pytest.fixture
def attempt(phone: Phone) -> Attempt:
    """An order that waits for its money."""
    order = phone.world.order(phone.world.bill(phone.world.person()))
    start(phone.world.env, order, BACK)
    return Attempt.objects.get()


def call_back(phone: Phone, attempt: Attempt, *, seal: str = "true", body: bytes | None = None):
    headers, genuine = phone.world.channel.callback(
        phone.world.channel.take_money(attempt.out_trade_no), seal=seal
    )
    return Client().post(
        f"/api/wechat/notify/{attempt.out_trade_no}",
        genuine if body is None else body,
        content_type="application/json",
        headers=headers,
    )


def test_a_genuine_callback_is_answered_as_the_channel_wants_and_booked(phone, attempt):
    assert call_back(phone, attempt).status_code == 204
    assert Entry.objects.count() == 1
    assert Callback.objects.get().state == "settled"


def test_a_forged_callback_is_kept_and_answered_with_401(phone, attempt):
    assert call_back(phone, attempt, seal="false").status_code == 401
    assert Callback.objects.get().state == "rejected"
    assert not Entry.objects.exists()


def test_the_bytes_are_kept_as_they_came(phone, attempt):
    sent = b"\xff\x00 not even text"
    call_back(phone, attempt, seal="false", body=sent)

    assert bytes(Callback.objects.get().body) == sent


@pytest.mark.parametrize(
    "path", ["/api/nobody/notify/{}", "/api/wechat/notify/123", "/api/wechat/notify/{}9"]
)
def test_what_cannot_be_ours_is_not_kept(phone, attempt, path):
    answer = Client().post(path.format(attempt.out_trade_no), b"{}", content_type="application/json")

    assert answer.status_code == 404
    assert not Callback.objects.exists()


def test_a_callback_larger_than_any_real_one_is_not_kept(phone, attempt):
    assert call_back(phone, attempt, body=b"x" * 70_000).status_code in (400, 404, 413)
    assert not Callback.objects.exists()


def test_the_door_takes_posts_alone(phone, attempt):
    assert Client().get(f"/api/wechat/notify/{attempt.out_trade_no}").status_code == 405


def test_a_process_without_keys_lives_but_is_not_ready(db, settings):
    settings.GENE_SECRET_HEX, settings.ROOT_KEY_HEX = "ab" * 32, ""
    wiring.forget()
    assert Client().get("/healthz").status_code == 200

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert "CANBAO_ROOT_KEY" in json.loads(answer.content)["problems"][0]
