"""What settling writes: bills settled, entries, cover, contribution records. Used by `settle` alone.

A line whose bill cannot be claimed (paid through another order, or superseded) is surplus: its
money is booked as owed back, never dropped, and its refund is opened with the booking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from canbao.basics import accounts
from canbao.basics.accounts import PAID_BY_PAYER
from canbao.basics.days import Span
from canbao.basics.genes import OrderNumber, parse_out_trade_no
from canbao.basics.states import BILL, COVERAGE, ORDER_LINE
from canbao.channels.port import PaymentFact
from canbao.records import sets
from canbao.records.models import Attempt, OrderLine
from canbao.records.money import ledger, refunds
from canbao.records.money.bills import COVERED_ALREADY
from canbao.records.money.ledger import Posting
from canbao.records.moves import Claim, Journal, claim, claim_later
from canbao.records.sets import Column, Row
from canbao.services.system.env import Env

SURPLUS = "surplus"
# Money a clerk should not have taken: no case of a notice, but the clerk's own mistake, put right by two people.
WRONGLY_TAKEN = "wrongly_taken"
_TAKE_UP_AGAIN = (
    "ON CONFLICT (bucket, person_id, cover_year) DO UPDATE SET previous_state = coverage.state, "
    "state = 'active', area_code = excluded.area_code, cover_from_date = excluded.cover_from_date, "
    "cover_until_date = excluded.cover_until_date, bill_id = excluded.bill_id, origin = excluded.origin "
    "WHERE coverage.state = 'cancelled' RETURNING id, previous_state"
)
_BILL_COLUMNS = (
    "person_id", "area_code", "benefit_year", "person_class", "amount_fen", "shares",
    "cover_from_date", "cover_until_date", "pack_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """A bill just settled, the order that did it, and the payment; no payment where nothing was owed."""

    bill: Row
    order_no: str
    fact: PaymentFact | None


def settle_lines(
    env: Env,
    journal: Journal,
    lines: Sequence[Row],
    facts: Mapping[str, PaymentFact | None],
    unfit: frozenset[int] = frozenset(),
) -> set[str]:
    """Settle the lines of orders just paid, or confirmed at zero; returns the orders that settled anything.

    `facts` is the payment of each order by order number; None where there was nothing to pay. `unfit`: bills
    whose own shares do not fit; their lines are owed back, so that they hold up nobody else of their order.

    Raises:
        SharesDoNotFit: a bill's shares do not sum to its amount, or nothing but unfit bills is left.
    """
    by_bill: dict[int, Row] = {}
    for line in lines:  # two orders for one bill in one chunk: one line may settle it, the other is surplus
        if line["bill_id"] not in unfit:
            by_bill.setdefault(line["bill_id"], line)
    settled = claim_bills(env, journal, list(by_bill.values()))
    if unfit and not settled:
        raise SharesDoNotFit(min(unfit), "nothing else of its order can be settled")
    winners = {by_bill[bill["id"]]["id"] for bill in settled}
    effective = [line for line in lines if line["id"] in winners]
    surplus = [line for line in lines if line["id"] not in winners]
    _close_lines(journal, "settled", effective)
    _close_lines(journal, "surplus", surplus)
    proofs = [Settled(bill, no := by_bill[bill["id"]]["order_no"], facts[no]) for bill in settled]
    postings = [row for proof in proofs for row in share_postings(env, proof)]
    postings += [
        surplus_posting(env, fact, line)
        for line in surplus
        if line["amount_fen"] and (fact := facts[line["order_no"]])
    ]
    ledger.book_later(journal, postings)
    open_refunds(
        env,
        journal,
        [Surplus(fact, line) for line in surplus if line["amount_fen"] and (fact := facts[line["order_no"]])],
    )
    cover(env, journal, settled)
    record(env, journal, proofs)
    return {proof.order_no for proof in proofs}


def claim_bills(env: Env, journal: Journal, lines: Sequence[Row]) -> list[Row]:
    """Settle the bills of the lines where bill and line ask the same amount and no cover stands already."""
    return claim(
        journal,
        Claim(
            BILL,
            "settled",
            keys={
                "bucket": Column("int", [line["bucket"] for line in lines]),
                "id": Column("int", [line["bill_id"] for line in lines]),
            },
            equal={"amount_fen": Column("int", [line["amount_fen"] for line in lines])},
            assign={
                "settled_at": Column("instant", [env.now] * len(lines)),
                "settled_by": Column("text", [line["order_no"] for line in lines]),
            },
            returning=_BILL_COLUMNS,
            unless=COVERED_ALREADY,
        ),
    )


def _close_lines(journal: Journal, state: str, lines: Sequence[Row]) -> None:
    keys = {
        "bucket": Column("int", [line["bucket"] for line in lines]),
        "id": Column("int", [line["id"] for line in lines]),
    }
    claim_later(journal, Claim(ORDER_LINE, state, keys, clear=("open_slot",)))


def share_postings(env: Env, settled: Settled) -> list[Posting]:
    """One posting per payer share above zero: what the payer handed over, and what funds have promised."""
    bill, fact = settled.bill, settled.fact
    year = bill["benefit_year"]
    shares = {payer: fen for payer, fen in sets.as_json(bill["shares"]).items() if fen}
    paid_now = sum(fen for payer, fen in shares.items() if payer in PAID_BY_PAYER)
    if paid_now != bill["amount_fen"] or (paid_now and fact is None):
        raise SharesDoNotFit(bill["id"], f"{paid_now} fen in shares, {bill['amount_fen']} fen asked")
    return [
        Posting(
            bucket=bill["bucket"],
            key=f"bill:{bill['id']}:{payer}",
            debit=accounts.channel_clearing(fact.channel)
            if fact and payer in PAID_BY_PAYER
            else accounts.subsidy_receivable(year, payer),
            credit=accounts.contribution(year, payer),
            amount_fen=fen,
            reason="bill_settled",
            occurred_at=fact.paid_at if fact else env.now,
            booked_at=env.now,
            bill_id=bill["id"],
            order_no=settled.order_no,
            out_trade_no=fact.out_trade_no if fact else None,
        )
        for payer, fen in shares.items()
    ]


class SharesDoNotFit(RuntimeError):
    """A bill's shares do not sum to its amount: a bug in the assessment, so nothing of it is booked."""

    def __init__(self, bill_id: int, what: str) -> None:
        super().__init__(f"bill {bill_id}: {what}")
        self.bill_id = bill_id


