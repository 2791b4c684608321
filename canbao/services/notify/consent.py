"""同意接收通知: given on a page or at the window, withdrawn by whoever holds the phone (FY-16).

What a consent opens depends on how sure we are of who gave it (0029): name and number open what such a person could look
up anyway, an order's token opens that order, the window opens all.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from canbao.basics.documents import id_type_of
from canbao.basics.refusals import BadInput, FigureUnknown, NoMatch, NotFound, OutsideWindow, Refusal
from canbao.policy.season import season
from canbao.records.models import Bill, MessageConsent, Order, Person
from canbao.records.money.lines import lines_of_orders
from canbao.records.money.orders import order_by_token
from canbao.records.notify import messages
from canbao.records.people.find import find_named
from canbao.records.transactions import in_one_transaction
from canbao.services.notify.texts import CONSENT_VERSION
from canbao.services.people.guide import Question, checked_name, checked_number, season_pack
from canbao.services.system import limits
from canbao.services.system.env import Env
from canbao.services.system.limits import Limit

# A phone is somebody's whole family; nobody else's may be filled by us.
PER_PHONE = Limit("phone", 12, timedelta(days=1))
PER_TOLD = Limit("told", 6, timedelta(days=1))
_MOBILE = re.compile(r"1[3-9]\d{9}")
_OPENID = re.compile(r"[\w-]{20,64}", re.ASCII)


@dataclass(frozen=True)
class Wish:
    """Whose year, which way and where to, and how sure we are of whoever asks (`origin`)."""

    person_id: int
    benefit_year: int
    way: str
    address: str
    origin: str
    given_by: str
    order_no: str = ""


@dataclass(frozen=True)
class Told:
    """One consent as its own page shows it."""

    masked_phone: str


def checked_phone(text: str) -> str:
    """The eleven digits of a Chinese mobile number, or BadInput."""
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not _MOBILE.fullmatch(digits):
        raise BadInput(field="phone", problem="手机号是 11 位数字，请再核对。")
    return digits


def mask_phone(phone: str) -> str:
    """138****5678."""
    return f"{phone[:3]}****{phone[-4:]}"


def agree(env: Env, wishes: Sequence[Wish]) -> int:
    """Keep consents; the same in force already changes nothing. Returns how many are new."""
    env.serials.warm({"message_consent": len(wishes), "event": len(wishes)})

    def work() -> int:
        journal = env.journal()
        made = 0
        for wish in wishes:
            id_ = env.new_id("message_consent", wish.person_id)
            if messages.put_consent(_row(env, id_, wish)):
                made += 1
                told = {"way": wish.way, "origin": wish.origin, "words": CONSENT_VERSION}
                journal.note("message_consent", id_, "MessageConsentGiven", told)
        journal.write()
        return made

    return in_one_transaction(work)


def _row(env: Env, id_: int, wish: Wish) -> dict[str, object]:
    return {
        "id": id_,
        "person_id": wish.person_id,
        "benefit_year": wish.benefit_year,
        "way": wish.way,
        "address_sealed": env.sealer.seal(wish.address, f"message_consent:address:{id_}"),
        "address_index": _index(env, wish.address),
        "origin": wish.origin,
        "order_no": wish.order_no,
        "given_by": wish.given_by,
        "text_version": CONSENT_VERSION,
        "given_at": env.now,
    }


def agree_on_question(env: Env, question: Question, phone: str) -> int:
    """Somebody who knows name and number wants to hear when the year can be paid.

    Raises:
        NoMatch, BadInput, TooManyTries.
    """
    address = _counted(env, phone, question.address)
    number = checked_number(env, question.area_code, question.number)
    limits.count(env, limits.PER_NUMBER, number)
    person = find_named(env.sealer, id_type_of(number), number, checked_name(question.name))
    if person is None:
        raise NoMatch
    year = season_pack(env, question.area_code).benefit_year
    limits.count(env, PER_TOLD, f"{person.id}|{year}")
    return agree(env, [Wish(person.id, year, "sms", address, "question", question.payer_kind)])


def may_be_reminded(env: Env, question: Question, refusal: Refusal) -> bool:
    """Whether name and number lead to somebody, in a season that has a pack: else there is nothing to wait for.

    Whoever stands outside the period is told only when it is still to come (E-1011).
    """
    try:
        number = checked_number(env, question.area_code, question.number)
        pack = season_pack(env, question.area_code)
    except (BadInput, FigureUnknown):
        return False
    on = env.local_date(question.area_code)
    if isinstance(refusal, OutsideWindow) and season(pack, on, env.moment(pack).calendar).phase != "before":
        return False
    return find_named(env.sealer, id_type_of(number), number, checked_name(question.name)) is not None


def agree_for_order(env: Env, token: str, phone: str, caller: str) -> int:
    """Whoever holds an order's page wants to hear what becomes of it: of everybody it pays for.

    Raises:
        NotFound, BadInput, TooManyTries.
    """
    order = _order(token)
    address = _counted(env, phone, caller)
    limits.count(env, PER_TOLD, order.order_no)
    return agree(
        env,
        [
            Wish(person_id, year, "sms", address, "order", order.payer_kind, order.order_no)
            for person_id, year in _people(order)
        ],
    )


def agree_at_window(env: Env, person_id: int, benefit_year: int, way: str, address: str) -> int:
    """Somebody at the counter who showed who they are: opens everything about their year.

    Raises:
        NotFound: no such person. BadInput: no mobile number, or no openid.
    """
    if not Person.objects.filter(id=person_id, merged_into_id=None).exists():
        raise NotFound
    if way == "sms":
        address = checked_phone(address)
    elif not _OPENID.fullmatch(address):
        raise BadInput(field="openid", problem="不是公众号的 openid。")
    return agree(env, [Wish(person_id, benefit_year, way, address, "window", "self")])


def told_of_order(env: Env, token: str) -> list[Told]:
    """Which phones an order's page has named, masked; each once.

    Raises:
        NotFound: no such order.
    """
    rows = _consents_of(_order(token))
    phones = {env.sealer.open(bytes(row.address_sealed), f"message_consent:address:{row.id}") for row in rows}
    return [Told(mask_phone(phone)) for phone in sorted(phones)]


def stop_for_order(env: Env, token: str) -> int:
    """不再通知: everything this order's page has asked for. Returns how many consents ended."""
    return _withdraw(env, [row.id for row in _consents_of(_order(token))])


