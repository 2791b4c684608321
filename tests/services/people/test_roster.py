"""名册: from the department's file to marks and new bills, each row with its stated outcome."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.basics.refusals import BadInput, NotFound, RosterRefused
from canbao.channels.roster import RosterUnfit
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Bill, Entry, Event, Identifier, IdentityMark, Roster, RosterLine
from canbao.services.money.collect import collect
from canbao.services.people.register import Registration, register
from canbao.services.people.roster import take as verbs
from canbao.services.people.roster.judged import OUTCOMES
from canbao.services.people.roster.problems import PROBLEMS
from canbao.services.people.roster.take import Source, apply, body_of, corrections, dry_run, upload
from canbao.services.system.packs import publish
from canbao.services.system.places import put_areas
from tests.support.rosters import HEADER, as_csv, as_xlsx
from tests.support.world import World, make_world

YANHU, CHANGZHI, HONGTA = "140802", "140430", "530402"
SOURCE = Source("civil_affairs", YANHU, 2022)
ROSTER_DAY = "2021-12-01"
serial = count(1, 2)


@pytest.fixture
def world(db: None) -> World:
    """运城 in 山西 on 20 December 2021."""
    return make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))


def a_person(world: World, name: str, area: str = YANHU) -> tuple[str, int]:
    """Somebody registered: number and id."""
    number = id_number(area, date(1988, 3, 15), next(serial))
    who = parse_resident_id(number, date(2026, 1, 1))
    row = Registration(name, RESIDENT_ID, number, who.birth_date, who.sex, area, "adult", date(2020, 1, 1))
    (done,) = register(world.env, [row])
    return number, done.person_id


def a_row(name: str, number: object, group: str = "低保对象", begin: str = ROSTER_DAY, end: str = ""):
    return (name, number, group, begin, end)


def kept(world: World, rows: Iterable[tuple], source: Source = SOURCE) -> Roster:
    return upload(world.env, source, [as_xlsx(rows)])


def outcomes(roster_id: int) -> dict[int, str]:
    return dict(RosterLine.objects.filter(roster_id=roster_id).values_list("row_no", "outcome"))


def test_a_roster_is_kept_sealed_as_it_came_and_the_same_file_again_changes_nothing(world):
    number, _ = a_person(world, "李明")
    body = as_csv([a_row("李明", number)], "gb18030")
    first = upload(world.env, SOURCE, [body[:50], body[50:]])
    again = upload(world.env, SOURCE, [body])
    assert (first.id, first.row_count, first.state) == (again.id, 1, "read")
    stored = Roster.objects.get()
    assert body_of(world.env, stored) == body
    assert number.encode() not in bytes(stored.body_sealed)
    assert RosterLine.objects.count() == 1
    assert number not in str(RosterLine.objects.values().get())


def test_who_is_named_is_marked_and_assessed_anew(world):
    number, person = a_person(world, "李明")
    assert world.bill(person, 2022).kind == "normal"
    roster = kept(world, [a_row("李明", number, end="2022-06-30")])
    tried = dry_run(world.env, roster.id)
    assert not IdentityMark.objects.exists()
    done = apply(world.env, roster.id)
    assert (tried.outcomes, done.outcomes) == ({"new_mark": 1}, {"new_mark": 1})
    mark = IdentityMark.objects.get()
    assert (mark.person_id, mark.group, mark.source_department) == (
        person,
        "minimum_living_allowance",
        "civil_affairs",
    )
    assert (mark.acquired_date, mark.ended_date) == (date(2021, 12, 1), date(2022, 6, 30))
    bill = Bill.objects.get(person=person, current_slot=1)
    assert (bill.kind, bill.group, bill.amount_fen) == ("special", "minimum_living_allowance", 4_000)
    assert not Entry.objects.exists()


def test_e2_several_identities_come_to_the_highest_single_subsidy_through_a_roster(db):
    """红塔 2026: 低保 (120) and 监测 (180) pay 220, not 100 and not 280."""
    world = make_world(datetime(2025, 11, 10, 2, 0, tzinfo=UTC))
    put_areas({"530400": "玉溪市", HONGTA: "红塔区"}, {})
    pack = Path(__file__).parents[2] / "policy" / "packs" / HONGTA / "2026.yaml"
    publish({(HONGTA, 2026): pack.read_bytes()}, world.env.now, ["test"])
    world = world.later(minutes=1)
    number, person = a_person(world, "普小红", HONGTA)
    rows = [
        a_row("普小红", number, "低保对象", "2025-01-01"),
        a_row("普小红", number, "监测对象", "2025-01-01"),
    ]
    done = apply(world.env, kept(world, rows, Source("civil_affairs", HONGTA, 2026)).id)
    assert done.outcomes == {"new_mark": 2}
    assert Bill.objects.get(person=person, current_slot=1).amount_fen == 22_000


def test_e3_somebody_who_paid_the_normal_price_before_is_listed_and_not_changed(db):
    """长治: paid 400 on 2024-10-08 as a normal payer; the roster comes on the tenth."""
    world = make_world(datetime(2024, 10, 8, 2, 0, tzinfo=UTC))
    number, person = a_person(world, "吴晓峰", CHANGZHI)
    bill = world.bill(person, 2025)
    assert collect(world.env, [world.opening(bill)], "window_cash", "窗口一") == ["settled"]
    booked = Entry.objects.count()
    world = world.later(days=2)
    row = a_row("吴晓峰", number, "低保人员", "2024-10-01")
    roster = kept(world, [row], Source("civil_affairs", CHANGZHI, 2025))
    assert dry_run(world.env, roster.id).outcomes == {"normal_before": 1}
    done = apply(world.env, roster.id)
    assert (done.ok, done.listed[0]["row"], done.listed[0]["outcome"]) == (1, 2, "normal_before")
    paid = Bill.objects.get(person=person)
    assert (paid.state, paid.kind, paid.amount_fen) == ("settled", "normal", 40_000)
    assert Entry.objects.count() == booked
    assert [row_no for _, row_no, _ in corrections(world.env, roster.id, "normal_before").rows] == [2]


def test_every_row_has_its_outcome_in_the_files_own_numbers_and_the_totals_tie(world):
    number, person = a_person(world, "李明")
    elsewhere, _ = a_person(world, "王芳", "140105")
    fourth, _ = a_person(world, "赵四")
    world.marked(person, "extreme_hardship", date(2019, 1, 1))
    world.marked(person, "marginal", date(2019, 1, 1))
    stranger = id_number(YANHU, date(1990, 1, 1), 998)
    rows = {
        2: (a_row("李　明", number.replace("1", "１").lower()), "new_mark"),
        3: (("", "", "", "", ""), None),
        4: (a_row("李明", number, "特困人员", "2019-01-01"), "known"),
        5: (a_row("李明", number, "边缘易致贫人员", "2019-01-01", "2021-09-30"), "ended"),
        6: (a_row("李明", number, "低保对象"), "twice"),
        7: (a_row("李鸣", number, "返贫致贫人口"), "name_differs"),
        8: (a_row("张三", stranger), "number_unknown"),
        9: (a_row("王芳", elsewhere), "not_enrolled_here"),
        10: (a_row("赵四", fourth, "优秀人员"), "group_unknown"),
        11: (a_row("周无名", int(fourth[:17] + "0")), "number_as_float"),
        12: (a_row("周无名", fourth[:17]), "number_length"),
        13: (a_row("周无名", fourth[:17] + ("1" if fourth[17] != "1" else "2")), "number_check"),
        14: (a_row("赵四", fourth, begin="十月"), "bad_date"),
        15: (a_row("李明", number, "特困", "2019-02-02"), "twice"),
    }
    roster = kept(world, [row for row, _ in rows.values()])
    tried = dry_run(world.env, roster.id)
    done = apply(world.env, roster.id)
    wanted = {row_no: outcome for row_no, (_, outcome) in rows.items() if outcome}
    assert outcomes(roster.id) == wanted
    assert tried.outcomes == done.outcomes
    assert {row["row"] for row in done.listed} == {
        n for n, name in wanted.items() if OUTCOMES[name].kind != "ok"
    }
    assert done.rows == done.ok + done.doubtful + done.bad == 13
    stored = Roster.objects.get()
    assert (stored.row_count, stored.ok_count, stored.doubtful_count, stored.bad_count) == (13, 3, 3, 7)
    assert IdentityMark.objects.get(person=person, group="marginal").ended_date == date(2021, 9, 30)


def test_a_group_held_already_from_another_day_is_a_question(world):
    number, person = a_person(world, "李明")
    world.marked(person, "extreme_hardship", date(2019, 1, 1))
    roster = kept(world, [a_row("李明", number, "特困人员")])
    assert apply(world.env, roster.id).outcomes == {"dates_differ": 1}
    assert IdentityMark.objects.count() == 1


def test_applied_again_or_sent_again_in_another_file_nothing_changes(world):
    rows = [a_row(name, a_person(world, name)[0]) for name in ("李明", "王芳", "赵四")]
    first = kept(world, rows)
    apply(world.env, first.id)
    before = (list(IdentityMark.objects.values()), list(Bill.objects.values()), Event.objects.count())
    assert apply(world.env, first.id).outcomes == {"new_mark": 3}
    other = upload(world.env, SOURCE, [as_csv(rows)])
    assert apply(world.env, other.id).outcomes == {"known": 3}
    assert (list(IdentityMark.objects.values()), list(Bill.objects.values()), Event.objects.count()) == before


def test_whoever_was_unknown_leaves_the_queue_once_registered(world):
    number = id_number(YANHU, date(1988, 3, 15), 801)
    roster = kept(world, [a_row("孙小美", number)])
    assert apply(world.env, roster.id).outcomes == {"number_unknown": 1}
    who = parse_resident_id(number, date(2026, 1, 1))
    row = ("孙小美", RESIDENT_ID, number, who.birth_date, who.sex, YANHU, "adult", date(2021, 12, 1))
    register(world.env, [Registration(*row)])
    assert apply(world.env, roster.id).outcomes == {"new_mark": 1}
    assert Roster.objects.get().ok_count == 1


@pytest.mark.parametrize("killed_in", ["put_marks", "assess"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_kill_anywhere_leaves_a_roster_that_goes_on(world, monkeypatch, killed_in, after):
    people = [a_person(world, f"李明{'甲乙丙丁戊己'[n]}") for n in range(6)]
    roster = kept(world, [a_row(f"李明{'甲乙丙丁戊己'[n]}", number) for n, (number, _) in enumerate(people)])
    monkeypatch.setattr(verbs, "CHUNK", 2)
    real, calls = getattr(verbs, killed_in), count()

    def dies(*args):
        if next(calls) == after:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(verbs, killed_in, dies)
    with pytest.raises(KeyboardInterrupt):
        apply(world.env, roster.id)
    monkeypatch.setattr(verbs, killed_in, real)
    told: list[int] = []
    done = apply(world.env, roster.id, told.append)
    assert (done.outcomes, sum(told)) == ({"new_mark": 6}, 6)
    assert IdentityMark.objects.count() == 6
    assert Event.objects.filter(name="IdentityMarked").count() == 6
    assert {bill.kind for bill in Bill.objects.filter(current_slot=1)} == {"special"}
    assert Bill.objects.filter(current_slot=1).count() == 6
    assert not RosterLine.objects.filter(assess_slot=1).exists()


def test_a_person_under_an_old_and_a_new_number_in_one_file_is_marked_once(world):
    number, person = a_person(world, "李明")
    other, second = a_person(world, "李明")
    Identifier.objects.filter(person_id=second).update(person_id=person)
    roster = kept(world, [a_row("李明", number), a_row("李明", other)])
    apply(world.env, roster.id)
    assert IdentityMark.objects.count() == 1


def test_a_file_that_is_no_roster_stays_with_its_fault(world):
    body = as_csv([], header=["姓名", "身份证号"])
    for _ in range(2):
        with pytest.raises(RosterRefused):
            upload(world.env, SOURCE, [body])
    stored = Roster.objects.get()
    assert (stored.state, stored.fault, stored.fault_row) == ("unfit", "no_group_column", 1)
    assert body_of(world.env, stored) == body
    with pytest.raises(RosterRefused):
        apply(world.env, stored.id)


def test_a_fault_far_down_takes_back_what_was_read(world, monkeypatch):
    number, _ = a_person(world, "李明")
    rows = [a_row("李明", number), ("李" * 200_000, number, "低保", ROSTER_DAY, "")]
    with pytest.raises(RosterRefused):
        upload(world.env, SOURCE, [as_csv(rows)])
    assert Roster.objects.get().fault == "broken_csv"
    assert not RosterLine.objects.exists()


def test_without_a_pack_or_an_area_nothing_is_taken(world):
    with pytest.raises(BadInput):
        upload(world.env, Source("civil_affairs", YANHU, 2031), [b"x"])
    with pytest.raises(BadInput):
        upload(world.env, Source("civil_affairs", "999999", 2025), [b"x"])
    with pytest.raises(NotFound):
        apply(world.env, 1)
    assert not Roster.objects.exists()


def test_every_reason_of_the_reader_has_its_sentence():
    rooms = Path(__file__).parents[3] / "canbao" / "channels" / "roster"
    raised = set(
        re.findall(r'RosterUnfit\(\s*"(\w+)"', "".join(path.read_text() for path in rooms.glob("*.py")))
    )
    raised |= {"encrypted", "old_excel", "no_group_column", "no_begin_column"}
    assert raised == set(PROBLEMS)
    assert issubclass(RosterUnfit, Exception)


def test_corrections_before_applying_are_those_of_a_dry_run(world):
    number, _ = a_person(world, "李明")
    rows = [a_row("李明", number), a_row("李鸣", number, "特困人员")]
    wrong = corrections(world.env, kept(world, rows).id)
    assert wrong.header == HEADER
    assert [(cells[0], row_no) for cells, row_no, _ in wrong.rows] == [("李鸣", 3)]
