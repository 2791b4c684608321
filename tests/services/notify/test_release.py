"""放开: who waited for a figure gets it in sets when the pack states it; told, written about, or listed (CP-04, E15)."""

import re
from datetime import date

import pytest

from canbao.basics.refusals import BadInput, NotFound
from canbao.records.models import Bill, CollectionUnit, Enrolment, Event, Message
from canbao.services.money.assess import assess
from canbao.services.notify.consent import Wish, agree, stop_for_phone
from canbao.services.notify.deliver import deliver
from canbao.services.notify.release import rehearse, release, texts, unreached, why_unreached
from canbao.services.notify.tell import tell
from canbao.services.system.packs import publish
from tests.support.world import CHIPING, CHIPING_YEAR, PACKS, World

LOW_INCOME, SCHOOL = "minimum_living_allowance", "茌平区实验小学"
PENDING = "{value: pending, status: stated, rule: CP-04, force: provisional}"

OPEN_END = "closes: {status: not_stated, rule: CP-01, note: 通知没有写截止日期}"


def stating(world: World, subsidy: str, closes: str = "") -> World:
    """茌平 states what 低保 students are helped with; the figure is this test's own."""
    pack = (PACKS / CHIPING / "2022.yaml").read_text("utf-8")
    before, after = pack.split(f"{LOW_INCOME}:", 1)
    if closes:
        after = after.replace(OPEN_END, f"closes: {{value: {closes}, status: stated, rule: CP-01}}")
    body = f"{before}{LOW_INCOME}:{after.replace(PENDING, subsidy, 1)}".encode()
    publish({(CHIPING, CHIPING_YEAR): body}, world.env.now, ["test"])
    return world.later(minutes=1)


@pytest.fixture
def waiting(world: World) -> list[int]:
    """Four 低保 students who wait, three of one school, and an orphan who waits for another figure."""
    CollectionUnit.objects.create(code="S1", name=SCHOOL, kind="school", area_code=CHIPING)
    people = [
        world.marked(world.person(birth=date(2012, 3, n)), LOW_INCOME, date(2021, 9, 1)) for n in range(1, 5)
    ]
    Enrolment.objects.filter(person__in=people[:3]).update(unit_code="S1")
    orphan = world.marked(world.person(birth=date(2012, 3, 9)), "orphan", date(2021, 9, 1))
    assert {world.bill(person).state for person in (*people, orphan)} == {"deferred"}
    return people


def states() -> list[str]:
    return list(Bill.objects.filter(current_slot=1).order_by("person").values_list("state", flat=True))


def wish(person: int, phone: str) -> Wish:
    return Wish(person, CHIPING_YEAR, "sms", phone, "question", "proxy")


def test_without_a_figure_everybody_goes_on_waiting(world, waiting):
    for way in (rehearse, release):
        outcome = way(world.env, CHIPING, CHIPING_YEAR, LOW_INCOME)
        assert (outcome.waiting, outcome.messages, outcome.unassessed) == (4, 0, 0)
    assert texts(world.env, CHIPING, CHIPING_YEAR, LOW_INCOME) == {}
    assert list(unreached(world.env, CHIPING, CHIPING_YEAR, LOW_INCOME)) == []
    assert set(states()) == {"deferred"}


def test_the_figure_frees_its_group_alone_and_a_second_run_changes_nothing(world, waiting):
    later = stating(world, "{fixed_yuan: 180, status: stated, rule: CP-04}")
    assert +rehearse(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME).bills == {"payable": 4}
    assert set(states()) == {"deferred"}
    assert +release(later.env, "371500", CHIPING_YEAR, LOW_INCOME).bills == {"payable": 4}
    assert sorted(states()) == ["deferred", *["payable"] * 4]
    assert set(Bill.objects.filter(state="payable").values_list("amount_fen", flat=True)) == {10_000}
    before = (
        Event.objects.count(),
        Message.objects.count(),
        texts(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME),
    )
    again = release(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME)
    assert (again.bills.total(), again.messages) == (0, 0)
    after = (
        Event.objects.count(),
        Message.objects.count(),
        texts(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME),
    )
    assert after == before


