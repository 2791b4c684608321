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
    """One payment through the channel that asks, as soon as it is booked.

    `amount_fen` None: the notice says that this view shows none. `shows_from`: the day from which the treasury's record
    is to be found, where the notice states the lag and it is not there yet; `is_estimate`: a holiday may still move it.
    """

    benefit_year: int
    area_name: str
    amount_fen: int | None
    paid_at: datetime
    receipt_no: str | None
    shows_from: date | None = None
    is_estimate: bool = False


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
    rows = [_own(env, pack, row) for row in records if row.channel == channel and row.paid_at]
    return _enquiry(pack, OWN, rows)


def _own(env: Env, season: Pack, row: ContributionRecord) -> OwnPayment:
    """One row; its lag is that of the notice it was paid under."""
    paid_at = row.paid_at or row.created_at
    view = season.queries.get(OWN)
    pack = env.packs.get(row.area_code, row.benefit_year, env.now)
    expected = None
    if row.posted_date is None and row.amount_fen:
        expected = pack.posting(env.local_date(row.area_code, paid_at), env.calendar(), row.channel)
    return OwnPayment(
        row.benefit_year,
        env.areas.full_name(row.area_code),
        None if view and view.shows_amount.known is False else row.amount_fen or 0,
        env.local(row.area_code, paid_at),
        row.receipt_no,
        expected.shown_date if expected else None,
        bool(expected and expected.is_estimate),
    )


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
