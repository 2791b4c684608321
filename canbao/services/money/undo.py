"""What an approved refund undoes: contributions become owed, and where the whole goes back, cover, bill and receipt end.

Used by `refund` alone. Everything is a new row with the refund's number; nothing that was booked is touched.
"""

from canbao.basics import accounts
from canbao.basics.accounts import PAID_BY_PAYER
from canbao.basics.genes import bucket_of
from canbao.basics.states import BILL, COVERAGE, ENROLMENT
from canbao.records import sets
from canbao.records.models import Bill, Person, Refund
from canbao.records.money import ledger, refunds
from canbao.records.money.ledger import Posting
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.changes.told import Ground, told
from canbao.records.sets import Column
from canbao.services.exchange.outbox.announce import cancel_assessments
from canbao.services.system.env import Env

SECOND_ROUTE = "second_route"
# Whose part goes back first: the resident's own, then what a late payer paid for the treasury (CZ-10).
ORDER = ("person", "fiscal", "collective")


def owe(env: Env, journal: Journal, refund: Refund) -> None:
    """Book an approved refund as owed to its payer, inside the caller's transaction."""
    if refund.line_no is None or refund.bill_id is None or refund.reason == "surplus":
        ledger.book(env.serials, [_overpaid(env, refund)])
        return
    bill = Bill.objects.get(id=refund.bill_id)
    # Touching the line makes a second part wait here, so that it sees what the first has booked.
    refunds.reserve("order_line", [(refunds.line_id(refund), 0)])
    before = refunds.booked_before(refund)
    whole = before + (refund.amount_fen or 0) == refund.paid_fen
    ends = refund.takeover_fund is None and (refund.ends_cover or whole)
    rows = _given_back(env, refund, bill, before)
    ledger.book(env.serials, rows + (_funds_released(env, refund, bill) if ends else []))
    if ends:
        _end(env, journal, bill)
    if refund.evidence.get("terminates"):
        _terminate(env, journal, bill)


def payable_account(refund: Refund) -> str:
    """Where an approved refund waits: with its channel, or on the second route."""
    direct = refund.route == refund.channel
    return accounts.refunds_payable(refund.channel if direct else SECOND_ROUTE)


def posting(
    env: Env, refund: Refund, key: str, debit: str, credit: str, amount_fen: int, reason: str = "refund"
) -> Posting:
    """One ledger row of a refund. `reason` tells reconciliation which rows a statement shows (`refund_sent`)."""
    return Posting(
        bucket=refund.bucket,
        key=key,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        reason=reason,
        occurred_at=env.now,
        booked_at=env.now,
        bill_id=refund.bill_id,
        order_no=refund.order_no,
        out_trade_no=refund.out_trade_no,
        refund_no=refund.refund_no,
    )


def _overpaid(env: Env, refund: Refund) -> Posting:
    key, debit = f"refund:{refund.refund_no}:surplus", accounts.overpayment(refund.channel)
    return posting(env, refund, key, debit, payable_account(refund), refund.amount_fen or 0)


def _given_back(env: Env, refund: Refund, bill: Bill, before: int) -> list[Posting]:
    """The shares that this refund takes out, after what earlier parts took; a fund takes them over where one does."""
    rows: list[Posting] = []
    for payer, fen in _taken(bill, before, refund.amount_fen or 0):
        account = accounts.contribution(bill.benefit_year, payer)
        key = f"refund:{refund.refund_no}:{payer}"
        rows.append(posting(env, refund, key, account, payable_account(refund), fen))
        if refund.takeover_fund:
            promised = accounts.subsidy_receivable(bill.benefit_year, refund.takeover_fund)
            borne = accounts.contribution(bill.benefit_year, refund.takeover_fund)
            rows.append(posting(env, refund, f"{key}:takeover", promised, borne, fen))
    return rows


def _taken(bill: Bill, before: int, amount_fen: int) -> list[tuple[str, int]]:
    """`amount_fen` laid over the payer's shares in order, from where earlier refunds ended."""
    taken: list[tuple[str, int]] = []
    start, end, at = before, before + amount_fen, 0
    for payer in ORDER:
        share = bill.shares.get(payer, 0)
        fen = min(end, at + share) - max(start, at)
        if fen > 0:
            taken.append((payer, fen))
        at += share
    if sum(fen for _, fen in taken) != amount_fen:
        raise RefundBeyondShares(f"bill {bill.id}: {amount_fen} fen after {before} fen")
    return taken


class RefundBeyondShares(RuntimeError):
    """More is to go back than the payer's shares hold: a bug, so nothing is booked."""


def _funds_released(env: Env, refund: Refund, bill: Bill) -> list[Posting]:
    """What funds had promised for a cover that ends is not owed by them any more."""
    return [
        posting(
            env,
            refund,
            f"refund:{refund.refund_no}:{fund}:released",
            accounts.contribution(bill.benefit_year, fund),
            accounts.subsidy_receivable(bill.benefit_year, fund),
            fen,
        )
        for fund, fen in bill.shares.items()
        if fen and fund not in PAID_BY_PAYER
    ]


def _end(env: Env, journal: Journal, bill: Bill) -> None:
    """Cancel the cover the bill gave, free the year for a new assessment, and void the record."""
    of_bill = {"bucket": Column("int", [bill.bucket]), "bill_id": Column("int", [bill.id])}
    claim(journal, Claim(COVERAGE, "cancelled", of_bill))
    _end_mirror(journal, bill)
    keys = {"bucket": Column("int", [bill.bucket]), "id": Column("int", [bill.id])}
    claim(journal, Claim(BILL, "refunded", keys, clear=("current_slot",)))
    cancel_assessments(env, journal, [bill.id])
    refunds.void_records([bill.id], env.now)


def _end_mirror(journal: Journal, bill: Bill) -> None:
    """The record that this one is merged into shows the same cover: it ends too."""
    kept = Person.objects.filter(id=bill.person_id).values_list("merged_into_id", flat=True).first()
    if kept:
        mirror = {"bucket": Column("int", [bucket_of(kept)]), "bill_id": Column("int", [bill.id])}
        claim(journal, Claim(COVERAGE, "cancelled", mirror))


def _terminate(env: Env, journal: Journal, bill: Bill) -> None:
    """终止参保关系, where the pack says that the relation ends with the refund (N-11-16, FY-15)."""
    claim(
        journal,
        Claim(
            ENROLMENT,
            "terminated",
            keys={"bucket": Column("int", [bill.bucket]), "person_id": Column("int", [bill.person_id])},
            equal={"area_code": Column("text", [bill.area_code])},
            assign={"ended_date": Column("date", [env.local_date(bill.area_code)])},
            clear=("active_slot",),
            returning=("ended_date",),
            told=lambda row: told(
                {"state": "terminated", "ended_date": sets.as_date(row["ended_date"])},
                ground=Ground("refund"),
            ),
        ),
    )
