"""E1 … E15: the rules most often got wrong, each as a named test."""

from datetime import date
from decimal import Decimal

import pytest

from canbao.basics.days import WorkCalendar, year_span
from canbao.basics.refusals import NormalAlreadyPaid
from canbao.policy.admit import admit
from canbao.policy.assess import assess
from canbao.policy.duplicate import Record, overlaps
from canbao.policy.format.values import rounded
from canbao.policy.household import HeadFacts, check_household
from canbao.policy.pack import Moment
from canbao.policy.quota import Quota, Visit, cap_fen, reimburse
from canbao.policy.refund import Claim, refund
from canbao.policy.season import season
from canbao.policy.situation import Mark, Situation
from tests.policy.shelf import FIXTURES, HEAD, a_pack, from_text

FUYANG = a_pack("341200", 2021)
CHANGZHI = a_pack("140400", 2025)
LONG_AGO = date(2020, 1, 1)
NOON = Moment(WorkCalendar(frozenset(), frozenset()))


def marked(group: str, acquired: date = LONG_AGO, pushed: date | None = None, **facts) -> Situation:
    return Situation("adult", date(1980, 5, 1), (Mark(group, acquired, pushed),), **facts)


def one(pack, person: Situation, on: date):
    (answer,) = assess(pack, [person], on)
    return answer


def test_e1_a_subsidy_is_a_formula_and_money_is_in_fen():
    shanxi = {2022: a_pack("140000", 2022), 2023: a_pack("140000", 2023, FIXTURES)}
    days = {2022: date(2021, 12, 20), 2023: date(2022, 10, 8)}
    owed = {
        (group, year): one(pack, marked(group, pushed=date(2021, 12, 17)), days[year]).amount_fen
        for group in ("returned_to_poverty", "minimum_living_allowance")
        for year, pack in shanxi.items()
    }

    assert owed == {
        ("returned_to_poverty", 2022): 3200,
        ("returned_to_poverty", 2023): 3500,
        ("minimum_living_allowance", 2022): 4000,
        ("minimum_living_allowance", 2023): 7000,
    }
    yibin = a_pack("511500", 2023, FIXTURES)
    assert one(yibin, marked("minimum_living_allowance"), date(2022, 10, 8)).amount_fen == 8750
    assert rounded(Decimal("8750.5"), "half_up_fen") == 8751


def test_e2_of_several_identities_the_highest_counts_once():
    both = Situation(
        "adult", marks=(Mark("minimum_living_allowance", LONG_AGO), Mark("monitored_person", LONG_AGO))
    )

    assert one(a_pack("530402", 2026, FIXTURES), both, date(2025, 10, 8)).amount_fen == 22000


def test_e3_the_payer_is_asked_before_a_normal_payment_that_cannot_be_undone():
    """CZ-09. After it the records refuse the special one (E-1019); under FY-12 it would be refundable."""
    before = one(CHANGZHI, Situation("adult", date(1980, 5, 1)), date(2024, 10, 8))

    assert before.amount_fen == 40000
    assert ("CZ-09", "advice") in {(reason.rule, reason.force) for reason in before.reasons}
    assert NormalAlreadyPaid.code == "E-1019"
    claim = Claim("status_gained", 28000, status_acquired_date=date(2020, 12, 31), group="extreme_hardship")
    assert refund(FUYANG, claim).outcome == "refund"


