"""轧账: a shift is closed when what was counted is float + taken − gone, to the fen. A difference is never swallowed.

It is closed only together with the difference as rows of its own, which a second person has agreed to (CZ-19).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from canbao.basics import accounts
from canbao.basics.days import local_date
from canbao.basics.money import yuan_text
from canbao.basics.refusals import BadInput, ContentChanged, DrawerDiffers, StepNotDue
from canbao.basics.states import SHIFT
from canbao.records.models import Shift, Statement
from canbao.records.money import ledger
from canbao.records.money.ledger import Posting
from canbao.records.money.window.holding import Held, held_between, held_by, take_turn
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.match import day_span
from canbao.services.exchange.statement import count_drawer
from canbao.services.money.window.leave import put_out
from canbao.services.money.window.till import Till, finished_shifts, get_shift, open_shift_of, till_named
from canbao.services.system.approve import Step, decide, open_step, propose
from canbao.services.system.env import Env

CLOSE = "close"
HELD_TOO_LONG = timedelta(hours=24)
WINDOW = timedelta(days=60)  # how far back anybody looks for cash that was never handed in


def close_shift(env: Env, till: Till, counted_fen: int) -> Shift:
    """Close the open shift, if what was counted is exactly what should be in it.

    Raises:
        StepNotDue: none is open. DrawerDiffers: count again, or put the difference up for a second person.
    """
    shift = open_shift_of(env, till)
    env.serials.warm({"event": 1})

    def work() -> None:
        held = take_turn(shift.bucket, shift.id)
        if held.cash_fen != counted_fen:
            raise _differs(held, counted_fen)
        journal = env.journal()
        _close(env, journal, shift, counted_fen)
        journal.write()

    in_one_transaction(work)
    return get_shift(shift.id)


def propose_difference(env: Env, till: Till, counted_fen: int, why: str) -> str:
    """Put a count that differs up for a second person, with its reason. Returns the hash they name.

    Whoever counts anew withdraws what they had put up before.

    Raises:
        StepNotDue: no shift is open, or nothing differs. BadInput: no reason.
    """
    if not why.strip():
        raise BadInput(field="why", problem="有差额，要写原因。")
    shift = open_shift_of(env, till)
    env.serials.warm({"approval": 1, "event": 3})

    def work() -> str:
        held = held_by(shift.bucket, shift.id)
        if held.cash_fen == counted_fen:
            raise StepNotDue(state="没有差额，直接轧账")
        journal = env.journal()
        step = Step("shift", shift.id, CLOSE)
        if up := open_step(step):
            decide(env, journal, step, up.content_hash, granted=False)
        digest = propose(env, journal, step, _content(held, counted_fen) | {"why": why})
        journal.write()
        return digest

    return in_one_transaction(work)


def agree(env: Env, shift_id: int, digest: str) -> Shift:
    """A second person agrees to the difference: it becomes 待查款项, and the shift is closed.

    Raises:
        NotFound, SecondPersonNeeded, StepNotDue. ContentChanged: something was taken or handed on since the count.
    """
    shift = get_shift(shift_id)
    till = till_named(shift.till)
    env.serials.warm({"event": 3, "entry": 2, "cash_out": 1})

    def work() -> None:
        journal = env.journal()
        agreed = decide(env, journal, Step("shift", shift.id, CLOSE), digest, granted=True).content
        held = take_turn(shift.bucket, shift.id)
        counted = agreed["counted_fen"]
        if _content(held, counted) | {"why": agreed["why"]} != agreed or held.cash_fen == counted:
            raise ContentChanged
        _book(env, till, shift, held, counted)
        _close(env, journal, shift, counted)
        journal.write()

    in_one_transaction(work)
    return get_shift(shift_id)


def _book(env: Env, till: Till, shift: Shift, held: Held, counted_fen: int) -> None:
    """The difference: what is missing is 待查 and no more in the drawer, or the other way round; on the shift's own day.

    What is missing beyond all that was taken is missing of the float.
    """
    fen, number = counted_fen - held.cash_fen, str(shift.id)
    of_float = max(-fen - max(held.owed_fen, 0), 0)
    if of_float:
        put_out(env, till, held, "float_short", number, of_float)
    fen += of_float
    if not fen:
        return
    id_ = put_out(env, till, held, "over" if fen > 0 else "short", number, abs(fen))
    cash, unknown = accounts.channel_clearing(accounts.CASH), accounts.suspense(accounts.CASH)
    evening = day_span(local_date(shift.opened_at)).day_until - timedelta(seconds=1)
    row = Posting(
        bucket=shift.bucket,
        key=f"drawer_differs:{id_}",
        debit=cash if fen > 0 else unknown,
        credit=unknown if fen > 0 else cash,
        amount_fen=abs(fen),
        reason=accounts.DRAWER_DIFFERS,
        occurred_at=min(env.now, evening),
        booked_at=env.now,
    )
    ledger.book(env.serials, [row])


def _close(env: Env, journal: Journal, shift: Shift, counted_fen: int) -> None:
    keys = {"bucket": Column("int", [shift.bucket]), "id": Column("int", [shift.id])}
    assign = {"counted_fen": Column("int", [counted_fen]), "closed_at": Column("instant", [env.now])}
    if not claim(journal, Claim(SHIFT, "closed", keys, assign=assign, clear=("open_slot",))):
        raise StepNotDue(state="已经轧账")


def _content(held: Held, counted_fen: int) -> dict[str, object]:
    return {
        "till": held.till, "counted_fen": counted_fen, "should_fen": held.cash_fen, "float_fen": held.float_fen,
        "taken_fen": held.taken_fen, "gone_fen": held.gone_fen,
    }  # fmt: skip


def _differs(held: Held, counted_fen: int) -> DrawerDiffers:
    fen = counted_fen - held.cash_fen
    return DrawerDiffers(
        should=yuan_text(held.cash_fen),
        counted=yuan_text(counted_fen),
        difference=("多" if fen > 0 else "少") + yuan_text(abs(fen)),
    )


@dataclass(frozen=True)
class Holding:
    """A shift that holds cash; `too_long`: for more than 24 hours (reliability 26)."""

    held: Held
    too_long: bool


def holding(env: Env) -> list[Holding]:
    """Who holds cash that is to be handed in, whoever has held it longest first."""
    rows = [row for row in held_between(env.now - WINDOW, env.now + timedelta(seconds=1)) if row.owed_fen > 0]
    oldest = sorted(rows, key=lambda row: row.since or env.now)
    return [Holding(row, row.since is not None and env.now - row.since > HELD_TOO_LONG) for row in oldest]


def count_day(env: Env, day: date) -> Statement:
    """日终: what the shifts of a day counted stands for the window's statement, once every one is closed and handed in.

    Raises:
        DayNotProved: a shift is open, or holds cash that was not handed in.
    """
    return count_drawer(env, day, sum(_net(row) for row in finished_shifts(day)))


def _net(row: Held) -> int:
    """What a shift took by its counts alone: what lay in it at the end, and had been handed in by then, less the float."""
    return (row.counted_fen or 0) - (row.float_fen - row.float_short_fen) + row.handed_in_before_close_fen
