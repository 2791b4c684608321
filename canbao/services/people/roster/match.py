"""对人: rows whose number leads to nobody, or to another name, are shown with whom they may mean; a person decides.

By name and birthday alone nobody is marked: two people may share both, and a mark changes what they pay.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.documents import RESIDENT_ID, mask_number, normal_name, normal_number
from canbao.basics.refusals import BadInput, StepNotDue
from canbao.channels.roster import open_roster
from canbao.records.exchange.roster_lines import LineRow, holders
from canbao.records.models import Person, Roster, RosterLine
from canbao.records.moves import Journal
from canbao.services.people.roster.file import body_of
from canbao.services.people.roster.judge import as_new, candidates, judge_as
from canbao.services.people.roster.judged import Judged
from canbao.services.people.roster.take import Result, apply_rows, finish, get_roster
from canbao.services.system.env import Env

TO_DECIDE = ("candidates", "name_differs")


@dataclass(frozen=True)
class Candidate:
    """Somebody a row may mean: number masked, and how it differs from the one in the file."""

    person_id: int
    name: str
    number: str
    area: str
    difference: str


@dataclass(frozen=True)
class Doubtful:
    """A row that a person must decide."""

    row: int
    outcome: str
    name: str
    number: str
    candidates: list[Candidate]


def doubtful(env: Env, roster_id: int, how_many: int = 50, after: int = 0) -> list[Doubtful]:
    """The next rows of an applied roster that wait for a decision, in the file's order. Raises NotFound, RosterRefused."""
    roster = get_roster(roster_id)
    lines = _waiting(roster, after)[:how_many]
    typed = _typed_numbers(env, roster, {line.row_no for line in lines})
    return [
        Doubtful(
            line.row_no,
            outcome,
            line.name,
            mask_number(normal_number(typed.get(line.row_no, ""))),
            [_candidate(env, person, area, typed.get(line.row_no, "")) for person, area in people],
        )
        for line, outcome, people in _with_people(roster, lines)
    ]


def decide(env: Env, roster_id: int, row_no: int, person_id: int | None) -> Result:
    """Say whom a row means, None: nobody in the register. The mark is put, and the person assessed anew.

    Whom a department registers, it registers then (LZ-05).

    Raises:
        NotFound: no such roster. StepNotDue: the row waits for no decision (any more). BadInput: not one of its candidates.
    """
    roster = get_roster(roster_id)
    found = _with_people(roster, _waiting(roster, row_no - 1, row_no))
    if not found:
        raise StepNotDue(state="这一行不用核对")
    line, _, people = found[0]
    if person_id is not None and person_id not in {person.id for person, _ in people}:
        raise BadInput(field="person", problem="这个人不在这一行的候选里。")
    judged = as_new(env, roster, line) if person_id is None else judge_as(env, roster, line, person_id)
    _write(env, roster, judged, person_id)
    return finish(env, roster)


def _write(env: Env, roster: Roster, judged: Judged, person_id: int | None) -> None:
    def note(journal: Journal, decided: set[int]) -> None:
        if not decided:
            raise StepNotDue(state="别人已经核对过")
        journal.note("roster_line", judged.line.id, "RosterRowDecided", {"person": person_id})

    apply_rows(env, roster, [judged], note)


def _waiting(roster: Roster, after: int, until: int | None = None) -> list[LineRow]:
    rows = RosterLine.objects.filter(roster_id=roster.id, outcome__in=TO_DECIDE, row_no__gt=after)
    if until is not None:
        rows = rows.filter(row_no__lte=until)
    return [LineRow._make(row) for row in rows.order_by("row_no").values_list(*LineRow._fields)[:1000]]


def _with_people(
    roster: Roster, lines: Sequence[LineRow]
) -> list[tuple[LineRow, str, list[tuple[Person, str]]]]:
    """Each row with its outcome and the people it may mean: the namesakes, and whoever holds its number."""
    alike: dict[tuple[str, object], list[int]] = {}
    area_of: dict[int, str] = {}
    for one in candidates(roster, lines):
        alike.setdefault((one.name, one.birth_date), []).append(one.person_id)
        area_of[one.person_id] = one.area_code or ""
    held = holders(RESIDENT_ID, [line for line in lines if not line.fault])
    area_of |= {holder.person_id: holder.area_code or "" for holder in held.values()}
    people = {person.id: person for person in Person.objects.filter(id__in=list(area_of))}
    outcomes = dict(
        RosterLine.objects.filter(id__in=[line.id for line in lines]).values_list("id", "outcome")
    )
    result = []
    for line in lines:
        ids = list(alike.get((normal_name(line.name), line.birth_date), []))
        holder = held.get(line.blind_index or "")
        ids += [holder.person_id] if holder and holder.person_id not in ids else []
        result.append((line, outcomes[line.id] or "", [(people[id_], area_of[id_]) for id_ in ids]))
    return result


def _typed_numbers(env: Env, roster: Roster, row_nos: set[int]) -> dict[int, str]:
    """The numbers as the file has them: it is kept, the rows only know their hash."""
    if not row_nos:
        return {}
    found: dict[int, str] = {}
    for row in open_roster(body_of(env, roster)).rows:
        if row.row_no in row_nos:
            found[row.row_no] = row.number
            if len(found) == len(row_nos):
                break
    return found


def _candidate(env: Env, person: Person, area_code: str, typed: str) -> Candidate:
    number = env.sealer.open_number(person.id, person.number_sealed)
    area = env.areas.full_name(area_code) if area_code else "没有参保"
    return Candidate(
        person.id, person.name, mask_number(number), area, difference(normal_number(typed), number)
    )


def difference(typed: str, held: str) -> str:
    """How a typed number differs from one in the register, without showing either."""
    if typed == held:
        return "号码相同"
    if len(typed) != len(held):
        same = next(
            (n for n, (a, b) in enumerate(zip(typed, held, strict=False)) if a != b),
            min(len(typed), len(held)),
        )
        return f"名单上{len(typed)}位，前{same}位相同"
    places = [str(n) for n, (a, b) in enumerate(zip(typed, held, strict=True), 1) if a != b]
    return f"第{'、'.join(places)}位不同" if len(places) < 6 else f"有{len(places)}位不同"