@pytest.mark.parametrize(
    ("pack", "claim", "outcome", "amount_fen", "payee"),
    [
        (
            FUYANG,
            {"reason": "status_gained", "status_acquired_date": date(2020, 12, 31)},
            "refund",
            None,
            "payer",
        ),
        (
            FUYANG,
            {"reason": "status_gained", "status_acquired_date": date(2021, 1, 1)},
            "staff_decide",
            None,
            "payer",
        ),
        (FUYANG, {"reason": "duplicate", "terminated_date": date(2020, 12, 31)}, "refund", 28000, "payer"),
        (FUYANG, {"reason": "duplicate", "terminated_date": date(2021, 1, 1)}, "staff_decide", None, "payer"),
        (
            a_pack("450200", 2023),
            {"reason": "death", "applied_date": date(2022, 12, 31)},
            "refund",
            28000,
            "heirs",
        ),
        (
            a_pack("450200", 2023),
            {"reason": "death", "applied_date": date(2023, 1, 1)},
            "none",
            None,
            "heirs",
        ),
    ],
)
def test_e4_each_reason_has_its_own_day_and_boundary(pack, claim, outcome, amount_fen, payee):
    found = refund(pack, Claim(paid_fen=28000, group="extreme_hardship", **claim))

    assert (found.outcome, found.amount_fen, found.payee) == (outcome, amount_fen, payee)


def test_who_gets_the_money_is_not_guessed_where_the_notice_does_not_say():
    text = HEAD + (
        "refunds:\n  death:\n    label: 去世\n    key_date: {value: applied, status: stated, rule: T}\n"
        "    boundary_date: {value: 2021-12-31, status: stated, rule: T}\n"
        "    before: {value: refund, status: stated, rule: T}\n    payee: not_stated\n"
    )
    claim = Claim("death", 28000, applied_date=date(2021, 12, 31))

    found = refund(from_text(c371500=text), claim)

    assert (found.outcome, found.amount_fen, found.payee) == ("refund", 28000, None)
    assert "退给谁，通告没有写。" in [reason.text for reason in found.reasons]


def test_e4_what_a_fully_subsidised_class_paid_is_paid_back_whole():
    text = HEAD + (
        "assistance:\n  groups:\n    orphan: {name: 孤儿, subsidy: {value: full, status: stated, rule: T}}\n"
        "refunds:\n  gained:\n    label: 取得资格\n"
        "    key_date: {value: status_acquired, status: stated, rule: T}\n"
        "    boundary_date: {value: 2021-12-31, status: stated, rule: T}\n"
        "    before: {value: refund_covered_part, status: stated, rule: T}\n"
    )
    claim = Claim("gained", 28000, status_acquired_date=date(2021, 12, 31), group="orphan")

    assert refund(from_text(c371500=text), claim).amount_fen == 28000


def test_e5_late_is_price_and_wait_and_help_each_by_its_own_rule():
    on = date(2025, 3, 10)
    ordinary = one(CHANGZHI, Situation("adult", date(1980, 5, 1)), on)
    xian = one(a_pack("610100", 2025, FIXTURES), marked("minimum_living_allowance"), on)
    guilin = one(a_pack("450300", 2023, FIXTURES), Situation("adult"), date(2023, 7, 1))

    assert (ordinary.amount_fen, dict(ordinary.shares), ordinary.cover) == (
        107000,
        {"person": 40000, "fiscal": 67000},
        None,
    )
    assert (xian.amount_fen, dict(xian.shares)) == (40000, {"person": 40000})
    assert (guilin.outcome, guilin.amount_fen, guilin.refusal.code) == ("blocked", None, "E-1021")


def test_e5_an_assisted_person_who_is_late_pays_the_own_part_only():
    """长治 says so (CZ-10); its group amounts are not verified, so the same rule is shown with a stated one."""
    pack = a_pack("990100", 2027, FIXTURES)
    child = Situation("student", date(2015, 5, 1), (Mark("minimum_living_allowance", LONG_AGO, LONG_AGO),))

    (late,) = assess(pack, [child], date(2027, 3, 10), NOON)

    assert (late.amount_fen, "fiscal" in late.shares) == (13332, False)
    assert one(CHANGZHI, marked("minimum_living_allowance"), date(2025, 3, 10)).amount_fen is None


