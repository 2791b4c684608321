"""Finding a person by a document number, in two statements and one bucket each."""

from canbao.basics.documents import normal_name
from canbao.records.models import Identifier, Person
from canbao.records.sealed import Sealer


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


def records_of(person_id: int) -> list[int]:
    """The record and those merged into it: what somebody has paid or was stands under any of them."""
    merged = Person.objects.filter(merged_into_id=person_id).order_by("id").values_list("id", flat=True)
    return [person_id, *merged]
