"""选好: those who were ticked become one order to be checked; and what happens to it when it is paid."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.refusals import BadInput, NotFound
from canbao.services.money.check import CheckPage, check, new_order_number
from canbao.services.money.open import Opening
from canbao.services.money.pay import release
from canbao.services.people.cart.gather import Row
from canbao.services.people.one_way import answer
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Chosen:
    """What the check page carries: the bills, the order they will be, the ways and the last day for all of them."""

    bill_ids: tuple[int, ...]
    order_no: str
    token: str
    channels: tuple[str, ...]
    payable_until: date | None

    def opening(self, area_code: str) -> Opening:
        """The order to open: the same number however often the button is pressed."""
        first, *more = self.bill_ids
        return Opening(
            self.order_no,
            self.token,
            first,
            "proxy",
            area_code,
            payable_until=self.payable_until,
            more_bill_ids=tuple(more),
        )


def choose(env: Env, rows: Sequence[Row], ticked: Collection[int]) -> Chosen:
    """Put the ticked ones together; whoever cannot pay now is left out, whatever was ticked.

    Raises:
        BadInput: nobody is left, or no channel takes all of them.
    """
    going = [row for row in rows if row.bill_id in ticked and row.can_go]
    if not going:
        raise BadInput(field="bill", problem="请至少勾选一位可以缴的。")
    shared = tuple(way for way in going[0].channels if all(way in row.channels for row in going))
    if not shared:
        raise BadInput(field="bill", problem="这几位的付款渠道不一样，请分开缴。")
    bills = tuple(row.bill_id for row in going if row.bill_id)
    order_no, token = new_order_number(env, bills[0])
    days = [row.payable_until for row in going if row.payable_until]
    return Chosen(bills, order_no, token, shared, min(days, default=None))


def checked(env: Env, bill_ids: Sequence[int]) -> tuple[CheckPage, ...]:
    """What each one pays, from whom and for what. Raises what `check` raises: then the cart is shown again."""
    return tuple(check(env, bill_id) for bill_id in bill_ids)


def answer_for(env: Env, rows: Sequence[Row], bill_id: int, given: str) -> None:
    """Answer the one question of one person (CZ-09). Raises what `answer` raises, and NotFound for a stranger's bill."""
    answer(env, _in_the_cart(rows, bill_id), given, "proxy")


def release_for(env: Env, rows: Sequence[Row], bill_id: int) -> None:
    """Let one person's unfinished order go. Raises what `release` raises."""
    release(env, _in_the_cart(rows, bill_id))


def _in_the_cart(rows: Sequence[Row], bill_id: int) -> int:
    if bill_id not in {row.bill_id for row in rows}:
        raise NotFound
    return bill_id
