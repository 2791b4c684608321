"""What the first event of a person, a number and an enrolment tells, so that all later ones have something to fold onto."""

from collections.abc import Mapping
from typing import Any

from canbao.records.models import Enrolment, Person
from canbao.records.people.changes.told import Ground, told

_PERSON = ("name", "id_type", "number_sealed", "birth_date", "sex")
_ENROLMENT = ("person_id", "area_code", "person_class", "unit_code", "state", "started_date")


def person_begun(person: Person, **more: Any) -> dict[str, Any]:
    """The details of PersonRegistered."""
    return told({name: getattr(person, name) for name in _PERSON}, **more)


def number_begun(id_type: str, blind_index: str, person_id: int) -> dict[str, Any]:
    """The details of NumberClaimed, on the identifier itself."""
    return told({"id_type": id_type, "blind_index": blind_index, "person_id": person_id})


def enrolment_begun(
    row: Enrolment | Mapping[str, Any], ground: Ground | None = None, /, **more: Any
) -> dict[str, Any]:
    """The details of EnrolmentStarted."""
    columns = row if isinstance(row, Mapping) else {name: getattr(row, name) for name in _ENROLMENT}
    return told({name: columns[name] for name in _ENROLMENT}, None, ground, **more)
