"""合并: two records of one person become one, with nothing lost and a way back.

The numbers of the record given up lead to the one that is kept; its own rows stay where they are. Its paid years are
mirrored as cover of origin `merged`, so that the same year cannot be paid again; a year that both have paid goes to the
queue of duplicates. Parting the two again takes the mirrors away and gives the numbers back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from canbao.basics.documents import normal_name
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import ChangeRefused, NotFound, StepNotDue
from canbao.basics.states import COVERAGE
from canbao.records import sets
from canbao.records.models import (
    Coverage,
    Enrolment,
    Event,
    HouseholdMember,
    Identifier,
    IdentityMark,
    Person,
)
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.changes.told import Ground, told
from canbao.records.people.facts import marks_of
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.duplicate import MERGED, find_merged
from canbao.services.people.changes.suspend import Suspension, end, set_active
from canbao.services.people.changes.who import checked_ground, living
from canbao.services.people.mark import Marking, put_marks
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Merge:
    """`loser_id` is given up for `winner_id`; both must be records of one person, which staff have seen."""

    loser_id: int
    winner_id: int
    ground: Ground


def candidates(person_id: int) -> list[Person]:
    """Other records of the same name, birthday and sex. Raises NotFound."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound
    same = Person.objects.filter(birth_date=person.birth_date, name=person.name, sex=person.sex)
    return list(same.filter(merged_into_id=None).exclude(id=person_id).order_by("id"))


def merge(env: Env, one: Merge) -> list[int]:
    """Merge one record into another. Returns the years that both have paid, which are in the queue of duplicates now.

    Raises:
        NotFound, BadInput. ChangeRefused: died, merged, the same record, another birthday, or only the record given up is
        active. OrderUnfinished: an open order. StepNotDue: merged by somebody else at the same moment.
    """
    people = living([one.loser_id, one.winner_id])
    _refuse_unlike(people[one.loser_id], people[one.winner_id], one)
    env.serials.warm(
        dict.fromkeys(("event", "coverage", "identity_mark", "elsewhere_cover", "duplicate"), 60)
    )

    def work() -> tuple[set[bills.Asked], list[int]]:
        journal = env.journal()
        # Both rows in the order of their ids: two merges that cross wait for each other, and the second is refused.
        for id_ in sorted((one.loser_id, one.winner_id)):
            into = one.winner_id if id_ == one.loser_id else None
            if not Person.objects.filter(id=id_, merged_into_id=None).update(merged_into_id=into):
                raise StepNotDue(state="刚被合并过")
        withdrawn = bills.withdraw(journal, [one.loser_id, one.winner_id])
        moved: dict[str, Any] = {
            "identifiers": _repoint(journal, one.loser_id, one.winner_id, one.ground),
            "heads": _repoint_heads(one.loser_id, one.winner_id),
            "suspended": _suspend_loser(env, journal, one),
            "mirrored": _mirror_cover(env, journal, one),
            "marked": _mirror_marks(env, journal, one),
        }
        doubled = find_merged(env, journal, one.loser_id, one.winner_id)
        details = told({"merged_into_id": one.winner_id}, ground=one.ground, **moved)
        journal.note("person", one.loser_id, "PersonMerged", details)
        journal.note("person", one.winner_id, "PersonTookUp", told({}, ground=one.ground, other=one.loser_id))
        journal.write()
        return withdrawn, doubled

    withdrawn, doubled = in_one_transaction(work)
    covered = Coverage.objects.filter(person=one.winner_id, state="active").values_list(
        "cover_year", flat=True
    )
    still = {(person_id, year) for person_id, year in withdrawn if person_id == one.winner_id}
    bills.ask_anew(env, {(person_id, year) for person_id, year in still if year not in set(covered)})
    return doubled


def unmerge(env: Env, loser_id: int, ground: Ground) -> int:
    """Part two records again, as they were before. Returns the id of the record that was kept.

    What happened to the kept record meanwhile stays with it.

    Raises:
        NotFound, BadInput. ChangeRefused: the record is not merged, or the kept one has been merged on. OrderUnfinished.
    """
    checked_ground(ground)
    loser = Person.objects.filter(id=loser_id).first()
    if loser is None:
        raise NotFound
    if loser.merged_into_id is None:
        raise ChangeRefused(problem="这条记录没有合并过。")
    winner_id: int = loser.merged_into_id
    living([winner_id])
    said = Event.objects.filter(
        bucket=bucket_of(loser_id), subject="person", subject_id=loser_id, name="PersonMerged"
    )
    moved: dict[str, Any] = said.order_by("at", "id").last().details  # type: ignore[union-attr]
    env.serials.warm({"event": 60})

    def work() -> set[bills.Asked]:
        journal = env.journal()
        alone = Person.objects.filter(id=loser_id, merged_into_id=winner_id)
        if not alone.update(merged_into_id=None):
            raise StepNotDue(state="刚被分开过")
        withdrawn = bills.withdraw(journal, [winner_id])
        _repoint(journal, winner_id, loser_id, ground, only=moved["identifiers"])
        HouseholdMember.objects.filter(id__in=moved["heads"]).update(head_person_id=loser_id)
        set_active(journal, dict.fromkeys(moved["suspended"], ground))
        _cancel_mirrors(journal, moved["mirrored"])
        _void_marks(journal, moved["marked"])
        journal.note("person", loser_id, "PersonParted", told({"merged_into_id": None}, ground=ground))
        journal.note("person", winner_id, "PersonParted", told({}, ground=ground, other=loser_id))
        journal.write()
        return withdrawn

    bills.ask_anew(env, in_one_transaction(work))
    return winner_id


