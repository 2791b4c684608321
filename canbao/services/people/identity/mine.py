"""我的缴费: the years of whoever is logged in, as sure as the notice wants it for proofs (LZ-20)."""

from dataclasses import dataclass
from datetime import date

from canbao.channels.identity.port import Level
from canbao.policy.registration.acting import proof_level
from canbao.records.models import ContributionRecord
from canbao.records.people.find import find_person
from canbao.services.people.guide import season_pack
from canbao.services.people.identity.login import LEVEL_WORDS, Holder, require
from canbao.services.system.env import Env

WHY = "看自己的缴费记录和票据，要先登录。"


@dataclass(frozen=True)
class PaidYear:
    """One paid year. `amount_fen` None: an earlier system did not hand it over; `receipt` opens its public page."""

    benefit_year: int
    area_name: str
    class_label: str
    amount_fen: int | None
    paid_date: date | None
    receipt: tuple[str, str] | None
    is_refunded: bool


def level_for(env: Env, area_code: str) -> tuple[Level, str]:
    """How sure one must be here, and how people say it."""
    level = proof_level(season_pack(env, area_code))
    return level, LEVEL_WORDS[level]


def my_years(env: Env, token: str | None, area_code: str) -> tuple[Holder, list[PaidYear]]:
    """The holder of a login and what they paid, the newest year first; nobody else's.

    Raises:
        ProofMissing: no login, or one that is not sure enough.
    """
    level, _ = level_for(env, area_code)
    holder = require(env, token, level, WHY)
    person = find_person(env.sealer, holder.id_type, holder.number)
    if person is None:
        return holder, []
    rows = ContributionRecord.objects.filter(person=person.id).order_by("-benefit_year", "-id")
    return holder, [_year(env, row) for row in rows]


def _year(env: Env, row: ContributionRecord) -> PaidYear:
    known = row.receipt_no is not None and row.receipt_code is not None
    pack = env.packs.get(row.area_code, row.benefit_year, env.now) if known else None
    return PaidYear(
        row.benefit_year,
        env.areas.full_name(row.area_code),
        pack.class_label(row.person_class) if pack else "",
        row.amount_fen,
        env.local_date(row.area_code, row.paid_at) if row.paid_at else None,
        (row.receipt_no or "", row.receipt_code or "") if known else None,
        row.refunded_at is not None,
    )
