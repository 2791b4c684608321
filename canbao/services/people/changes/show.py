"""一个人的登记: who somebody is, under which numbers, where and when enrolled and covered, and everything that happened."""

from dataclasses import dataclass
from datetime import date, datetime

from canbao.basics.days import ONE_DAY
from canbao.basics.documents import mask_number
from canbao.records.models import (
    ChangeRequest,
    Coverage,
    Duplicate,
    Enrolment,
    Event,
    Identifier,
    Person,
)
from canbao.records.people.find import records_of
from canbao.services.people.changes.merge import candidates
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Happening:
    """One event of a person's life on the register."""

    at: datetime
    name: str
    actor: str
    why: str
    evidence: str


@dataclass(frozen=True)
class Life:
    """What staff see of a person. Numbers are masked; `former_numbers` lead to the same record."""

    person: Person
    number: str
    former_numbers: tuple[str, ...]
    enrolments: tuple[Enrolment, ...]
    covers: tuple[tuple[int, str, date | None, date | None, str], ...]
    happenings: tuple[Happening, ...]
    merged_ids: tuple[int, ...]
    alike: tuple[int, ...]
    requests: tuple[ChangeRequest, ...]
    duplicates: tuple[Duplicate, ...]


def show(env: Env, person: Person) -> Life:
    """Everything a clerk asks about one record."""
    ids = records_of(person.id)
    enrolments = tuple(Enrolment.objects.filter(person__in=ids).order_by("started_date", "id"))
    covers = Coverage.objects.filter(person=person.id, state="active").order_by("cover_year")
    return Life(
        person=person,
        number=mask_number(env.sealer.open_number(person.id, person.number_sealed)),
        former_numbers=tuple(_former(env, person.id)),
        enrolments=enrolments,
        covers=tuple(
            (
                row.cover_year,
                row.area_code,
                row.cover_from_date,
                row.cover_until_date - ONE_DAY if row.cover_until_date else None,
                row.origin,
            )
            for row in covers
        ),
        happenings=tuple(_happenings([*ids, *(row.id for row in enrolments), *_numbers(ids)])),
        merged_ids=tuple(ids[1:]),
        alike=tuple(other.id for other in candidates(person.id)) if not person.merged_into_id else (),
        requests=tuple(ChangeRequest.objects.filter(person__in=ids).order_by("asked_at", "id")),
        duplicates=tuple(Duplicate.objects.filter(person__in=ids).order_by("found_at", "id")),
    )


def _numbers(person_ids: list[int]) -> list[int]:
    return list(Identifier.objects.filter(person_id__in=person_ids).values_list("id", flat=True))


def _former(env: Env, person_id: int) -> list[str]:
    """Numbers that stood here once, from what their corrections told."""
    rows = Event.objects.filter(bucket=person_id % 10_000, subject_id=person_id, name="PersonCorrected")
    told = [row.details.get("was", {}).get("number_sealed") for row in rows.order_by("at", "id")]
    return [
        mask_number(env.sealer.open_number(person_id, bytes.fromhex(sealed))) for sealed in told if sealed
    ]


def _happenings(subject_ids: list[int]) -> list[Happening]:
    buckets = {id_ % 10_000 for id_ in subject_ids}
    rows = Event.objects.filter(
        bucket__in=buckets, subject_id__in=subject_ids, subject__in=("person", "enrolment", "identifier")
    )
    return [
        Happening(
            row.at, row.name, row.actor, row.details.get("why") or "", row.details.get("evidence") or ""
        )
        for row in rows.order_by("at", "id")
    ]
