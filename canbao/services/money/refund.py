"""退费: apply, verify, approve or refuse. What is approved is owed; `repay` brings it to the payer.

Maker and checker are two people, and the checker agrees to exactly what was verified (its hash). A part
is reserved on its line from the application on, so that all parts together never exceed what was paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from canbao.basics.genes import bucket_of, parse_order_no
from canbao.basics.money import yuan_text
from canbao.basics.refusals import (
    BadInput,
    ContentChanged,
    NotFound,
    RefundNotAllowed,
    RefundTooMuch,
    RefundUnclear,
    SecondPersonNeeded,
    StepNotDue,
)
from canbao.basics.states import REFUND
from canbao.policy.pack import Pack
from canbao.policy.refund import Claim as Wish
from canbao.policy.refund import Refund as Verdict
from canbao.policy.refund import refund as judge
from canbao.policy.rules.subsidy import group_entry
from canbao.records.models import Attempt, Bill, Enrolment, IdentityMark, Order, OrderLine, Refund
from canbao.records.money import refunds
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.money import undo
from canbao.services.money.book import SURPLUS, new_row
from canbao.services.system.approve import Step, content_hash, decide, open_step, propose
from canbao.services.system.env import Env

APPROVE = "approve"
BANK = "bank"


@dataclass(frozen=True)
class Application:
    """Somebody wants one line of an order back. `reason`: a key of the pack's `refunds`.

    Days that are None are looked up where the records know them. `amount_fen` None: what the pack says.
    """

    order_no: str
    line_no: int
    reason: str
    group: str | None = None
    status_acquired_date: date | None = None
    terminated_date: date | None = None
    event_date: date | None = None
    amount_fen: int | None = None


@dataclass(frozen=True)
class Paid:
    """One settled line with everything a refund must know of it."""

    line: OrderLine
    order: Order
    attempt: Attempt
    bill: Bill


def apply(env: Env, applications: Sequence[Application]) -> list[Refund]:
    """Take applications in; each is judged by its pack and reserved, or all are refused.

    Raises:
        NotFound: no such paid line. RefundNotAllowed: the pack says no. RefundUnclear: the pack does not
            say, or a day it needs is not known. RefundTooMuch: more than is left of the line.
    """
    paid = [_find_paid(application) for application in applications]
    wishes = [_judged(env, application, its) for application, its in zip(applications, paid, strict=True)]
    env.serials.warm({"refund": len(paid), "refund_no": len(paid), "event": 2 * len(paid)})

    def work() -> list[str]:
        journal = env.journal()
        rows = [_row(env, its, *judged) for its, judged in zip(paid, wishes, strict=True)]
        for its, row in zip(paid, rows, strict=True):
            _reserve(its.line, row["amount_fen"])
        refunds.insert_refunds(rows)
        for row in rows:
            journal.note("refund", row["id"], "RefundApplied", {"reason": row["reason"]})
        journal.write()
        return [row["refund_no"] for row in rows]

    numbers = in_one_transaction(work)
    found = refunds.refunds_by_no(numbers)
    return [found[no] for no in numbers]


def verify(
    env: Env,
    refund_no: str,
    amount_fen: int | None = None,
    discretion: str | None = None,
    payee: str | None = None,
) -> Refund:
    """医保核验: the agency vouches for the amount, and puts it up for a second person.

    Where the pack leaves it to the staff (原则上, not stated), the amount and a reason must be given here.
    `payee` is the account of heirs, sealed at once.

    Raises:
        NotFound, StepNotDue, RefundTooMuch. BadInput: an amount, reason or account is missing.
    """
    found = get_refund(refund_no)
    if found.state != "applied":
        raise StepNotDue(state=found.state)
    fen = _settled_amount(found, amount_fen, discretion)
    if found.route == BANK and not payee:
        raise BadInput(field="payee", problem="退给继承人，要写收款账户。")
    env.serials.warm({"approval": 1, "event": 4})

    def work() -> None:
        journal = env.journal()
        if found.amount_fen != fen:
            _reserve(OrderLine.objects.get(id=refunds.line_id(found)), fen - (found.amount_fen or 0))
        found.amount_fen, found.discretion = fen, discretion
        found.payee_sealed = env.sealer.seal(payee, f"refund:payee:{found.id}") if payee else None
        digest = propose(env, journal, _step(found), refunds.content_of(found))
        _move(
            journal,
            found,
            "verified",
            amount_fen=Column("int", [fen]),
            discretion=Column("text", [discretion]),
            content_hash=Column("text", [digest]),
        )
        if payee:
            Refund.objects.filter(bucket=found.bucket, id=found.id).update(payee_sealed=found.payee_sealed)
        journal.write()

    in_one_transaction(work)
    return get_refund(refund_no)


def approve(env: Env, refund_no: str, digest: str) -> Refund:
    """复核: a second person agrees to what was verified. From here on the money is owed, and cover ends where it must.

    Raises:
        NotFound. StepNotDue: not verified, or decided already. SecondPersonNeeded: the applicant's or
            verifier's own hand. ContentChanged: it is not what was verified any more.
    """
    _warm(env)

    def work() -> None:
        journal = env.journal()
        found = get_refund(refund_no)
        if found.state != "verified":
            raise StepNotDue(state=found.state)
        if found.applied_by == env.actor and found.reason != SURPLUS:
            raise SecondPersonNeeded
        if content_hash(refunds.content_of(found)) != digest:
            raise ContentChanged
        decide(env, journal, _step(found), digest, granted=True)
        soon = Column("instant", [env.now])
        if not _move(
            journal, found, "approved", approved_at=soon, query_at=soon, query_count=Column("int", [0])
        ):
            raise StepNotDue(state="已复核")
        undo.owe(env, journal, found)
        journal.write()

    in_one_transaction(work)
    return get_refund(refund_no)


def refuse(env: Env, refund_no: str, why: str) -> Refund:
    """Say no, with a reason; what was reserved is free again.

    Raises:
        NotFound. StepNotDue: approved already, or refused.
    """
    env.serials.warm({"event": 3})

    def work() -> None:
        journal = env.journal()
        found = get_refund(refund_no)
        if up := open_step(_step(found)):
            decide(env, journal, _step(found), up.content_hash, granted=False)
        if not _move(journal, found, "refused", discretion=Column("text", [why])):
            raise StepNotDue(state=found.state)
        if found.amount_fen:
            release(found)
        journal.write()

    in_one_transaction(work)
    return get_refund(refund_no)


def get_refund(refund_no: str) -> Refund:
    """The refund with this number.

    Raises:
        NotFound: none of ours.
    """
    found = refunds.refund_by_no(refund_no)
    if found is None:
        raise NotFound
    return found


def release(found: Refund) -> None:
    """Give back what a refused refund had reserved, on the line or the attempt it was for."""
    if found.line_no is not None:
        refunds.reserve("order_line", [(refunds.line_id(found), -(found.amount_fen or 0))])
        return
    attempt = Attempt.objects.get(
        bucket=parse_order_no(found.order_no).bucket, out_trade_no=found.out_trade_no
    )
    refunds.reserve("attempt", [(attempt.id, -(found.amount_fen or 0))])


def _find_paid(application: Application) -> Paid:
    order = Order.objects.filter(
        bucket=_bucket(application.order_no), order_no=application.order_no, state__in=("paid", "settled")
    ).first()
    if order is None or order.paid_by is None:
        raise NotFound
    line = OrderLine.objects.filter(
        bucket__in=order.line_buckets,
        order_no=order.order_no,
        line_no=application.line_no,
        state="settled",
    ).first()
    if line is None:
        raise NotFound
    attempt = Attempt.objects.get(bucket=order.bucket, out_trade_no=order.paid_by)
    return Paid(line, order, attempt, Bill.objects.get(id=line.bill_id))


def _bucket(order_no: str) -> int:
    try:
        return parse_order_no(order_no).bucket
    except ValueError:
        raise NotFound from None


def _judged(env: Env, application: Application, its: Paid) -> tuple[Application, Pack, Verdict]:
    """The pack's answer; refused here where it is no, or cannot be said."""
    full = _with_known_days(application, its)
    pack = env.packs.get(its.bill.area_code, its.bill.benefit_year, env.now)
    wish = Wish(
        reason=full.reason,
        paid_fen=its.line.amount_fen,
        paid_date=env.local_date(its.bill.area_code, its.order.paid_at),
        applied_date=env.local_date(its.bill.area_code),
        terminated_date=full.terminated_date,
        status_acquired_date=full.status_acquired_date,
        event_date=full.event_date,
        group=full.group,
    )
    verdict = judge(pack, wish)
    said = "".join(reason.text for reason in verdict.reasons)
    if verdict.outcome == "none":
        raise RefundNotAllowed(reasons=said)
    # 核验确认后办理 (CZ-24): where the notice names the case and no boundary, the agency decides.
    if verdict.outcome == "needs" or (verdict.outcome == "not_stated" and full.reason not in pack.refunds):
        raise RefundUnclear(reasons=said)
    allowed = verdict.amount_fen
    if full.amount_fen is not None and allowed is not None and full.amount_fen > allowed:
        raise RefundTooMuch(left=yuan_text(allowed), asked=yuan_text(full.amount_fen))
    return full, pack, verdict


