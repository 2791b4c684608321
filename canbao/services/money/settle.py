"""结算: money that arrived becomes paid orders, settled bills, ledger rows, cover and receipts.

One set function for callbacks, queried results and files: a batch of one is the same code. It is
idempotent and does not care for order, since every step claims its rows: who claims, books.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import IntegrityError

from canbao.basics.genes import bucket_of, parse_out_trade_no
from canbao.basics.states import ATTEMPT, CALLBACK, ORDER
from canbao.channels.port import PaymentFact
from canbao.records.exchange.arrivals import attempts_by_no
from canbao.records.money import ledger
from canbao.records.money.lines import lines_of_orders
from canbao.records.moves import Claim, Journal, claim, claim_later
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.money.book import (
    CoverStandsAlready,
    SharesDoNotFit,
    Surplus,
    open_refunds,
    settle_lines,
    surplus_posting,
    taken_up,
)
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
CHUNK = 500
CURRENCY = "CNY"
# How far the channel's clock may run ahead of ours, or a payment seem older than its own attempt.
CLOCKS_DIFFER = timedelta(minutes=10)
Result = Literal[
    "settled", "surplus", "repeated", "amount_differs", "unknown_attempt", "other_channel",
    "other_currency", "other_merchant", "time_unfit", "books_unfit",
]  # fmt: skip
PARKED: frozenset[Result] = frozenset(
    {
        "unknown_attempt", "amount_differs", "other_channel", "other_currency", "other_merchant", "time_unfit",
        "books_unfit",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Arrival:
    """One fact to settle, and the kept callback that brought it, if one did.

    `from_suspense`: its money was booked as 待查款项 when it came, and leaves it in the transaction that settles it.
    """

    fact: PaymentFact
    callback_id: int | None = None
    from_suspense: bool = False


def settle(env: Env, arrivals: Sequence[Arrival]) -> list[Result]:
    """Settle what arrived, in chunks of one transaction each; results in the order given.

    Nothing is lost and nothing is booked twice: a fact that repeats is `repeated`, money for what
    was paid otherwise is booked as owed back (`surplus`), a fact that does not fit its attempt, its
    merchant, our currency or the clock is left unbooked and parked with its reason.
    """
    results: list[Result] = []
    for start in range(0, len(arrivals), CHUNK):
        results += _settle_apart(env, arrivals[start : start + CHUNK])
    return results


def _settle_apart(env: Env, arrivals: Sequence[Arrival]) -> list[Result]:
    """Settle one chunk; a payment that our own books refuse holds up no other."""
    _warm(env, len(arrivals))
    try:
        return in_one_transaction(lambda: _settle_chunk(env, arrivals))
    except (SharesDoNotFit, CoverStandsAlready, IntegrityError):
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            return _settle_apart(env, arrivals[:middle]) + _settle_apart(env, arrivals[middle:])
    return _settle_the_rest(env, arrivals, frozenset())


def _settle_the_rest(env: Env, arrivals: Sequence[Arrival], unfit: frozenset[int]) -> list[Result]:
    """Settle one payment without the bills that do not fit; if nothing is left of it, park it with its reason."""
    try:
        return in_one_transaction(lambda: _settle_chunk(env, arrivals, unfit))
    except SharesDoNotFit as bug:
        log.exception("attempt %s is paid; its books do not fit", arrivals[0].fact.out_trade_no)
        if bug.bill_id not in unfit:
            return _settle_the_rest(env, arrivals, unfit | {bug.bill_id})
    except (CoverStandsAlready, IntegrityError):
        log.exception("attempt %s is paid and cannot be booked", arrivals[0].fact.out_trade_no)
    in_one_transaction(lambda: _park(env, arrivals))
    return ["books_unfit"]


def _warm(env: Env, how_many: int) -> None:
    """Fetch the serials a chunk will need before its transaction: the counter row is hot."""
    env.serials.warm({"event": 8 * how_many, "entry": 3 * how_many, "coverage": 2 * how_many})
    env.serials.warm({"contribution_record": how_many, "receipt": how_many, "refund": how_many})
    env.serials.warm({"refund_no": how_many})


def _park(env: Env, arrivals: Sequence[Arrival]) -> None:
    journal = env.journal()
    _answer_callbacks(env, journal, arrivals, ["books_unfit"] * len(arrivals))
    journal.write()


def _settle_chunk(env: Env, arrivals: Sequence[Arrival], unfit: frozenset[int] = frozenset()) -> list[Result]:
    journal = env.journal()
    fit = [arrival.fact for arrival in arrivals if _misfit(env, arrival.fact) is None]
    paid = _claim_attempts(journal, list({_identity(fact): fact for fact in fit}.values()))
    orders = _claim_orders(journal, list(paid.values()))
    lines = lines_of_orders([(row["bucket"], row["order_no"], row["line_buckets"]) for row in orders])
    # Paid by another attempt already, or made after the fact for money that nothing is left to be settled with.
    with_lines = {line["order_no"] for line in lines}
    won = {row["paid_by"] for row in orders if row["order_no"] in with_lines}
    twice = [fact for no, fact in paid.items() if no not in won]
    ledger.book(env.serials, [surplus_posting(env, fact) for fact in twice])
    open_refunds(env, journal, [Surplus(fact) for fact in twice])
    parked = {arrival.fact.out_trade_no for arrival in arrivals if arrival.from_suspense}
    ledger.book_later(journal, [taken_up(env, fact) for no, fact in paid.items() if no in parked])
    facts = {row["order_no"]: paid[row["paid_by"]] for row in orders}
    effective = settle_lines(env, journal, lines, facts, unfit)
    _finish_orders(journal, orders)
    settled = {row["paid_by"] for row in orders if row["order_no"] in effective}
    results = _results(env, [arrival.fact for arrival in arrivals], paid, settled)
    _answer_callbacks(env, journal, arrivals, results)
    journal.write()
    return results


def _misfit(env: Env, fact: PaymentFact) -> Result | None:
    """What a fact says of itself that cannot be money of ours; None: nothing."""
    port = env.channels.get(fact.channel)  # a window has no port, and no merchant number
    if fact.currency != CURRENCY:
        return "other_currency"
    if port is not None and fact.merchant != port.merchant:
        return "other_merchant"
    return "time_unfit" if fact.paid_at > env.now + CLOCKS_DIFFER else None


def _identity(fact: PaymentFact) -> tuple[str, str, int]:
    return fact.out_trade_no, fact.channel, fact.amount_fen


def _claim_attempts(journal: Journal, facts: Sequence[PaymentFact]) -> dict[str, PaymentFact]:
    """The facts that now pay an attempt, by its number. Amount and channel must be the attempt's own."""
    rows = claim(
        journal,
        Claim(
            ATTEMPT,
            "paid",
            keys={
                "bucket": Column("int", [parse_out_trade_no(fact.out_trade_no)[0].bucket for fact in facts]),
                "out_trade_no": Column("text", [fact.out_trade_no for fact in facts]),
            },
            equal={
                "amount_fen": Column("int", [fact.amount_fen for fact in facts]),
                "channel": Column("text", [fact.channel for fact in facts]),
            },
            at_most={"created_at": Column("instant", [fact.paid_at + CLOCKS_DIFFER for fact in facts])},
            assign={
                "channel_txn_no": Column("text", [fact.channel_txn_no for fact in facts]),
                "paid_at": Column("instant", [fact.paid_at for fact in facts]),
            },
            clear=("query_at",),
            returning=("out_trade_no", "channel", "amount_fen"),
        ),
    )
    by_identity = {_identity(fact): fact for fact in facts}
    return {
        row["out_trade_no"]: by_identity[row["out_trade_no"], row["channel"], row["amount_fen"]]
        for row in rows
    }


