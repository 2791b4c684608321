"""A partner's way in, spoken with by the example client: signed, repeated at will, booked once."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client as Browser

from canbao.faces import wiring
from canbao.faces.wiring import KnownPartner
from canbao.records.models import Attempt, Entry, Order, Refund
from canbao.services.exchange.partner import Partner
from docs.examples.partner_client import Client
from tests.support.installation import SEASON
from tests.support.world import CHIPING, id_number, make_world

SECRET = b"s" * 32
NAME, BORN = "张小满", date(2008, 3, 1)
NUMBER = id_number(CHIPING, BORN, 1)


@pytest.fixture
def world(db, monkeypatch):
    now = datetime.now(UTC)
    world = make_world(now, {CHIPING: (SEASON - now.date()).days})
    world.person(CHIPING, "student", BORN, NAME)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor, now=datetime.now(UTC)))
    known = {name: KnownPartner(Partner(name, "bank_app"), SECRET) for name in ("one_bank", "other_bank")}
    monkeypatch.setattr(wiring, "partners", lambda: known)
    return world


def over_django(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    answer = Browser().generic(method, path, body, headers.get("Content-Type", ""), headers=headers)
    return answer.status_code, answer.content


@pytest.fixture
def bank(world) -> Client:
    return Client("one_bank", SECRET, over_django)


def opened(bank: Client, key: str = "open-0001") -> dict:
    _, found = bank.find("find-0001", CHIPING, NAME, NUMBER)
    status, order = bank.open(key, found["bill"])
    assert status == 200, order
    return order


def confirmed(bank: Client, order: dict, key: str = "confirm-01", **changes) -> tuple[int, dict]:
    told = {
        "amount_fen": order["amount_fen"],
        "txn_no": "T1",
        "paid_at": datetime.now(UTC).isoformat(),
    } | changes
    return bank.confirm(key, order["out_trade_no"], **told)


def test_a_payer_is_found_opened_for_confirmed_and_asked_after(bank):
    status, found = bank.find("find-0001", CHIPING, NAME, NUMBER)
    assert (status, found["amount_fen"], found["name"]) == (200, 28_000, "张*满")
    order = opened(bank)
    assert bank.query(order["out_trade_no"])[1]["state"] == "created"

    status, told = confirmed(bank, order)

    assert (status, told["result"], told["state"], len(told["receipts"])) == (200, "paid", "paid", 1)
    assert bank.query(order["out_trade_no"])[1]["receipts"] == told["receipts"]
    assert Entry.objects.get().debit == "channel_clearing:one_bank"


def test_the_same_key_is_the_same_answer_and_another_body_is_refused(bank):
    assert opened(bank) == opened(bank)
    assert Order.objects.count() == 1
    order = opened(bank)
    paid_at = datetime.now(UTC).isoformat()
    first = confirmed(bank, order, paid_at=paid_at)
    assert confirmed(bank, order, paid_at=paid_at) == first
    status, told = confirmed(bank, order, paid_at=paid_at, txn_no="T2")
    assert (status, told["code"]) == (409, "E-1105")
    assert Entry.objects.count() == 1


def test_confirming_again_under_a_new_key_books_nothing(bank):
    order = opened(bank)
    confirmed(bank, order)
    _, told = confirmed(bank, order, key="confirm-02")
    assert (told["result"], told["reason"]) == ("paid", "repeated")
    assert Entry.objects.count() == 1
    assert not Refund.objects.exists()


def test_another_amount_is_not_accepted(bank):
    order = opened(bank)
    _, told = confirmed(bank, order, amount_fen=1)
    assert (told["result"], told["reason"]) == ("not_accepted", "amount_differs")
    assert not Entry.objects.exists()


def test_another_partner_learns_and_confirms_nothing_of_it(bank):
    order = opened(bank)
    other = Client("other_bank", SECRET, over_django)
    assert other.query(order["out_trade_no"])[0] == 404
    assert confirmed(other, order)[0] == 404
    assert Attempt.objects.get().state == "created"


def test_a_refusal_is_told_to_the_programmer_and_to_the_payer(bank):
    status, told = bank.find("find-0002", CHIPING, "张大满", NUMBER)
    assert (status, told["code"]) == (422, "E-1001")
    assert told["user_message_zh"]
    assert told["next_step"]


@pytest.mark.parametrize("spoil", ["secret", "stranger", "stale", "path"])
def test_whoever_does_not_sign_is_not_heard(world, spoil, monkeypatch):
    client = Client("one_bank", SECRET, over_django)
    if spoil == "secret":
        client.secret = b"x" * 32
    if spoil == "stranger":
        client.name = "nobody"
    if spoil == "stale":
        then = time.time() - 3_600
        monkeypatch.setattr(time, "time", lambda: then)
    if spoil == "path":
        client.send = lambda method, path, body, headers: over_django(
            method, path.replace("find", "open"), body, headers
        )
    assert client.find("find-0003", CHIPING, NAME, NUMBER)[0] == 401


@pytest.mark.parametrize(
    ("what", "body"), [("find", {}), ("open", {"bill": "x"}), ("confirm", {"out_trade_no": "1"})]
)
def test_a_body_that_says_too_little_or_nonsense_is_a_clear_400(bank, what, body):
    assert bank._post(what, "some-key-1", body)[0] == 400


def test_the_description_names_every_call(world):
    told = json.loads(Browser().get("/api/partner/v1/openapi.json").content)
    assert set(told["paths"]) == {
        "/api/partner/v1/find/", "/api/partner/v1/open/", "/api/partner/v1/confirm/",
        "/api/partner/v1/query/{out_trade_no}/",
    }  # fmt: skip
