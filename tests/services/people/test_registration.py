"""参保登记 as services: applications, the queue, lists in sets, newborns' numbers, declarations. On both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import (
    AlreadyRegistered,
    BadInput,
    DocumentMismatch,
    InEmployeeScheme,
    NotFound,
    NotRegistered,
    OutsideWindow,
    RosterRefused,
    StepNotDue,
)
from canbao.records.models import (
    Application,
    Declaration,
    Enrolment,
    EnrolmentList,
    Event,
    Identifier,
    Person,
)
from canbao.records.money.rebuild import differing
from canbao.services.money.assess import assess
from canbao.services.people.guide import Question, quote
from canbao.services.people.registration.apply import Beginning, begin, fill, submit
from canbao.services.people.registration.declare import declare, refuse, verify, waiting
from canbao.services.people.registration.evidence import add, body_of, files_of
from canbao.services.people.registration.form import application_of, form_of
from canbao.services.people.registration.lists import Source, corrections, keep, run
from canbao.services.people.registration.number import put_number
from canbao.services.people.registration.review import approve, give_back, queue, see
from canbao.services.people.suspend import suspend
from canbao.services.system.places import Unit, put_units
from tests.support.evidence import PDF
from tests.support.rosters import as_csv, as_xlsx
from tests.support.world import World, id_number, make_world

FUNAN = "341225"
BORN = date(1980, 4, 4)
SCHOOL = Unit("341225S01", "阜南第一中学", "school", FUNAN)
HEADER = ("姓名", "身份证号", "人员类别")


@pytest.fixture
def world(db) -> World:
    """阜阳 on 9 October 2020."""
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    put_units([SCHOOL])
    return world


def said(number: str | None = None, **more: object) -> Beginning:
    typed = Beginning(FUNAN, "朱新月", number or id_number(FUNAN, BORN, 2), "self", "198.51.100.7", True)
    return replace(typed, **more)  # type: ignore[arg-type]


def handed_in(world: World, ground: str = "residence_permit", **more: object) -> Application:
    """An application that waits in the queue."""
    token = begin(world.env, said(**more))
    fill(world.env, token, ground=ground)
    fill(world.env, token, person_class="adult", declarations=())
    assert submit(world.env, token) == "review"
    return application_of(token)


def test_what_is_asked_is_sealed_and_read_back(world):
    application = handed_in(world)
    assert "朱新月".encode() not in bytes(application.content_sealed)
    form = form_of(world.env, application)
    assert (form.name, form.birth_date, form.sex, form.ground) == (
        "朱新月",
        BORN,
        "female",
        "residence_permit",
    )


def test_every_step_says_who_when_and_why(world):
    application = handed_in(world)
    clerk = replace(world.env, actor="staff:甲")
    give_back(clerk, application.id, "居住证看不清")
    submit(world.env, application.token)
    person_id = approve(clerk, application.id)
    history = [(by, name) for _, by, name in see(clerk, application.id).history]
    assert history == [
        ("test", "ApplicationBegun"),
        ("test", "ApplicationSubmitted"),
        ("staff:甲", "ApplicationReturned"),
        ("test", "ApplicationResubmitted"),
        ("staff:甲", "ApplicationApproved"),
        ("staff:甲", "ApplicationSeen"),
    ]
    started = Event.objects.get(name="EnrolmentStarted")
    assert started.details["application"] == application.id
    assert Enrolment.objects.get().person_id == person_id
    assert differing("application") == []


def test_a_permit_that_was_looked_at_is_known_to_the_assessment(world):
    person_id = approve(world.env, handed_in(world).id)
    (assessment,) = assess(world.env, [person_id], 2021)
    assert assessment.facts.declared == ("residence_permit",)
    assert assessment.facts.enrolment
    assert assessment.facts.enrolment.registered_by == "self"
    assert differing("declaration") == []


def test_the_queue_is_the_areas_own_and_the_oldest_stands_first(world):
    first = handed_in(world)
    second = handed_in(world.later(minutes=5), number=id_number(FUNAN, BORN, 4))
    assert [row.id for row in queue("341200")] == [first.id, second.id]
    assert queue("450000") == []
    assert "居住证" in queue(FUNAN)[0].reasons[0]


def test_what_does_not_wait_cannot_be_decided(world):
    application = handed_in(world)
    approve(world.env, application.id)
    with pytest.raises(StepNotDue):
        approve(world.env, application.id)
    with pytest.raises(StepNotDue):
        give_back(world.env, application.id, "太晚了")
    with pytest.raises(NotFound):
        approve(world.env, 10_000)
    with pytest.raises(StepNotDue):  # not handed in yet
        approve(world.env, application_of(begin(world.env, said(id_number(FUNAN, BORN, 6)))).id)
    assert Person.objects.count() == 1


def test_handing_in_twice_is_handing_in_once(world):
    application = handed_in(world)
    assert submit(world.env, application.token) == "review"
    with pytest.raises(StepNotDue):
        fill(world.env, application.token, address="别处")
    assert Event.objects.filter(name="ApplicationSubmitted").count() == 1


def test_a_number_under_another_name_is_for_a_person_to_look_at_and_never_overwritten(world):
    world.person(FUNAN, "adult", BORN, "朱旧月")
    application = handed_in(world, number=id_number(FUNAN, BORN, 1))
    assert any("姓名" in reason for reason in application.reasons)
    with pytest.raises(DocumentMismatch):
        approve(world.env, application.id)
    assert application_of(application.token).state == "review"
    assert Person.objects.get().name == "朱旧月"


def test_whoever_was_enrolled_meanwhile_is_not_enrolled_twice(world):
    """The village's list was quicker than the queue."""
    application = handed_in(world)
    row = ("朱新月", id_number(FUNAN, BORN, 2), "成年居民")
    run(
        world.env,
        keep(world.env, Source(SCHOOL.code), [as_csv([row], header=HEADER)]),
        Source(SCHOOL.code),
        dry=False,
    )
    with pytest.raises(AlreadyRegistered):
        approve(world.env, application.id)
    assert Enrolment.objects.count() == 1


