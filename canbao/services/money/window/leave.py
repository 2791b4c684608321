"""解缴、退还: how cash leaves a till again: to the bank by slip, or back to a payer by a refund two people agreed on."""

from typing import Any

from canbao.basics import accounts
from canbao.basics.genes import parse_order_no
from canbao.basics.money import yuan_text
from canbao.basics.refusals import BadInput, NotFound, StepNotDue
from canbao.basics.states import TAKING
from canbao.records import sets
from canbao.records.models import CashOut, Order, OrderLine, Refund, Taking
from canbao.records.money import ledger, refunds
from canbao.records.money.window.holding import Held, held_of_till, take_turn
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.money.book import WRONGLY_TAKEN, new_row
from canbao.services.money.refund import verify
from canbao.services.money.repay import pay_out
from canbao.services.money.window.till import Till, current_shift, moved
from canbao.services.system.env import Env


def hand_in(env: Env, till: Till, slip_no: str, amount_fen: int) -> CashOut:
    """解缴: hand in what the oldest shift with cash still holds, all of it. The same slip again changes nothing.

    Raises:
        BadInput: no slip number, not the sum that is held, or the slip was for another sum. StepNotDue: nothing is held.
    """
    if not slip_no.strip() or len(slip_no) > 40 or amount_fen <= 0:
        raise BadInput(field="slip", problem="请写缴款单号和金额。")
    known = _slip(env, till, slip_no)
    if known is None:
        env.serials.warm({"cash_out": 1, "entry": 1})
        try:
            in_one_transaction(lambda: _hand_in(env, till, slip_no, amount_fen))
        except (StepNotDue, BadInput):
            if _slip(env, till, slip_no) is None:  # else another hand was quicker with the same slip
                raise
        known = _slip(env, till, slip_no)
    if known is None or known.amount_fen != amount_fen:
        raise BadInput(field="slip", problem=f"缴款单{slip_no}已经用过，金额不一样。")
    return known


def _hand_in(env: Env, till: Till, slip_no: str, amount_fen: int) -> None:
    bucket = till.bucket(env)
    first = next((row for row in held_of_till(bucket, till.name) if row.owed_fen > 0), None)
    held = take_turn(bucket, first.shift_id) if first else None
    if held is None or held.owed_fen <= 0:
        raise StepNotDue(state="没有要解缴的现金")
    if held.owed_fen != amount_fen:
        raise BadInput(
            field="amount",
            problem=f"应解缴{yuan_text(held.owed_fen)}元，这张缴款单是{yuan_text(amount_fen)}元。",
        )
    put_out(env, till, held, "handed_in", slip_no, amount_fen)


def _slip(env: Env, till: Till, slip_no: str) -> CashOut | None:
    rows = CashOut.objects.filter(bucket=till.bucket(env), till=till.name, what="handed_in", number=slip_no)
    return rows.first()


def give_back(env: Env, till: Till, receipt_no: str, why: str) -> list[Refund]:
    """冲正: a receipt of the shift that is open was taken wrongly; a refund for each of its people, to be agreed to.

    Nothing is edited: once a second person has approved, the bills are refunded and the cash goes back by `pay_back`.

    Raises:
        BadInput: no reason. NotFound: no such receipt. StepNotDue: not of the open shift, or nothing of it is settled.
    """
    if not why.strip():
        raise BadInput(field="why", problem="请写为什么退还。")
    shift = current_shift(env, till)
    taking = Taking.objects.filter(bucket=shift.bucket, till=till.name, receipt_no=receipt_no).first()
    if taking is None:
        raise NotFound
    if taking.shift_id != shift.id or taking.state != "taken":
        raise StepNotDue(state="不是这一班收的，或者已经退还")
    order = Order.objects.get(bucket=parse_order_no(taking.order_no).bucket, order_no=taking.order_no)
    lines = OrderLine.objects.filter(
        bucket__in=order.line_buckets,
        order_no=order.order_no,
        state="settled",
        refunded_fen=0,
        amount_fen__gt=0,
    )
    found = list(lines.select_related("bill").order_by("line_no"))
    if not found:
        raise StepNotDue(state="没有可以退还的")
    rows = [_refund_row(env, order, line) for line in found]
    env.serials.warm({"event": 2 * len(rows)})
    in_one_transaction(lambda: _apply(env, found, rows))
    return [verify(env, row["refund_no"], discretion=why) for row in rows]