def _refuse_unlike(loser: Person, winner: Person, one: Merge) -> None:
    checked_ground(one.ground)
    if one.loser_id == one.winner_id:
        raise ChangeRefused(problem="两个编号是同一条记录。")
    if (loser.birth_date, loser.sex) != (winner.birth_date, winner.sex):
        raise ChangeRefused(problem="两条记录的出生日期或者性别不一样。先更正，再合并。")
    if normal_name(loser.name) != normal_name(winner.name):
        raise ChangeRefused(problem="两条记录的姓名不一样。先更正，再合并。")
    rows = Enrolment.objects.filter(person__in=[one.loser_id, one.winner_id], state="active")
    active = set(rows.values_list("person_id", flat=True))
    if active == {one.loser_id}:
        raise ChangeRefused(problem="在保的是另一条。请保留在保的那一条。")


def _repoint(
    journal: Journal, old: int, new: int, ground: Ground, only: Sequence[int] | None = None
) -> list[int]:
    """Let numbers lead to another person. Returns the ids of the identifiers."""
    rows = Identifier.objects.filter(person_id=old)
    found = list(rows.filter(id__in=only) if only is not None else rows)
    for row in found:
        Identifier.objects.filter(id=row.id, person_id=old).update(person_id=new)
        details = told({"person_id": new}, {"person_id": old}, ground)
        journal.note("identifier", row.id, "NumberRepointed", details)
    return [row.id for row in found]


def _repoint_heads(old: int, new: int) -> list[int]:
    """Whoever shares a 户 under the record given up shares it under the one that is kept."""
    rows = HouseholdMember.objects.filter(head_person_id=old).exclude(person=old)
    ids = list(rows.values_list("id", flat=True))
    HouseholdMember.objects.filter(id__in=ids).update(head_person_id=new)
    return ids


def _suspend_loser(env: Env, journal: Journal, one: Merge) -> list[int]:
    """Of two active enrolments the kept record's goes on."""
    rows = Enrolment.objects.filter(person=one.loser_id, state="active")
    by_enrolment = {
        row.id: Suspension(one.loser_id, env.local_date(row.area_code), MERGED, one.ground) for row in rows
    }
    end(journal, "suspended", by_enrolment)
    return list(by_enrolment)


def _mirror_cover(env: Env, journal: Journal, one: Merge) -> list[int]:
    """Put the loser's paid years beside the winner's own; a year that is there already is left to the duplicates."""
    rows = list(Coverage.objects.filter(person=one.loser_id, state="active").order_by("cover_year"))
    bucket = bucket_of(one.winner_id)
    made = sets.insert(
        "coverage",
        {
            "id": Column("int", env.new_ids("coverage", [bucket] * len(rows))),
            "bucket": Column("int", [bucket] * len(rows)),
            "person_id": Column("int", [one.winner_id] * len(rows)),
            "cover_year": Column("int", [row.cover_year for row in rows]),
            "area_code": Column("text", [row.area_code for row in rows]),
            "cover_from_date": Column("date", [row.cover_from_date for row in rows]),
            "cover_until_date": Column("date", [row.cover_until_date for row in rows]),
            "state": Column("text", ["active"] * len(rows)),
            "bill_id": Column("int", [row.bill_id for row in rows]),
            "origin": Column("text", [MERGED] * len(rows)),
        },
        "ON CONFLICT (bucket, person_id, cover_year) DO UPDATE SET previous_state = coverage.state, state = 'active', "
        "area_code = excluded.area_code, cover_from_date = excluded.cover_from_date, "
        "cover_until_date = excluded.cover_until_date, bill_id = excluded.bill_id, origin = excluded.origin "
        "WHERE coverage.state = 'cancelled' RETURNING id, previous_state",
    )
    for row in made:
        name = "CoverageRestored" if row["previous_state"] else "CoverageTookEffect"
        journal.note("coverage", row["id"], name, {"merged_from": one.loser_id})
    return [row["id"] for row in made]


def _cancel_mirrors(journal: Journal, ids: Sequence[int]) -> None:
    keys = {"bucket": Column("int", [bucket_of(id_) for id_ in ids]), "id": Column("int", list(ids))}
    mirrors = Column("text", [MERGED] * len(ids))
    claim(journal, Claim(COVERAGE, "cancelled", keys, equal={"origin": mirrors}))


def _mirror_marks(env: Env, journal: Journal, one: Merge) -> list[list[str]]:
    """The loser's memberships hold for the winner too. Returns those the winner had not: group and day."""
    marks = marks_of([one.loser_id, one.winner_id])
    had = {(mark.group, mark.acquired_date) for mark in marks.get(one.winner_id, [])}
    fresh = [m for m in marks.get(one.loser_id, []) if (m.group, m.acquired_date) not in had]
    put_marks(
        env,
        journal,
        [
            Marking(one.winner_id, m.group, m.acquired_date, MERGED, m.push_accepted_date, m.ended_date)
            for m in fresh
        ],
    )
    return [[str(one.winner_id), mark.group, mark.acquired_date.isoformat()] for mark in fresh]


def _void_marks(journal: Journal, marked: Sequence[Sequence[str]]) -> None:
    """A mirrored mark that ends on the day it began has never held."""
    for person_id, group, acquired in marked:
        rows = IdentityMark.objects.filter(
            person=int(person_id), group=group, acquired_date=acquired, source_department=MERGED
        )
        for row in rows:
            IdentityMark.objects.filter(id=row.id).update(ended_date=row.acquired_date)
            journal.note("identity_mark", row.id, "IdentityEnded")
