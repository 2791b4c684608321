"""归位: whose a collected payment is and which bill it pays; an order is made for it after the fact and settled as any other.

What cannot be placed is parked with its reason: its money lies in suspense, so that the day adds up, and people look at
it. What is owed is decided by the day it was paid, not by the day we heard of it.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from canbao.basics import accounts
from canbao.basics.areas import pooling_area_of
from canbao.basics.days import local_date
from canbao.basics.documents import normal_name
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import OutsideWindow, Refusal
from canbao.basics.states import TAX_PAYMENT
from canbao.channels.port import PaymentFact
from canbao.policy.format.faults import PackFaults
from canbao.records.exchange.tax import payments
from canbao.records.models import Attempt, Order, OrderLine, TaxPayment
from canbao.records.money.bills import BillRow, current_bills
from canbao.records.money.ledger import Posting, book
from canbao.records.money.orders import new_token, put_in
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.find import Holder, holders_of
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.assess import Assessment, assess
from canbao.services.money.open import ORDER_LASTS
from canbao.services.money.settle import CLOCKS_DIFFER, CURRENCY, Arrival, Result, settle
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
RESIDENT_SCHEME = "390"
PAYER = "tax"
LOOK_AGAIN = timedelta(hours=1)
# What passes by itself: the tax side had the figure before its word on it reached us (SX-10).
PASSING = frozenset({"push_pending"})
BOOKED = ("settled", "surplus", "repeated")
IS_PAID = "EXISTS (SELECT 1 FROM attempt a WHERE a.bucket = r.bucket AND a.out_trade_no = r.number AND a.state = 'paid')"


@dataclass(frozen=True)
class Place:
    """Where a payment belongs. `bill` None: nothing is left to pay there, so that the whole of it is owed back."""

    person_id: int | None
    bill: BillRow | None


Found = Place | str


def place_all(env: Env, rows: Sequence[TaxPayment]) -> int:
    """Place, settle or park payments that are told, placed before a crash, or parked and due. Returns how many."""
    fresh = [row for row in rows if row.state != "placed"]
    found = _find(env, fresh)
    fits = [(row, place) for row in fresh if isinstance(place := found[row.id], Place)]
    misfits = [(row, why) for row in fresh if isinstance(why := found[row.id], str)]
    park(env, misfits)
    finish(env, [*put_orders(env, fits), *(row for row in rows if row.state == "placed")])
    return len(rows)


def put_orders(env: Env, fits: Sequence[tuple[TaxPayment, Place]]) -> list[TaxPayment]:
    """Make the order of each payment, as one that was paid when it was; returns those that were ours to place."""
    if not fits:
        return []
    env.serials.warm(dict.fromkeys(("order", "order_line", "attempt", "event"), 2 * len(fits)))

    def work() -> list[TaxPayment]:
        journal = env.journal()
        assign = {
            "person_id": Column("int", [place.person_id for _, place in fits]),
            "bill_id": Column("int", [place.bill.id if place.bill else None for _, place in fits]),
        }
        won = _claim(journal, "placed", [row for row, _ in fits], assign)
        mine = [(row, place) for row, place in fits if row.id in won]
        orders = [_order(env, row, place) for row, place in mine]
        lines = [
            _line(env, order, place.bill)
            for order, (_, place) in zip(orders, mine, strict=True)
            if place.bill
        ]
        put_in(
            orders,
            lines,
            [_attempt(env, order, row) for order, (row, _) in zip(orders, mine, strict=True)],
        )
        for order in orders:
            journal.note("order", order.id, "OrderOpened", {"payer": PAYER})
        journal.write()
        return [row for row, _ in mine]

    placed = in_one_transaction(work)
    known = {row.id: place for row, place in fits}
    for row in placed:
        bill = known[row.id].bill
        row.state, row.bill_id = "placed", bill.id if bill else None
    return placed


def finish(env: Env, placed: Sequence[TaxPayment]) -> None:
    """Settle what is placed, and write beside each payment what became of it. Safe to repeat."""
    facts = [Arrival(_fact(env, row), from_suspense=row.parked_at is not None) for row in placed]
    results = dict(zip([row.id for row in placed], settle(env, facts), strict=True))
    effective = payments.settled_orders(placed)
    rest = [row for row in placed if results[row.id] in BOOKED]
    park(env, [(row, _reason(results[row.id])) for row in placed if results[row.id] not in BOOKED])
    env.serials.warm({"event": len(rest)})

    def work() -> None:
        journal = env.journal()
        done = [row for row in rest if row.number in effective]
        soon = {"again_at": Column("instant", [env.now] * len(done))}  # for `let_go`
        _claim(journal, "settled", done, soon, ("reason",))
        back = [row for row in rest if row.number not in effective]
        _claim(journal, "surplus", back, {}, ("reason", "again_at"))
        journal.write()

    if rest:
        in_one_transaction(work)


def park(env: Env, misfits: Sequence[tuple[TaxPayment, str]]) -> None:
    """Put payments aside, each with its reason; their money is in suspense since they came, and stays there."""
    if not misfits:
        return
    env.serials.warm({"event": len(misfits), "entry": len(misfits)})
    again = {row.id: env.now + LOOK_AGAIN if why in PASSING else None for row, why in misfits}

    def work() -> None:
        journal = env.journal()
        rows = [row for row, _ in misfits]
        assign = {
            "reason": Column("text", [why for _, why in misfits]),
            "parked_at": Column("instant", [row.parked_at or env.now for row in rows]),
            "again_at": Column("instant", [again[row.id] for row in rows]),
        }
        new = _claim(journal, "parked", rows, assign, unless=IS_PAID)
        book(env.serials, [_posting(env, row) for row in rows if row.id in new and row.parked_at is None])
        journal.write()
        in_vain = [(row.id, why) for row, why in misfits if row.id not in new]  # parked before
        for why in sorted({why for _, why in in_vain}):
            ids = [id_ for id_, its in in_vain if its == why]
            TaxPayment.objects.filter(id__in=ids, state="parked").update(reason=why, again_at=again[ids[0]])

    in_one_transaction(work)


def correct(env: Env, journal: Journal, row: TaxPayment, content: Mapping[str, Any]) -> None:
    """Put a parked payment right, in the caller's transaction: what was booked for it is taken out, and it is placed anew."""
    if not _claim(journal, "corrected", [row], {}, ("reason", "parked_at", "again_at")):
        return
    out = replace(
        _posting(env, row),
        key=f"corrected:{row.number}:{row.word}",
        debit=accounts.suspense(accounts.TAX),
        credit=accounts.channel_clearing(accounts.TAX),
        reason=accounts.TAKEN_UP,
    )
    book(env.serials, [out])
    TaxPayment.objects.filter(id=row.id).update(**content, word=row.word + 1)


