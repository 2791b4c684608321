"""处理: what of the tax side's payments is parked, why and what to do; two people attach one to a person or give it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from canbao.basics.documents import mask_name, mask_number
from canbao.basics.refusals import BadInput, StepNotDue
from canbao.records.exchange.tax import payments
from canbao.records.models import Approval, Person, Refund, TaxPayment
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.tax_side.place import Place, bill_for, finish, holder_of, put_orders
from canbao.services.system.approve import Step, decide, propose
from canbao.services.system.env import Env

How = Literal["attach", "give_back"]
HOWS: tuple[How, ...] = ("attach", "give_back")
RESOLVE = "resolve"
# Why a payment is parked, and what to do about it.
REASONS: dict[str, tuple[str, str]] = {
    "unknown_person": ("登记册里没有这个证件号", "查清是谁：登记过的就认给他；不是这里的就退回。"),
    "name_differs": ("证件号在册，姓名对不上", "核对是不是本人：是就认给他；不是就退回。"),
    "not_enrolled": ("这个人现在没有参保登记", "先办参保登记，再认给他；不参保就退回。"),
    "other_place": ("经办机构不是他的参保地", "核对参保地：缴对了地方就认给他；缴错了就退回。"),
    "wrong_kind": ("日常缴费和特殊缴费选反了", "核对身份：金额对得上就认给他；对不上就退回，请他重新选。"),
    "amount_differs": ("金额和应缴的不一样", "核对应缴金额；对不上就退回，请他按应缴金额缴。"),
    "paid_otherwise": ("这一年已经缴过，金额对不上", "核对日文件里的金额，然后退回。"),
    "no_figure": ("这个人这一年还没有应缴金额", "等金额公布以后认给他；不该缴就退回。"),
    "year_closed": ("缴的时候，这一年已经不能缴", "不能缴就退回。"),
    "push_pending": ("税务的接收回执还没有到", "不用处理：一小时看一次，回执到了自动入账。"),
    "time_unfit": ("付款时间在以后", "问税务：时间写错的，请税务更正。"),
    "books_unfit": ("我们自己的账对不上", "请系统维护的人看日志。"),
}  # fmt: skip


@dataclass(frozen=True)
class Parked:
    """One parked payment as staff read it; name and number masked."""

    number: str
    tax_receipt_no: str
    reason: str
    why: str
    what_to_do: str
    name: str
    id_number: str
    agency_code: str
    benefit_year: int
    kind: str
    amount_fen: int
    portal: str
    paid_at: datetime
    parked_at: datetime
    told_otherwise: bool


@dataclass(frozen=True)
class Resolved:
    """A payment after two people decided. `state`: settled, surplus (`refund_no` is opened), or parked still."""

    number: str
    state: str
    reason: str | None
    refund_no: str | None


def list_parked(env: Env, limit: int = 100) -> list[Parked]:
    """What people must look at, the oldest first."""
    return [_parked(env, row) for row in payments.parked(limit)]


def get_payment(number: str) -> TaxPayment:
    """A payment by our number or by its tax receipt. Raises BadInput: there is none."""
    found = payments.by_number(number)
    if found is None:
        raise BadInput(field="number", problem="没有这一笔：编号或者税票号不对。用 canbao tax parked 查。")
    return found


def propose_resolution(env: Env, number: str, how: str, reason: str, person_id: int | None = None) -> str:
    """Propose to attach a parked payment to a person, or to give it back. Returns the hash the second person names.

    Raises:
        StepNotDue: it is not parked, or is up for the second person already.
        BadInput: no such payment or person, no reason; or the person does not owe what was paid, with what is in the way.
    """
    if how not in HOWS or not reason.strip():
        raise BadInput(field="how", problem="请写怎么处理和原因。")
    found = get_payment(number)
    if found.state != "parked":
        raise StepNotDue(state=found.state)
    if how == "attach":
        _must_fit(env, found, person_id)
    env.serials.warm({"approval": 1, "event": 2})

    def work() -> str:
        journal = env.journal()
        digest = propose(env, journal, _step(found), _content(found, how, reason, person_id))
        journal.write()
        return digest

    return in_one_transaction(work)


def approve_resolution(env: Env, number: str, digest: str) -> Resolved:
    """A second person agrees, and it is done: settled like any payment, or owed back the way it came.

    Raises:
        NotFound, SecondPersonNeeded, ContentChanged, StepNotDue. BadInput: the person does not owe that any more.
    """
    found = get_payment(number)
    if found.state != "parked":
        raise StepNotDue(state=found.state)
    env.serials.warm({"event": 4})

    def work() -> Approval:
        journal = env.journal()
        agreed = decide(env, journal, _step(found), digest, granted=True)
        journal.write()
        return agreed

    agreed = in_one_transaction(work).content
    place = _must_fit(env, found, agreed["person_id"]) if agreed["how"] == "attach" else Place(None, None)
    finish(env, put_orders(env, [(found, place)]))
    found.refresh_from_db(fields=["state", "reason"])
    refund = Refund.objects.filter(order_no=found.number[:-2]).order_by("id").last()
    return Resolved(found.number, found.state, found.reason, refund.refund_no if refund else None)


def list_totals() -> dict[str, tuple[int, int]]:
    """How many payments, and how many fen, stand in each state."""
    return payments.counts()


def words_of(reason: str | None) -> Sequence[str]:
    """Why, and what to do, in words."""
    return REASONS.get(reason or "", (reason or "", ""))


def _must_fit(env: Env, found: TaxPayment, person_id: int | None) -> Place:
    person = Person.objects.filter(id=person_id).first() if person_id else None
    if person is None:
        raise BadInput(field="person", problem="登记册里没有这个人。")
    place = bill_for(env, found, person.id)
    if isinstance(place, Place):
        return place
    # Whose it is, and in which selector it was paid, two people may say; what is owed they may not.
    why, what_to_do = words_of(place)
    raise BadInput(field="person", problem=f"{why}。{what_to_do}")


def _content(found: TaxPayment, how: str, reason: str, person_id: int | None) -> dict[str, str | int | None]:
    return {
        "number": found.number,
        "tax_receipt_no": found.tax_receipt_no,
        "amount_fen": found.amount_fen,
        "how": how,
        "person_id": person_id if how == "attach" else None,
        "reason": reason,
    }


def _parked(env: Env, row: TaxPayment) -> Parked:
    who = holder_of(env, row)
    why, what_to_do = words_of(row.reason)
    return Parked(
        number=row.number,
        tax_receipt_no=row.tax_receipt_no,
        reason=row.reason or "",
        why=why,
        what_to_do=what_to_do,
        name=mask_name(who["name"]),
        id_number=mask_number(who["number"]),
        agency_code=row.agency_code,
        benefit_year=row.benefit_year,
        kind=row.kind,
        amount_fen=row.amount_fen,
        portal=row.portal,
        paid_at=row.paid_at,
        parked_at=row.parked_at or row.heard_at,
        told_otherwise=row.told_otherwise_at is not None,
    )


def _step(found: TaxPayment) -> Step:
    return Step("tax_payment", found.id, RESOLVE)
