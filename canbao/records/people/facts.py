"""What an assessment needs to know about people, read in a few statements for any number of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from canbao.records.models import Bill, Coverage, Enrolment, IdentityMark, OrderLine, Person


@dataclass
class PersonFacts:
    """One person as the records know them."""

    person: Person
    enrolment: Enrolment | None = None
    ended: Enrolment | None = None
    marks: list[IdentityMark] = field(default_factory=list)
    covered_years: list[int] = field(default_factory=list)
    bill: Bill | None = None
    has_open_order: bool = False


def gather(person_ids: Sequence[int], benefit_year: int | None = None) -> dict[int, PersonFacts]:
    """Facts by person id. `bill` is the current one of the year; without a year no bills are read."""
    facts = {row.id: PersonFacts(row) for row in Person.objects.filter(id__in=person_ids)}
    for enrolment in Enrolment.objects.filter(person__in=list(facts)).order_by("started_date", "id"):
        if enrolment.state == "active":
            facts[enrolment.person_id].enrolment = enrolment
        else:
            facts[enrolment.person_id].ended = enrolment
    for mark in IdentityMark.objects.filter(person__in=list(facts)).order_by("acquired_date", "id"):
        facts[mark.person_id].marks.append(mark)
    for person_id, years in covered_years(list(facts)).items():
        facts[person_id].covered_years = years
    if benefit_year is not None:
        _add_bills(facts, benefit_year)
    return facts


def covered_years(person_ids: Sequence[int]) -> dict[int, list[int]]:
    """The calendar years in which each person has active cover."""
    years: dict[int, list[int]] = defaultdict(list)
    rows = Coverage.objects.filter(person__in=person_ids, state="active").order_by("cover_year")
    for person_id, year in rows.values_list("person_id", "cover_year"):
        years[person_id].append(year)
    return years


def _add_bills(facts: dict[int, PersonFacts], benefit_year: int) -> None:
    bills = Bill.objects.filter(person__in=list(facts), benefit_year=benefit_year, current_slot=1)
    by_id = {bill.id: bill for bill in bills}
    for bill in by_id.values():
        facts[bill.person_id].bill = bill
    for bill_id in OrderLine.objects.filter(bill__in=list(by_id), open_slot=1).values_list(
        "bill_id", flat=True
    ):
        facts[by_id[bill_id].person_id].has_open_order = True


def marks_in_force(facts: PersonFacts, on: date) -> list[IdentityMark]:
    """The marks that hold on a day."""
    return [
        mark
        for mark in facts.marks
        if mark.acquired_date <= on and (mark.ended_date is None or mark.ended_date > on)
    ]
