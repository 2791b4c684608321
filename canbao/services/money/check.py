"""核对: what the check page shows before anybody pays, and the number the order will have."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.days import ONE_DAY
from canbao.basics.documents import mask_name, mask_number
from canbao.basics.genes import OrderNumber, bucket_of
from canbao.basics.refusals import NotFound, PageExpired
from canbao.records.models import Bill, Person
from canbao.records.money.bills import bills_to_pay
from canbao.records.money.orders import new_token
from canbao.services.people.one_way import GroupQuestion, question_for
from canbao.services.people.paid import paid_refusal
from canbao.services.people.words.selectors import selectors_of
from canbao.services.system.env import Env

PART_LABELS = {"person": "个人缴费", "fiscal": "财政补助部分", "collective": "集体补助"}


@dataclass(frozen=True)
class CheckPage:
    """The answers to be checked. Dates are the area's own; `cover_from_date` None: not stated.

    `parts` and `because` explain a late price. An assisted price is not explained here: its reasons
    name the group, and whoever typed name and number may be a stranger. `question`: to be answered first.
    `elsewhere`: other ways in with a selector, each with what to choose there for this payment (CZ-15, SX-08).
    """

    amount_fen: int
    kind: str
    area_name: str
    name: str
    number: str
    class_label: str
    benefit_year: int
    cover_from_date: date | None
    cover_last_date: date | None
    advice: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]
    because: tuple[str, ...]
    question: GroupQuestion | None
    elsewhere: tuple[tuple[str, str], ...]


def new_order_number(env: Env, person_id: int) -> tuple[str, str]:
    """The number and the page token of the order this page will open: made once, so a double tap is one order."""
    bucket = bucket_of(person_id)
    (serial,) = env.serials.take("order_no", 1)
    return str(OrderNumber(env.now.year, bucket, serial)), new_token(bucket, env.new_token())


def check(env: Env, bill_id: int) -> CheckPage:
    """What the bill asks, from whom and for what.

    Raises:
        NotFound: no such bill. AlreadyPaid: paid meanwhile, here or elsewhere. PageExpired: replaced meanwhile.
    """
    asked = bills_to_pay([bill_id]).get(bill_id)
    if asked is None:
        raise NotFound
    if asked.is_paid:
        raise paid_refusal(env, asked)
    if asked.state not in ("payable", "zero"):
        raise PageExpired(minutes="30")
    return _page(env, Bill.objects.get(id=bill_id), Person.objects.get(id=asked.person_id))


def _page(env: Env, bill: Bill, person: Person) -> CheckPage:
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now)
    is_late = bill.kind == "late"
    number = env.sealer.open_number(person.id, person.number_sealed)
    return CheckPage(
        amount_fen=bill.amount_fen or 0,
        kind=bill.kind,
        area_name=env.areas.full_name(bill.area_code),
        name=mask_name(person.name),
        number=mask_number(number),
        class_label=pack.class_label(bill.person_class),
        benefit_year=bill.benefit_year,
        cover_from_date=bill.cover_from_date,
        cover_last_date=bill.cover_until_date - ONE_DAY if bill.cover_until_date else None,
        advice=tuple(reason["text"] for reason in bill.reasons if reason.get("force") == "advice"),
        parts=tuple((PART_LABELS[payer], fen) for payer, fen in bill.shares.items()) if is_late else (),
        because=tuple(reason["text"] for reason in bill.reasons) if is_late else (),
        question=question_for(env, bill),
        elsewhere=tuple(
            (way.name, way.says("special" if bill.kind == "special" else "normal"))
            for way in selectors_of(pack)
            if way.has_choice
        ),
    )
