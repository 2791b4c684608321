"""已缴: one person pays once a year, through whatever channel and in whatever place (FY-14)."""

from canbao.basics.refusals import AlreadyPaid
from canbao.policy.rules.wording import day_text
from canbao.records.models import ContributionRecord
from canbao.records.money.bills import BillToPay
from canbao.records.people.find import records_of
from canbao.services.system.env import Env


def refuse_if_paid(env: Env, person_id: int, benefit_year: int) -> None:
    """Nothing, if the year is still to be paid for.

    Raises:
        AlreadyPaid: with the day and the place.
    """
    if refusal := already_paid(env, person_id, benefit_year):
        raise refusal


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
