"""已缴: one person pays once a year, through whatever channel and in whatever place (FY-14)."""

from collections.abc import Sequence

from canbao.basics.refusals import AlreadyPaid, NormalAlreadyPaid
from canbao.policy.rules.wording import day_text
from canbao.records.models import Bill, ContributionRecord, Person
from canbao.records.money.bills import BillToPay
from canbao.records.people.facts import gather, marks_in_force
from canbao.records.people.find import records_of
from canbao.services.people.one_way import ONE_WAY_KINDS
from canbao.services.system.env import Env


def refuse_if_paid(env: Env, person_id: int, benefit_year: int) -> None:
    """Nothing, if the year is still to be paid for.

    Raises:
        NormalAlreadyPaid: at the normal price, by somebody named on a roster since, where there is no way back (CZ-09).
        AlreadyPaid: with the day and the place.
    """
    if refusal := already_paid(env, person_id, benefit_year):
        raise NormalAlreadyPaid if _is_one_way(env, person_id, benefit_year) else refusal


def _is_one_way(env: Env, person_id: int, benefit_year: int) -> bool:
    """Paid at the normal price and marked since, where the notice binds payers to make sure first (CZ-09, SX-09)."""
    bill = (
        Bill.objects.filter(person=person_id, benefit_year=benefit_year, state="settled")
        .order_by("id")
        .last()
    )
    if bill is None or bill.kind not in ONE_WAY_KINDS:
        return False
    pack = env.packs.get(bill.area_code, benefit_year, env.now)
    if not pack.assistance.confirm_before_normal.known or "status_gained" in pack.refunds:
        return False
    facts = gather([person_id])[person_id]
    return bool(marks_in_force(facts, env.local_date(bill.area_code)))


def paid_people(person_ids: Sequence[int], benefit_year: int) -> set[int]:
    """Who of these, under any of their records, has paid for a year: two statements for any number."""
    merged = Person.objects.filter(merged_into_id__in=person_ids).values_list("id", "merged_into_id")
    into = {id_: id_ for id_ in person_ids} | {old: kept for old, kept in merged if kept}
    records = ContributionRecord.objects.filter(
        person__in=list(into), benefit_year=benefit_year, refunded_at=None
    )
    return {into[id_] for id_ in records.values_list("person_id", flat=True)}


def paid_refusal(env: Env, bill: BillToPay) -> AlreadyPaid:
    """Why a bill whose year is paid for is not payable, with the day and the place where they are known."""
    year = bill.benefit_year
    return already_paid(env, bill.person_id, year) or AlreadyPaid(benefit_year=str(year))


def already_paid(env: Env, person_id: int, benefit_year: int) -> AlreadyPaid | None:
    """When and where somebody, under any of their records, paid for a year; None if they have not."""
    record = (
        ContributionRecord.objects.filter(
            person__in=records_of(person_id), benefit_year=benefit_year, refunded_at=None
        )
        .order_by("id")
        .last()
    )
    if record is None:
        return None
    paid = env.local_date(record.area_code, record.paid_at) if record.paid_at else None
    return AlreadyPaid(
        benefit_year=str(benefit_year),
        area=env.areas.full_name(record.area_code),
        paid_date=day_text(paid) if paid else "以前",
    )
