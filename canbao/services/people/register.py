"""参保登记: put people on the register. One is a batch of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.documents import normal_name
from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.models import Enrolment, Identifier, Person
from canbao.records.moves import Journal
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes.begun import enrolment_begun, number_begun, person_begun
from canbao.services.system.env import Env

CHUNK = 500
Outcome = Literal["new_person", "new_enrolment", "already_enrolled", "name_differs"]


@dataclass(frozen=True)
class Registration:
    """Who is to be registered, where and as what. `number` is already normalised and checked."""

    name: str
    id_type: str
    number: str
    birth_date: date
    sex: str
    area_code: str
    person_class: str
    started_date: date
    unit_code: str | None = None


@dataclass(frozen=True)
class Registered:
    """What became of one registration, in the order they came."""

    person_id: int
    outcome: Outcome


def register(env: Env, registrations: Sequence[Registration]) -> list[Registered]:
    """Register people; a number that is known already is never overwritten, and never twice active."""
    done: list[Registered] = []
    for start in range(0, len(registrations), CHUNK):
        chunk = registrations[start : start + CHUNK]
        env.serials.warm({kind: 3 * len(chunk) for kind in ("person", "identifier", "enrolment", "event")})
        done += in_one_transaction(lambda chunk=chunk: _register_chunk(env, chunk))  # type: ignore[misc]
    return done


def _register_chunk(env: Env, chunk: Sequence[Registration]) -> list[Registered]:
    journal = env.journal()
    buckets = [env.sealer.bucket(row.id_type, row.number) for row in chunk]
    indexes = [env.sealer.blind_index(row.id_type, row.number) for row in chunk]
    fresh_ids = env.new_ids("person", buckets)
    claimed = _claim_numbers(env, journal, chunk, buckets, indexes, fresh_ids)
    _add_people(env, journal, [(i, row) for i, row in zip(fresh_ids, chunk, strict=True) if i in claimed])
    foreign = [n for n, id_ in enumerate(fresh_ids) if id_ not in claimed]
    holders = _holders([buckets[n] for n in foreign], [indexes[n] for n in foreign])
    ids = [id_ if id_ in claimed else holders[indexes[n]].id for n, id_ in enumerate(fresh_ids)]
    known = {person.id: person for person in holders.values()}
    enrolling = _enrol(env, journal, ids, chunk, known)
    journal.write()
    return [
        Registered(id_, _outcome(fresh_ids[n] in claimed, n in enrolling, known.get(id_), chunk[n]))
        for n, id_ in enumerate(ids)
    ]


def _outcome(is_new: bool, is_enrolled: bool, known: Person | None, row: Registration) -> Outcome:
    if is_new:
        return "new_person"
    if known and known.name != normal_name(row.name):
        return "name_differs"
    return "new_enrolment" if is_enrolled else "already_enrolled"


def _claim_numbers(
    env: Env,
    journal: Journal,
    chunk: Sequence[Registration],
    buckets: list[int],
    indexes: list[str],
    person_ids: list[int],
) -> set[int]:
    """Claim each number for its new person; returns those people whose number nobody held yet."""
    rows = sets.insert(
        "identifier",
        {
            "id": Column("int", env.new_ids("identifier", buckets)),
            "bucket": Column("int", buckets),
            "id_type": Column("text", [row.id_type for row in chunk]),
            "blind_index": Column("text", indexes),
            "person_id": Column("int", person_ids),
            "created_at": Column("instant", [env.now] * len(chunk)),
        },
        "ON CONFLICT (bucket, id_type, blind_index) DO NOTHING RETURNING id, id_type, blind_index, person_id",
    )
    for row in rows:
        details = number_begun(row["id_type"], row["blind_index"], row["person_id"])
        journal.note("identifier", row["id"], "NumberClaimed", details)
    return {row["person_id"] for row in rows}


def _holders(buckets: list[int], indexes: list[str]) -> dict[str, Person]:
    """Who holds these numbers already, by blind index."""
    if not indexes:
        return {}
    rows = Identifier.objects.filter(bucket__in=set(buckets), blind_index__in=indexes)
    by_index = {row.blind_index: row.person_id for row in rows}
    people = {person.id: person for person in Person.objects.filter(id__in=list(by_index.values()))}
    return {index: people[person_id] for index, person_id in by_index.items()}


def _add_people(env: Env, journal: Journal, rows: list[tuple[int, Registration]]) -> None:
    people = [
        Person(
            id=person_id,
            name=normal_name(row.name),
            id_type=row.id_type,
            number_sealed=env.sealer.seal(row.number, f"person:number:{person_id}"),
            birth_date=row.birth_date,
            sex=row.sex,
            created_at=env.now,
        )
        for person_id, row in rows
    ]
    Person.objects.bulk_create(people)
    for person, (person_id, row) in zip(people, rows, strict=True):
        journal.note("person", person_id, "PersonRegistered", person_begun(person, area_code=row.area_code))


def _enrol(
    env: Env, journal: Journal, person_ids: list[int], chunk: Sequence[Registration], known: dict[int, Person]
) -> set[int]:
    """Enrol whoever has no active enrolment; a known number under another name is left untouched.

    Returns the places in the chunk that brought an enrolment about.
    """
    active = set(
        Enrolment.objects.filter(person__in=list(known), state="active").values_list("person_id", flat=True)
    )
    places: dict[int, int] = {}
    for n, (person_id, row) in enumerate(zip(person_ids, chunk, strict=True)):
        is_named_so = person_id not in known or known[person_id].name == normal_name(row.name)
        if is_named_so and person_id not in active:
            places.setdefault(person_id, n)
    ids = env.new_ids("enrolment", [bucket_of(person_id) for person_id in places])
    enrolments = [
        _enrolment(env, id_, person_id, chunk[n])
        for id_, (person_id, n) in zip(ids, places.items(), strict=True)
    ]
    Enrolment.objects.bulk_create(enrolments)
    for enrolment in enrolments:
        journal.note("enrolment", enrolment.id, "EnrolmentStarted", enrolment_begun(enrolment))
    return set(places.values())


def _enrolment(env: Env, id_: int, person_id: int, row: Registration) -> Enrolment:
    return Enrolment(
        id=id_,
        person_id=person_id,
        area_code=row.area_code,
        person_class=row.person_class,
        unit_code=row.unit_code,
        state="active",
        active_slot=1,
        started_date=row.started_date,
        created_at=env.now,
    )