def _with_known_days(application: Application, its: Paid) -> Application:
    person = its.bill.person_id
    acquired, ended = application.status_acquired_date, application.terminated_date
    if application.group and acquired is None:
        marks = IdentityMark.objects.filter(person=person, group=application.group).order_by("acquired_date")
        acquired = marks.values_list("acquired_date", flat=True).first()
    if ended is None:
        gone = Enrolment.objects.filter(person=person, area_code=its.bill.area_code).exclude(state="active")
        ended = gone.order_by("-ended_date").values_list("ended_date", flat=True).first()
    return replace(application, status_acquired_date=acquired, terminated_date=ended)


def _row(env: Env, its: Paid, full: Application, pack: Pack, verdict: Verdict) -> Row:
    """The columns of an application."""
    rule = pack.refunds[full.reason]
    helped = rule.before.known == "refund_covered_part"  # stays insured: a fund steps in (FY-12)
    group = group_entry(pack, full.group) if full.group else None
    amount = verdict.amount_fen if full.amount_fen is None else full.amount_fen
    days = {"status_acquired": full.status_acquired_date, "terminated": full.terminated_date}
    days["event"] = full.event_date
    return new_row(env, its.line.bucket, its.attempt.out_trade_no, its.attempt.channel) | {
        "person_id": its.bill.person_id,
        "line_no": its.line.line_no,
        "bill_id": its.bill.id,
        "area_code": its.bill.area_code,
        "paid_fen": its.line.amount_fen,
        "amount_fen": amount if verdict.outcome == "refund" else None,
        "reason": full.reason,
        "evidence": {name: str(day) for name, day in days.items() if day}
        | {"group": full.group, "terminates": verdict.terminates},
        "verdict": verdict.outcome,
        "rules": sorted({rule for reason in verdict.reasons for rule in reason.rule.split("、") if rule}),
        "ends_cover": not helped and (verdict.terminates or amount in (None, its.line.amount_fen)),
        "takeover_fund": ((group.paid_by.known if group else None) or "medical_assistance")
        if helped
        else None,
        "payee_kind": verdict.payee or "payer",  # who gets it unsaid: back the way it came, and no other
        "route": BANK if verdict.payee == "heirs" else its.attempt.channel,
    }


