"""归拢: whom somebody pays for at once, and what each owes; nobody's trouble holds up the others.

A payer who is logged in starts with themselves and their linked family; whoever is not adds people by name and
number. Either way no more is shown of a person than a stranger with name and number would learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.documents import id_type_of, mask_name, mask_number
from canbao.basics.refusals import AlreadyPaid, BadInput, NoMatch, OrderUnfinished, Refusal
from canbao.policy.guidance import DEFAULT_AGENCY
from canbao.records.models import Bill, Enrolment, Person
from canbao.records.people.find import find_named, find_person
from canbao.services.money.open import open_order_of
from canbao.services.people.guide import checked_name, checked_number, consent, quote, season_pack
from canbao.services.people.identity.linked import linked_ids
from canbao.services.people.identity.login import Holder
from canbao.services.people.one_way import GroupQuestion, question_for
from canbao.services.system import limits
from canbao.services.system.env import Env

MOST = 8  # people one page, one ticket and one order are made for; a pack may say fewer
State = Literal["due", "free", "paid", "blocked"]
STATE_WORDS: dict[State, str] = {"due": "待缴", "free": "免缴", "paid": "已缴", "blocked": "不能缴"}


@dataclass(frozen=True)
class Row:
    """One person of the cart, masked. `amount_fen` None: nothing can be said; `why`: why not payable now.

    `others_open`: nobody has answered yet whether they are insured elsewhere.
    `question`: to be answered before money is taken (CZ-09). `unfinished`: an order of theirs is still open.
    """

    person_id: int
    name: str
    number: str
    class_label: str
    state: State
    amount_fen: int | None = None
    why: str = ""
    code: str = ""
    bill_id: int | None = None
    channels: tuple[str, ...] = ()
    payable_until: date | None = None
    question: GroupQuestion | None = None
    others_open: bool = False

    @property
    def chip(self) -> str:
        """The state in a word or two."""
        return STATE_WORDS[self.state]

    @property
    def can_go(self) -> bool:
        """Whether this one may be ticked."""
        return self.state in ("due", "free") and self.question is None

    @property
    def is_unfinished(self) -> bool:
        """Whether an order left open is all that is in the way."""
        return self.code == OrderUnfinished.code


@dataclass(frozen=True)
class Adding:
    """One more person, as typed. `address` is only counted."""

    area_code: str
    name: str
    number: str
    consented: bool
    address: str


def rules_of(env: Env, area_code: str) -> tuple[str, ...]:
    """Who may be paid for and how many, said before anybody starts (ux P9)."""
    pack = season_pack(env, area_code)
    ages, stated = pack.paying.self_only_ages.known, pack.paying.most_linked.known
    told = [
        f"一次最多 {most_of(env, area_code)} 位。" + ("" if stated else "通告没有写人数，这是本系统的限制。")
    ]
    if ages:
        told.append(f"{ages.first} 到 {ages.last} 周岁的，要本人缴，不能代缴。")
    if pack.paying.groups_not_online.known:
        told.append(f"资助对象不能网上缴，到{pack.registration.agency.known or DEFAULT_AGENCY}办。")
    if pack.household:
        told.append("要合成一个医保“户”的，请一个一个缴。")
    return tuple(told)


def most_of(env: Env, area_code: str) -> int:
    """How many people at once."""
    return min(season_pack(env, area_code).paying.most_linked.known or MOST, MOST)


def people_of(env: Env, payer: Holder | None, typed: Sequence[int]) -> tuple[int, ...]:
    """Who is in: the payer and the linked family of whoever is logged in, then those typed; each once."""
    own = find_person(env.sealer, payer.id_type, payer.number) if payer else None
    linked = linked_ids(env, payer) if payer else ()
    return tuple(dict.fromkeys([*([own.id] if own else []), *linked, *typed]))


def add(env: Env, asked: Adding, already: Sequence[int]) -> int:
    """Find one more person by name and number; their id.

    Raises:
        BadInput: a field cannot be right, or the cart is full. TooManyTries. NoMatch.
    """
    number = checked_number(env, asked.area_code, asked.number)
    name = checked_name(asked.name)
    if not asked.consented:
        raise BadInput(field="consent", problem="请先勾选：他本人或监护人同意。")
    limits.count(env, limits.PER_NUMBER, number)
    limits.count(env, limits.PER_ADDRESS, asked.address)
    person = find_named(env.sealer, id_type_of(number), number, name)
    if person is None:
        raise NoMatch
    if person.id not in already and len(already) >= most_of(env, asked.area_code):
        raise BadInput(field="number", problem=f"一次最多 {most_of(env, asked.area_code)} 位，请分两次缴。")
    consent(env, person, "proxy")
    return int(person.id)


def rows_of(env: Env, area_code: str, payer: Holder | None, people: Sequence[int]) -> tuple[Row, ...]:
    """Each person with what they owe, in the order given; a refusal is their row's reason and nobody else's."""
    pack = season_pack(env, area_code)
    found = {person.id: person for person in Person.objects.filter(id__in=people)}
    classes = dict(
        Enrolment.objects.filter(person__in=people, state="active").values_list("person_id", "person_class")
    )
    labels = {id_: pack.class_label(word) for id_, word in classes.items()}
    return tuple(
        _row(env, area_code, payer, found[id_], labels.get(id_, "")) for id_ in people if id_ in found
    )


def _row(env: Env, area_code: str, payer: Holder | None, person: Person, label: str) -> Row:
    number = env.sealer.open_number(person.id, person.number_sealed)
    kind = "self" if payer and payer.number == number else "proxy"
    shown = (person.id, mask_name(person.name), mask_number(number), label)
    try:
        found = quote(env, person.id, area_code, kind, person.name, number)
        bill = Bill.objects.get(id=found.bill_id or 0)
        if open_order_of(bill.id):
            raise OrderUnfinished
    except AlreadyPaid as paid:
        return Row(*shown, "paid", why=paid.say("{paid_date}已经缴费。"), code=paid.code)
    except OrderUnfinished as unfinished:
        return Row(*shown, "blocked", None, unfinished.heading, unfinished.code, found.bill_id)
    except Refusal as refusal:
        return Row(*shown, "blocked", None, refusal.say(refusal.heading), refusal.code)
    return Row(
        *shown,
        state="due" if bill.amount_fen else "free",
        amount_fen=bill.amount_fen,
        bill_id=bill.id,
        channels=found.channels,
        payable_until=found.payable_until,
        question=question_for(env, bill),
        others_open=found.others_open,
    )
