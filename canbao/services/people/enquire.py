"""信息查询: is this person enrolled, and paid? What a stranger with name and number may learn, and no more.

Never the group's name, history, amounts paid, phone, household or receipt; no match of any kind is
one page naming both causes (`docs/decisions`).
"""

from dataclasses import dataclass
from datetime import date

from canbao.basics.documents import id_type_of, mask_name, normal_name
from canbao.basics.refusals import BadInput, NoMatch
from canbao.records.models import ContributionRecord, Person
from canbao.records.people.facts import PersonFacts, gather
from canbao.records.people.find import find_person, records_of
from canbao.services.people.guide import Question, checked_name, checked_number, consent, season_pack
from canbao.services.system import limits
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Standing:
    """Whether somebody is enrolled and has paid for the season's year."""

    name: str
    area_name: str
    is_enrolled: bool
    benefit_year: int
    paid_date: date | None
    is_paid: bool
    order_no: str | None


def enquire(env: Env, question: Question) -> Standing:
    """Answer a stranger's question about one person.

    Raises:
        BadInput, TooManyTries, NoMatch.
    """
    number = checked_number(env, question.area_code, question.number)
    name = checked_name(question.name)
    if not question.consented:
        raise BadInput(field="consent", problem="请先勾选同意，我们才能查询。")
    limits.count(env, limits.PER_NUMBER, number)
    limits.count(env, limits.PER_ADDRESS, question.address)
    person = find_person(env.sealer, id_type_of(number), number)
    if person is None or normal_name(person.name) != name:
        raise NoMatch
    consent(env, person, question.payer_kind)
    return _standing(env, person, question.area_code)


def _standing(env: Env, person: Person, area_code: str) -> Standing:
    facts: PersonFacts = gather([person.id])[person.id]
    own_area = facts.enrolment.area_code if facts.enrolment else area_code
    year = season_pack(env, own_area).benefit_year
    record = (
        ContributionRecord.objects.filter(
            person__in=records_of(person.id), benefit_year=year, refunded_at=None
        )
        .order_by("id")
        .last()
    )
    paid_at = record.paid_at if record else None
    return Standing(
        name=mask_name(person.name),
        area_name=env.areas.full_name(record.area_code if record else own_area),
        is_enrolled=facts.enrolment is not None,
        benefit_year=year,
        paid_date=env.local_date(own_area, paid_at) if paid_at else None,
        is_paid=record is not None,
        order_no=record.order_no if record else None,
    )