@pytest.mark.parametrize(
    ("on", "outcome", "kind"),
    [
        (date(2024, 9, 26), "blocked", "normal"),
        (date(2024, 10, 1), "payable", "normal"),
        (date(2025, 2, 25), "payable", "normal"),
        (date(2025, 2, 26), "payable", "late"),
    ],
)
def test_e6_a_window_is_dates_and_days_of_the_month(on: date, outcome: str, kind: str):
    answer = one(CHANGZHI, Situation("adult", date(1980, 5, 1)), on)

    assert (answer.outcome, answer.kind) == (outcome, kind)
    assert answer.amount_fen == {"blocked": None, "normal": 40000, "late": 107000}.get(
        "blocked" if outcome == "blocked" else kind
    )


def test_e6_newborns_have_a_month_more_and_a_day_off_moves_nothing_by_itself():
    newborn = Situation("newborn", date(2024, 11, 30))

    assert one(CHANGZHI, newborn, date(2025, 3, 25)).kind == "normal"
    assert one(CHANGZHI, newborn, date(2025, 3, 26)).kind == "late"
    saturday = date(2026, 12, 26)
    assert season(a_pack("990100", 2027, FIXTURES), saturday, NOON.calendar).closes_date == date(2026, 12, 28)
    assert season(a_pack("990200", 2027, FIXTURES), saturday).closes_date == date(2026, 12, 20)
    assert (CHANGZHI.collection_year, CHANGZHI.benefit_year) == (2024, 2025)


@pytest.mark.parametrize(
    ("pack", "birth", "on", "registered", "amount_fen", "first", "last"),
    [
        (FUYANG, date(2021, 2, 10), date(2021, 5, 1), None, 28000, date(2021, 2, 10), date(2021, 12, 31)),
        (a_pack("140400", 2024, FIXTURES), date(2024, 11, 30), date(2024, 12, 5), None, 0, None, None),
        (CHANGZHI, date(2024, 11, 30), date(2025, 3, 25), None, 40000, None, None),
        (
            a_pack("990200", 2027, FIXTURES),
            date(2027, 1, 1),
            date(2027, 6, 1),
            date(2027, 6, 1),
            108000,
            date(2027, 6, 2),
            date(2027, 12, 31),
        ),
        (
            a_pack("990200", 2027, FIXTURES),
            date(2027, 10, 5),
            date(2027, 11, 25),
            date(2027, 11, 5),
            78000,
            date(2027, 10, 5),
            date(2028, 12, 31),
        ),
    ],
    ids=["阜阳第80天", "长治出生当年", "长治下一年", "江西式", "哈尔滨式"],
)
def test_e7_newborns_by_the_rule_of_each_place(pack, birth, on, registered, amount_fen, first, last):
    answer = one(pack, Situation("newborn", birth, registered_date=registered), on)

    assert answer.amount_fen == amount_fen
    assert (answer.cover and answer.cover.from_date) == first
    assert (answer.cover and answer.cover.last_date) == last


def test_e10_the_cap_of_a_household_is_shared_and_seen_once():
    member = {"area_code": "341225", "members": 4, "is_household": True}
    bill = Visit(100000, "341225")

    def paid(quota: Quota, *visits: Visit) -> list[int]:
        return [done.amount_fen for done in reimburse(FUYANG, quota, visits)]

    assert paid(Quota(used_fen=70000, **member), bill) == [30000]
    assert paid(Quota(**member), bill) == [55000]
    assert paid(Quota("341225"), bill) == [25000]
    assert paid(Quota(used_fen=70000, **member), bill, bill) == [30000, 0]
    assert paid(Quota(**member), Visit(100000, "341221")) == [0]


def test_e11_a_household_is_not_the_hukou_and_not_any_number():
    known = {"is_own": False, "is_known": True, "has_paid": True}
    places = {"head_area_code": "341225", "member_area_code": "341225"}

    def cause(**facts) -> str:
        refusal = check_household(FUYANG, HeadFacts(**known | places | facts))
        return refusal.facts["cause"] if refusal else ""

    assert cap_fen(FUYANG, Quota("341225", members=2, is_household=True)) == 50000
    assert "职工医保" in cause(scheme="employee")
    assert "户主先缴" in cause(scheme="resident", has_paid=False)
    assert "不在同一个地方" in cause(scheme="resident", member_area_code="341221")
    assert cause(scheme="resident") == ""