def test_whoever_was_suspended_applies_again_and_keeps_the_record(world):
    person_id = world.person(FUNAN, "adult", BORN, "朱新月")
    suspend(world.env, [person_id], date(2019, 1, 1))
    token = begin(world.env, said(id_number(FUNAN, BORN, 1)))
    fill(world.env, token, ground="hukou")
    fill(world.env, token, person_class="adult")
    assert submit(world.env, token) == "approved"
    assert Enrolment.objects.filter(person=person_id, state="active").count() == 1
    assert Person.objects.count() == 1


def test_the_employee_scheme_is_known_and_refuses(world):
    """FY-01, FY-13."""
    person_id = world.person(FUNAN, "adult", BORN, "朱新月")
    Enrolment.objects.filter(person=person_id).update(insurance_type="310")
    token = begin(world.env, said(id_number(FUNAN, BORN, 1)))
    fill(world.env, token, ground="hukou")
    fill(world.env, token, person_class="adult")
    with pytest.raises(InEmployeeScheme):
        submit(world.env, token)
    assert application_of(token).state == "draft"


def test_papers_are_given_back_byte_for_byte(world):
    application = application_of(begin(world.env, said()))
    add(world.env, application.token, PDF)
    (file,) = files_of(application.id)
    assert body_of(world.env, application.id, file.id) == PDF
    with pytest.raises(NotFound):
        body_of(world.env, application.id + 10_000, file.id)


# ── 名单


def listed(world: World, rows, *, dry: bool = False, class_: str | None = None, body: bytes = b""):
    source = Source(SCHOOL.code, class_)
    kept = keep(world.env, source, [body or as_xlsx(rows, HEADER)])
    return run(world.env, kept, source, dry=dry)


