"""指引: what happened, why, what now, whom to call, which code: the five parts of every refusal page."""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.refusals import Refusal
from canbao.policy.contacts import Contact, national_contacts
from canbao.policy.contacts import contacts as local_contacts
from canbao.policy.guidance import Advice, guidance
from canbao.policy.pack import Pack
from canbao.services.system.env import Env


def advise(env: Env, area_code: str | None, refusal: Refusal) -> Advice:
    """The five parts, in the words of the area's pack where it has its own."""
    return guidance(_pack(env, area_code), area_code, refusal)


def contacts_of(env: Env, area_code: str | None) -> tuple[Contact, ...]:
    """The local phones; where a notice prints none, the agency's name and the national lines."""
    pack = _pack(env, area_code)
    return local_contacts(pack, area_code) if pack and area_code else national_contacts()


@dataclass(frozen=True)
class PhoneLine:
    """Whom to call about one topic, for the foot of every page."""

    label: str
    contacts: tuple[Contact, ...]


def phone_lines(contacts: Sequence[Contact]) -> list[PhoneLine]:
    """One line a topic: the local numbers, and the national line only where no local one is printed."""
    by_topic: dict[str, list[Contact]] = {}
    for contact in contacts:
        said = by_topic.setdefault(contact.topic, [])
        if not (contact.is_national and any(known.phone for known in said)):
            said.append(contact)
    return [PhoneLine(said[0].label, tuple(said)) for said in by_topic.values()]


def _pack(env: Env, area_code: str | None) -> Pack | None:
    return env.packs.current(area_code, env.local_date(area_code), env.now) if area_code else None
