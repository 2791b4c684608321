"""Finding people by their document numbers: two statements, for one number or for thousands."""

from collections.abc import Sequence
from typing import NamedTuple

from canbao.basics.documents import normal_name
from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.models import Identifier, Person
from canbao.records.sealed import Sealer
from canbao.records.sets import Column


class Holder(NamedTuple):
    """Whom a number leads to. `enrolled`: area by insurance type, of the enrolments that are active."""

    id: int
    name: str
    enrolled: dict[str, str]
    has_died: bool = False


def find_person(sealer: Sealer, id_type: str, number: str) -> Person | None:
    """Whoever holds this normalised number, now or formerly."""
    row = Identifier.objects.filter(
        bucket=sealer.bucket(id_type, number),
        id_type=id_type,
        blind_index=sealer.blind_index(id_type, number),
    ).first()
    return Person.objects.filter(id=row.person_id).first() if row else None


def find_named(sealer: Sealer, id_type: str, number: str, name: str) -> Person | None:
    """The person, if name and number both fit; a stranger learns no more than that."""
    person = find_person(sealer, id_type, number)
    return person if person and normal_name(person.name) == normal_name(name) else None


def holders_of(buckets: Sequence[int], indexes: Sequence[str]) -> dict[str, Holder]:
    """Who holds these numbers, given as the bucket and the blind index of each, by blind index."""
    if not indexes:
        return {}
    source, params = sets.relation({"b": Column("int", buckets), "x": Column("text", indexes)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    found = dict(
        sets.fetch_tuples(
            f"SELECT r.blind_index, r.person_id FROM {source} CROSS JOIN identifier r WHERE r.bucket = t.b "
            f"AND r.blind_index = t.x AND {routed}",
            [*params, *routed_params],
        )
    )
    people = _holders(list(dict.fromkeys(found.values())))
    return {index: people[id_] for index, id_ in found.items() if id_ in people}


def _holders(person_ids: Sequence[int]) -> dict[int, Holder]:
    if not person_ids:
        return {}
    buckets = [bucket_of(id_) for id_ in person_ids]
    source, params = sets.relation({"b": Column("int", buckets), "i": Column("int", person_ids)})
    routed, routed_params = sets.in_buckets(buckets, "p")
    rows = sets.fetch_tuples(
        f"SELECT p.id, p.name, p.died_date IS NOT NULL, e.insurance_type, e.area_code FROM {source} JOIN person p "
        "ON p.bucket = t.b AND p.id = t.i LEFT JOIN enrolment e "
        f"ON e.bucket = p.bucket AND e.person_id = p.id AND e.active_slot = 1 WHERE {routed}",
        [*params, *routed_params],
    )
    people: dict[int, Holder] = {}
    for id_, name, has_died, insurance_type, area_code in rows:
        holder = people.setdefault(id_, Holder(id_, name, {}, bool(has_died)))
        if insurance_type:
            holder.enrolled[insurance_type] = area_code
    return people


def records_of(person_id: int) -> list[int]:
    """The record and those merged into it: what somebody has paid or was stands under any of them."""
    merged = Person.objects.filter(merged_into_id=person_id).order_by("id").values_list("id", flat=True)
    return [person_id, *merged]
