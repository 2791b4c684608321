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
    StepNotDue,
)
from canbao.records.models import (
    Application,
    Declaration,
    Enrolment,
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
from canbao.services.people.registration.lists import Source, keep, run
from canbao.services.people.registration.number import put_number
from canbao.services.people.registration.review import approve, give_back, queue, see
from canbao.services.system.places import Unit, put_units
from tests.support.one_bucket import one_bucket
from tests.support.people.asked import suspend_from
from tests.support.people.evidence import PDF
from tests.support.rosters import as_csv
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
    with pytest.raises(BadInput):
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
    source, row = Source(SCHOOL.code), ("朱新月", id_number(FUNAN, BORN, 2), "成年居民")
    run(world.env, keep(world.env, source, [as_csv([row], header=HEADER)]), source, dry=False)
    with pytest.raises(AlreadyRegistered):
        approve(world.env, application.id)
    assert Enrolment.objects.count() == 1


def test_whoever_was_suspended_applies_again_and_keeps_the_record(world):
    person_id = world.person(FUNAN, "adult", BORN, "朱新月")
    suspend_from(world, person_id, date(2020, 1, 2))
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
    with pytest.raises(InEmployeeScheme):  # nor is money asked of them as a resident (E-1007)
        quote(world.env, person_id, FUNAN, "self", "朱新月", id_number(FUNAN, BORN, 1))
    assert application_of(token).state == "draft"


def test_papers_are_given_back_byte_for_byte(world):
    application = application_of(begin(world.env, said()))
    add(world.env, application.token, PDF, "198.51.100.7")
    (file,) = files_of(application.id)
    assert body_of(world.env, application.id, file.id) == PDF
    with pytest.raises(NotFound):
        body_of(world.env, application.id + 10_000, file.id)


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
    suspend_from(world, person_id, date(2020, 1, 1))
    with pytest.raises(NotRegistered):
        declare(world.env, ask(world), "returning_worker")
    march = world.env.at(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))
    with pytest.raises(BadInput):
        declare(march, ask(world), "returning_worker")


# ── many


def test_applying_stays_in_one_bucket(world):
    """The number's bucket becomes the person's."""
    world.env.serials.warm(dict.fromkeys(("application", "person", "identifier", "enrolment", "event"), 4))
    world.env.serials.warm({"consent": 1})
    number = id_number(FUNAN, BORN, 2)
    with one_bucket() as seen:
        token = begin(world.env, said(number))
        fill(world.env, token, ground="hukou")
        fill(world.env, token, person_class="adult")
        assert submit(world.env, token) == "approved"
    assert seen == {world.env.sealer.bucket("01", number)}


def test_a_reviewer_sees_that_somebody_else_applied_for_the_same_number(world):
    first, second = handed_in(world), handed_in(world)
    assert see(world.env, first.id).others == (second.id,)
    approve(world.env, first.id)
    with pytest.raises(AlreadyRegistered):
        approve(world.env, second.id)
