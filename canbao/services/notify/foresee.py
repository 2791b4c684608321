"""预想: what policy would say of people now, with nothing written: whoever still cannot be told a figure keeps the bill
that waits for it.
"""

from collections.abc import Sequence

from canbao.policy.assess import Answer
from canbao.policy.assess import assess as decide
from canbao.records.people.facts import PersonFacts, gather
from canbao.services.money.assess import situation_of
from canbao.services.system.env import Env

PAYABLE = ("payable", "zero")


def foreseen(env: Env, person_ids: Sequence[int], benefit_year: int) -> dict[int, Answer]:
    """The answer for each who is enrolled; policy is asked once for all of an area."""
    by_area: dict[str, list[PersonFacts]] = {}
    for facts in gather(person_ids, benefit_year).values():
        if facts.enrolment:
            by_area.setdefault(facts.enrolment.area_code, []).append(facts)
    answers: dict[int, Answer] = {}
    for area_code, people in by_area.items():
        pack, on = env.packs.get(area_code, benefit_year, env.now), env.local_date(area_code)
        given = decide(pack, [situation_of(facts, on) for facts in people], on, env.moment(pack))
        answers |= {facts.person.id: answer for facts, answer in zip(people, given, strict=True)}
    return answers
