"""发件箱: what an assisted person owes is told to tax, and may be paid once the tax side has it (SX-07, SX-10)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import PushPending, StepNotDue
from canbao.records.models import Bill, Event, IdentityMark, OutboxRow, PushBatch
from canbao.services.exchange.outbox.look import refusals, retry, standing
from canbao.services.exchange.outbox.send import send
from canbao.services.money.ledger import check_states
from canbao.services.system.packs import publish
from tests.support.fake_authority import FakeAuthority
from tests.support.world import PACKS, World, make_world

YANHU = "140802"


@pytest.fixture
def tax() -> FakeAuthority:
    return FakeAuthority()


@pytest.fixture
def world(db: None, tax: FakeAuthority) -> World:
    """运城 in 山西 on 20 December 2021."""
    return told_to(make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC)), tax)


def told_to(world: World, tax: FakeAuthority) -> World:
    return replace(world, env=replace(world.env, authorities={"tax": tax}))


def assisted(world: World) -> int:
    person = world.person(YANHU, "adult", date(1988, 3, 15), "李明")
    return world.marked(person, "minimum_living_allowance", date(2021, 12, 1), pushed=False)


def states() -> list[tuple[str, str]]:
    return list(OutboxRow.objects.order_by("person", "turn").values_list("action", "state"))


def test_what_an_assisted_person_owes_waits_for_tax_and_is_payable_once_it_is_accepted(world, tax):
    person = assisted(world)
    held = world.bill(person, 2022)
    assert (held.state, held.amount_fen, held.hold_code) == ("payable", 4_000, "E-1022")
    with pytest.raises(PushPending):
        world.order(held)
    assert send(world.env) == 1
    bill = world.bill(person, 2022)
    assert (bill.id, bill.hold_code, bill.push_accepted_date) == (held.id, None, date(2021, 12, 20))
    assert world.order(bill).state == "open"
    (row,) = tax.batches[0].rows
    assert (row.amount_fen, row.parts, row.psn_type, row.benefit_year) == (
        4_000, {"person": 4_000, "medical_assistance": 28_000}, "1501", 2022
    )  # fmt: skip
    assert Event.objects.filter(name="BillReleased", subject_id=bill.id).count() == 1


def test_somebody_without_a_mark_and_somebody_who_owes_nothing_are_not_told(world, tax):
    world.bill(world.person(YANHU, "adult", date(1990, 1, 1)), 2022)
    world.bill(world.marked(assisted(world), "extreme_hardship", date(2021, 1, 1), pushed=False), 2022)
    assert not OutboxRow.objects.exists()


def test_where_the_notice_makes_it_a_must_the_day_after_opens_it(world, tax):
    pack = (PACKS / "140000" / "2022.yaml").read_bytes()
    publish({("140000", 2022): pack.replace(b"force: advice", b"force: must")}, world.env.now, ["test"])
    world = world.later(minutes=1)
    bill = world.bill(assisted(world), 2022)
    send(world.env)
    bill = Bill.objects.get()
    assert (bill.hold_code, bill.push_accepted_date) == ("E-1022", date(2021, 12, 20))
    assert world.later(days=1).bill(bill.person_id, 2022).hold_code is None
    assert Bill.objects.count() == 1


def test_next_years_bill_is_told_anew(world, tax):
    person = assisted(world)
    send_all(world, [world.bill(person, 2022)])
    Bill.objects.update(benefit_year=2021)
    assert world.bill(person, 2022).hold_code == "E-1022"
    assert states() == [("put", "accepted"), ("put", "waiting")]


def send_all(world: World, _bills: list[Bill]) -> None:
    while send(world.env):
        pass


def test_another_figure_takes_the_old_one_back_first_and_is_held_until_it_is_accepted_itself(world, tax):
    person = assisted(world)
    send_all(world, [world.bill(person, 2022)])
    IdentityMark.objects.update(group="returned_to_poverty")
    bill = world.bill(person, 2022)
    assert (bill.amount_fen, bill.hold_code) == (3_200, "E-1022")
    assert states() == [("put", "accepted"), ("cancel", "waiting"), ("put", "waiting")]
    assert send(world.env) == 2
    assert [[row.is_cancel for row in batch.rows] for batch in tax.batches] == [[False], [True], [False]]
    assert [row.amount_fen for row in tax.held.values()] == [3_200]
    assert world.bill(person, 2022).hold_code is None


def test_what_nobody_was_told_yet_is_taken_back_without_a_word(world, tax):
    person = assisted(world)
    world.bill(person, 2022)
    IdentityMark.objects.update(ended_date=date(2021, 12, 10))
    assert world.bill(person, 2022).kind == "normal"
    assert states() == [("put", "withdrawn")]
    assert send(world.env) == 0
    assert tax.batches == []


def test_a_lost_answer_is_asked_for_again_later_and_nothing_is_told_twice(world, tax):
    person = assisted(world)
    world.bill(person, 2022)
    tax.silent = 2
    assert send(world.env) == 0
    assert send(world.env) == 0, "not before its time"
    assert send(world.later(seconds=61).env) == 0
    assert send(world.later(seconds=200).env) == 1
    assert len({row.rid for batch in tax.batches for row in batch.rows}) == 1
    assert [batch.fault for batch in PushBatch.objects.order_by("id")] == ["silence", "silence", None]
    assert world.bill(person, 2022).hold_code is None


def test_a_row_told_without_an_answer_is_cancelled_and_never_withdrawn(world, tax):
    person = assisted(world)
    world.bill(person, 2022)
    tax.silent = 1
    send(world.env)
    IdentityMark.objects.update(ended_date=date(2021, 12, 10))
    world.bill(person, 2022)
    assert states() == [("put", "waiting"), ("cancel", "waiting")]
    assert send(world.env) == 0, "the cancellation may not overtake"
    assert send(world.later(seconds=61).env) == 2
    assert tax.held == {}


def test_a_lost_row_waits_while_the_rest_of_its_batch_goes_on(world, tax):
    bills = [world.bill(assisted(world), 2022) for _ in range(3)]
    tax.lose = {bills[1].id}
    assert send(world.env) == 2
    assert (tax.batches[0].sum_fen, PushBatch.objects.get().row_count) == (12_000, 3)
    tax.lose = set()
    assert send(world.later(seconds=61).env) == 1
    assert set(Bill.objects.values_list("hold_code", flat=True)) == {None}


def test_a_refused_row_is_shown_with_its_words_and_told_again_once_put_right(world, tax):
    bill = world.bill(assisted(world), 2022)
    tax.refuse = {bill.id: "姓名与税务登记不符"}
    assert send(world.env) == 1
    (found,) = refusals(world.env, "tax")
    assert (found.name, found.row.reason, found.row.can_retry) == ("李*", "姓名与税务登记不符", True)
    assert world.bill(bill.person_id, 2022).hold_code == "E-1022"
    tax.refuse = {}
    assert retry(world.env, "tax", [found.row.id]) == 1
    with pytest.raises(StepNotDue):
        retry(world.env, "tax", [found.row.id])
    send(world.env)
    assert refusals(world.env, "tax") == []
    assert world.bill(bill.person_id, 2022).hold_code is None
    assert check_states(world.env) == []


def test_a_refused_row_whose_bill_is_gone_is_not_told_again_nor_cancelled(world, tax):
    bill = world.bill(assisted(world), 2022)
    tax.refuse = {bill.id: "不认识"}
    send(world.env)
    IdentityMark.objects.update(ended_date=date(2021, 12, 10))
    world.bill(bill.person_id, 2022)
    assert states() == [("put", "refused")]
    assert retry(world.env, "tax") == 0


def test_the_standing_counts_rows_and_batches(world, tax):
    for _ in range(2):
        world.bill(assisted(world), 2022)
    send(world.env)
    world.bill(assisted(world), 2022)
    found = standing(world.env, "tax")
    assert [(row["state"], row["n"]) for row in found.rows] == [("accepted", 2), ("waiting", 1)]
    assert [(one.row_count, one.sum_fen, one.accepted_count) for one in found.batches] == [(2, 8_000, 2)]
