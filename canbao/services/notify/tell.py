"""告知: read on in the ledger and the journal, and put down a message for whoever consented to hear of it.

A message that was put down once is not put down again, so reading each journal thrice costs time and nothing else.
"""

from collections.abc import Sequence
from datetime import timedelta

from canbao.basics.areas import prefix_of
from canbao.basics.documents import mask_name
from canbao.basics.genes import bucket_of
from canbao.basics.money import yuan_text
from canbao.policy.contacts import contacts
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import day_text
from canbao.policy.season import season
from canbao.records.models import MessageCursor
from canbao.records.notify import messages
from canbao.records.notify.due import (
    Due,
    areas_of_consents,
    join_consents,
    still_to_pay,
    still_without_bill,
)
from canbao.records.system.journals import Happened
from canbao.records.transactions import in_one_transaction
from canbao.services.money.assess import assess
from canbao.services.notify.foresee import PAYABLE, foreseen
from canbao.services.notify.texts import MUST_PAY, NOTHING_TO_PAY
from canbao.services.system.env import Env
from canbao.services.system.journals import read_journals

AT_ONCE = 2_000
LAST_WEEK = 7
DAILY = "daily"
ONCE_A_DAY = timedelta(hours=20)


def tell(env: Env) -> int:
    """The job: put down every message that is due. Returns how many are new."""
    read = read_journals(env, lambda env, happened: put_down(env, join_consents(happened)))
    return read + _remind_once_a_day(env)


def put_down(env: Env, due: Sequence[Due], more: dict[str, str] | None = None) -> int:
    """Put these messages down; who was told of the same thing already is not told again. Returns how many are new."""
    if not due:
        return 0
    env.serials.warm({"message": len(due)})
    phones: dict[tuple[str, int], str] = {}
    values = []
    for row in due:
        place = (row.area_code, row.benefit_year)
        if place not in phones:
            phones[place] = phone_of(env.packs.get(*place, env.now), row.area_code)
        values.append(_values(row, phones[place]) | (more or {}))
    return in_one_transaction(
        lambda: messages.put(
            env.new_ids("message", [bucket_of(row.person_id) for row in due]), due, values, env.now
        )
    )


def phone_of(pack: Pack, area_code: str) -> str:
    """The area's own number to ask at: about paying before about enrolment; the national line where none is printed."""
    lines = sorted(contacts(pack, area_code), key=lambda line: (line.is_national, line.topic != "payment"))
    return next((line.phone for line in lines if line.phone), "12393")


def _values(row: Due, phone: str) -> dict[str, str]:
    values = {"name": mask_name(row.name), "year": str(row.benefit_year), "phone": phone}
    if row.kind == "released":
        asked = MUST_PAY.format(amount=yuan_text(row.amount_fen)) if row.amount_fen else NOTHING_TO_PAY
        values["result"] = asked
    return values


def ask_again(env: Env) -> int:
    """Assess whoever was told E-1015 or E-1021 and asked to hear: the pack may state the figure since. New messages."""
    made, last = 0, 0
    while waiting := still_without_bill(last, AT_ONCE):
        last = waiting[-1][0]
        for year in sorted({year for _, _, year in waiting}):
            people = sorted({person for _, person, of in waiting if of == year})
            said = foreseen(env, people, year)
            freed = [id_ for id_ in people if id_ in said and said[id_].outcome in PAYABLE]
            bills = [row.bill.id for row in assess(env, freed, year) if row.bill]
            made += put_down(
                env, join_consents([Happened("released", "bill_freed", id_, env.now) for id_ in bills])
            )
    return made


def _remind_once_a_day(env: Env) -> int:
    cursor, new = MessageCursor.objects.get_or_create(name=DAILY, defaults={"at": env.now})
    if not new and env.now - cursor.at < ONCE_A_DAY:
        return 0
    made = ask_again(env) + sum(remind(env, area_code) for area_code in areas_of_consents())
    MessageCursor.objects.filter(name=DAILY).update(at=env.now)
    return made


def remind(env: Env, area_code: str) -> int:
    """In the last week of an area's period: whoever consented and still owes. Returns how many messages are new."""
    on = env.local_date(area_code)
    pack = env.packs.current(area_code, on, env.now)
    if pack is None:
        return 0
    now = season(pack, on, env.moment(pack).calendar)
    if now.phase not in ("open", "masked") or now.days_left is None or not 0 <= now.days_left < LAST_WEEK:
        return 0
    made, last = 0, 0
    while due := still_to_pay(prefix_of(area_code), pack.benefit_year, last, AT_ONCE):
        made += put_down(env, due, {"until": day_text(now.closes_date) if now.closes_date else ""})
        last = due[-1].consent_id
    return made