HOLIDAYS = WorkCalendar(
    days_off=frozenset(
        [date(2024, 10, day) for day in (1, 2, 3, 4, 7)]
        + [date(2025, 1, day) for day in (28, 29, 30, 31)]
        + [date(2025, 2, day) for day in (3, 4)]
    ),
    make_up_days=frozenset([date(2024, 9, 29), date(2024, 10, 12), date(2025, 1, 26), date(2025, 2, 8)]),
    known_until=date(2025, 12, 31),
)


@pytest.mark.parametrize(
    ("paid", "fifth", "after_five"),
    [
        (date(2024, 9, 25), date(2024, 10, 8), date(2024, 10, 9)),
        (date(2025, 1, 24), date(2025, 2, 7), date(2025, 2, 8)),
    ],
)
def test_e12_posted_records_show_after_five_days_that_are_worked(paid, fifth, after_five):
    exclusive = a_pack("990300", 2027, FIXTURES)

    assert CHANGZHI.posting(paid, HOLIDAYS).shown_date == fifth
    assert exclusive.posting(paid, HOLIDAYS).shown_date == after_five
    assert CHANGZHI.queries["own_payments"].covers.known == ("微信",)
    assert CHANGZHI.queries["posted_records"].shows_amount.known is False


def test_e12_beyond_the_published_years_the_day_is_an_estimate():
    assert not CHANGZHI.posting(date(2025, 1, 24), HOLIDAYS).is_estimate
    assert CHANGZHI.posting(date(2025, 12, 30), HOLIDAYS).is_estimate


@pytest.mark.parametrize(
    ("birth", "payer", "code"),
    [
        (date(2002, 10, 6), "proxy", None),
        (date(2002, 10, 5), "proxy", "E-1016"),
        (date(1969, 10, 6), "proxy", "E-1016"),
        (date(1969, 10, 5), "proxy", None),
        (date(2010, 10, 5), "proxy", None),
        (date(1950, 10, 5), "proxy", None),
    ],
    ids=["17", "18", "50", "51", "10", "70"],
)
def test_e13_from_the_18th_birthday_through_age_50_one_pays_for_oneself(birth, payer, code):
    on = date(2020, 10, 5)
    person = Situation("adult", birth)
    refusal = admit(FUYANG, person, one(FUYANG, person, on), payer, "wechat", on)

    assert (refusal.code if refusal else None) == code
    assisted = marked("extreme_hardship")
    assert admit(FUYANG, assisted, one(FUYANG, assisted, on), payer, "wechat", on).code == "E-1018"


def test_e14_suspended_is_not_uncovered_and_cover_makes_a_duplicate():
    old = Record("resident", year_span(2022))
    new = Record("resident", year_span(2023))

    assert not overlaps(old, new)
    assert overlaps(old, old)
    assert not overlaps(Record("resident", None), new)


def test_e15_zero_and_unknown_are_not_the_same():
    shanxi, chiping = a_pack("140000", 2022), a_pack("371503", 2022)
    zero = one(shanxi, marked("extreme_hardship"), date(2021, 12, 20))
    waits = one(
        chiping, Situation("student", marks=(Mark("minimum_living_allowance", LONG_AGO),)), date(2021, 11, 1)
    )
    today = date(2021, 12, 20)
    pushed = one(shanxi, marked("minimum_living_allowance", pushed=today), today)

    assert (zero.outcome, zero.amount_fen, zero.by_payer["medical_assistance"]) == ("zero", 0, 32000)
    assert (waits.outcome, waits.amount_fen, waits.by_payer["person"]) == ("deferred", None, None)
    assert (pushed.outcome, pushed.refusal) == ("payable", None)
    assert ("SX-10", "advice") in {(reason.rule, reason.force) for reason in pushed.reasons}
