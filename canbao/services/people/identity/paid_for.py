"""代他人缴费记录: whom somebody paid for (LZ-20), known where the payer was logged in while paying."""

from dataclasses import dataclass
from datetime import datetime

from canbao.basics.documents import mask_name
from canbao.basics.genes import parse_order_no
from canbao.records.models import ContributionRecord, Order, OrderPayer, Person
from canbao.records.people.find import find_person, records_of
from canbao.services.people.identity.login import Holder, holder_of, require
from canbao.services.people.identity.mine import level_for
from canbao.services.system.env import Env

WHY = "看替别人缴的记录，要先登录。"
MOST = 500


@dataclass(frozen=True)
class PaidFor:
    """One year of one person that the holder paid for; the name is masked. `record_id` opens the slip."""

    record_id: int
    name: str
    area_name: str
    benefit_year: int
    amount_fen: int
    paid_at: datetime
    is_refunded: bool


def remember_payer(env: Env, login: str | None, order: Order) -> None:
    """Note whose order this is, if somebody is logged in; whoever is not stays unknown, and has the order's own page."""
    holder = holder_of(env, login)
    if holder is None:
        return
    bucket = env.sealer.bucket(holder.id_type, holder.number)
    OrderPayer.objects.bulk_create(
        [
            OrderPayer(
                id=env.new_ids("order_payer", [bucket])[0],
                payer_index=payer_index(env, holder),
                order_no=order.order_no,
                opened_at=env.now,
            )
        ],
        ignore_conflicts=True,
    )


def paid_for_others(env: Env, token: str | None, area_code: str) -> tuple[Holder, list[PaidFor]]:
    """The holder of a login and whom they paid for, the newest first; their own years are not in it.

    Raises:
        ProofMissing: no login, or one that is not as sure as the notice wants for proofs.
    """
    level, _ = level_for(env, area_code)
    holder = require(env, token, level, WHY)
    myself = find_person(env.sealer, holder.id_type, holder.number)
    mine = set(records_of(myself.id)) if myself else set()
    rows = [row for row in records_paid_by(env, holder) if row.person_id not in mine]
    people = {
        row.id: row.name for row in Person.objects.filter(id__in=sorted({row.person_id for row in rows}))
    }
    return holder, [
        PaidFor(
            row.id,
            mask_name(people[row.person_id]),
            env.areas.full_name(row.area_code),
            row.benefit_year,
            row.amount_fen or 0,
            env.local(row.area_code, row.paid_at),
            row.refunded_at is not None,
        )
        for row in rows
        if row.paid_at
    ]


def records_paid_by(env: Env, holder: Holder) -> list[ContributionRecord]:
    """What the orders of a payer settled, whoever it was for, the newest first."""
    mine = OrderPayer.objects.filter(
        bucket=env.sealer.bucket(holder.id_type, holder.number), payer_index=payer_index(env, holder)
    )
    numbers = list(mine.order_by("-opened_at", "-id").values_list("order_no", flat=True)[:MOST])
    envelopes = Order.objects.filter(
        bucket__in=sorted({parse_order_no(no).bucket for no in numbers}), order_no__in=numbers
    )
    buckets = sorted({bucket for order in envelopes for bucket in order.line_buckets})
    rows = ContributionRecord.objects.filter(bucket__in=buckets, order_no__in=numbers)
    return list(rows.order_by("-paid_at", "-id"))


def payer_index(env: Env, holder: Holder) -> str:
    """What a payer is found by."""
    return env.sealer.blind_index(holder.id_type, holder.number)
