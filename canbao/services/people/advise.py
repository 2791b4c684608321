"""指引: what happened, why, what now, whom to call, which code: the five parts of every refusal page."""

from canbao.basics.refusals import Refusal
from canbao.policy.contacts import Contact, contacts, national_contacts
from canbao.policy.guidance import Advice, guidance
from canbao.policy.pack import Pack
from canbao.services.system.env import Env


def advise(env: Env, area_code: str | None, refusal: Refusal) -> Advice:
    """The five parts, in the words of the area's pack where it has its own."""
    return guidance(_pack(env, area_code), area_code, refusal)


def contacts_of(env: Env, area_code: str | None) -> tuple[Contact, ...]:
    """The local phones; where a notice prints none, the agency's name and the national lines."""
    pack = _pack(env, area_code)
    return contacts(pack, area_code) if pack and area_code else national_contacts()


def _pack(env: Env, area_code: str | None) -> Pack | None:
    return env.packs.current(area_code, env.local_date(area_code), env.now) if area_code else None
