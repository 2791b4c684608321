"""听: a notice or a day's file of the tax side is kept sealed before it is judged; then each payment of it is known once.

The same tax receipt again changes nothing; if it says something else, the first word stands and people are shown it.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError

from canbao.basics import accounts
from canbao.basics.genes import OrderNumber, gene_id, out_trade_no
from canbao.basics.refusals import ChannelUnavailable, NotFound, StatementRefused
from canbao.channels.port import ChannelDown, ChannelRefused, StatementNotReady
from canbao.channels.tax.collected import (
    Collected,
    CollectedUnfit,
    read_day,
    read_notice,
    statement_of,
)
from canbao.channels.tax.side import TaxSide
from canbao.records.exchange.tax import payments
from canbao.records.models import Statement, TaxMessage, TaxPayment
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.match import TRIES, days_back, match
from canbao.services.exchange.statement import PROBLEMS, upload
from canbao.services.exchange.tax_side.place import correct, place_all
from canbao.services.system import limits
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
CHUNK = 500
LONGEST_NOTICE = 256 * 1024
REJECTED_KEPT = timedelta(days=30)
HEADERS_KEPT = ("x-partner", "x-timestamp", "x-nonce", "x-signature", "content-type")
REJECTED = "not_signed"
TOLD: Mapping[str, str] = PROBLEMS | {
    "not_a_notice": "不是缴费明细的报文。",
    "not_a_row": "有一行的税票号、证件、年度或者金额不对。",
}


def hear_notice(env: Env, headers: Mapping[str, str], body: bytes) -> bool:
    """Take a notice in: kept, then judged, then each payment placed. Whether it is the tax side's and is kept.

    Raises:
        NotFound: this installation is not connected to a tax side, or the notice is longer than any.
    """
    side = _side(env)
    if len(body) > LONGEST_NOTICE:
        raise NotFound
    kept = _keep(env, "notice", None, body, headers)
    if not side.is_told_by_tax(headers, body, env.now):
        _reject(env, kept)
        return False
    if kept.fault == REJECTED:  # the same bytes came unsigned before: now they are said
        TaxMessage.objects.filter(id=kept.id).update(fault=None)
        kept.fault = None
    try:
        _hear(env, kept, body)
    except DatabaseError:
        log.exception("tax message %s is kept and waits for the job", kept.id)
    return True


def hear_kept(env: Env, limit: int = 100) -> int:
    """The job: read what a crash left, place what waits, drop what nobody signed. Returns how many payments were looked at."""
    if env.tax_side is None:
        return 0
    for kept in payments.messages_waiting(limit):
        body = env.sealer.open_bytes(bytes(kept.body_sealed), _place(kept.digest))
        if kept.what == "day" or env.tax_side.is_told_by_tax(kept.headers, body, kept.received_at):
            _hear(env, kept, body)
        else:
            _reject(env, kept)
    TaxMessage.objects.filter(fault=REJECTED, received_at__lt=env.now - REJECTED_KEPT).delete()
    return place_all(env, payments.waiting(env.now, CHUNK))


def days_due(env: Env) -> int:
    """The job: from ten in the morning on, fetch and match what is missing of the last days. Returns how many."""
    if env.tax_side is None:
        return 0
    days = days_back(env)
    read = payments.days_read(days)
    return sum(_day_due(env, day) for day in days if day not in read)


def _day_due(env: Env, day: date) -> bool:
    if not limits.has_room(env, TRIES, f"{accounts.TAX}|day|{day}"):
        return False
    try:
        fetch_day(env, day)
        match(env, accounts.TAX, day)
    except (StatementRefused, ChannelUnavailable) as refused:
        log.info("no file of the tax side for %s yet: %s", day, refused.facts)
        return False
    return True


@dataclass(frozen=True)
class DayHeard:
    """A day's file: its payments and refunds, how many of the payments are parked, and the statement made of it."""

    day: date
    paid: int
    given_back: int
    parked: int
    statement: Statement


def fetch_day(env: Env, day: date) -> DayHeard:
    """Ask for the file of a day, and take it in.

    Raises:
        NotFound: no tax side. ChannelUnavailable: no answer. StatementRefused: not made yet, or unfit.
    """
    try:
        body = _side(env).fetch_day(day)
    except StatementNotReady:
        raise StatementRefused(problem="税务还没有出这一天的文件，一般第二天上午十点以后才有。") from None
    except (ChannelDown, ChannelRefused):
        raise ChannelUnavailable from None
    return take_day(env, day, body)


def take_day(env: Env, day: date, body: bytes) -> DayHeard:
    """Take the file of a day in: each payment not heard of yet is placed now; the statement is made of it, without names.

    The same file again changes nothing.

    Raises:
        NotFound: no tax side. StatementRefused: it cannot be relied on; it stays, with its fault.
    """
    _side(env)
    kept = _keep(env, "day", day, body, {})
    _hear(env, kept, body)
    kept.refresh_from_db(fields=["fault", "fault_line"])
    if kept.fault:
        where = f"第{kept.fault_line}行。" if kept.fault_line else ""
        raise StatementRefused(problem=TOLD.get(kept.fault, kept.fault) + where)
    paid, back = read_day(body, day)
    known = _known(env, paid)
    numbered = [(known[row.tax_receipt_no].number, row) for row in paid]
    statement = upload(env, accounts.TAX, day, [statement_of(numbered, back)])
    parked = sum(row.state == "parked" for row in _known(env, paid).values())
    return DayHeard(day, len(paid), len(back), parked, statement)


