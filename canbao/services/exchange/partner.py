"""合作渠道 (LZ-17, CP-11, CP-12): a bank's app, a rural point or a terminal finds, opens, confirms and asks, for its payers.

Every POST carries a key; the same key and body is told the same answer, another body under it is refused. What a
partner confirms is settled like any payment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canbao.basics.documents import mask_name
from canbao.basics.genes import parse_out_trade_no
from canbao.basics.refusals import KeyUsedOtherwise, NotFound
from canbao.channels.port import PaymentFact
from canbao.records.exchange.arrivals import attempts_by_no
from canbao.records.models import Bill, ContributionRecord, PartnerCall
from canbao.services.money.check import new_order_number
from canbao.services.money.open import Opening, open_orders
from canbao.services.money.pay import may_still_pay
from canbao.services.money.settle import CURRENCY, Arrival, settle
from canbao.services.people.guide import Question, find
from canbao.services.system.env import Env

RESULTS = {"settled": "paid", "repeated": "paid", "surplus": "paid_back"}


@dataclass(frozen=True)
class Partner:
    """Who calls, with books of its own, and what kind of channel the packs know it as."""

    name: str
    channel: str


def remember(env: Env, partner: Partner, key: str, body_sha256: str) -> PartnerCall:
    """The call under this key: a new one, or the one it repeats.

    Raises:
        KeyUsedOtherwise: the key stood for another body.
    """
    call, _ = PartnerCall.objects.get_or_create(
        partner=partner.name,
        key=key,
        defaults={"body_sha256": body_sha256, "memo": {}, "asked_at": env.now},
    )
    if call.body_sha256 != body_sha256:
        raise KeyUsedOtherwise
    return call


def keep_answer(call: PartnerCall, status: int, answer: Mapping[str, Any]) -> None:
    """Keep what was answered; the first answer stays."""
    PartnerCall.objects.filter(id=call.id, status=None).update(status=status, answer=dict(answer))


def find_bill(env: Env, partner: Partner, asked: Mapping[str, str]) -> dict[str, Any]:
    """What somebody owes, if name and number both fit: the least a payer must see.

    Raises:
        Refusal: what the pages would say.
    """
    finding = find(
        env,
        Question(
            area_code=asked["area_code"],
            name=asked["name"],
            number=asked["number"],
            payer_kind=asked.get("payer", "self"),
            address=f"partner:{partner.name}",
            consented=asked.get("consent") == "yes",
            ways=(partner.channel,),
        ),
    )
    if finding.bill_id is None:
        raise NotFound
    bill = Bill.objects.get(id=finding.bill_id)
    return {
        "bill": str(bill.id),
        "name": mask_name(finding.name),
        "area": env.areas.full_name(bill.area_code),
        "benefit_year": bill.benefit_year,
        "amount_fen": bill.amount_fen,
        "cover_from": bill.cover_from_date.isoformat() if bill.cover_from_date else None,
    }


def open_order(env: Env, partner: Partner, call: PartnerCall, asked: Mapping[str, str]) -> dict[str, Any]:
    """Open an order with its attempt; a repeat after a crash finds the very same.

    Raises:
        Refusal: what `open_orders` raises.
    """
    bill = Bill.objects.filter(id=int(asked["bill"])).first()
    if bill is None:
        raise NotFound
    if not call.memo:
        order_no, token = new_order_number(env, bill.id)
        PartnerCall.objects.filter(id=call.id, memo={}).update(memo={"order_no": order_no, "token": token})
        call.refresh_from_db(fields=["memo"])
    opening = Opening(
        call.memo["order_no"], call.memo["token"], bill.id, asked.get("payer", "self"), bill.area_code
    )
    (order,) = open_orders(env, [opening], online=True, channel=partner.name)
    if order.first_attempt:
        may_still_pay(env, order, order.first_attempt)
    return {
        "order_no": order.order_no,
        "out_trade_no": f"{order.order_no}01" if order.amount_fen else None,
        "amount_fen": order.amount_fen,
        "state": order.state,
        "expires_at": order.expires_at.isoformat(),
    }


def confirm(env: Env, partner: Partner, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The partner has the payer's money. It is booked once, or owed back where nothing was left to settle.

    Raises:
        NotFound: no attempt of this partner.
    """
    number = str(asked["out_trade_no"])
    _mine(partner, number)
    fact = PaymentFact(
        channel=partner.name,
        out_trade_no=number,
        channel_txn_no=str(asked["txn_no"]),
        amount_fen=int(asked["amount_fen"]),
        currency=CURRENCY,
        merchant=partner.name,
        paid_at=datetime.fromisoformat(str(asked["paid_at"])),
    )
    (result,) = settle(env, [Arrival(fact)])
    return {"result": RESULTS.get(result, "not_accepted"), "reason": result, **state_of(env, partner, number)}


def state_of(env: Env, partner: Partner, number: str) -> dict[str, Any]:
    """What became of an attempt of this partner's, and the receipts of its order.

    Raises:
        NotFound: no attempt of this partner.
    """
    attempt = _mine(partner, number)
    bucket = parse_out_trade_no(number)[0].bucket
    receipts = ContributionRecord.objects.filter(bucket=bucket, order_no=number[:-2]).order_by("id")
    return {
        "out_trade_no": number,
        "state": attempt["state"],
        "receipts": [row.receipt_no for row in receipts if row.receipt_no],
    }


def _mine(partner: Partner, number: str) -> dict[str, Any]:
    try:
        bucket = parse_out_trade_no(number)[0].bucket
    except ValueError:
        raise NotFound from None
    attempt = attempts_by_no([(bucket, number)]).get(number)
    if attempt is None or attempt["channel"] != partner.name:
        raise NotFound
    return attempt