def holder_of(env: Env, row: TaxPayment) -> dict[str, str]:
    """Id type, number and name as the tax side told them."""
    told: dict[str, str] = json.loads(
        env.sealer.open(bytes(row.holder_sealed), f"tax_payment:holder:{row.id}")
    )
    return told


def bill_for(env: Env, row: TaxPayment, person_id: int) -> Found:
    """The bill of one person that a payment pays, whatever name it came under; or why there is none."""
    return _judge_all(env, [row], {row.id: person_id})[row.id]


def _find(env: Env, rows: Sequence[TaxPayment]) -> dict[int, Found]:
    """Where each payment belongs, or why nobody can say."""
    said = {row.id: holder_of(env, row) for row in rows}
    keys = {id_: (who["id_type"], who["number"]) for id_, who in said.items()}
    index = {id_: env.sealer.blind_index(*key) for id_, key in keys.items()}
    holders = holders_of([env.sealer.bucket(*key) for key in keys.values()], list(index.values()))
    found: dict[int, Found] = {}
    known: dict[int, int] = {}
    for row in rows:
        holder = holders.get(index[row.id])
        if why := _who_not(env, row, said[row.id]["name"], holder):
            found[row.id] = why
        elif holder:
            known[row.id] = holder.id
    return found | _judge_all(env, [row for row in rows if row.id in known], known)


def _who_not(env: Env, row: TaxPayment, name: str, holder: Holder | None) -> str | None:
    """What is not right with a payment before any bill is looked at."""
    if row.paid_at > env.now + CLOCKS_DIFFER:
        return "time_unfit"
    if holder is None:
        return "unknown_person"
    if normal_name(holder.name) != normal_name(name):
        return "name_differs"
    area = holder.enrolled.get(RESIDENT_SCHEME)
    if area and pooling_area_of(area) != pooling_area_of(row.agency_code[:6]):
        return "other_place"
    return None


def _judge_all(env: Env, rows: Sequence[TaxPayment], people: Mapping[int, int]) -> dict[int, Found]:
    """Each payment against its person's bill; the figure is asked for anew, as of the day of payment, where it differs."""
    found: dict[int, Found] = {}
    groups: dict[tuple[int, date], list[TaxPayment]] = {}
    for row in rows:
        groups.setdefault((row.benefit_year, local_date(row.paid_at)), []).append(row)
    for (year, _), group in groups.items():
        bills = current_bills([people[row.id] for row in group], year)
        open_rows = []
        for row in group:
            bill = bills.get(people[row.id])
            if bill is None or isinstance(_against(row, people[row.id], bill), str):
                open_rows.append(row)
            else:
                found[row.id] = _against(row, people[row.id], bill)
        found |= _ask_anew(env, open_rows, people, year)
    return found


def _ask_anew(env: Env, rows: Sequence[TaxPayment], people: Mapping[int, int], year: int) -> dict[int, Found]:
    if not rows:
        return {}
    env.packs.files(env.now)  # the packs in force now, not those of that day
    then = env.at(min(env.now, max(row.paid_at for row in rows)))
    ids = list(dict.fromkeys(people[row.id] for row in rows))
    try:
        answers = dict(zip(ids, assess(then, ids, year), strict=True))
    except (Refusal, PackFaults):  # nobody published a pack for one of them
        answers = {id_: told for id_ in ids if (told := _alone(then, id_, year))}
    return {row.id: _answered(row, people[row.id], answers.get(people[row.id])) for row in rows}