def _side(env: Env) -> TaxSide:
    if env.tax_side is None:
        raise NotFound
    return env.tax_side


def _keep(env: Env, what: str, day: date | None, body: bytes, headers: Mapping[str, str]) -> TaxMessage:
    digest = env.sealer.blind_index(what, f"{day}|{hashlib.sha256(body).hexdigest()}")
    told = {name.lower(): value for name, value in headers.items()}
    kept, _ = TaxMessage.objects.get_or_create(
        digest=digest,
        defaults={
            "what": what, "day": day, "headers": {name: told[name] for name in HEADERS_KEPT if name in told},
            "body_sealed": env.sealer.seal_bytes(body, _place(digest)), "received_at": env.now,
            "received_by": env.actor,
        },
    )  # fmt: skip
    return kept


def _reject(env: Env, kept: TaxMessage) -> None:
    """What nobody signed stays for thirty days, so much of it and no more; what was heard once stays heard."""
    mine = TaxMessage.objects.filter(id=kept.id, heard_at=None)
    if limits.has_room(env, limits.REJECTED_CALLBACKS, accounts.TAX):
        mine.update(fault=REJECTED)
    else:
        mine.delete()


def _hear(env: Env, kept: TaxMessage, body: bytes) -> None:
    """Read a message, keep its payments, place what is new; a message that is unfit is kept with its fault."""
    if kept.heard_at is not None or kept.fault:
        return
    try:
        rows = read_notice(body) if kept.what == "notice" else read_day(body, kept.day or date.min)[0]
    except CollectedUnfit as unfit:
        log.warning("tax message %s: %s", kept.id, unfit)
        TaxMessage.objects.filter(id=kept.id).update(fault=unfit.reason, fault_line=unfit.line or None)
        return
    for start in range(0, len(rows), CHUNK):
        place_all(env, _know(env, rows[start : start + CHUNK], may_correct=kept.what == "day"))
    TaxMessage.objects.filter(id=kept.id).update(heard_at=env.now, row_count=len(rows))


def _know(env: Env, rows: Sequence[Collected], *, may_correct: bool) -> list[TaxPayment]:
    """Keep a chunk of payments, each once; returns those that are not placed yet.

    What is known with another content is marked; where it is parked, a day's file corrects it.
    """
    first = {row.tax_receipt_no: row for row in reversed(rows)}
    env.serials.warm(
        {"tax_payment": len(first), "order_no": len(first), "event": 3 * len(first), "entry": len(first)}
    )

    def work() -> None:
        journal = env.journal()
        for id_ in sorted(payments.keep([_payment(env, row) for row in first.values()])):
            journal.note("tax_payment", id_, "TaxPaymentHeard")
        known = _known(env, list(first.values()))
        odd = {
            it.id: (it, row)
            for row in rows
            if _mark(env, row) != (it := known[row.tax_receipt_no]).content_hash
        }
        TaxPayment.objects.filter(id__in=sorted(odd), told_otherwise_at=None).update(
            told_otherwise_at=env.now
        )
        for id_, (it, row) in sorted(odd.items()):
            journal.note("tax_payment", id_, "TaxPaymentToldOtherwise")
            if may_correct and it.state == "parked":
                correct(env, journal, it, _content(env, it.id, row))
        journal.write()

    in_one_transaction(work)
    return [row for row in _known(env, list(first.values())).values() if row.state in payments.OPEN]


def _known(env: Env, rows: Sequence[Collected]) -> dict[str, TaxPayment]:
    return payments.by_receipt([(_bucket(env, row), row.tax_receipt_no) for row in rows])


def _payment(env: Env, row: Collected) -> TaxPayment:
    bucket = _bucket(env, row)
    (serial,), (order_serial,) = env.serials.take("tax_payment", 1), env.serials.take("order_no", 1)
    id_ = gene_id(serial, bucket)
    return TaxPayment(
        id=id_,
        tax_receipt_no=row.tax_receipt_no,
        number=out_trade_no(str(OrderNumber(env.now.year, bucket, order_serial)), 1),
        heard_at=env.now,
        state="told",
        **_content(env, id_, row),
    )


def _content(env: Env, id_: int, row: Collected) -> dict[str, Any]:
    """What a message says of a payment, as its columns."""
    holder = {"id_type": row.id_type, "number": row.number, "name": row.name}
    return {
        "portal": row.portal,
        "kind": row.kind,
        "holder_sealed": env.sealer.seal(json.dumps(holder, ensure_ascii=False), f"tax_payment:holder:{id_}"),
        "agency_code": row.agency_code,
        "benefit_year": row.benefit_year,
        "amount_fen": row.amount_fen,
        "paid_at": row.paid_at,
        "content_hash": _mark(env, row),
    }


def _bucket(env: Env, row: Collected) -> int:
    return env.sealer.bucket("tax_receipt", row.tax_receipt_no)


def _mark(env: Env, row: Collected) -> str:
    """What a payment says besides its number, whatever portal told it; keyed, since a name and a number are in it."""
    said = (row.kind, row.id_type, row.number, row.name, row.agency_code, row.benefit_year, row.amount_fen)
    return env.sealer.blind_index("tax_payment", f"{said}|{row.paid_at.timestamp():.0f}")


def _place(digest: str) -> str:
    return f"tax_message:{digest}"
