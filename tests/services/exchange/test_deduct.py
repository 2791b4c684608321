"""批扣: who agreed is deducted from, once; a file that is not the answer to what was sent is refused whole."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from canbao.basics.refusals import BadInput, ChannelUnavailable, StatementRefused
from canbao.channels.bank import HeldByBank, read_format
from canbao.records.models import Attempt, Bill, DeductionBatch, DeductionLine, Entry, Mandate, Order
from canbao.services.exchange import deduct
from canbao.services.exchange.deduct import Signing, batch_file, make_batch, receive_result, sign
from canbao.services.money.chase import chase
from canbao.services.money.pay import pay, release
from canbao.services.system.audit import audit
from sandbox.bank.answer import answer
from tests.support.world import BACK, CHIPING, CHIPING_YEAR, IN_SEASON, make_world

FORMATS = Path(deduct.__file__).parents[2] / "channels" / "bank" / "banks"
SIGNED = date(2021, 9, 1)
TAKEN = datetime(2021, 11, 10, 2, 5, tzinfo=UTC)


@pytest.fixture(params=["delimited", "fixed"])
def spec(request) -> Path:
    return FORMATS / f"{request.param}.yaml"


@pytest.fixture
def bank(spec):
    return read_format(spec)


@pytest.fixture
def world(db):
    world = make_world(IN_SEASON)
    world.env.channels["bank_batch"] = HeldByBank("示范协议")
    return world


def signing(person_id: int, bank: str, n: int = 0, **changes: str) -> Signing:
    told = {
        "account": f"62220000000000{n:04}",
        "account_name": "张小满",
        "agreement_no": f"XY{n:06}",
    } | changes
    return Signing(person_id, bank, **told, payer_agreed_date=SIGNED, bank_agreed_date=SIGNED)


def crowd(world, bank, many: int = 5) -> list[Bill]:
    """So many people who owe and have agreed."""
    people = [world.person(birth=date(2008, 3, 1) + timedelta(days=n)) for n in range(many)]
    sign(world.env, [signing(id_, bank.bank, n) for n, id_ in enumerate(people)])
    return [world.bill(id_, CHIPING_YEAR) for id_ in people]


def sent(world, bank, no: str = "B1") -> tuple[DeductionBatch, bytes]:
    batch = make_batch(world.env, bank.bank, no, "371500", CHIPING_YEAR)
    return batch, batch_file(world.env, batch, bank)


def back(spec, body: bytes, **how) -> bytes:
    return answer(spec, body, TAKEN, **how)


def test_everybody_who_agreed_and_owes_is_in_the_batch_once(world, bank):
    crowd(world, bank)
    world.bill(world.person(birth=date(2007, 1, 1)), CHIPING_YEAR)  # has not agreed

    batch, body = sent(world, bank)

    assert (batch.line_count, batch.total_fen) == (5, 5 * 28_000)
    assert sent(world, bank) == (batch, body), "the same number is the same batch and the same file"
    assert make_batch(world.env, bank.bank, "B2", "371500", CHIPING_YEAR).line_count == 0


def test_what_was_taken_is_settled_and_what_was_not_is_payable_again(world, bank, spec):
    bills = crowd(world, bank)
    _, body = sent(world, bank)
    numbers = list(DeductionLine.objects.order_by("seq").values_list("out_trade_no", flat=True))

    told = receive_result(world.env, bank, back(spec, body, refused={numbers[1]: "1001"}))

    assert (told.paid, told.failed, told.parked) == (4, 1, 0)
    assert Entry.objects.filter(debit="channel_clearing:bank_batch").count() == 4
    failed = DeductionLine.objects.get(out_trade_no=numbers[1])
    assert (failed.code, failed.message) == ("1001", "余额不足")
    again, _ = sent(world, bank, "B2")
    assert (again.line_count, again.total_fen) == (1, 28_000), "the second run"
    assert Bill.objects.filter(id__in=[bill.id for bill in bills], state="settled").count() == 4
    assert audit(world.env.now) == []


def test_the_same_result_again_changes_nothing(world, bank, spec):
    crowd(world, bank)
    _, body = sent(world, bank)
    result = back(spec, body)
    receive_result(world.env, bank, result)
    entries = Entry.objects.count()

    told = receive_result(world.env, bank, result)

    assert (told.paid, told.failed) == (5, 0)
    assert Entry.objects.count() == entries
    with pytest.raises(StatementRefused):
        receive_result(world.env, bank, back(spec, body, refused={"x": "1001"}).replace(b"100500", b"100501"))


@pytest.mark.parametrize("flaw", ["count", "sum", "sequence", "swapped", "short"])
def test_a_result_that_is_not_the_answer_is_refused_whole(world, bank, spec, flaw):
    crowd(world, bank)
    _, body = sent(world, bank)

    with pytest.raises(StatementRefused):
        receive_result(world.env, bank, back(spec, body, flaw=flaw))

    assert not Entry.objects.exists()
    assert DeductionBatch.objects.get(batch_no="B1").result_sha256 is None
    assert receive_result(world.env, bank, back(spec, body)).paid == 5, "the right one is still taken"


def test_nobody_can_pay_twice_while_the_bank_holds_it(world, bank, spec):
    bills = crowd(world, bank, 1)
    _, body = sent(world, bank)

    with pytest.raises(ChannelUnavailable):
        release(world.env, bills[0].id)
    chase(world.later(minutes=60).env)
    assert Order.objects.get().state == "open"
    world.later(minutes=0)
    receive_result(world.env, bank, back(spec, body))

    assert Bill.objects.get(id=bills[0].id).state == "settled"


def test_what_failed_can_be_paid_by_phone_at_once(world, bank, spec):
    bills = crowd(world, bank, 1)
    _, body = sent(world, bank)
    number = DeductionLine.objects.get().out_trade_no
    receive_result(world.env, bank, back(spec, body, refused={number: "1003"}))

    link = pay(world.env, world.opening(bills[0]), BACK)

    assert link.startswith("https://pay.example/")
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["created", "failed"]


def test_an_agreement_is_whole_and_one_a_person(world, bank):
    person = world.person()
    with pytest.raises(BadInput):
        sign(world.env, [signing(person, bank.bank, agreement_no=" ")])
    assert sign(world.env, [signing(person, bank.bank)]) == 1
    assert sign(world.env, [signing(person, bank.bank, 7)]) == 0
    assert deduct.end([person], date(2021, 11, 1)) == 1
    assert sign(world.env, [signing(person, bank.bank, 7)]) == 1
    assert Mandate.objects.count() == 2
    assert b"6222" not in bytes(Mandate.objects.first().account_sealed)


def test_a_batch_whose_making_was_interrupted_is_gone_on_with(world, bank, monkeypatch):
    crowd(world, bank)
    monkeypatch.setattr(deduct, "CHUNK", 2)
    really, calls = deduct._add_all, []

    def dies(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the process dies")
        return really(*arguments)

    monkeypatch.setattr(deduct, "_add_all", dies)
    with pytest.raises(RuntimeError):
        sent(world, bank)
    monkeypatch.setattr(deduct, "_add_all", really)
    batch, _ = sent(world, bank)

    assert batch.line_count == 5
    assert list(DeductionLine.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_a_value_that_does_not_fit_the_banks_file_is_said_with_its_line(world):
    bank = read_format(FORMATS / "fixed.yaml")
    sign(world.env, [signing(world.person(), bank.bank, account="6" * 33)])
    world.bill(Mandate.objects.get().person_id, CHIPING_YEAR)

    with pytest.raises(StatementRefused) as refused:
        sent(world, bank)

    assert "第2行" in refused.value.facts["problem"]
    assert CHIPING