def test_a_full_subsidy_leaves_nothing_to_pay_and_still_something_to_do(world, waiting, carrier):
    agree(world.env, [wish(waiting[0], "13800138000")])
    later = stating(world, "{value: full, status: stated, rule: CP-04}")
    assert +release(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME).bills == {"zero": 4}
    deliver(later.env)
    assert carrier.arrived[0].values["result"] == "不用缴费，请进去点“确认参保”"
    assert "不用缴费" in texts(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME)["媒体"]


def test_a_figure_that_is_not_stated_after_all_is_never_guessed(world, waiting):
    later = stating(world, "{status: not_stated, rule: CP-04}")
    outcome = release(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME)
    assert (outcome.waiting, outcome.unassessed, outcome.messages) == (0, 4, 0)
    assert set(states()) == {"deferred"}, "nobody loses the bill that waits"


def test_who_consented_is_told_once_and_the_rest_is_listed_with_their_school(world, waiting, carrier):
    told, refused, withdrawn, _silent = waiting
    agree(
        world.env, [wish(told, "13800138000"), wish(refused, "13900139000"), wish(withdrawn, "13700137000")]
    )
    stop_for_phone(world.env, "13700137000", "198.51.100.7")
    carrier.refuse["13900139000"] = "isv.MOBILE_NUMBER_ILLEGAL"
    later = stating(world, "{fixed_yuan: 180, status: stated, rule: CP-04}")
    assert release(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME).messages == 2
    assert (
        len(list(unreached(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME))) == 2
    )  # two are still on their way
    deliver(later.env)
    assert tell(later.later(minutes=1).env) == 0  # the journal says nothing new to whoever was told
    assert [note.address for note in carrier.arrived] == ["13800138000"]
    rows = list(unreached(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME))
    assert sorted((row.unit, row.why) for row in rows) == [
        ("", "没有留手机号"), (SCHOOL, "号码不是能收短信的手机号"), (SCHOOL, "没有留手机号")
    ]  # fmt: skip
    assert {row.name for row in rows} == {"张*满"}
    assert all(re.fullmatch(r"3715\*{10}\d{3}[\dX]", row.number) for row in rows)


def test_the_texts_say_figures_dates_and_phones_and_name_nobody(world, waiting):
    later = stating(world, "{fixed_yuan: 180, status: stated, rule: CP-04}")
    release(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME)
    files = texts(later.env, CHIPING, CHIPING_YEAR, LOW_INCOME)
    assert list(files) == ["媒体", f"通知-{SCHOOL}-S1"]
    school, media = files[f"通知-{SCHOOL}-S1"], files["媒体"]
    assert "个人缴100元：3人" in school
    assert "个人缴100元：4人" in media
    for text in (school, media):
        assert "低保学生" in text
        assert "2021年10月8日" in text
        assert "茌平区税务局（办税厅） 0635-4227026" in text
        assert "张小满" not in text
        assert "http" not in text
        assert "未公布" not in text


@pytest.mark.parametrize(
    ("area", "group", "wrong"), [("999999", LOW_INCOME, NotFound), (CHIPING, "poets", BadInput)]
)
def test_an_area_or_group_that_is_not_there_is_refused(world, area, group, wrong):
    with pytest.raises(wrong):
        release(world.env, area, CHIPING_YEAR, group)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "没有留手机号"),
        ((("sent", ""),), ""),
        ((("refused", "号码不对"), ("waiting", "")), ""),
        ((("withdrawn", ""),), "不要通知"),
        ((("withdrawn", ""), ("given_up", "")), "没有送到"),
    ],
)
def test_one_message_that_arrived_is_enough(words, why):
    assert why_unreached(words) == why


def test_a_look_outside_the_window_loses_nobody_who_waits(world, waiting):
    """The figure may come after the window has closed: whoever looked in between is still there to be released."""
    shut = (
        stating(world, "{fixed_yuan: 180, status: stated, rule: CP-04}", closes="2021-11-12")
        .later(days=9)
        .env
    )
    (seen, *_) = assess(shut, waiting, CHIPING_YEAR)
    assert seen.answer
    assert seen.answer.refusal
    assert (seen.answer.refusal.code, states()) == ("E-1011", ["deferred"] * 5)