def _alone(env: Env, person_id: int, year: int) -> Assessment | None:
    try:
        (told,) = assess(env, [person_id], year)
    except (Refusal, PackFaults) as why:
        log.info("person %s, %s: %s", person_id, year, why)
        return None
    return told


def _answered(row: TaxPayment, person_id: int, told: Assessment | None) -> Found:
    if told is None:
        return "no_figure"
    if told.is_covered:
        return "paid_otherwise"
    if told.facts.enrolment is None:
        return "not_enrolled"
    if told.bill is None or told.bill.state == "deferred":
        refusal = told.answer.refusal if told.answer else None
        return "year_closed" if isinstance(refusal, OutsideWindow) else "no_figure"
    return _against(row, person_id, told.bill)


def _against(row: TaxPayment, person_id: int, bill: BillRow) -> Found:
    """A payment against the bill that stands. Paid already: a second one of the same sum is owed back at once."""
    agrees = bill.amount_fen == row.amount_fen
    if bill.state == "settled":
        return Place(person_id, bill) if agrees else "paid_otherwise"
    if bill.state not in ("payable", "zero"):
        return "no_figure"
    if bill.state == "payable" and (row.kind == "special") != (bill.content.kind == "special"):
        return "wrong_kind"
    if not agrees:
        return "amount_differs"
    return "push_pending" if bill.hold_code else Place(person_id, bill)


def _order(env: Env, row: TaxPayment, place: Place) -> Order:
    """The order of a payment: open for the moment between being put in and being settled, and no page leads to it."""
    (id_,) = env.new_ids("order", [row.bucket])
    return Order(
        id=id_,
        bucket=row.bucket,
        order_no=row.number[:-2],
        token=new_token(row.bucket, env.new_token()),
        entry_area_code=row.agency_code[:6],
        payer_kind=PAYER,
        amount_fen=row.amount_fen,
        line_buckets=[place.bill.bucket if place.bill else row.bucket],
        state="open",
        opened_at=env.now,
        expires_at=env.now + ORDER_LASTS,
    )


def _line(env: Env, order: Order, bill: BillRow) -> OrderLine:
    """Its line takes no slot: an order of ours may be open for the same bill, and whoever pays second has it back."""
    (id_,) = env.new_ids("order_line", [bill.bucket])
    return OrderLine(
        id=id_,
        bucket=bill.bucket,
        order_no=order.order_no,
        line_no=1,
        bill_id=bill.id,
        amount_fen=order.amount_fen,
        state="open",
        open_slot=None,
    )


def _attempt(env: Env, order: Order, row: TaxPayment) -> Attempt:
    (id_,) = env.new_ids("attempt", [order.bucket])
    return Attempt(
        id=id_,
        bucket=order.bucket,
        out_trade_no=row.number,
        order_no=order.order_no,
        channel=accounts.TAX,
        amount_fen=row.amount_fen,
        state="created",
        created_at=min(env.now, row.paid_at),
        query_at=None,  # nobody to ask: the tax side's word is its notice and its file
    )


def _fact(env: Env, row: TaxPayment) -> PaymentFact:
    port = env.channels.get(accounts.TAX)
    return PaymentFact(
        channel=accounts.TAX,
        out_trade_no=row.number,
        channel_txn_no=row.tax_receipt_no,
        amount_fen=row.amount_fen,
        currency=CURRENCY,
        merchant=port.merchant if port else "",
        paid_at=row.paid_at,
    )


def _reason(result: Result) -> str:
    return result if result in ("books_unfit", "time_unfit") else "books_unfit"


def _posting(env: Env, row: TaxPayment) -> Posting:
    return Posting(
        bucket=row.bucket,
        key=f"{accounts.PARKED}:{row.number}:{row.word}",
        debit=accounts.channel_clearing(accounts.TAX),
        credit=accounts.suspense(accounts.TAX),
        amount_fen=row.amount_fen,
        reason=accounts.PARKED,
        occurred_at=row.paid_at,
        booked_at=env.now,
        order_no=row.number[:-2],
        out_trade_no=row.number,
    )


def _claim(
    journal: Journal,
    state: str,
    rows: Sequence[TaxPayment],
    assign: Mapping[str, Column],
    clear: Sequence[str] = (),
    unless: str = "",
) -> set[int]:
    """Move payments from the state in which they were read: another hand may have placed, parked or settled one since."""
    keys = {
        "bucket": Column("int", [bucket_of(row.id) for row in rows]),
        "id": Column("int", [row.id for row in rows]),
    }
    as_seen = {"state": Column("text", [row.state for row in rows])}
    what = Claim(TAX_PAYMENT, state, keys, as_seen, assign=assign, clear=clear, unless=unless)
    return {row["id"] for row in claim(journal, what)}
