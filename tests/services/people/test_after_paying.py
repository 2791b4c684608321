"""E3, both ways: marked after paying the normal price, 阜阳 refunds by the day of the status, 长治 knows no way back."""

from datetime import UTC, date, datetime
from itertools import count

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.basics.refusals import AlreadyPaid, NormalAlreadyPaid
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Refund
from canbao.services.money.collect import collect
from canbao.services.people.paid import refuse_if_paid
from canbao.services.people.register import Registration, register
from canbao.services.people.roster.after_paying import settle_after_paying
from canbao.services.people.roster.take import Source, apply, upload
from tests.support.rosters import as_xlsx
from tests.support.world import World, make_world

FUNAN, CHANGZHI, CHIPING = "341225", "140430", "371503"
CLASS = {CHIPING: "student"}
serial = count(1, 2)


def paid_then_named(
    world: World, area: str, year: int, group: str, acquired: str, name: str = "吴晓峰"
) -> tuple[int, int]:
    """Somebody pays the normal price at a window; a month later a roster names them. Returns person and roster."""
    number = id_number(area, date(2012, 3, 15) if area == CHIPING else date(1988, 3, 15), next(serial))
    who = parse_resident_id(number, date(2026, 1, 1))
    row = Registration(
        name, RESIDENT_ID, number, who.birth_date, who.sex, area, CLASS.get(area, "adult"), date(2019, 1, 1)
    )
    (done,) = register(world.env, [row])
    assert collect(world.env, [world.opening(world.bill(done.person_id, year))], "window_cash", "窗口一") == [
        "settled"
    ]
    later = world.later(days=10)
    body = as_xlsx([(name, number, group, acquired, "")])
    roster = upload(later.env, Source("civil_affairs", area, year), [body])
    assert apply(later.env, roster.id).outcomes == {"normal_before": 1}
    return done.person_id, roster.id


@pytest.mark.parametrize(
    ("acquired", "verdict"),
    [("2020-10-12", "refund"), ("2020-12-31", "refund"), ("2021-01-01", "staff_decide")],
)
def test_fuyang_takes_the_refund_in_hand_once(db, acquired, verdict):
    """FY-12: until 31 December what was paid comes back in part; after it 原则上不退, which the agency decides."""
    world = make_world(datetime(2020, 12, 28, 2, 0, tzinfo=UTC))
    person, roster = paid_then_named(world, FUNAN, 2021, "特困人员", acquired)
    later = world.later(days=10)

    (row,) = settle_after_paying(later.env, roster)

    assert (row.row, row.person_id, row.outcome) == (2, person, "refund")
    refund = Refund.objects.get()
    assert (refund.refund_no, refund.reason, refund.person_id) == (row.refund_no, "status_gained", person)
    assert refund.evidence["group"] == "extreme_hardship"
    assert refund.verdict == verdict
    (again,) = settle_after_paying(later.env, roster)
    assert (again.refund_no, Refund.objects.count()) == (row.refund_no, 1)
    with pytest.raises(AlreadyPaid):
        refuse_if_paid(later.env, person, 2021)


def test_changzhi_says_there_is_no_way_back_to_the_agency_and_to_the_payer(db):
    world = make_world(datetime(2024, 10, 8, 2, 0, tzinfo=UTC))
    person, roster = paid_then_named(world, CHANGZHI, 2025, "低保人员", "2024-10-01")
    later = world.later(days=10)

    (row,) = settle_after_paying(later.env, roster)

    assert (row.outcome, row.refund_no, Refund.objects.count()) == ("no_way_back", None, 0)
    with pytest.raises(NormalAlreadyPaid):
        refuse_if_paid(later.env, person, 2025)


def test_where_the_notice_is_silent_somebody_must_look(db):
    world = make_world(datetime(2021, 11, 10, 2, 0, tzinfo=UTC))
    _, roster = paid_then_named(world, CHIPING, 2022, "低保对象", "2021-11-12")

    (row,) = settle_after_paying(world.later(days=10).env, roster)

    assert (row.outcome, row.why, Refund.objects.count()) == (
        "look",
        "缴费后取得资格的退不退，通告没有写。",
        0,
    )
