"""转移: from one area to another in order: the old place is suspended first, then the new one begins (LZ-08, E14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.areas import level_of
from canbao.basics.days import full_years
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import ChangeRefused, EnrolledElsewhere, StepNotDue
from canbao.policy.format.vocabulary import PERSON_CLASSES
from canbao.records import sets
from canbao.records.models import Enrolment, Person
from canbao.records.moves import Journal
from canbao.records.people.changes.told import Ground, told
from canbao.records.people.facts import RESIDENT_SCHEME
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes.begun import enrolment_begun
from canbao.services.people.changes.who import checked_ground, living
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Transfer:
    """One person, and where and as what they are enrolled from a day on."""

    person_id: int
    area_code: str
    person_class: str
    started_date: date
    ground: Ground


def transfer(env: Env, transfers: Sequence[Transfer]) -> list[int]:
    """Enrol people in their new places, all or none. What is paid at the old place is theirs until its last day.

    Returns the ids of the new enrolments.

    Raises:
        NotFound, BadInput. EnrolledElsewhere: the old enrolment is still active. ChangeRefused: merged, died, no such place
        or class, or a day before the old one ended.
    """
    people = living([one.person_id for one in transfers])
    before = {one.person_id: _checked(env, people[one.person_id], one) for one in transfers}
    env.serials.warm({"event": 2 * len(transfers), "enrolment": len(transfers)})

    def work() -> list[int]:
        journal = env.journal()
        started = [_start(env, journal, one, before[one.person_id]) for one in transfers]
        journal.write()
        return started

    return in_one_transaction(work)


def _checked(env: Env, person: Person, one: Transfer) -> Enrolment | None:
    """The enrolment they come from, if any is known here."""
    checked_ground(one.ground)
    rows = Enrolment.objects.filter(person=person.id)
    active = rows.filter(state="active").first()
    if active:
        raise EnrolledElsewhere(area=env.areas.full_name(active.area_code))
    if not env.areas.knows(one.area_code) or level_of(one.area_code) != "county":
        raise ChangeRefused(problem=f"没有这个县区：{one.area_code}。")
    word = PERSON_CLASSES.get(one.person_class)
    if word is None or not word.fits(full_years(person.birth_date, one.started_date)):
        raise ChangeRefused(problem=f"这个年龄不能登记成{word.text if word else one.person_class}。")
    old = rows.order_by("started_date", "id").last()
    if old and old.ended_date and one.started_date < old.ended_date:
        raise ChangeRefused(problem="新的参保日期不能早于原来停保的日期。")
    return old


def _start(env: Env, journal: Journal, one: Transfer, old: Enrolment | None) -> int:
    bucket = bucket_of(one.person_id)
    (id_,) = env.new_ids("enrolment", [bucket])
    columns: dict[str, tuple[sets.Kind, object]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "person_id": ("int", one.person_id),
        "area_code": ("text", one.area_code), "insurance_type": ("text", RESIDENT_SCHEME),
        "person_class": ("text", one.person_class), "unit_code": ("text", None), "state": ("text", "active"),
        "active_slot": ("int", 1), "started_date": ("date", one.started_date), "created_at": ("instant", env.now),
    }  # fmt: skip
    made = sets.insert(
        "enrolment",
        {name: Column(kind, [value]) for name, (kind, value) in columns.items()},
        "ON CONFLICT (bucket, person_id, insurance_type, active_slot) DO NOTHING RETURNING id",
    )
    if not made:
        raise StepNotDue(state="刚在别处参保")
    plain = {name: value for name, (_, value) in columns.items()}
    details = enrolment_begun(plain, one.ground, came_from=old.id if old else None)
    journal.note("enrolment", id_, "EnrolmentStarted", details)
    if old:
        went = told({}, ground=one.ground, to=id_, area_code=one.area_code)
        journal.note("enrolment", old.id, "TransferredOut", went)
    return id_