def surplus_posting(env: Env, fact: PaymentFact, line: Row | None = None) -> Posting:
    """Money that settles nothing, owed back: a whole second payment, or one line of an order."""
    suffix = f":{line['line_no']}" if line else ""
    return Posting(
        bucket=line["bucket"] if line else parse_out_trade_no(fact.out_trade_no)[0].bucket,
        key=f"surplus:{fact.out_trade_no}{suffix}",
        debit=accounts.channel_clearing(fact.channel),
        credit=accounts.overpayment(fact.channel),
        amount_fen=line["amount_fen"] if line else fact.amount_fen,
        reason="nothing_left_to_settle",
        occurred_at=fact.paid_at,
        booked_at=env.now,
        bill_id=line["bill_id"] if line else None,
        order_no=fact.out_trade_no[:-2],
        out_trade_no=fact.out_trade_no,
    )


def taken_up(env: Env, fact: PaymentFact) -> Posting:
    """What lay in suspense since it came is claimed: it leaves there, on its own day, and is booked as any payment."""
    return Posting(
        bucket=parse_out_trade_no(fact.out_trade_no)[0].bucket,
        key=f"{accounts.TAKEN_UP}:{fact.out_trade_no}",
        debit=accounts.suspense(fact.channel),
        credit=accounts.channel_clearing(fact.channel),
        amount_fen=fact.amount_fen,
        reason=accounts.TAKEN_UP,
        occurred_at=fact.paid_at,
        booked_at=env.now,
        order_no=fact.out_trade_no[:-2],
        out_trade_no=fact.out_trade_no,
    )


def cover(env: Env, journal: Journal, bills: Sequence[Row]) -> None:
    """Let cover take effect: one row per person and calendar year; a cancelled row is taken up again."""
    spans = [(bill, year, span) for bill in bills for year, span in _years(bill)]
    buckets = [bill["bucket"] for bill, _, _ in spans]
    columns = {
        "id": Column("int", env.new_ids("coverage", buckets)),
        "bucket": Column("int", buckets),
        "person_id": Column("int", [bill["person_id"] for bill, _, _ in spans]),
        "cover_year": Column("int", [year for _, year, _ in spans]),
        "area_code": Column("text", [bill["area_code"] for bill, _, _ in spans]),
        "cover_from_date": Column("date", [span and span.from_date for _, _, span in spans]),
        "cover_until_date": Column("date", [span and span.until_date for _, _, span in spans]),
        "state": Column("text", ["active"] * len(spans)),
        "bill_id": Column("int", [bill["id"] for bill, _, _ in spans]),
        "origin": Column("text", ["settled"] * len(spans)),
    }

    def took_effect(rows: Sequence[Row]) -> None:
        if len(rows) != len(spans):
            raise CoverStandsAlready("cover of this year is active although its bill was not settled")
        for row in rows:
            taken_up = row["previous_state"]  # a new row has none
            name = COVERAGE.event(taken_up, "active") if taken_up else "CoverageTookEffect"
            journal.note("coverage", row["id"], name)

    if spans:
        journal.later(sets.insertion("coverage", columns, _TAKE_UP_AGAIN), took_effect)


class CoverStandsAlready(RuntimeError):
    """Two settlings of one person-year passed every claim: a bug, so the transaction is undone."""


