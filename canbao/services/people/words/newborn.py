"""新生儿: what the notice says of them, and for one birthday until when, how much and from which day (E7, P7)."""

from dataclasses import dataclass
from datetime import date

from canbao.policy.assess import assess as decide
from canbao.policy.situation import Situation
from canbao.services.people.guide import season_pack
from canbao.services.people.words.questions import newborn_words
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Countdown:
    """One child, paid for today. None: not stated. `refused`: why nothing can be paid now, in words."""

    amount_fen: int | None
    first_date: date | None
    last_pay_date: date | None
    days_left: int | None
    refused: tuple[str, ...]


def newborn_rules(env: Env, area_code: str) -> tuple[str, ...]:
    """The notice's rules in sentences. Raises FigureUnknown."""
    return tuple(newborn_words(season_pack(env, area_code)))


def countdown(env: Env, area_code: str, born: date) -> Countdown:
    """What holds for a child born on a day. Nothing is stored. Raises FigureUnknown."""
    pack, on = season_pack(env, area_code), env.local_date(area_code)
    child = Situation(person_class="newborn", birth_date=born)
    (answer,) = decide(pack, [child], on, env.moment(pack))
    last, refusal = answer.price_valid_until, answer.refusal
    return Countdown(
        answer.amount_fen,
        answer.cover.from_date if answer.cover else None,
        last,
        (last - on).days if last else None,
        (refusal.say(refusal.heading), refusal.say(refusal.why)) if refusal else (),
    )