def test_a_list_registers_its_people_and_answers_row_by_row(world):
    born = date(2012, 1, 1)
    known = world.person(FUNAN, "student", born, "李明")
    away = world.person("450202", "student", born, "覃明")
    namesake = world.person(FUNAN, "student", born, "李三")
    numbers = [id_number(FUNAN, born, order) for order in (11, 13, 15)]
    rows = [
        ("张一", numbers[0], "中小学生"),
        ("李明", id_number(FUNAN, born, 1), "中小学生"),
        ("张一", numbers[0], "中小学生"),
        ("覃明", id_number("450202", born, 3), "中小学生"),
        ("李二", id_number(FUNAN, born, 5), "中小学生"),
        ("王三", numbers[1], "成年居民"),
        ("王四", numbers[2], "飞行员"),
        ("王五", "L123456789", "中小学生"),
        ("王六", "341225", "中小学生"),
        ("", "", ""),
        ("王七", "", "中小学生"),
    ]
    dry = listed(world, rows, dry=True)
    assert Person.objects.count() == 3
    done = listed(world, rows)
    assert done.outcomes == dry.outcomes
    assert done.rows == done.ok + done.doubtful + done.bad == 10
    assert {row["row"]: row["outcome"] for row in done.listed} == {
        4: "twice", 5: "enrolled_elsewhere", 6: "name_differs", 7: "class_age", 8: "class_unknown",
        9: "certificate", 10: "number_length", 12: "number_missing",
    }  # fmt: skip
    made = Enrolment.objects.exclude(person__in=[known, away, namesake]).get()
    assert (made.unit_code, made.registered_by, made.person_class) == (SCHOOL.code, "agency", "student")
    assert Event.objects.get(name="EnrolmentStarted", subject_id=made.id).details["row"] == 2


def test_the_same_list_again_changes_nothing(world):
    rows = [("张一", id_number(FUNAN, date(2012, 1, 1), 11), "")]
    assert listed(world, rows, class_="student").outcomes == {"new_person": 1}
    assert listed(world, rows, class_="student").outcomes == {"already_enrolled": 1}
    assert EnrolmentList.objects.count() == Enrolment.objects.count() == 1


def test_numbers_and_names_are_understood_however_they_were_typed(world):
    """Full-width digits, spaces, a small x, another middle dot; a number that a spreadsheet rounded is refused."""
    born = date(2012, 1, 1)
    numbers = [id_number(FUNAN, born, order) for order in (11, 13)]
    with_x = next(n for n in (id_number(FUNAN, born, o) for o in range(21, 99, 2)) if n.endswith("X"))
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in numbers[0])
    rows = [
        ("阿依古丽•买买提", full, "中小学生"),
        ("郭䶮", f" {numbers[1][:6]} {numbers[1][6:]} ", "中小学生"),
        ("李\u200b明", with_x.lower(), "中小学生"),
        ("王芳", 341299201201010000, "中小学生"),
        ("阿依古丽·买买提", numbers[0], "中小学生"),
    ]
    done = listed(world, rows)
    assert done.outcomes == {"new_person": 3, "number_as_float": 1, "twice": 1}
    assert set(Person.objects.values_list("name", flat=True)) == {"阿依古丽·买买提", "郭䶮", "李明"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "没有内容"),
        (as_csv([("张一", "1")], header=("姓名", "电话")), "表头"),
        (as_csv([("张一", "1", "x")], header=HEADER)[:-4] + "张".encode()[:2], "没有传完"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "xlsx"),
    ],
)
def test_a_file_that_is_no_list_is_kept_and_refused_in_words(world, body, why):
    source = Source(SCHOOL.code)
    kept = keep(world.env, source, [body])
    with pytest.raises(RosterRefused) as refused:
        run(world.env, kept, source, dry=False)
    assert why in refused.value.say(refused.value.why)
    assert EnrolmentList.objects.get().sha256 == kept.sha256


def test_a_list_of_nobody_knows_which_school_is_not_taken(world):
    with pytest.raises(BadInput):
        keep(world.env, Source("999"), [b"x"])


def test_rows_to_put_right_come_back_with_their_numbers_and_reasons(world):
    source = Source(SCHOOL.code)
    kept = keep(world.env, source, [as_xlsx([("王四", "12", "")], HEADER)])
    wrong = corrections(world.env, kept, source)
    assert wrong.header == HEADER
    assert wrong.rows == [(("王四", "12", ""), 2, "身份证号码不是18位，请核对。")]


