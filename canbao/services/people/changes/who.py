"""Whom a change is about: the record of somebody living, under whatever number, and where they are enrolled."""

from collections.abc import Sequence

from canbao.basics.documents import RESIDENT_ID, normal_number
from canbao.basics.refusals import BadInput, ChangeRefused, NotFound
from canbao.records.models import Enrolment, Person
from canbao.records.people.changes.told import Ground
from canbao.records.people.facts import RESIDENT_SCHEME
from canbao.records.people.find import find_person
from canbao.services.system.env import Env

NUMBER_LENGTH = 18


def find_record(env: Env, text: str) -> Person:
    """A record by a number its holder has or had, or by its 人员编号. Raises NotFound."""
    number = normal_number(text)
    if len(number) == NUMBER_LENGTH:
        found = find_person(env.sealer, RESIDENT_ID, number)
    else:
        found = (
            Person.objects.filter(id=int(number)).first() if number.isascii() and number.isdigit() else None
        )
    if found is None:
        raise NotFound
    return found


def living(person_ids: Sequence[int]) -> dict[int, Person]:
    """Records that may change, by id.

    Raises:
        NotFound: no such record. ChangeRefused: it is merged into another, or its holder has died.
    """
    found = {person.id: person for person in Person.objects.filter(id__in=person_ids)}
    for person_id in person_ids:
        if person_id not in found:
            raise NotFound
        if found[person_id].merged_into_id:
            raise ChangeRefused(
                problem=f"这条记录已经并到另一条，请用人员编号{found[person_id].merged_into_id}。"
            )
        if found[person_id].died_date:
            raise ChangeRefused(problem="登记上写着，这个人已经去世。")
    return found


def active_enrolments(person_ids: Sequence[int]) -> dict[int, Enrolment]:
    """The active enrolment of each person in the resident scheme.

    Raises:
        ChangeRefused: somebody has none.
    """
    rows = Enrolment.objects.filter(person__in=person_ids, state="active", insurance_type=RESIDENT_SCHEME)
    found = {row.person_id: row for row in rows}
    if any(person_id not in found for person_id in person_ids):
        raise ChangeRefused(problem="没有正常的参保登记。停保的，先恢复。")
    return found


def checked_ground(ground: Ground) -> Ground:
    """A change without a reason is not made. Raises BadInput."""
    if not ground.why.strip():
        raise BadInput(field="why", problem="要写明为什么改。")
    return ground
