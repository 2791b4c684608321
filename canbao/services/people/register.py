"""参保登记: put people on the register. One is a batch of one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.basics.documents import normal_name
from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.models import Person
from canbao.records.moves import Journal
from canbao.records.people.find import Holder, holders_of
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes.begun import enrolment_begun, number_begun, person_begun
from canbao.services.system.env import Env

CHUNK = 500
Outcome = Literal["new_person", "new_enrolment", "already_enrolled", "name_differs"]


@dataclass(frozen=True)
class Registration:
    """Who is to be registered, where and as what. `number` is already normalised and checked.

    `registered_by`: self, agency or department. `origin` goes into the events: the application, or the list.
    """

    name: str
    id_type: str
    number: str
    birth_date: date
    sex: str
    area_code: str
    person_class: str
    started_date: date
    unit_code: str | None = None
    registered_by: str | None = None
    origin: dict[str, int | str] = field(default_factory=dict)


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
    done = put_people(env, journal, chunk)
    journal.write()
    return done


def put_people(env: Env, journal: Journal, chunk: Sequence[Registration]) -> list[Registered]:
    """`register` within the caller's transaction, for as many as one chunk holds."""
    buckets = [env.sealer.bucket(row.id_type, row.number) for row in chunk]
    indexes = [env.sealer.blind_index(row.id_type, row.number) for row in chunk]
    fresh_ids = env.new_ids("person", buckets)
    claimed = _claim_numbers(env, journal, chunk, buckets, indexes, fresh_ids)
    _add_people(env, journal, [(i, row) for i, row in zip(fresh_ids, chunk, strict=True) if i in claimed])
    foreign = [n for n, id_ in enumerate(fresh_ids) if id_ not in claimed]
    holders = holders_of([buckets[n] for n in foreign], [indexes[n] for n in foreign])
    ids = [id_ if id_ in claimed else holders[indexes[n]].id for n, id_ in enumerate(fresh_ids)]
    known = {holder.id: holder for holder in holders.values()}
    enrolling = _enrol(env, journal, ids, chunk, known)
    return [
        Registered(id_, _outcome(fresh_ids[n] in claimed, n in enrolling, known.get(id_), chunk[n]))
        for n, id_ in enumerate(ids)
    ]


def _outcome(is_new: bool, is_enrolled: bool, known: Holder | None, row: Registration) -> Outcome:
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


def _add_people(env: Env, journal: Journal, rows: list[tuple[int, Registration]]) -> None:
    people = [
        Person(
            id=person_id,
            name=normal_name(row.name),
            id_type=row.id_type,
            number_sealed=env.sealer.seal_number(person_id, row.number),
            birth_date=row.birth_date,
            sex=row.sex,
            created_at=env.now,
        )
        for person_id, row in rows
    ]
    Person.objects.bulk_create(people)
    for person, (person_id, row) in zip(people, rows, strict=True):
        details = person_begun(person, area_code=row.area_code, **row.origin)
        journal.note("person", person_id, "PersonRegistered", details)


def _enrol(
    env: Env, journal: Journal, person_ids: list[int], chunk: Sequence[Registration], known: dict[int, Holder]
) -> set[int]:
    """Enrol whoever has no active enrolment; a known number under another name is left untouched.

    Returns the places in the chunk that brought an enrolment about.
    """
    active = {person_id for person_id, holder in known.items() if holder.enrolled}
    places: dict[int, int] = {}
    for n, (person_id, row) in enumerate(zip(person_ids, chunk, strict=True)):
        is_named_so = person_id not in known or known[person_id].name == normal_name(row.name)
        if is_named_so and person_id not in active:
            places.setdefault(person_id, n)
    started = _start(env, list(places), [chunk[n] for n in places.values()])
    enrolling = {n for person_id, n in places.items() if person_id in started}
    for n in sorted(enrolling):
        row, person_id = chunk[n], person_ids[n]
        columns = {
            "person_id": person_id, "area_code": row.area_code, "person_class": row.person_class,
            "unit_code": row.unit_code, "state": "active", "started_date": row.started_date,
        }  # fmt: skip
        journal.note(
            "enrolment", started[person_id], "EnrolmentStarted", enrolment_begun(columns, **row.origin)
        )
    return enrolling


def _start(env: Env, person_ids: Sequence[int], rows: Sequence[Registration]) -> dict[int, int]:
    """Put enrolments in: id by person. Whoever has become active meanwhile is left out (LZ-11)."""
    buckets = [bucket_of(person_id) for person_id in person_ids]
    many = len(person_ids)
    made = sets.insert(
        "enrolment",
        {
            "id": Column("int", env.new_ids("enrolment", buckets)),
            "bucket": Column("int", buckets),
            "person_id": Column("int", person_ids),
            "area_code": Column("text", [row.area_code for row in rows]),
            "insurance_type": Column("text", ["390"] * many),
            "person_class": Column("text", [row.person_class for row in rows]),
            "unit_code": Column("text", [row.unit_code for row in rows]),
            "registered_by": Column("text", [row.registered_by for row in rows]),
            "state": Column("text", ["active"] * many),
            "active_slot": Column("int", [1] * many),
            "started_date": Column("date", [row.started_date for row in rows]),
            "created_at": Column("instant", [env.now] * many),
        },
        "ON CONFLICT (bucket, person_id, insurance_type, active_slot) DO NOTHING RETURNING id, person_id",
    )
    return {row["person_id"]: row["id"] for row in made}
