"""等待期试算: years missed, years repaired → the first day of benefits and what it costs, from the pack alone (ux P12)."""

from dataclasses import dataclass, replace
from datetime import date

from canbao.policy.assess import Answer
from canbao.policy.assess import assess as decide
from canbao.policy.pack import Pack
from canbao.policy.situation import Situation
from canbao.services.people.guide import season_pack
from canbao.services.system.env import Env

MOST_MISSED = 15
YEARS_BEFORE = 5  # insured in a row before the gap: what somebody who fell out is assumed to have been


@dataclass(frozen=True)
class Choice:
    """One number of years repaired. `first_date` None: not stated. `amount_fen`: this year and the repaired ones."""

    repaired: int
    first_date: date | None
    amount_fen: int | None


@dataclass(frozen=True)
class Trial:
    """What somebody who missed so many years would meet if they paid today; `choices` empty: nothing can be said.

    `is_stated`: whether the notice says how long one waits. `because`: why there is no answer, or how it was found.
    """

    benefit_year: int
    missed: int
    is_stated: bool
    choices: tuple[Choice, ...]
    because: tuple[str, ...]


def try_waiting(env: Env, area_code: str, missed: int) -> Trial:
    """Work it out for a resident of the class that pays here, who pays today. Nothing is stored.

    Raises:
        FigureUnknown: nobody has published a pack for this area.
    """
    pack, missed = season_pack(env, area_code), min(max(missed, 0), MOST_MISSED)
    on, moment = env.local_date(area_code), env.moment(pack)
    person = _somebody(pack, missed)
    (first,) = decide(pack, [person], on, moment)
    most = first.wait.repairable_years if first.wait else 0
    wishes = [replace(person, repair_years=years) for years in range(1, most + 1)]
    answers = [first, *(decide(pack, wishes, on, moment) if wishes else ())]
    told = tuple(dict.fromkeys(reason.text for reason in answers[-1].reasons))
    if first.amount_fen is None:
        refused = first.refusal
        why = (refused.say(refused.heading), refused.say(refused.why)) if refused else ()
        return Trial(pack.benefit_year, missed, bool(pack.waiting.fixed.known), (), why)
    choices = tuple(_choice(years, answer) for years, answer in enumerate(answers))
    return Trial(pack.benefit_year, missed, bool(pack.waiting.fixed.known), choices, told)


def _somebody(pack: Pack, missed: int) -> Situation:
    """Insured for some years, then missing so many just before this one; of a class that pays here (CP-17)."""
    last = pack.benefit_year - 1 - missed
    open_classes = pack.collection.open_classes.known or ("adult",)
    word = "adult" if "adult" in open_classes else open_classes[0]
    return Situation(person_class=word, covered_years=tuple(range(last - YEARS_BEFORE + 1, last + 1)))


def _choice(years: int, answer: Answer) -> Choice:
    return Choice(years, answer.cover.from_date if answer.cover else None, answer.amount_fen)