def _claim_orders(journal: Journal, facts: Sequence[PaymentFact]) -> list[Row]:
    """Orders that these facts pay. Of two attempts at one order the earlier payment wins."""
    first: dict[str, PaymentFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.paid_at, fact.out_trade_no)):
        first.setdefault(_order_no(fact), fact)
    winners = list(first.values())
    return claim(
        journal,
        Claim(
            ORDER,
            "paid",
            keys={
                "bucket": Column(
                    "int", [parse_out_trade_no(fact.out_trade_no)[0].bucket for fact in winners]
                ),
                "order_no": Column("text", [_order_no(fact) for fact in winners]),
            },
            assign={
                "paid_at": Column("instant", [fact.paid_at for fact in winners]),
                "paid_by": Column("text", [fact.out_trade_no for fact in winners]),
            },
            returning=("order_no", "paid_by", "line_buckets"),
        ),
    )


def _order_no(fact: PaymentFact) -> str:
    return str(parse_out_trade_no(fact.out_trade_no)[0])


def _finish_orders(journal: Journal, orders: Sequence[Row]) -> None:
    keys = {
        "bucket": Column("int", [row["bucket"] for row in orders]),
        "order_no": Column("text", [row["order_no"] for row in orders]),
    }
    claim_later(journal, Claim(ORDER, "settled", keys))


def _results(
    env: Env, facts: Sequence[PaymentFact], paid: dict[str, PaymentFact], settled: set[str]
) -> list[Result]:
    """What became of each fact; those that claimed nothing are looked up, all in one statement."""
    rest = {fact.out_trade_no for fact in facts if paid.get(fact.out_trade_no) != fact}
    known = attempts_by_no([(parse_out_trade_no(no)[0].bucket, no) for no in sorted(rest)])
    return [
        ("settled" if fact.out_trade_no in settled else "surplus")
        if paid.get(fact.out_trade_no) == fact
        else _why_not(env, fact, known.get(fact.out_trade_no))
        for fact in facts
    ]


def _why_not(env: Env, fact: PaymentFact, attempt: Row | None) -> Result:
    if misfit := _misfit(env, fact):
        return misfit
    if attempt is None:
        return "unknown_attempt"
    if attempt["channel"] != fact.channel:
        return "other_channel"
    if attempt["amount_fen"] != fact.amount_fen:
        return "amount_differs"
    return "repeated" if attempt["state"] == "paid" else "time_unfit"


def _answer_callbacks(
    env: Env, journal: Journal, arrivals: Sequence[Arrival], results: Sequence[Result]
) -> None:
    """Write beside each kept callback what became of it, in the same transaction as the money."""
    kept = [
        (a.callback_id, result)
        for a, result in zip(arrivals, results, strict=True)
        if a.callback_id is not None
    ]
    move_callbacks(env, journal, "settled", [row for row in kept if row[1] not in PARKED])
    move_callbacks(env, journal, "parked", [row for row in kept if row[1] in PARKED])


def move_callbacks(env: Env, journal: Journal, state: str, rows: Sequence[tuple[int, str]]) -> None:
    """Close kept callbacks, each with its reason."""
    claim_later(
        journal,
        Claim(
            CALLBACK,
            state,
            keys={
                "bucket": Column("int", [bucket_of(id_) for id_, _ in rows]),
                "id": Column("int", [id_ for id_, _ in rows]),
            },
            assign={
                "reason": Column("text", [reason for _, reason in rows]),
                "judged_at": Column("instant", [env.now] * len(rows)),
            },
        ),
    )
