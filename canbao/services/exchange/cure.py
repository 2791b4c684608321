"""差错处理: two people agree on how a break is cured; the cure is new rows, through the same functions as ever."""

from dataclasses import dataclass
from typing import Literal

from canbao.basics import accounts
from canbao.basics.refusals import BadInput, ChannelUnavailable, NotFound, StepNotDue
from canbao.basics.states import BREAK
from canbao.channels.port import ChannelDown, ChannelRefused, PaymentFact
from canbao.records.models import Approval, Break, Refund
from canbao.records.money import ledger
from canbao.records.money.ledger import Posting
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.repay import settle_refunds
from canbao.services.money.settle import CURRENCY, Arrival, settle
from canbao.services.system.approve import Step, decide, propose
from canbao.services.system.env import Env

# settle: money of a known attempt goes the way of any payment · ask: the channel is asked once more ·
# suspense: the difference is booked as 待查款项, its owner not known yet.
Cure = Literal["settle", "ask", "suspense"]
CURES: tuple[Cure, ...] = ("settle", "ask", "suspense")
CURE = "cure"
# What the settling may say of a break that is cured by it; everything else leaves the break open.
DONE = ("settled", "surplus", "repeated", "accepted", "paid", "abnormal", "paid_twice")


@dataclass(frozen=True)
class Cured:
    """A break after its cure. `result`: what the settling said, or `booked`."""

    break_id: int
    state: str
    result: str


def get_break(break_id: int) -> Break:
    """One break. Raises NotFound."""
    found = Break.objects.filter(id=break_id).first()
    if found is None:
        raise NotFound
    return found


def propose_cure(env: Env, break_id: int, cure: str, reason: str) -> str:
    """Propose how an open break is cured. Returns the hash that the second person names.

    Raises:
        NotFound. StepNotDue: not open. BadInput: no such cure, one that cannot be, or no reason.
    """
    if cure not in CURES or not reason.strip():
        raise BadInput(field="cure", problem="请写处理办法和原因。")
    found = get_break(break_id)
    if found.state != "open":
        raise StepNotDue(state=found.state)
    if cure == "settle" and (found.what, found.kind) != ("payment", "over"):
        raise BadInput(field="cure", problem="只有渠道有、账上没有的缴费，才能补记。")
    if cure == "suspense" and found.theirs_fen == found.ours_fen:
        raise BadInput(field="cure", problem="金额没有差，不用挂账。")
    env.serials.warm({"approval": 1, "event": 2})

    def work() -> str:
        journal = env.journal()
        digest = propose(env, journal, _step(found), _content(found) | {"cure": cure, "reason": reason})
        journal.write()
        return digest

    return in_one_transaction(work)


def approve_cure(env: Env, break_id: int, digest: str) -> Cured:
    """A second person agrees, and the cure is done. What could not be cured stays open.

    Raises:
        NotFound, SecondPersonNeeded, ContentChanged, StepNotDue. ChannelUnavailable: it did not answer.
    """
    env.serials.warm({"event": 6, "entry": 2})
    found = get_break(break_id)

    def work() -> Approval:
        journal = env.journal()
        agreed = decide(env, journal, _step(found), digest, granted=True)
        if agreed.content["cure"] == "suspense":
            ledger.book(env.serials, [_difference(env, found)])
            _close(env, journal, found, agreed)
        journal.write()
        return agreed

    agreed = in_one_transaction(work)
    if agreed.content["cure"] == "suspense":
        return Cured(break_id, "cured", "booked")
    result = _settle(env, found) if agreed.content["cure"] == "settle" else _ask(env, found)
    if result in DONE:
        in_one_transaction(lambda: _close_alone(env, found, agreed))
    return Cured(break_id, get_break(break_id).state, result)


def _settle(env: Env, found: Break) -> str:
    """The statement's word is a payment fact like any other."""
    fact = PaymentFact(
        channel=found.channel,
        out_trade_no=found.number,
        channel_txn_no=found.channel_no or "",
        amount_fen=found.theirs_fen or 0,
        currency=CURRENCY,
        merchant=env.channels[found.channel].merchant,
        paid_at=found.occurred_at,
    )
    (result,) = settle(env, [Arrival(fact)])
    return result


def _ask(env: Env, found: Break) -> str:
    port = env.channels[found.channel]
    try:
        if found.what == "refund":
            ours = Refund.objects.filter(bucket=found.bucket, refund_no=found.number).first()
            refund = port.query_refund(found.number, ours.out_trade_no) if ours else None
            return settle_refunds(env, [refund])[0] if refund else "unknown_refund"
        outcome = port.query(found.number)
    except (ChannelDown, ChannelRefused):
        raise ChannelUnavailable from None
    return settle(env, [Arrival(outcome.fact)])[0] if outcome.fact else outcome.state


def _difference(env: Env, found: Break) -> Posting:
    """Theirs less ours, between the channel and 待查款项, on the day it belongs to."""
    fen = (found.theirs_fen or 0) - (found.ours_fen or 0)
    holds_more = (fen > 0) == (found.what != "refund")  # a refund more is money less
    clearing, unknown = accounts.channel_clearing(found.channel), accounts.suspense(found.channel)
    return Posting(
        bucket=found.bucket,
        key=f"cure:{found.id}",
        debit=clearing if holds_more else unknown,
        credit=unknown if holds_more else clearing,
        amount_fen=abs(fen),
        reason="cure",
        occurred_at=found.occurred_at,
        booked_at=env.now,
    )


def _content(found: Break) -> dict[str, object]:
    names = ("channel", "day", "what", "number", "kind", "theirs_fen", "ours_fen", "channel_no")
    return {name: getattr(found, name) for name in names}


def _close_alone(env: Env, found: Break, agreed: Approval) -> None:
    journal = env.journal()
    _close(env, journal, found, agreed)
    journal.write()


def _close(env: Env, journal: Journal, found: Break, agreed: Approval) -> None:
    keys = {"bucket": Column("int", [found.bucket]), "id": Column("int", [found.id])}
    assign = {
        "cleared_at": Column("instant", [env.now]),
        "cure": Column("text", [agreed.content["cure"]]),
        "cure_reason": Column("text", [agreed.content["reason"]]),
    }
    claim(journal, Claim(BREAK, "cured", keys, assign=assign))


def _step(found: Break) -> Step:
    return Step("break", found.id, CURE)