def _refund_row(env: Env, order: Order, line: OrderLine) -> Row:
    return new_row(env, line.bucket, order.paid_by or "", accounts.CASH) | {
        "person_id": line.bill.person_id,
        "line_no": line.line_no,
        "bill_id": line.bill_id,
        "area_code": line.bill.area_code,
        "paid_fen": line.amount_fen,
        "amount_fen": line.amount_fen,
        "reason": WRONGLY_TAKEN,
        "evidence": {},
        "verdict": "refund",
        "rules": [],
        "ends_cover": True,
        "payee_kind": "payer",
        "route": accounts.CASH,
    }


def _apply(env: Env, lines: list[OrderLine], rows: list[Row]) -> None:
    journal = env.journal()
    if len(refunds.reserve("order_line", [(line.id, line.amount_fen) for line in lines])) < len(lines):
        raise StepNotDue(state="已经退还")
    for row in rows:
        journal.note("refund", row["id"], "RefundApplied", {"reason": WRONGLY_TAKEN})
    refunds.insert_refunds(rows)
    journal.write()


def pay_back(env: Env, till: Till, refund_no: str, proof: str) -> Refund:
    """退还: pay an approved refund out of the cash this shift has taken. `proof`: the paper its payer signed.

    Raises:
        NotFound, BadInput. StepNotDue: not owed in cash, or the shift has not taken so much.
    """
    shift = current_shift(env, till)
    found = refunds.refund_by_no(refund_no)
    if found is None:
        raise NotFound
    env.serials.warm({"cash_out": 1, "entry": 10, "event": 10})  # nothing may be fetched inside

    def work() -> None:
        held = take_turn(shift.bucket, shift.id)
        if held.state != "open" or held.owed_fen < (found.amount_fen or 0):
            raise StepNotDue(state="这一班收的现金不够退")
        pay_out(env, refund_no, proof)
        put_out(env, till, held, "given_back", refund_no, found.amount_fen or 0)
        journal = env.journal()
        _close_taking(journal, till, shift.bucket, found)
        journal.write()

    if found.route != accounts.CASH:
        raise StepNotDue(state="不是退现金")
    in_one_transaction(work)
    return refunds.refund_by_no(refund_no) or found


def _close_taking(journal: Journal, till: Till, bucket: int, found: Refund) -> None:
    """The receipt is given back once all of its people are."""
    order = Order.objects.get(bucket=parse_order_no(found.order_no).bucket, order_no=found.order_no)
    mine = Refund.objects.filter(bucket__in=order.line_buckets, order_no=order.order_no, reason=WRONGLY_TAKEN)
    if found.reason != WRONGLY_TAKEN or mine.exclude(state__in=("paid", "refused")).exists():
        return
    keys = {
        "bucket": Column("int", [bucket]),
        "till": Column("text", [till.name]),
        "order_no": Column("text", [found.order_no]),
    }
    claim(journal, Claim(TAKING, "given_back", keys))


def put_out(env: Env, till: Till, held: Held, what: str, number: str, amount_fen: int) -> int:
    """Cash leaves a shift, or is found in it: a row of its own and its row of the ledger. Returns the row's id.

    Raises:
        StepNotDue: the number stands there already.
    """
    bucket = till.bucket(env)
    (id_,) = env.new_ids("cash_out", [bucket])
    values: dict[str, tuple[sets.Kind, Any]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "till": ("text", till.name), "shift_id": ("int", held.shift_id),
        "what": ("text", what), "number": ("text", number), "amount_fen": ("int", amount_fen),
        "after_close": ("bool", held.state == "closed"), "at": ("instant", env.now), "by": ("text", env.actor),
    }  # fmt: skip
    made = sets.insert(
        "cash_out",
        {name: Column(kind, [value]) for name, (kind, value) in values.items()},
        "ON CONFLICT (bucket, till, what, number) DO NOTHING RETURNING id",
    )
    if not made:
        raise StepNotDue(state="已经办过")
    if what != "float_short":
        key = f"cash_out:{id_}"
        ledger.book(env.serials, [moved(env, bucket, key, till.name, amount_fen, into_hand=what == "over")])
    return id_
