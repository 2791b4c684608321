"""A closed day goes to the treasury and comes back line by line; nothing is posted twice, nothing is lost."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.refusals import NotFound, StatementRefused
from canbao.channels.treasury import TreasuryFileUnfit, read_postings
from canbao.records.models import ContributionRecord, Event, TreasuryFile, TreasuryLine
from canbao.services.exchange.treasury import receive_postings, remit
from sandbox.treasury.answer import answer
from tests.support.reconciling import DAY, NEXT, a_payment, as_row, as_staff, balances, closed, uploaded

POSTED_ON = date(2020, 10, 13)


@pytest.fixture
def closed_day(world):
    """Three payments, a statement that says the same, two people who closed the day."""
    facts = [a_payment(world) for _ in range(3)]
    uploaded(world, [as_row(fact) for fact in facts])
    evening = replace(world, env=world.env.at(world.env.now + timedelta(days=1)))
    closed(evening)
    return evening


def handed_in(world) -> str:
    return "".join(remit(as_staff(world, "甲"), "wechat", DAY))


def posted(world, told: str):
    return receive_postings(as_staff(world, "甲"), [told.encode()])


def receipts() -> list[str]:
    return list(ContributionRecord.objects.order_by("receipt_no").values_list("receipt_no", flat=True))


def test_only_a_day_that_is_proved_and_closed_is_handed_in(world):
    a_payment(world)
    with pytest.raises(NotFound):
        remit(world.env, "wechat", DAY)


def test_what_the_treasury_confirms_is_posted_with_its_day_and_tax_receipt(closed_day):
    result = posted(closed_day, answer(handed_in(closed_day), POSTED_ON))

    assert (result.lines, result.posted_fen) == ({"posted": 3}, 3 * 28_000)
    assert set(ContributionRecord.objects.values_list("posted_date", flat=True)) == {POSTED_ON}
    assert None not in set(ContributionRecord.objects.values_list("tax_receipt_no", flat=True))
    assert Event.objects.filter(name="ContributionPosted").count() == 3
    assert balances(closed_day) == {
        "treasury_posted:wechat": 3 * 28_000,
        "contribution:2021:person": -3 * 28_000,
    }


def test_the_same_day_is_the_same_file_and_the_same_file_changes_nothing(closed_day):
    assert handed_in(closed_day) == handed_in(closed_day)
    told = answer(handed_in(closed_day), POSTED_ON)
    first = posted(closed_day, told)

    assert posted(closed_day, told) == first
    assert (TreasuryFile.objects.count(), TreasuryLine.objects.count()) == (1, 3)
    assert sum(balances(closed_day).values()) == 0


def test_a_second_answer_repeats_or_contradicts_and_posts_nothing(closed_day):
    remitted = handed_in(closed_day)
    before = (posted(closed_day, answer(remitted, POSTED_ON)), balances(closed_day))
    again = answer(remitted, POSTED_ON)
    lines = again.splitlines(keepends=True)
    shuffled = "".join([lines[0], *reversed(lines[1:-1]), lines[-1]])

    assert posted(closed_day, shuffled).lines == {"repeated": 3}
    assert posted(closed_day, answer(remitted, date(2020, 10, 14))).lines == {"contradicts": 3}
    assert balances(closed_day) == before[1]


def test_a_line_that_does_not_fit_is_kept_with_its_reason_and_stays_in_transit(closed_day):
    one, other, third = receipts()
    told = answer(handed_in(closed_day), POSTED_ON, {one: "amount", other: "stranger", third: "missing"})

    result = posted(closed_day, told)

    assert result.lines == {"amount_differs": 1, "unknown": 1}
    assert not ContributionRecord.objects.filter(posted_date__isnull=False).exists()
    assert balances(closed_day)["treasury_in_transit:wechat"] == 3 * 28_000


@pytest.mark.parametrize("flaw", ["cut_off", "wrong_sum"])
def test_a_file_that_does_not_add_up_posts_nothing_and_is_kept(closed_day, flaw):
    told = answer(handed_in(closed_day), POSTED_ON, {"file": flaw})

    for _ in range(2):
        with pytest.raises(StatementRefused):
            posted(closed_day, told)

    assert bytes(TreasuryFile.objects.get().body) == told.encode()
    assert not TreasuryLine.objects.exists()
    assert not ContributionRecord.objects.filter(posted_date__isnull=False).exists()


def test_a_day_without_a_payment_is_an_empty_file_that_is_whole(closed_day):
    lines = list(remit(closed_day.env, "wechat", DAY))
    assert lines[-1] == "合计,3,840.00\r\n"
    with pytest.raises(NotFound):
        remit(closed_day.env, "wechat", NEXT)


@given(st.binary(max_size=400), st.integers(0, 2**32))
def test_whatever_a_file_holds_it_is_read_or_refused(noise, seed):
    head = b"rsdt_clct_detl_id,insutype,poolarea_no,cashym,psn_clct_amt,clct_way,clct_time,ursn_time,intsury_time,elec_taxrpt_no\n"
    for body in (noise, head + noise, head + random.Random(seed).randbytes(50)):
        try:
            list(read_postings(body.splitlines(keepends=True)))
        except TreasuryFileUnfit:
            continue