def _years(bill: Row) -> list[tuple[int, Span | None]]:
    """The calendar years of a bill's cover; where no days are stated, its benefit year without days (CZ-26)."""
    start, end = sets.as_date(bill["cover_from_date"]), sets.as_date(bill["cover_until_date"])
    if start is None or end is None:
        return [(bill["benefit_year"], None)]
    return [(span.from_date.year, span) for span in Span(start, end).by_calendar_year()]


def record(env: Env, journal: Journal, settled: Sequence[Settled]) -> None:
    """Write one contribution record per settled bill, with the number of its receipt."""
    bills = [row.bill for row in settled]
    facts = [row.fact for row in settled]
    buckets = [bill["bucket"] for bill in bills]
    serials = env.serials.take("receipt", len(bills))
    numbers = [
        "PJ" + str(OrderNumber(env.now.year, bucket, serial))
        for bucket, serial in zip(buckets, serials, strict=True)
    ]
    copied: dict[str, sets.Kind] = {
        "person_id": "int", "benefit_year": "int", "area_code": "text", "person_class": "text",
        "amount_fen": "int", "pack_hash": "text",
    }  # fmt: skip
    columns = {name: Column(kind, [bill[name] for bill in bills]) for name, kind in copied.items()}
    columns |= {
        "id": Column("int", env.new_ids("contribution_record", buckets)),
        "bucket": Column("int", buckets),
        "cover_from_date": Column("date", [sets.as_date(bill["cover_from_date"]) for bill in bills]),
        "cover_until_date": Column("date", [sets.as_date(bill["cover_until_date"]) for bill in bills]),
        "origin": Column("text", ["paid" if bill["amount_fen"] else "zero" for bill in bills]),
        "channel": Column("text", [fact.channel if fact else None for fact in facts]),
        "channel_txn_no": Column("text", [fact.channel_txn_no if fact else None for fact in facts]),
        "bill_id": Column("int", [bill["id"] for bill in bills]),
        "order_no": Column("text", [row.order_no for row in settled]),
        "receipt_no": Column("text", numbers),
        "receipt_code": Column("text", [env.sealer.receipt_code(number) for number in numbers]),
        "paid_at": Column("instant", [fact.paid_at if fact else env.now for fact in facts]),
        "created_at": Column("instant", [env.now] * len(bills)),
    }
    if sets.has_rows(columns):
        journal.later(sets.insertion("contribution_record", columns, "RETURNING id"))


@dataclass(frozen=True)
class Surplus:
    """A whole payment, or one line of it (`line`), for which there was nothing left to settle."""

    fact: PaymentFact
    line: Row | None = None


def open_refunds(env: Env, journal: Journal, found: Sequence[Surplus]) -> None:
    """Open the refund of each surplus and reserve all of it, in the transaction that books it."""
    if not found:
        return
    rows = [_refund_row(env, each) for each in found]
    lines = [each.line["id"] for each in found if each.line]
    OrderLine.objects.filter(id__in=lines).update(refunded_fen=F("amount_fen"))
    whole = [each.fact.out_trade_no for each in found if not each.line]
    buckets = sorted({_bucket_of(no) for no in whole})
    Attempt.objects.filter(bucket__in=buckets, out_trade_no__in=whole).update(refunded_fen=F("amount_fen"))
    refunds.insert_refunds(rows)
    for row in rows:
        journal.note("refund", row["id"], "RefundApplied", {"reason": SURPLUS})


def _refund_row(env: Env, surplus: Surplus) -> Row:
    fact, line = surplus.fact, surplus.line
    fen = line["amount_fen"] if line else fact.amount_fen
    bucket = line["bucket"] if line else _bucket_of(fact.out_trade_no)
    return new_row(env, bucket, fact.out_trade_no, fact.channel) | {
        "line_no": line["line_no"] if line else None,
        "bill_id": line["bill_id"] if line else None,
        "paid_fen": fen,
        "amount_fen": fen,
        "reason": SURPLUS,
        "evidence": {},
        "verdict": "refund",
        "rules": ["CZ-07", "FY-14"],
        "ends_cover": False,
        "payee_kind": "payer",
        "route": fact.channel,
        "query_at": env.now,
    }


def new_row(env: Env, bucket: int, out_trade_no: str, channel: str) -> Row:
    """What every new refund begins with."""
    (serial,) = env.serials.take("refund_no", 1)
    return {
        "id": env.new_ids("refund", [bucket])[0],
        "bucket": bucket,
        "refund_no": refunds.new_refund_no(env.now.year, bucket, serial),
        "order_no": out_trade_no[:-2],
        "out_trade_no": out_trade_no,
        "channel": channel,
        "state": "applied",
        "applied_at": env.now,
        "applied_by": env.actor,
        "query_count": 0,
    }


def _bucket_of(out_trade_no: str) -> int:
    return parse_out_trade_no(out_trade_no)[0].bucket
