"""人群: the people enrolled in an area as facts without identity, for a simulation of a draft pack."""

from collections.abc import Iterator

from canbao.basics.areas import prefix_of
from canbao.policy.situation import Situation
from canbao.records.models import Enrolment
from canbao.records.people.facts import PersonFacts, gather
from canbao.services.money.assess import situation_of
from canbao.services.system.env import Env

CHUNK = 2000


def enrolled(env: Env, area_code: str) -> Iterator[Situation]:
    """Everybody enrolled now in the area and below it, in the order of their ids, read in chunks."""
    for chunk in enrolled_ids(area_code):
        facts = gather(chunk)
        yield from (_situation(env, facts[person_id]) for person_id in chunk)


def enrolled_ids(area_code: str) -> Iterator[list[int]]:
    """The ids of everybody enrolled now in the area and below it, rising, a chunk at a time."""
    last = 0
    inside = Enrolment.objects.filter(state="active", area_code__startswith=prefix_of(area_code))
    while chunk := list(
        inside.filter(person__gt=last).order_by("person").values_list("person", flat=True)[:CHUNK]
    ):
        yield chunk
        last = chunk[-1]


def count_enrolled(area_code: str) -> int:
    """How many are enrolled now in the area and below it."""
    return Enrolment.objects.filter(state="active", area_code__startswith=prefix_of(area_code)).count()


def _situation(env: Env, facts: PersonFacts) -> Situation:
    if facts.enrolment is None:
        raise LookupError(f"person {facts.person.id} is not enrolled any more")
    return situation_of(facts, env.local_date(facts.enrolment.area_code))