def _reserve(line: OrderLine, fen: int | None) -> None:
    if fen and not refunds.reserve("order_line", [(line.id, fen)]):
        left = OrderLine.objects.values_list("refunded_fen", flat=True).get(id=line.id)
        raise RefundTooMuch(left=yuan_text(line.amount_fen - left), asked=yuan_text(fen))


def _settled_amount(found: Refund, amount_fen: int | None, discretion: str | None) -> int:
    """What the agency vouches for: the pack's figure, or less; or its own with a reason, where the pack leaves it."""
    allowed = found.amount_fen if found.verdict == "refund" and found.amount_fen else found.paid_fen
    fen = found.amount_fen if amount_fen is None else amount_fen
    if fen is None or fen <= 0:
        raise BadInput(field="amount", problem="通告没有写退多少，请写核定的金额。")
    if found.verdict != "refund" and not (discretion and discretion.strip()):
        raise BadInput(field="discretion", problem="原则上不退，或者通告没有写：要写明为什么退。")
    if fen > allowed:
        raise RefundTooMuch(left=yuan_text(allowed), asked=yuan_text(fen))
    return fen


def _step(found: Refund) -> Step:
    return Step("refund", found.id, APPROVE)


def _move(journal: Journal, found: Refund, state: str, **assign: Column) -> bool:
    keys = {"bucket": Column("int", [bucket_of(found.id)]), "id": Column("int", [found.id])}
    return bool(claim(journal, Claim(REFUND, state, keys, assign=assign)))


def _warm(env: Env) -> None:
    env.serials.warm({"event": 10, "entry": 10})
