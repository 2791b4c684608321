"""主管部门登记 (LZ-05): where the notice leaves it to a department to register its people, its roster does so.

Whoever is on no register is put on it, at the place and in the class that the row names: the place that granted the
benefit sends the roster, and the school may lie elsewhere. Whoever is enrolled already is the department's from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from canbao.basics.days import full_years
from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.channels.roster import RosterRow
from canbao.policy.format.vocabulary import PERSON_CLASSES, class_named
from canbao.records.models import CollectionUnit, Roster
from canbao.records.moves import Journal
from canbao.records.people.changes.columns import Rewrite, rewrite
from canbao.records.people.changes.told import Ground
from canbao.services.people.mark import Marking
from canbao.services.people.register import Registered, Registration, put_people
from canbao.services.people.roster.file import FileRows
from canbao.services.people.roster.judged import Judged
from canbao.services.system.env import Env

DEPARTMENT = "department"
# Rows of a department's group that lead to nobody enrolled: these it registers.
NOBODY_ENROLLED = ("number_unknown", "not_enrolled")


@dataclass(frozen=True)
class _Place:
    area_code: str
    unit_code: str | None = None


def with_registrations(env: Env, roster: Roster, judged: Sequence[Judged], file: FileRows) -> list[Judged]:
    """The rows, those that the department is to register with all that this takes, or with what the row lacks."""
    asked = [row for row in judged if row.is_departments and row.outcome in NOBODY_ENROLLED]
    if not asked:
        return list(judged)
    rows = file.at(row.line.row_no for row in asked)
    places = _places(env, roster, list(rows.values()))
    return [
        _registering(env, roster, row, rows[row.line.row_no], places)
        if row.is_departments and row.outcome in NOBODY_ENROLLED
        else row
        for row in judged
    ]


def _registering(
    env: Env, roster: Roster, judged: Judged, row: RosterRow, places: Mapping[str, _Place]
) -> Judged:
    place = places.get(row.place)
    if place is None:
        return replace(judged, outcome="place_missing")
    on = env.local_date(place.area_code)
    number = parse_resident_id(row.number, on)
    person_class = class_named(row.person_class)
    if person_class is None:
        return replace(judged, outcome="class_missing")
    if not PERSON_CLASSES[person_class].fits(full_years(number.birth_date, on)):
        return replace(judged, outcome="class_age")
    registration = Registration(
        name=row.name,
        id_type=RESIDENT_ID,
        number=number.number,
        birth_date=number.birth_date,
        sex=number.sex,
        area_code=place.area_code,
        person_class=person_class,
        started_date=on,
        unit_code=place.unit_code,
        registered_by=DEPARTMENT,
        origin={"roster": roster.id, "row": row.row_no},
    )
    return replace(judged, outcome="registered", registration=registration)


def _places(env: Env, roster: Roster, rows: Sequence[RosterRow]) -> dict[str, _Place]:
    """What the rows' words for a place mean: a county, a school or village; no word is the roster's own county."""
    words = {row.place for row in rows}
    units = CollectionUnit.objects.filter(code__in=words).values_list("code", "area_code")
    found = {code: _Place(area, code) for code, area in units}
    for word in words - set(found):
        area = word or roster.area_code
        if env.areas.knows(area) and env.areas.get(area).level == "county":
            found[word] = _Place(area)
    return {word: place for word, place in found.items() if _has_policy(env, place, roster.benefit_year)}


def _has_policy(env: Env, place: _Place, benefit_year: int) -> bool:
    return benefit_year in env.packs.years(place.area_code, env.now)


def put_registrations(env: Env, journal: Journal, roster: Roster, judged: Sequence[Judged]) -> list[Judged]:
    """Register whom the rows register and hand over whom they hand over, in the caller's transaction.

    Returns the rows as they came out, each with its person and the mark that is now to be put.
    """
    new = [row for row in judged if row.registration]
    done = iter(
        put_people(env, journal, [row.registration for row in new if row.registration]) if new else []
    )
    rewrite(
        journal, "registered_by", [_handover(roster, row) for row in judged if row.enrolment_to_hand_over]
    )
    return [_after(roster, row, next(done)) if row.registration else row for row in judged]


def _after(roster: Roster, row: Judged, done: Registered) -> Judged:
    if done.outcome == "name_differs" or row.group is None or row.line.begin_date is None:
        return Judged(row.line, "name_differs")
    marking = Marking(
        done.person_id,
        row.group,
        row.line.begin_date,
        roster.source_department,
        ended_date=row.line.end_date,
    )
    return replace(row, person_id=done.person_id, marking=marking)


def _handover(roster: Roster, row: Judged) -> Rewrite:
    id_, before = row.enrolment_to_hand_over or (0, None)
    return Rewrite(id_, before, DEPARTMENT, Ground("roster", f"{roster.id}:{row.line.row_no}"))
