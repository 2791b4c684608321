"""日终: a day of a channel is closed by two people, once ledger, channel and what goes to the treasury are one sum."""

from dataclasses import asdict
from datetime import date

from canbao.basics import accounts
from canbao.basics.days import local_date
from canbao.basics.genes import gene_id
from canbao.basics.money import yuan_text
from canbao.basics.refusals import DayNotProved, NotFound, StepNotDue
from canbao.records.exchange.matching import REMITTED
from canbao.records.models import Approval, DayClose
from canbao.records.money import ledger
from canbao.records.money.ledger import Posting
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.match import Matched, match
from canbao.services.money.window.till import finished_shifts
from canbao.services.system.approve import Step, content_hash, decide, propose
from canbao.services.system.env import Env

CLOSE = "close"
# Closings belong to a channel, not to a resident: their approvals and entries lie in bucket 0.
BUCKET = 0


def prove(env: Env, channel: str, day: date) -> Matched:
    """Match the day afresh and say that it can be closed.

    Raises:
        DayNotProved: the day is not over, has no statement, open breaks, or a fen that nothing explains.
    """
    if local_date(env.now) <= day:
        raise DayNotProved(problem=f"{day}还没有过完。")
    if channel == accounts.CASH:
        finished_shifts(day)
    matched = match(env, channel, day)
    if matched.breaks:
        raise DayNotProved(problem=f"还有{matched.breaks}笔差错没有处理。")
    if matched.unexplained_fen:
        raise DayNotProved(problem=f"还有{yuan_text(matched.unexplained_fen)}元说不清。")
    return matched


def propose_close(env: Env, channel: str, day: date) -> str:
    """Prove a day and put its figures up for a second person. Returns their hash.

    Raises:
        DayNotProved. StepNotDue: closed already, or waiting for the second person.
    """
    if DayClose.objects.filter(channel=channel, day=day).exists():
        raise StepNotDue(state="已结账")
    figures = asdict(prove(env, channel, day))
    env.serials.warm({"approval": 1, "event": 2})

    def work() -> str:
        journal = env.journal()
        digest = propose(env, journal, _step(channel, day), figures)
        journal.write()
        return digest

    return in_one_transaction(work)


def approve_close(env: Env, channel: str, day: date, digest: str) -> DayClose:
    """A second person agrees to the figures, which must still be those: the day is closed, its money on its way.

    Raises:
        NotFound, SecondPersonNeeded, ContentChanged, StepNotDue. DayNotProved: the figures hold no more.
    """
    matched = prove(env, channel, day)
    if content_hash(asdict(matched)) != digest:
        raise DayNotProved(problem="提交以后数字变了，请重新提交结账。")
    env.serials.warm({"event": 3, "entry": 1})

    def work() -> DayClose:
        journal = env.journal()
        agreed = decide(env, journal, _step(channel, day), digest, granted=True)
        closed = _close(env, matched, agreed, digest)
        ledger.book(env.serials, _remitted(env, matched))
        journal.write()
        return closed

    return in_one_transaction(work)


def get_close(channel: str, day: date) -> DayClose:
    """The closing of a day. Raises NotFound."""
    found = DayClose.objects.filter(channel=channel, day=day).first()
    if found is None:
        raise NotFound
    return found


def _close(env: Env, matched: Matched, agreed: Approval, digest: str) -> DayClose:
    return DayClose.objects.create(
        channel=matched.channel,
        day=matched.day,
        figures={
            name: str(value) if isinstance(value, date) else value for name, value in asdict(matched).items()
        },
        content_hash=digest,
        approval_id=agreed.id,
        closed_at=env.now,
    )


def _remitted(env: Env, matched: Matched) -> list[Posting]:
    """上解: what the channel shows for the day leaves it for the treasury; a day of more refunds takes it back."""
    fen = matched.statement_net_fen
    if not fen:
        return []
    transit = accounts.treasury_in_transit(matched.channel)
    clearing = accounts.channel_clearing(matched.channel)
    return [
        Posting(
            bucket=BUCKET,
            key=f"{REMITTED}:{matched.channel}:{matched.day}",
            debit=transit if fen > 0 else clearing,
            credit=clearing if fen > 0 else transit,
            amount_fen=abs(fen),
            reason=REMITTED,
            occurred_at=env.now,
            booked_at=env.now,
        )
    ]


def _step(channel: str, day: date) -> Step:
    """A closing has no row before it is closed: its channel and day stand for it."""
    return Step(f"close:{channel}", gene_id(day.toordinal(), BUCKET), CLOSE)
