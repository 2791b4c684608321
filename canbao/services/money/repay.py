"""付还: bring approved refunds to their payers, by the channel they paid with, at the window, or on a second route.

The channel is asked with the same number for ever, so that a lost answer costs nothing. Its word may
come as an answer, a query or a notice, in any order and often: one function settles it.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from canbao.basics import accounts
from canbao.basics.accounts import CASH
from canbao.basics.genes import parse_out_trade_no
from canbao.basics.refusals import BadInput, ChannelUnavailable, ContentChanged, StepNotDue
from canbao.basics.states import REFUND
from canbao.channels.port import NO_REFUND, ChannelDown, ChannelRefused, RefundFact, RefundRequest
from canbao.records.exchange.arrivals import attempts_by_no
from canbao.records.models import Bill, Order, OrderLine, Refund
from canbao.records.money import ledger, refunds
from canbao.records.money.ledger import Posting
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.refund import BANK, get_refund, verify
from canbao.services.money.undo import SECOND_ROUTE, payable_account, posting
from canbao.services.system.approve import Step, decide, propose
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
CHUNK = 500
SUBJECT = "城乡居民基本医疗保险费退费"  # shown by the channel, so it names nobody
PAUSES_S = (5, 60, 60, 300, 600, 1800, 3600, 10800, 21600)
ASKED_MAX = 60  # then it is for people: the refund stays where it is, and reconciliation shows it
REROUTE = "reroute"
SYSTEM = "system"
Told = Literal["accepted", "paid", "abnormal", "repeated", "amount_differs", "unknown_refund", "paid_twice"]


def repay(env: Env, limit: int = 100) -> int:
    """One round of the job: send what is approved, ask after what is under way. Returns how many were asked."""
    mine = [row for row in refunds.due_refunds(env.now, limit) if refunds.lease(row, _later(env, row))]
    for row in mine:
        if row.state == "applied":
            _verify_surplus(env, row)
    facts = [fact for row in mine if (fact := _ask(env, row))]
    settle_refunds(env, facts)
    return len(mine)


def settle_refunds(env: Env, facts: Sequence[RefundFact]) -> list[Told]:
    """Book what channels say of refunds, in chunks of one transaction each; results in the order given."""
    results: list[Told] = []
    for start in range(0, len(facts), CHUNK):
        chunk = facts[start : start + CHUNK]
        env.serials.warm({"event": 4 * len(chunk), "entry": 3 * len(chunk)})
        results += in_one_transaction(lambda chunk=chunk: _settle_chunk(env, chunk))  # type: ignore[misc]
    return results


def pay_out(env: Env, refund_no: str, proof: str) -> Refund:
    """Hand the money over: cash at the window, or a transfer whose bank number is the proof.

    Raises:
        NotFound. StepNotDue: not owed, or not by this way. BadInput: no proof.
    """
    if not proof.strip():
        raise BadInput(field="proof", problem="请写收据号或者银行流水号。")
    env.serials.warm({"event": 2, "entry": 1})

    def work() -> None:
        journal = env.journal()
        found = get_refund(refund_no)
        by_hand = found.route in (CASH, BANK)
        if not by_hand or found.state not in ("approved", "rerouted"):
            raise StepNotDue(state=found.state)
        said = {"paid_at": Column("instant", [env.now]), "channel_refund_no": Column("text", [proof])}
        if not _claim(journal, "paid", [found], said):
            raise StepNotDue(state="已付")
        left = (
            accounts.channel_clearing(CASH)
            if found.route == CASH
            else accounts.treasury_in_transit(found.channel)
        )
        row = posting(
            env,
            found,
            f"refund_paid:{refund_no}",
            payable_account(found),
            left,
            found.amount_fen or 0,
            "refund_paid",
        )
        ledger.book(env.serials, [row])
        journal.write()

    in_one_transaction(work)
    return get_refund(refund_no)


def reroute(env: Env, refund_no: str, route: str, payee: str) -> str:
    """Propose a second route for money that could not reach its payer's account. Returns the hash to be approved.

    Money that the channel has refused to take up (its time limit, a closed merchant) goes there too, once
    it says that it knows nothing of the refund.

    Raises:
        NotFound. StepNotDue: it may still reach its payer. BadInput: no such route, or nobody to pay.
        ChannelUnavailable: the channel does not say whether it has the refund.
    """
    if route not in (CASH, BANK) or not payee.strip():
        raise BadInput(field="route", problem="要写怎么付、付给谁。")
    env.serials.warm({"event": 4, "approval": 1, "entry": 1})
    _give_up(env, get_refund(refund_no))

    def work() -> str:
        journal = env.journal()
        found = get_refund(refund_no)
        if found.state != "abnormal":
            raise StepNotDue(state=found.state)
        sealed = env.sealer.seal(payee, f"refund:payee:{found.id}")
        content = {
            "refund_no": refund_no,
            "amount_fen": found.amount_fen,
            "route": route,
            "payee": sealed.hex(),
        }
        digest = propose(env, journal, Step("refund", found.id, REROUTE), content)
        journal.write()
        return digest

    return in_one_transaction(work)


def _give_up(env: Env, found: Refund) -> None:
    """Make a refund abnormal that its channel refused and does not have; any other is left as it is."""
    port = env.channels.get(found.channel)
    if found.state != "approved" or found.channel_said is None or port is None:
        return
    try:
        known = port.query_refund(found.refund_no, found.out_trade_no)
    except (ChannelDown, ChannelRefused):
        raise ChannelUnavailable from None
    if known is not None:
        settle_refunds(env, [known])
        return

    def work() -> None:
        journal = env.journal()
        if _claim(journal, "abnormal", [found], {}):
            owed, later = accounts.refunds_payable(found.channel), accounts.refunds_payable(SECOND_ROUTE)
            key = f"refund_returned:{found.refund_no}"
            ledger.book(env.serials, [posting(env, found, key, owed, later, found.amount_fen or 0)])
        journal.write()

    in_one_transaction(work)


def approve_route(env: Env, refund_no: str, digest: str) -> Refund:
    """A second person agrees to the second route.

    Raises:
        NotFound, StepNotDue, SecondPersonNeeded, ContentChanged.
    """
    env.serials.warm({"event": 3})

    def work() -> None:
        journal = env.journal()
        found = get_refund(refund_no)
        agreed = decide(env, journal, Step("refund", found.id, REROUTE), digest, granted=True).content
        if agreed["refund_no"] != refund_no or agreed["amount_fen"] != found.amount_fen:
            raise ContentChanged
        if not _claim(journal, "rerouted", [found], {"route": Column("text", [agreed["route"]])}):
            raise StepNotDue(state=found.state)
        sealed = bytes.fromhex(agreed["payee"])
        Refund.objects.filter(bucket=found.bucket, id=found.id).update(payee_sealed=sealed)
        journal.write()

    in_one_transaction(work)
    return get_refund(refund_no)


def _verify_surplus(env: Env, found: Refund) -> None:
    """多缴 needs no evidence but the ledger's own: the system verifies, a person approves.

    Where the notice allows no refund online (FY-14), it stays applied until the agency verifies it.
    """
    line = (
        OrderLine.objects.filter(bucket__in=_line_buckets(found), order_no=found.order_no)
        .order_by("line_no")
        .first()
    )
    bill = Bill.objects.get(id=line.bill_id) if line else None
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now) if bill else None
    if pack is None or pack.paying.online_refund.known is False:
        refunds.rest(found)
        return
    verify(replace(env, actor=SYSTEM), found.refund_no)


def _line_buckets(found: Refund) -> list[int]:
    bucket = parse_out_trade_no(found.out_trade_no)[0].bucket
    order = Order.objects.filter(bucket=bucket, order_no=found.order_no).first()
    return list(order.line_buckets) if order else []


def _ask(env: Env, refund: Refund) -> RefundFact | None:
    """Ask the channel: for the refund itself until it is taken up, then after it. None: no definite answer."""
    port = env.channels.get(refund.channel)
    if port is None or refund.route != refund.channel or refund.state not in ("approved", "accepted"):
        return None
    try:
        if refund.state == "accepted":
            return port.query_refund(refund.refund_no, refund.out_trade_no)
        return port.refund(_request(env, refund))
    except ChannelRefused as refused:
        log.warning("refund %s: %s", refund.refund_no, refused)
        refunds.note_answer(refund, refused.code)
        if refused.code == NO_REFUND:  # nothing to wait for: shown at once to whoever chooses the other way
            _give_up(env, get_refund(refund.refund_no))
    except ChannelDown as down:
        log.warning("refund %s: %s", refund.refund_no, down)
    return None


def _request(env: Env, refund: Refund) -> RefundRequest:
    paid = attempts_by_no([(parse_out_trade_no(refund.out_trade_no)[0].bucket, refund.out_trade_no)])[
        refund.out_trade_no
    ]
    return RefundRequest(
        refund_no=refund.refund_no,
        out_trade_no=refund.out_trade_no,
        amount_fen=refund.amount_fen or 0,
        total_fen=paid["amount_fen"],
        notify_url=f"{env.base_url}/api/{refund.channel}/notify/{refund.refund_no}",
        subject=SUBJECT,
        channel_txn_no=paid["channel_txn_no"] or "",
    )


def _later(env: Env, refund: Refund) -> datetime | None:
    if refund.query_count + 1 >= ASKED_MAX:
        return None
    return env.now + timedelta(seconds=PAUSES_S[min(refund.query_count, len(PAUSES_S) - 1)])


def _settle_chunk(env: Env, facts: Sequence[RefundFact]) -> list[Told]:
    journal = env.journal()
    known = refunds.refunds_by_no(sorted({fact.refund_no for fact in facts}))
    fit = {fact.refund_no: fact for fact in sorted(facts, key=_how_final) if _fits(fact, known)}
    rows = [known[no] for no in sorted(fit)]
    took_up = _claim(journal, "accepted", rows, _accepted(rows, fit))
    paid = [row for row in rows if fit[row.refund_no].state == "paid"]
    lost = [row for row in rows if fit[row.refund_no].state == "abnormal"]
    done = _claim(
        journal, "paid", paid, _ended(paid, fit), {"route": Column("text", [row.channel for row in paid])}
    )
    returned = _claim(journal, "abnormal", lost, _ended(lost, fit))
    # Read anew: two people may have chosen another route between our reading and our claiming.
    late = refunds.refunds_by_no([row.refund_no for row in paid if row.id not in done])
    twice = [row for row in late.values() if row.route != row.channel]
    ledger.book(
        env.serials,
        [
            *(_left(env, row, fit[row.refund_no]) for row in rows if row.id in took_up),
            *(_after_all(env, row, fit[row.refund_no]) for row in rows if done.get(row.id) == "abnormal"),
            *(_came_back(env, row) for row in rows if row.id in returned),
        ],
    )
    ledger.book_once(env.serials, [_twice(env, row, fit[row.refund_no]) for row in twice])
    journal.write()
    moved = took_up.keys() | done.keys() | returned.keys()
    return [_told(fact, known | late, fit, moved) for fact in facts]


def _how_final(fact: RefundFact) -> int:
    return ("accepted", "abnormal", "paid").index(fact.state)


def _fits(fact: RefundFact, known: dict[str, Refund]) -> bool:
    row = known.get(fact.refund_no)
    return row is not None and (row.channel, row.amount_fen) == (fact.channel, fact.amount_fen)


def _told(fact: RefundFact, known: dict[str, Refund], fit: dict[str, RefundFact], moved: set[int]) -> Told:
    row = known.get(fact.refund_no)
    if row is None:
        return "unknown_refund"
    if not _fits(fact, known):
        return "amount_differs"
    if fact.state == "paid" and row.route != row.channel:
        return "paid_twice"
    return fact.state if row.id in moved and fit[fact.refund_no] == fact else "repeated"


def _claim(
    journal: Journal,
    state: str,
    rows: Sequence[Refund],
    assign: dict[str, Column],
    equal: dict[str, Column] | None = None,
) -> dict[int, str]:
    """Move refunds; returns from which state each came, by id."""
    keys = {
        "bucket": Column("int", [row.bucket for row in rows]),
        "id": Column("int", [row.id for row in rows]),
    }
    ended = ("query_at",) if state in ("paid", "abnormal") else ()
    moved = claim(journal, Claim(REFUND, state, keys, equal or {}, assign=assign, clear=ended))
    return {row["id"]: row["previous_state"] for row in moved}


def _accepted(rows: Sequence[Refund], fit: dict[str, RefundFact]) -> dict[str, Column]:
    facts = [fit[row.refund_no] for row in rows]
    return {
        "accepted_at": Column("instant", [fact.accepted_at for fact in facts]),
        "channel_refund_no": Column("text", [fact.channel_refund_no for fact in facts]),
        "channel_said": Column("text", [fact.said for fact in facts]),
    }


def _ended(rows: Sequence[Refund], fit: dict[str, RefundFact]) -> dict[str, Column]:
    facts = [fit[row.refund_no] for row in rows]
    return {
        "paid_at": Column("instant", [fact.paid_at for fact in facts]),
        "channel_said": Column("text", [fact.said for fact in facts]),
    }


def _left(env: Env, row: Refund, fact: RefundFact) -> Posting:
    """Taken up by the channel: what it holds for us is less by this, on the day it says."""
    clearing = accounts.channel_clearing(row.channel)
    made = posting(
        env,
        row,
        f"refund_sent:{row.refund_no}",
        accounts.refunds_payable(row.channel),
        clearing,
        row.amount_fen or 0,
        "refund_sent",
    )
    return ledger.at(made, fact.accepted_at)


def _came_back(env: Env, row: Refund) -> Posting:
    """Not deliverable: the channel holds it again, and it is payable on the second route."""
    payable, clearing = accounts.refunds_payable(SECOND_ROUTE), accounts.channel_clearing(row.channel)
    key = f"refund_returned:{row.refund_no}"
    return posting(env, row, key, clearing, payable, row.amount_fen or 0, "refund_returned")


def _after_all(env: Env, row: Refund, fact: RefundFact) -> Posting:
    payable, clearing = accounts.refunds_payable(SECOND_ROUTE), accounts.channel_clearing(row.channel)
    key = f"refund_after_all:{row.refund_no}"
    return posting(env, row, key, payable, clearing, row.amount_fen or 0, "refund_after_all")


def _twice(env: Env, row: Refund, fact: RefundFact) -> Posting:
    """The channel paid after a second route was chosen: money is gone that nobody owed it for."""
    missing, clearing = accounts.suspense(row.channel), accounts.channel_clearing(row.channel)
    return posting(
        env, row, f"refund_twice:{row.refund_no}", missing, clearing, row.amount_fen or 0, "refund_twice"
    )
