"""What an assessment needs to know about people, read in a few statements for any number of them.

Everybody's plain facts come in one statement; it also says who has marks, cover, other enrolments, a bill or a
verified declaration, and only of those the rest is read. A city is a million people, of whom few have anything special.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.models import CollectiveShare, Coverage, Declaration, Enrolment
from canbao.records.money.bills import BillRow, current_bills
from canbao.records.sets import Column

EMPLOYEE_SCHEME, RESIDENT_SCHEME = "310", "390"
_PLAIN = """
SELECT p.id, p.birth_date, p.sex, e.id AS enrolment_id, e.area_code, e.person_class, e.started_date, e.registered_by,
  EXISTS (SELECT 1 FROM enrolment x WHERE x.bucket = p.bucket AND x.person_id = p.id AND x.id <> coalesce(e.id, 0)) AS has_other,
  EXISTS (SELECT 1 FROM identity_mark m WHERE m.bucket = p.bucket AND m.person_id = p.id) AS has_marks,
  EXISTS (SELECT 1 FROM coverage c WHERE c.bucket = p.bucket AND c.person_id = p.id) AS has_cover,
  EXISTS (SELECT 1 FROM bill b WHERE b.bucket = p.bucket AND b.person_id = p.id AND b.benefit_year = %s
          AND b.current_slot = 1) AS has_bill,
  EXISTS (SELECT 1 FROM declaration d WHERE d.bucket = p.bucket AND d.person_id = p.id AND d.benefit_year = %s
          AND d.state = 'verified') AS has_declared,
  EXISTS (SELECT 1 FROM collective_share s WHERE s.bucket = p.bucket AND s.person_id = p.id AND s.benefit_year = %s
          AND s.active_slot = 1) AS has_share
FROM {people} JOIN person p ON p.bucket = t.b AND p.id = t.i
LEFT JOIN enrolment e ON e.bucket = p.bucket AND e.person_id = p.id AND e.insurance_type = '390' AND e.active_slot = 1
WHERE {routed}
"""


class PersonRow(NamedTuple):
    """Who this is, without a name."""

    id: int
    birth_date: date
    sex: str


class EnrolmentRow(NamedTuple):
    """Where and as what somebody is enrolled now."""

    id: int
    area_code: str
    person_class: str
    started_date: date
    registered_by: str | None = None


class EndedRow(NamedTuple):
    """An enrolment that is over; `ended_date` None: the day was not handed over."""

    id: int
    area_code: str
    state: str
    ended_date: date | None


class MarkRow(NamedTuple):
    """One membership of an assisted group, as far as an assessment asks."""

    group: str
    acquired_date: date
    ended_date: date | None
    push_accepted_date: date | None


@dataclass(slots=True)
class PersonFacts:
    """One person as the records know them."""

    person: PersonRow
    enrolment: EnrolmentRow | None = None
    ended: EndedRow | None = None
    marks: list[MarkRow] = field(default_factory=list)
    covered_years: list[int] = field(default_factory=list)
    bill: BillRow | None = None
    declared: tuple[str, ...] = ()
    in_employee_scheme: bool = False
    share_fen: int = 0


def gather(person_ids: Sequence[int], benefit_year: int | None = None) -> dict[int, PersonFacts]:
    """Facts by person id. `bill`, `declared` and what a collective bears (`share_fen`) are those of the year, if one is given."""
    rows = _plain_facts(person_ids, benefit_year)
    facts = {row[0]: _facts_of(row) for row in rows}
    _add_other_enrolments(facts, [row[0] for row in rows if row[8]])
    _add_marks(facts, [row[0] for row in rows if row[9]])
    for person_id, years in covered_years([row[0] for row in rows if row[10]]).items():
        facts[person_id].covered_years = years
    for person_id, bill in current_bills([row[0] for row in rows if row[11]], benefit_year).items():
        facts[person_id].bill = bill
    _add_declared(facts, [row[0] for row in rows if row[12]], benefit_year)
    _add_shares(facts, [row[0] for row in rows if row[13]], benefit_year)
    return facts


def _plain_facts(person_ids: Sequence[int], benefit_year: int | None) -> list[tuple[Any, ...]]:
    if not person_ids:
        return []
    buckets = [bucket_of(id_) for id_ in person_ids]
    people, params = sets.relation({"b": Column("int", buckets), "i": Column("int", person_ids)})
    routed, routed_params = sets.in_buckets(buckets, "p")
    sql = _PLAIN.format(people=people, routed=routed)
    return sets.fetch_tuples(sql, [benefit_year, benefit_year, benefit_year, *params, *routed_params])


def _facts_of(row: tuple[Any, ...]) -> PersonFacts:
    id_, birth, sex, enrolment_id, area_code, person_class, started, registered_by = row[:8]
    if isinstance(birth, str):  # SQLite keeps days as text
        birth, started = sets.as_date(birth), sets.as_date(started)
    enrolment = (
        EnrolmentRow(enrolment_id, area_code, person_class, started, registered_by) if enrolment_id else None
    )
    return PersonFacts(PersonRow(id_, birth, sex), enrolment)


def _add_other_enrolments(facts: dict[int, PersonFacts], person_ids: Sequence[int]) -> None:
    """The last enrolment that ended, and whether one in the employee scheme is active."""
    if not person_ids:
        return
    rows = Enrolment.objects.filter(person__in=person_ids).order_by("started_date", "id")
    for person_id, scheme, slot, *row in rows.values_list(
        "person_id", "insurance_type", "active_slot", *EndedRow._fields
    ):
        if slot is None:
            facts[person_id].ended = EndedRow._make(row)
        elif scheme == EMPLOYEE_SCHEME:
            facts[person_id].in_employee_scheme = True


def _add_declared(facts: dict[int, PersonFacts], person_ids: Sequence[int], benefit_year: int | None) -> None:
    """What was declared for the year and found so."""
    if not person_ids or benefit_year is None:
        return
    rows = Declaration.objects.filter(person__in=person_ids, benefit_year=benefit_year, state="verified")
    for person_id, word in rows.order_by("word").values_list("person_id", "word"):
        facts[person_id].declared += (word,)


def _add_shares(facts: dict[int, PersonFacts], person_ids: Sequence[int], benefit_year: int | None) -> None:
    """What a collective bears of the year's premium (CZ-18)."""
    if not person_ids or benefit_year is None:
        return
    rows = CollectiveShare.objects.filter(
        person__in=person_ids, benefit_year=benefit_year, active_slot=1
    ).values_list("person_id", "amount_fen")
    for person_id, fen in rows:
        facts[person_id].share_fen = fen


