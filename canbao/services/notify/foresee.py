"""预想: what policy would say of people now, with nothing written: whoever still cannot be told a figure keeps the bill
that waits for it.
"""

from collections.abc import Sequence

from canbao.policy.assess import Answer
from canbao.records.people.facts import gather
from canbao.services.money.assess import answers_of
from canbao.services.system.env import Env

PAYABLE = ("payable", "zero")


def foreseen(env: Env, person_ids: Sequence[int], benefit_year: int) -> dict[int, Answer]:
    """The answer for each who is enrolled."""
    answers = answers_of(env, gather(person_ids, benefit_year), benefit_year)
    return {person_id: answer for person_id, (answer, _) in answers.items()}