def stop_for_phone(env: Env, phone: str, caller: str) -> int:
    """不再通知: everything that goes to a phone. Needs no proof: it can only make us silent.

    Raises:
        BadInput: no mobile number. TooManyTries.
    """
    address = checked_phone(phone)
    limits.count(env, limits.PER_ADDRESS, caller)
    found = MessageConsent.objects.filter(address_index=_index(env, address), state="active")
    return _withdraw(env, list(found.values_list("id", flat=True)))


def order_area(token: str) -> str:
    """Where an order is paid for. Raises NotFound."""
    return _order(token).entry_area_code


def _counted(env: Env, phone: str, caller: str) -> str:
    address = checked_phone(phone)
    limits.count(env, limits.PER_ADDRESS, caller)
    limits.count(env, PER_PHONE, address)
    return address


def _index(env: Env, address: str) -> str:
    return env.sealer.blind_index("message", address)


def _order(token: str) -> Order:
    order = order_by_token(token)
    if order is None:
        raise NotFound
    return order


def _people(order: Order) -> list[tuple[int, int]]:
    """Whom an order pays for, and which year of theirs."""
    lines = lines_of_orders([(order.bucket, order.order_no, order.line_buckets)])
    bills = Bill.objects.filter(id__in=[row["bill_id"] for row in lines])
    return list(bills.order_by("id").values_list("person_id", "benefit_year"))


def _consents_of(order: Order) -> list[MessageConsent]:
    people = [person_id for person_id, _ in _people(order)]
    return list(
        MessageConsent.objects.filter(person__in=people, order_no=order.order_no, active_slot=1).order_by(
            "id"
        )
    )


def _withdraw(env: Env, consent_ids: Sequence[int]) -> int:
    if not consent_ids:
        return 0

    def work() -> int:
        journal = env.journal()
        ended = messages.withdraw(journal, consent_ids, env.now)
        journal.write()
        return len(ended)

    return in_one_transaction(work)