def _add_marks(facts: dict[int, PersonFacts], person_ids: Sequence[int]) -> None:
    for person_id, marks in marks_of(person_ids).items():
        facts[person_id].marks += marks


def marks_of(person_ids: Sequence[int]) -> dict[int, list[MarkRow]]:
    """All marks of people, also those that are over, the oldest first.

    A join, not two IN lists: of those a planner makes every person in every bucket. CROSS: SQLite then goes from
    the people to their marks, and not from all marks in the buckets to the people.
    """
    found: dict[int, list[MarkRow]] = {}
    if not person_ids:
        return found
    buckets = [bucket_of(id_) for id_ in person_ids]
    people, params = sets.relation({"b": Column("int", buckets), "i": Column("int", person_ids)})
    routed, routed_params = sets.in_buckets(buckets, "m")
    rows = sets.fetch_tuples(
        'SELECT m.person_id, m."group", m.acquired_date, m.ended_date, m.push_accepted_date '
        f"FROM {people} CROSS JOIN identity_mark m WHERE m.bucket = t.b AND m.person_id = t.i "
        f"AND {routed} ORDER BY m.acquired_date, m.id",
        [*params, *routed_params],
    )
    for person_id, group, *days in rows:
        found.setdefault(person_id, []).append(MarkRow(group, *map(sets.as_date, days)))  # type: ignore[arg-type]
    return found


def covered_years(person_ids: Sequence[int]) -> dict[int, list[int]]:
    """The calendar years in which each person has active cover."""
    years: dict[int, list[int]] = {}
    if person_ids:
        rows = Coverage.objects.filter(person__in=person_ids, state="active").order_by("cover_year")
        for person_id, year in rows.values_list("person_id", "cover_year"):
            years.setdefault(person_id, []).append(year)
    return years


def marks_in_force(facts: PersonFacts, on: date) -> list[MarkRow]:
    """The marks that hold on a day."""
    return [
        mark
        for mark in facts.marks
        if mark.acquired_date <= on and (mark.ended_date is None or mark.ended_date > on)
    ]
