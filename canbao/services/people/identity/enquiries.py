"""三种查询, told apart as the notice tells them (CZ-20 … CZ-23, E12): my payments through this channel, at once and with the
amount; the treasury's record of everything, later and without it.

What the page must not show is not in the answer at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from canbao.policy.pack import Pack
from canbao.records.models import ContributionRecord
from canbao.records.people.find import find_person
from canbao.services.people.guide import season_pack
from canbao.services.people.identity.login import require
from canbao.services.people.identity.mine import WHY, level_for
from canbao.services.system.env import Env

OWN, POSTED = "own_payments", "posted_records"
LABELS = {OWN: "我的缴费记录", POSTED: "参保人缴费查询"}


@dataclass(frozen=True)
class OwnPayment:
    """One payment through the channel that asks, as soon as it is booked."""

    benefit_year: int
    area_name: str
    amount_fen: int
    paid_at: datetime
    receipt_no: str | None


@dataclass(frozen=True)
class PostedRecord:
    """One contribution that the treasury has, whatever channel brought it. There is no amount here (CZ-23)."""

    benefit_year: int
    area_name: str
    posted_date: date


@dataclass(frozen=True)
class Enquiry:
    """A view with its name here, what it covers in the notice's words, and its rows, the newest first."""

    label: str
    covers: tuple[str, ...]
    rows: Sequence[OwnPayment | PostedRecord]
    not_posted_yet: int = 0


def own_payments(env: Env, token: str | None, area_code: str, channel: str) -> Enquiry:
    """What the holder of a login paid for through one channel.

    Raises:
        ProofMissing: no login, or one that is not sure enough.
    """
    pack, records = _mine(env, token, area_code)
    rows = [
        OwnPayment(
            row.benefit_year,
            env.areas.full_name(row.area_code),
            row.amount_fen or 0,
            env.local(row.area_code, row.paid_at),
            row.receipt_no,
        )
        for row in records
        if row.channel == channel and row.paid_at
    ]
    return _enquiry(pack, OWN, rows)


def posted_records(env: Env, token: str | None, area_code: str) -> Enquiry:
    """What the treasury has of the holder's, from the day it says so; what it has not yet is only counted.

    Raises:
        ProofMissing: no login, or one that is not sure enough.
    """
    pack, records = _mine(env, token, area_code)
    today = env.local_date(area_code)
    posted = [row for row in records if row.posted_date and row.posted_date <= today]
    rows = [
        PostedRecord(row.benefit_year, env.areas.full_name(row.area_code), row.posted_date)
        for row in posted
        if row.posted_date
    ]
    waiting = sum(row.origin == "paid" for row in records) - len(posted)
    return _enquiry(pack, POSTED, rows, waiting)


def _mine(env: Env, token: str | None, area_code: str) -> tuple[Pack, list[ContributionRecord]]:
    level, _ = level_for(env, area_code)
    holder = require(env, token, level, WHY)
    person = find_person(env.sealer, holder.id_type, holder.number)
    pack = season_pack(env, area_code)
    if person is None:
        return pack, []
    rows = ContributionRecord.objects.filter(person=person.id, refunded_at=None)
    return pack, list(rows.order_by("-benefit_year", "-id"))


def _enquiry(
    pack: Pack, name: str, rows: Sequence[OwnPayment | PostedRecord], not_posted_yet: int = 0
) -> Enquiry:
    view = pack.queries.get(name)
    covers = tuple(view.covers.known or ()) if view else ()
    return Enquiry(view.label if view else LABELS[name], covers, rows, not_posted_yet)
