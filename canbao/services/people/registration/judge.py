"""What policy says of an application, with what the records know of whoever holds the number."""

from dataclasses import replace
from datetime import date

from canbao.basics.areas import pooling_area_of
from canbao.basics.documents import RESIDENT_ID, normal_name
from canbao.basics.refusals import AlreadyRegistered, EnrolledElsewhere, FigureUnknown, RegisteredByDepartment
from canbao.channels.platform import Query
from canbao.policy.format.vocabulary import DEPARTMENTS
from canbao.policy.pack import Pack
from canbao.policy.registration.eligible import Applicant, Verdict, eligible
from canbao.policy.situation import Mark, Situation
from canbao.records.models import Enrolment, IdentityMark, Person
from canbao.records.people.facts import PersonFacts, marks_in_force
from canbao.records.people.facts import gather as facts_of
from canbao.records.people.find import find_person
from canbao.services.exchange.platform.ask import ask
from canbao.services.people.others import employed_newcomer, in_employee_scheme
from canbao.services.people.registration.form import Form
from canbao.services.system.env import Env

OTHER_NAME = "这个号码登记过，姓名和申请的不一样，请核对。"
DIED = "登记册上写着这个人已经去世，请核对。"


def current_pack(env: Env, area_code: str) -> Pack:
    """The pack whose season it is. Raises FigureUnknown: nobody has published one."""
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    if pack is None:
        raise FigureUnknown(area=env.areas.full_name(area_code))
    return pack


def judge(env: Env, form: Form) -> Verdict:
    """Whether the form may be approved at once, must be looked at, or is refused."""
    pack, on = current_pack(env, form.area_code), env.local_date(form.area_code)
    person = find_person(env.sealer, form.id_type, form.number)
    facts = facts_of([person.id])[person.id] if person else None
    applicant = Applicant(
        situation=_situation(form, facts, on),
        ground=form.ground or "other",
        has_final_number=form.id_type == RESIDENT_ID,
        in_employee_scheme=_employed(env, facts, form),
    )
    verdict = _naming_department(eligible(pack, applicant, on), person)
    doubts = _doubts(person, form)
    if doubts and verdict.outcome != "refused":
        return replace(verdict, outcome="review", reasons=(*verdict.reasons, *doubts))
    return verdict


def _naming_department(verdict: Verdict, person: Person | None) -> Verdict:
    """Whoever hands in an application is told which department has named them, and not as what (LZ-05)."""
    if person is None or not isinstance(verdict.refusal, RegisteredByDepartment):
        return verdict
    mark = IdentityMark.objects.filter(person=person.id).order_by("-acquired_date", "-id").first()
    department = DEPARTMENTS.get(mark.source_department) if mark else None
    return replace(verdict, refusal=RegisteredByDepartment(department=department)) if department else verdict


def _employed(env: Env, facts: PersonFacts | None, form: Form) -> bool | None:
    """In the employee scheme, by our register or another system's word, which is asked for; None: nobody can say."""
    if facts is None:
        return employed_newcomer(env, Query(form.id_type, form.number, form.name, form.area_code))
    ask(env, [facts.person.id])
    return facts.in_employee_scheme or in_employee_scheme(env, facts.person.id, form.area_code) or None


def _doubts(person: Person | None, form: Form) -> list[str]:
    """What the register itself makes one doubt."""
    if person is None:
        return []
    doubts = [OTHER_NAME] if normal_name(person.name) != form.name else []
    return [*doubts, DIED] if person.died_date else doubts


def refuse_if_enrolled(env: Env, person_id: int, area_code: str) -> None:
    """One active enrolment a person, in the whole country.

    Raises:
        AlreadyRegistered: here, so there is nothing to do but pay (LZ-04). EnrolledElsewhere: first end it there
        (LZ-08).
    """
    active = Enrolment.objects.filter(person=person_id, state="active", insurance_type="390").first()
    if active is None:
        return
    area = env.areas.full_name(active.area_code)
    if pooling_area_of(active.area_code) != pooling_area_of(area_code):
        raise EnrolledElsewhere(area=area)
    raise AlreadyRegistered(area=area)


def _situation(form: Form, facts: PersonFacts | None, on: date) -> Situation:
    held = marks_in_force(facts, on) if facts else []
    marks = tuple(Mark(mark.group, mark.acquired_date) for mark in held)
    return Situation(
        person_class=form.person_class or "",
        birth_date=form.birth_date,
        marks=marks,
        sex=form.sex,
        declarations=form.declarations,
        registered_by="self",
    )
