"""村集体补助 (CZ-18): declared and paid at the tax hall alone, a share of its own on each person's bill."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.basics.refusals import ChannelNotSuited
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Bill, CollectiveShare, Coverage, Entry, Order, Person
from canbao.services.money.collective.declare import declare
from canbao.services.money.collective.follow import code_of
from canbao.services.money.collective.gather import dry_run, open_collection
from canbao.services.money.collective.read import keep
from canbao.services.money.open import open_orders
from canbao.services.money.pay import resume
from canbao.services.money.window.take import Handed, take
from canbao.services.money.window.till import Till, open_shift
from canbao.services.people.guide import quote
from canbao.services.people.register import Registration, register
from canbao.services.system.audit import audit
from canbao.services.system.places import Unit, put_units
from tests.support.rosters import as_csv
from tests.support.world import BACK, World, make_world

TUNLIU, VILLAGE = "140405", "140405100201"
IN_TIME = datetime(2024, 11, 10, 2, 0, tzinfo=UTC)  # 长治 collects 1–25 of each month, 400 yuan


@pytest.fixture
def world(db: None) -> World:
    put_units([Unit(VILLAGE, "东村", "village", TUNLIU)])
    return make_world(IN_TIME)


def villagers(world: World, size: int) -> list[int]:
    rows = []
    for n in range(size):
        number = id_number(TUNLIU, date(1970, 3, 1 + n), 500 + n)
        sex = parse_resident_id(number, date(2026, 1, 1)).sex
        rows.append(
            Registration(
                "郝建军",
                RESIDENT_ID,
                number,
                date(1970, 3, 1 + n),
                sex,
                TUNLIU,
                "adult",
                date(2020, 1, 1),
                VILLAGE,
            )
        )
    return [done.person_id for done in register(world.env, rows)]


def shares(person_id: int) -> dict[str, int]:
    return Bill.objects.get(person=person_id, current_slot=1).shares


def test_what_the_village_bears_is_a_share_of_its_own_and_both_are_booked_as_their_payers(world):
    ids = villagers(world, 3)
    kept = keep(world.env, VILLAGE)
    assert declare(world.env, kept.id, "tax_window", 10_000).people == 3
    assert shares(ids[0]) == {"person": 30_000, "collective": 10_000}
    drawer = Till("drawer", "甲")
    open_shift(world.env, drawer, "办税服务厅", 0)
    open_collection(world.env, kept.id, "cash")
    (told,) = take(world.env, drawer, [Handed("S-1", 120_000, collection_id=kept.id)])
    assert told.state == "taken"
    booked = {
        row.credit: row.amount_fen
        for row in Entry.objects.filter(bill_id=Bill.objects.get(person=ids[0], state="settled").id)
    }
    assert booked == {"contribution:2025:person": 30_000, "contribution:2025:collective": 10_000}
    assert Coverage.objects.filter(state="active").count() == 3
    assert audit(world.env.now, at_rest=True) == []


def test_through_any_other_channel_it_is_neither_declared_nor_paid_and_the_hall_is_named(world):
    (one,) = villagers(world, 1)
    kept = keep(world.env, VILLAGE)
    for way in ("wechat", "agent", "bank_app"):
        with pytest.raises(ChannelNotSuited) as refusal:
            declare(world.env, kept.id, way, 10_000)
        assert refusal.value.facts["channels"] == "办税服务厅"
    declare(world.env, kept.id, "cash", 10_000)
    person = Person.objects.get(id=one)
    number = world.env.sealer.open_number(one, person.number_sealed)
    with pytest.raises(ChannelNotSuited) as refusal:
        quote(world.env, one, TUNLIU, "self", person.name, number)
    assert "协办人员到办税服务厅申报" in refusal.value.say(refusal.value.why)
    with pytest.raises(ChannelNotSuited):
        open_orders(world.env, [world.opening(Bill.objects.get(current_slot=1))], online=False)
    told = dry_run(world.env, kept.id, "wechat", asked=True)
    assert [row.refusal.code for row in told.listed] == ["E-1023"]
    bag = Till("agent", "王会计")  # an agent on the road is not at the hall either
    open_shift(world.env, bag, "东村", 0)
    (refused,) = take(world.env, bag, [Handed("A-1", 40_000, TUNLIU, (one,))])
    assert refused.code == "E-1023"
    open_collection(world.env, kept.id, "cash")  # opened for the hall, it is not paid elsewhere after all
    with pytest.raises(ChannelNotSuited):
        code_of(world.env, kept.id, "wechat")
    for till in (bag, Till("terminal", "T-1")):
        (refused,) = take(world.env, till, [Handed("A-2", 40_000, collection_id=kept.id)])
        assert refused.code == "E-1023"
    with pytest.raises(ChannelNotSuited):
        resume(world.env, Order.objects.get(state="open").token, BACK)


def test_each_row_has_its_own_share_and_a_wrong_one_is_its_own_trouble(world):
    ids = villagers(world, 4)
    numbers = [world.env.sealer.open_number(id_, Person.objects.get(id=id_).number_sealed) for id_ in ids]
    rows = [("郝建军", no, said) for no, said in zip(numbers, ("100", "87.50元", "五十", "500"), strict=True)]
    kept = keep(world.env, VILLAGE, [as_csv(rows, header=("姓名", "身份证号", "集体补助"))])
    done = declare(world.env, kept.id, "cash")
    assert (done.people, done.amount_fen) == (2, 18_750)
    assert [(row.row.row_no, row.outcome) for row in done.result.listed] == [
        (4, "share_unreadable"),
        (5, "share_too_much"),
    ]


def test_declared_again_nothing_changes_and_another_figure_takes_its_place(world):
    (one,) = villagers(world, 1)
    kept = keep(world.env, VILLAGE)
    for fen in (10_000, 10_000, 5_000):
        declare(world.env, kept.id, "cash", fen)
    assert shares(one) == {"person": 35_000, "collective": 5_000}
    assert list(CollectiveShare.objects.order_by("id").values_list("amount_fen", "active_slot")) == [
        (10_000, None),
        (5_000, 1),
    ]


def test_a_dry_run_declares_nothing(world):
    villagers(world, 1)
    kept = keep(world.env, VILLAGE)
    assert declare(world.env, kept.id, "cash", 10_000, dry=True).people == 1
    assert not CollectiveShare.objects.exists()


def test_who_has_paid_or_lies_in_an_open_order_is_left_as_they_are(world):
    one, two = villagers(world, 2)
    kept = keep(world.env, VILLAGE)
    open_orders(world.env, [world.opening(world.bill(one, 2025))])
    done = declare(replace(world.env, actor="staff:甲"), kept.id, "cash", 10_000)
    assert [row.refusal.code for row in done.result.listed] == ["E-1006"]
    assert (shares(one), shares(two)["collective"]) == ({"person": 40_000}, 10_000)
