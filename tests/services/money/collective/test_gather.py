"""集中代收: one order for many, opened once, and nobody's trouble is anybody else's."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canbao.basics.refusals import BadInput, StepNotDue
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import (
    Bill,
    CollectionOrder,
    ContributionRecord,
    Coverage,
    Entry,
    GroupAnswer,
    Order,
    OrderLine,
    Person,
    Refund,
)
from canbao.records.serials import CounterSerials
from canbao.services.money.chase import chase
from canbao.services.money.collective.follow import cancel_order, code_of, show
from canbao.services.money.collective.gather import dry_run, open_collection
from canbao.services.money.collective.read import keep
from canbao.services.money.pay import pay, release
from canbao.services.money.receipt import receipts_of
from canbao.services.money.settle import Arrival, settle
from canbao.services.system.audit import audit
from canbao.services.system.places import Unit, put_units
from tests.services.money.collective.conftest import UNIT
from tests.support.rosters import as_csv
from tests.support.world import BACK, make_world


def scan(world, order):
    """Somebody scans the code and pays all of it."""
    fact = world.channel.take_money(f"{order.order_no}01")
    return settle(world.env, [Arrival(fact)])


def test_one_code_pays_for_everybody_each_with_a_bill_a_cover_and_a_receipt(village):
    kept, order = village.opened(village.people(7))
    same, code = code_of(village.world.env, kept.id, "wechat")
    assert (same.id, order.amount_fen, code) == (order.id, 7 * 28_000, f"weixin://{order.order_no}01")
    assert scan(village.world, order) == ["settled"]
    assert set(Bill.objects.values_list("state", flat=True)) == {"settled"}
    assert Coverage.objects.filter(state="active").count() == ContributionRecord.objects.count() == 7
    assert len({receipt.receipt_no for receipt in receipts_of(village.world.env, order.token)}) == 7
    assert Entry.objects.count() == 7
    shown = show(village.world.env, kept.id)
    assert (shown.settled, shown.settled_fen) == (7, 7 * 28_000)
    assert audit(village.world.env.now, at_rest=True) == []


def test_the_same_list_uploaded_again_or_by_another_agent_opens_nothing_twice(village):
    ids = village.people(3)
    first, order = village.opened(ids)
    again, same = village.opened(ids)
    assert (first.id, order.id) == (again.id, same.id)
    other = keep(village.world.env, UNIT, [village.list_of(list(reversed(ids)))])
    with pytest.raises(BadInput):
        open_collection(village.world.env, other.id, "wechat")
    assert Order.objects.count() == 1


def test_rows_that_cannot_be_paid_are_told_under_the_files_numbers_and_hold_up_nobody(village):
    world, (one, two, three) = village.world, village.people(3)
    pay(world.env, world.opening(world.bill(two)), BACK)  # an order of their own is still open
    kept = village.collection(
        [one, two, three],
        ("王无名", id_number("371503", date(2012, 4, 16), 901)),
        ("张小满", village.number(one)),
    )
    told = dry_run(world.env, kept.id, "wechat")
    assert (told.rows, told.ok, told.doubtful, told.bad) == (5, 2, 1, 2)
    assert [(row.row.row_no, row.outcome) for row in told.listed] == [
        (3, "refused"),
        (5, "number_unknown"),
        (6, "twice"),
    ]
    assert "E-1006" in told.listed[0].words
    assert open_collection(world.env, kept.id, "wechat").amount_fen == 56_000


def test_a_dry_run_writes_nothing(village):
    kept = village.collection(village.people(2))
    before = (Bill.objects.count(), Order.objects.count(), CollectionOrder.objects.count())
    assert dry_run(village.world.env, kept.id, "wechat").goes == 2
    assert (Bill.objects.count(), Order.objects.count(), CollectionOrder.objects.count()) == before


def test_numbers_used_in_a_dry_run_are_never_handed_out_again(village):
    """What is undone must not take the counter back with it: another process would get the same block."""
    world = village.world
    kept = village.collection(village.people(3))
    fresh = replace(world.env, serials=CounterSerials())
    dry_run(fresh, kept.id, "wechat")
    other = CounterSerials()
    assert set(other.take("bill", 5)).isdisjoint(fresh.serials.take("bill", 5))


def test_one_who_pays_by_phone_meanwhile_leaves_the_others_and_their_part_is_owed_back(village):
    world, ids = village.world, village.people(4)
    _, order = village.opened(ids)
    bill = Bill.objects.get(person=ids[2])
    release(world.env, bill.id)  # their own page: 取消那一笔
    own = world.opening(bill)
    pay(world.env, own, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{own.order_no}01"))])
    code_of(world.env, 1 * CollectionOrder.objects.get().collection_id, "wechat")
    assert scan(world, order) == ["settled"]
    states = sorted(OrderLine.objects.filter(order_no=order.order_no).values_list("state", flat=True))
    assert states == ["settled", "settled", "settled", "surplus"]
    assert Entry.objects.get(credit="overpayment:wechat").amount_fen == 28_000
    assert Refund.objects.get().order_no == order.order_no
    assert Coverage.objects.filter(state="active").count() == 4


def test_one_who_let_go_and_did_not_pay_is_paid_for_by_the_agent_after_all(village):
    world, ids = village.world, village.people(2)
    kept, order = village.opened(ids)
    release(world.env, Bill.objects.get(person=ids[0]).id)
    assert Order.objects.get().state == "open"
    code_of(world.env, kept.id, "wechat")
    assert scan(world, order) == ["settled"]
    assert Coverage.objects.filter(state="active").count() == 2


def test_an_order_that_ran_out_is_followed_by_one_for_those_who_are_left(village):
    ids = village.people(3)
    kept, order = village.opened(ids)
    later = village.world.later(hours=3)
    chase(later.env)
    assert Order.objects.get(id=order.id).state == "expired"
    pay(later.env, later.opening(Bill.objects.get(person=ids[0])), BACK)
    following = open_collection(later.env, kept.id, "wechat")
    assert (following.order_no != order.order_no, following.amount_fen) == (True, 56_000)
    assert list(CollectionOrder.objects.values_list("nth", flat=True)) == [1, 2]


def test_a_cancelled_order_lets_everybody_go(village):
    kept, _ = village.opened(village.people(2))
    code_of(village.world.env, kept.id, "wechat")
    assert cancel_order(village.world.env, kept.id) == "cancelled"
    assert set(OrderLine.objects.values_list("state", "open_slot")) == {("released", None)}
    with pytest.raises(StepNotDue):
        cancel_order(village.world.env, kept.id)


def test_an_agent_cut_off_before_the_opening_opens_under_the_same_number(village, monkeypatch):
    kept = village.collection(village.people(2))
    with monkeypatch.context() as patch:
        patch.setattr(
            "canbao.services.money.collective.gather.open_orders",
            lambda *_, **__: (_ for _ in ()).throw(ConnectionError),
        )
        with pytest.raises(ConnectionError):
            open_collection(village.world.env, kept.id, "wechat")
    assert Order.objects.count() == 0
    put = CollectionOrder.objects.get()
    assert open_collection(village.world.env, kept.id, "wechat").order_no == put.order_no


def test_everybody_of_a_school_needs_no_list(village):
    village.people(3)
    kept = keep(village.world.env, UNIT)
    assert open_collection(village.world.env, kept.id, "wechat").amount_fen == 84_000


def test_whom_nobody_may_pay_for_is_told_and_the_children_are_paid_for(db):
    """FY-06, FY-08: in 阜阳 18 to 50 pay for themselves."""
    fuyang = make_world(datetime(2020, 11, 10, 2, 0, tzinfo=UTC))
    put_units([Unit("341225V01", "东村", "village", "341225")])
    grown = fuyang.person("341225", "adult", date(1985, 3, 1), "李大强")
    child = fuyang.person("341225", "minor", date(2015, 3, 1), "李小强")
    numbers = {}
    for id_, name in ((grown, "李大强"), (child, "李小强")):
        person = Person.objects.get(id=id_)
        numbers[name] = fuyang.env.sealer.open_number(id_, person.number_sealed)
    kept = keep(fuyang.env, "341225V01", [as_csv(list(numbers.items()), header=("姓名", "身份证号"))])
    told = dry_run(fuyang.env, kept.id, "wechat", asked=True)
    assert [(row.row.row_no, row.refusal.code) for row in told.listed] == [(2, "E-1016")]
    assert open_collection(fuyang.env, kept.id, "wechat").amount_fen == 28_000


def test_where_a_normal_payment_cannot_be_turned_back_the_agent_says_that_everybody_was_asked(db):
    """CZ-09: the answer is kept for each of them."""
    changzhi = make_world(datetime(2024, 11, 10, 2, 0, tzinfo=UTC))
    put_units([Unit("140405V01", "东村", "village", "140405")])
    one = changzhi.person("140405", "adult", date(1970, 3, 1), "郝建军")
    number = changzhi.env.sealer.open_number(one, Person.objects.get(id=one).number_sealed)
    kept = keep(changzhi.env, "140405V01", [as_csv([("郝建军", number)], header=("姓名", "身份证号"))])
    assert [row.refusal.code for row in dry_run(changzhi.env, kept.id, "wechat").listed] == ["E-1025"]
    with pytest.raises(BadInput):
        open_collection(changzhi.env, kept.id, "wechat")
    assert open_collection(changzhi.env, kept.id, "wechat", asked=True).amount_fen == 40_000
    answer = GroupAnswer.objects.get()
    assert (answer.person_id, answer.answer, answer.given_by, "CZ-09" in answer.rules) == (
        one,
        "no",
        "agent",
        True,
    )


def statements(work) -> int:
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_opening_and_settling_take_no_more_statements_for_more_people(village):
    world = village.world

    def whole(size: int) -> tuple[int, int]:
        kept = village.collection(village.people(size))
        opening = statements(lambda: open_collection(world.env, kept.id, "wechat"))
        order, _ = code_of(world.env, kept.id, "wechat")
        return opening, statements(lambda: scan(world, order))

    whole(2)  # packs are read and serials fetched once a process
    few, many = whole(3), whole(60)
    assert few == many
