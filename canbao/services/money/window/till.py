"""班次: a drawer or an agent's bag is opened for a shift; what is in hand at any moment is float + taken − gone (CZ-19)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from canbao.basics import accounts
from canbao.basics.days import CHINA, ONE_DAY, local_date
from canbao.basics.refusals import BadInput, DayNotProved, NotFound, StepNotDue
from canbao.records import sets
from canbao.records.models import Shift
from canbao.records.money.ledger import Posting
from canbao.records.money.window.holding import Held, held_between
from canbao.records.sets import Column
from canbao.services.system.env import Env

# pos: a card terminal of the hall · terminal: one that an agent carries (LZ-19); cards leave no cash, so neither has shifts
Kind = Literal["drawer", "agent", "pos", "terminal"]
CARDS = ("pos", "terminal")
LONGEST_NAME = 40


@dataclass(frozen=True)
class Till:
    """Who holds money, or which terminal took it. Its rows lie in a bucket of its own."""

    kind: Kind
    holder: str

    @property
    def name(self) -> str:
        """`drawer:甲`, `agent:王会计`, `pos:88010001`."""
        return f"{self.kind}:{self.holder}"

    def bucket(self, env: Env) -> int:
        """Where its shifts and receipts lie."""
        return env.sealer.bucket("till", self.name)


def till_of(kind: Kind, holder: str) -> Till:
    """A till by its holder's name. Raises BadInput: no name, or one that cannot be part of an account."""
    bare = holder.removeprefix("staff:").strip()
    if not bare or len(bare) > LONGEST_NAME or ":" in bare:
        raise BadInput(field="till", problem="钱箱、代办员或终端要有名字，不超过40个字，不带冒号。")
    return Till(kind, bare)


def till_named(name: str) -> Till:
    """The till that a row names, as `Till.name` wrote it."""
    kind, _, holder = name.partition(":")
    return Till(cast("Kind", kind), holder)


def open_shift(env: Env, till: Till, place: str, float_fen: int) -> Shift:
    """开班: open a till with the float that was counted. An agent's bag has none.

    Raises:
        StepNotDue: a shift of this till is open already. BadInput: a terminal has no shift, an agent no float.
    """
    if till.kind in CARDS or float_fen < 0 or (till.kind == "agent" and float_fen):
        raise BadInput(field="float", problem="备用金不能是负数；代办员没有备用金，刷卡终端不开班。")
    bucket = till.bucket(env)
    (id_,) = env.new_ids("shift", [bucket])
    values: dict[str, tuple[sets.Kind, object]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "till": ("text", till.name), "place": ("text", place[:80]),
        "float_fen": ("int", float_fen), "opened_at": ("instant", env.now), "state": ("text", "open"), "open_slot": ("int", 1),
    }  # fmt: skip
    made = sets.insert(
        "shift",
        {name: Column(kind, [value]) for name, (kind, value) in values.items()},
        "ON CONFLICT (bucket, till, open_slot) DO NOTHING RETURNING id",
    )
    if not made:
        raise StepNotDue(state="已经开班")
    return Shift.objects.get(id=id_)


def current_shift(env: Env, till: Till) -> Shift:
    """The open shift of a till, of today: each day's is closed and handed in by itself (reliability 26).

    Raises:
        StepNotDue: none is open, or it is of another day.
    """
    found = open_shift_of(env, till)
    if local_date(found.opened_at) != local_date(env.now):
        raise StepNotDue(state="前一天的班还没有轧账")
    return found


def open_shift_of(env: Env, till: Till) -> Shift:
    """The open shift of a till, of whatever day. Raises StepNotDue: none is open."""
    found = Shift.objects.filter(bucket=till.bucket(env), till=till.name, open_slot=1).first()
    if found is None:
        raise StepNotDue(state="没有开班")
    return found


def get_shift(shift_id: int) -> Shift:
    """One shift. Raises NotFound."""
    found = Shift.objects.filter(id=shift_id).first()
    if found is None:
        raise NotFound
    return found


def finished_shifts(day: date) -> list[Held]:
    """The shifts of a day, once every one is closed and what it took is handed in.

    Raises:
        DayNotProved: one is open, or holds cash that was not handed in.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    shifts = held_between(start, start + ONE_DAY)
    if still := [row.till for row in shifts if row.state != "closed"]:
        raise DayNotProved(problem=f"还没有轧账：{'、'.join(still)}。")
    if late := [row.till for row in shifts if row.owed_fen > 0]:
        raise DayNotProved(problem=f"还没有解缴：{'、'.join(late)}。")
    return shifts


def moved(env: Env, bucket: int, key: str, till: str, amount_fen: int, *, into_hand: bool) -> Posting:
    """The ledger row of cash that goes into a hand, or out of it: the same money, lying elsewhere."""
    hand, nobody = accounts.cash_in_hand(till), accounts.channel_clearing(accounts.CASH)
    return Posting(
        bucket=bucket,
        key=key,
        debit=hand if into_hand else nobody,
        credit=nobody if into_hand else hand,
        amount_fen=amount_fen,
        reason=accounts.INTO_HAND if into_hand else accounts.OUT_OF_HAND,
        occurred_at=env.now,
        booked_at=env.now,
    )