def test_only_a_department_registers_whom_departments_register(world):
    """LZ-05: the school's list may not; the department's list does, and then nothing blocks them any more."""
    put_units([Unit("450202S01", "城中实验小学", "school", "450202")])
    world = replace(world, env=world.env.at(datetime(2022, 10, 10, 2, 0, tzinfo=UTC)))
    born = date(2012, 1, 1)
    person_id = world.person("450202", "student", born, "覃子轩")
    world.marked(person_id, "orphan", date(2020, 1, 1))
    suspend(world.env, [person_id], date(2021, 1, 1))
    body = as_csv([("覃子轩", id_number("450202", born, 1), "中小学生")], header=HEADER)
    for by, outcome in (("agency", "by_department"), ("department", "new_enrolment")):
        source = Source("450202S01", None, by)
        result = run(world.env, keep(world.env, source, [body]), source, dry=False)
        assert result.outcomes == {outcome: 1}
    (assessment,) = assess(world.env, [person_id], 2023)
    assert assessment.answer
    assert assessment.answer.refusal
    assert assessment.answer.refusal.code == "E-1021"  # the subsidy has no figure; E-1020 is over


# ── 补登号码


def test_a_number_that_leads_to_somebody_else_is_not_given_again(world):
    born = date(2020, 9, 20)
    other = world.person(FUNAN, "newborn", born, "李小")
    token = begin(
        world.env, said("L341234567", given_by="proxy", guardian="朱山", birth_date=born, sex="male")
    )
    fill(world.env, token, ground="hukou")
    fill(world.env, token, person_class="newborn")
    submit(world.env, token)
    person_id = approve(world.env, application_of(token).id)
    with pytest.raises(BadInput):
        put_number(world.env, person_id, id_number(FUNAN, born, 1), FUNAN)
    free = id_number(FUNAN, born, 3)
    put_number(world.env, person_id, free, FUNAN)
    put_number(world.env, person_id, free, FUNAN)
    with pytest.raises(StepNotDue):
        put_number(world.env, other, id_number(FUNAN, born, 5), FUNAN)
    assert Event.objects.filter(name="NumberFilledIn").count() == 1
    assert Identifier.objects.filter(person_id=person_id).count() == 2
    sealed = bytes(Person.objects.get(id=person_id).number_sealed)
    assert world.env.sealer.open(sealed, f"person:number:{person_id}") == free


# ── 春节返乡 (FY-04)


def ask(world: World, order: int = 1) -> Question:
    return Question(FUNAN, "朱新月", id_number(FUNAN, BORN, order), "self", "198.51.100.7", True)


def test_a_returning_worker_pays_in_february_after_somebody_verified_it(world):
    person_id = world.person(FUNAN, "adult", BORN, "朱新月")
    feb = replace(world, env=world.env.at(datetime(2021, 2, 10, 2, 0, tzinfo=UTC)))

    def owed() -> object:
        return quote(feb.env, person_id, FUNAN, "self", "朱新月", id_number(FUNAN, BORN, 1))

    with pytest.raises(OutsideWindow):
        owed()
    assert declare(feb.env, ask(feb), "returning_worker").state == "declared"
    assert declare(feb.env, ask(feb), "returning_worker").state == "declared"
    with pytest.raises(OutsideWindow):
        owed()
    (one,) = waiting(feb.env, "341200")
    assert (one.name, one.word) == ("朱*月", "春节返乡的外出务工人员")
    verify(feb.env, one.id)
    assert owed().bill_id  # type: ignore[attr-defined]
    refuse(feb.env, one.id, "查过不是")
    with pytest.raises(OutsideWindow):
        owed()
    assert declare(feb.env, ask(feb), "returning_worker").state == "declared"
    assert differing("declaration") == []
    assert Declaration.objects.count() == 1


def test_only_who_is_enrolled_here_declares_and_only_what_the_notice_knows(world):
    with pytest.raises(BadInput):
        declare(world.env, ask(world), "astronaut")
    person_id = world.person(FUNAN, "adult", BORN, "朱新月")
    suspend(world.env, [person_id], date(2020, 1, 1))
    with pytest.raises(NotRegistered):
        declare(world.env, ask(world), "returning_worker")
    march = world.env.at(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))
    with pytest.raises(BadInput):
        declare(march, ask(world), "returning_worker")
