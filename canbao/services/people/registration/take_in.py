"""接收已有的登记: a whole register from an earlier system: people, where they are enrolled, the years they have paid.

The paid years become cover and contribution records, each with its event, and no ledger rows: no money of ours moved.
Whatever is known already is nothing to do, so a file can be taken in again after a kill, or a second time.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import FigureUnknown, NotFound, RosterRefused
from canbao.channels.roster import RosterRow, RosterTable, RosterUnfit, open_roster
from canbao.channels.roster.columns import day_of
from canbao.records.people.facts import covered_years
from canbao.records.people.find import holders_of
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.register import Registration, register
from canbao.services.people.registration.list_judge import OUTCOMES, Class, Judged, judge
from canbao.services.people.registration.lists import Corrections
from canbao.services.people.roster.judged import Outcome
from canbao.services.people.roster.problems import refused
from canbao.services.system.env import Env

CHUNK = 2_000
LISTED = 200
NEEDED = ("name", "number")
PLACE, SINCE, YEARS = "参保地", "参保日期", "已缴年度"
FIRST_YEAR = 2000
OUTCOMES_HERE: dict[str, Outcome] = OUTCOMES | {
    "area_unknown": Outcome("bad", "参保地不是我们认识的六位区划代码。"),
    "no_pack": Outcome("bad", "参保地还没有政策，不能登记人员类别。"),
    "since_unread": Outcome("bad", "参保日期看不懂，请写成 2020-01-01 这样。"),
    "years_unread": Outcome("bad", "已缴年度看不懂，请写成 2020、2021 这样。"),
}
_YEAR = re.compile(r"(\d{4})年?")


@dataclass(frozen=True)
class TakenIn:
    """What a file comes to. rows = ok + doubtful + bad, always; `years`: paid years that are new, or would be.

    `listed`: the first rows to look at. `wrong`: all of them, to be put right and sent again.
    """

    rows: int
    ok: int
    doubtful: int
    bad: int
    years: int
    outcomes: dict[str, int]
    listed: list[dict[str, object]] = field(default_factory=list)
    wrong: Corrections = field(default_factory=lambda: Corrections((), []), repr=False)


@dataclass(frozen=True)
class _Line:
    """One row with what stands beside name, number and class; `fault`: why the rest cannot be used."""

    row: RosterRow
    area_code: str
    since: date | None
    years: tuple[int, ...]
    fault: str | None


def take_in(
    env: Env,
    pieces: Iterable[bytes],
    source: str,
    *,
    dry: bool,
    told: Callable[[int], None] = lambda _: None,
) -> TakenIn:
    """Take a register in, or only say what that would do (`dry`), row by row. `source` names the earlier system.

    Raises:
        RosterRefused: the file cannot be read to its end; what was read before stays, and it can be taken in again.
    """
    counts: Counter[str] = Counter()
    listed: list[dict[str, object]] = []
    wrong: list[tuple[tuple[str, ...], int, str]] = []
    years, seen = 0, dict[str, int]()
    table = _open(b"".join(pieces))
    for lines in _lines(env, table):
        judged = _judged(env, lines, seen)
        apply = _would_apply if dry else _apply
        outcomes, new_years = apply(env, source, lines, judged)
        years += new_years
        counts.update(outcomes)
        bad = [(line, name) for line, name in zip(lines, outcomes, strict=True) if _kind(name) != "ok"]
        listed += [_told(line, name) for line, name in bad[: LISTED - len(listed)]]
        wrong += [(line.row.cells, line.row.row_no, OUTCOMES_HERE[name].words) for line, name in bad]
        told(len(lines))
    kinds: Counter[str] = Counter()
    for name, count in counts.items():
        kinds[_kind(name)] += count
    by_name = {name: counts[name] for name in OUTCOMES_HERE if counts[name]}
    return TakenIn(
        sum(counts.values()), kinds["ok"], kinds["doubtful"], kinds["bad"], years, by_name, listed,
        Corrections(table.header, wrong),
    )  # fmt: skip


def _open(body: bytes) -> RosterTable:
    try:
        return open_roster(body, NEEDED)
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None


def _lines(env: Env, table: RosterTable) -> Iterator[list[_Line]]:
    places = _places(table)
    try:
        while rows := list(islice(table.rows, CHUNK)):
            yield [_line(env, row, places) for row in rows]
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None


def _places(table: RosterTable) -> dict[str, int]:
    bare = ["".join(text.split()).rstrip("*＊:：") for text in table.header]
    if PLACE not in bare:
        raise RosterRefused(problem=f"没有“{PLACE}”这一列。")
    return {name: bare.index(name) for name in (PLACE, SINCE, YEARS) if name in bare}


def _line(env: Env, row: RosterRow, places: dict[str, int]) -> _Line:
    def cell(name: str) -> str:
        place = places.get(name, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    area_code, since = cell(PLACE), day_of(cell(SINCE))
    years = tuple(int(year) for year in _YEAR.findall(cell(YEARS)))
    fault = None
    if not env.areas.knows(area_code):
        fault = "area_unknown"
    elif cell(SINCE) and since is None:
        fault = "since_unread"
    elif cell(YEARS) and not _are_years(env, cell(YEARS), years):
        fault = "years_unread"
    return _Line(row, area_code, since, tuple(sorted(set(years))), fault)


def _are_years(env: Env, text: str, years: Sequence[int]) -> bool:
    rest = re.sub(r"[\s、，,;；/]+", "", _YEAR.sub("", text))
    return not rest and bool(years) and all(FIRST_YEAR <= year <= env.now.year + 1 for year in years)


def _judged(env: Env, lines: Sequence[_Line], seen: dict[str, int]) -> list[Judged]:
    """Each row against the register, place by place, in the file's order."""
    by_area: dict[str, list[int]] = defaultdict(list)
    judged = [Judged(line.row, line.row.fault or line.fault or "") for line in lines]
    for n, line in enumerate(lines):
        if not judged[n].outcome:
            by_area[line.area_code].append(n)
    for area_code, places in by_area.items():
        rows = [lines[n].row for n in places]
        try:
            found = judge(env, Class(None, area_code, "agency"), rows, seen)
        except (FigureUnknown, NotFound):
            found = [Judged(row, "no_pack") for row in rows]
        for n, row in zip(places, found, strict=True):
            judged[n] = row
    return judged


def _apply(env: Env, source: str, lines: Sequence[_Line], judged: Sequence[Judged]) -> tuple[list[str], int]:
    """Register whoever can be, and take over the years of everybody who is on the register here."""
    mine = [n for n, row in enumerate(judged) if _kind(row.outcome) == "ok"]
    done = register(env, [_registration(env, source, lines[n], judged[n]) for n in mine])
    outcomes = [row.outcome for row in judged]
    years: list[PastYear] = []
    for n, registered in zip(mine, done, strict=True):
        outcomes[n] = registered.outcome
        if _kind(registered.outcome) == "ok":
            years += [
                PastYear(registered.person_id, year, lines[n].area_code, judged[n].person_class, None)
                for year in lines[n].years
            ]
    return outcomes, take_over(env, years, source) if years else 0


def _would_apply(
    env: Env, _source: str, lines: Sequence[_Line], judged: Sequence[Judged]
) -> tuple[list[str], int]:
    """What `_apply` would come to: nobody registered, and the years that nobody has cover for yet."""
    mine = [n for n, row in enumerate(judged) if _kind(row.outcome) == "ok" and lines[n].years]
    numbers = [judged[n].number.number for n in mine]
    indexes = [env.sealer.blind_index(RESIDENT_ID, number) for number in numbers]
    holders = holders_of([env.sealer.bucket(RESIDENT_ID, number) for number in numbers], indexes)
    covered = covered_years([holder.id for holder in holders.values()])
    years = 0
    for n, index in zip(mine, indexes, strict=True):
        known = covered.get(holders[index].id, ()) if index in holders else ()
        years += sum(year not in known for year in lines[n].years)
    return [row.outcome for row in judged], years


def _registration(env: Env, source: str, line: _Line, row: Judged) -> Registration:
    return Registration(
        name=row.row.name,
        id_type=RESIDENT_ID,
        number=row.number.number,
        birth_date=row.number.birth_date,
        sex=row.number.sex,
        area_code=line.area_code,
        person_class=row.person_class,
        started_date=line.since or env.local_date(line.area_code),
        registered_by="agency",
        origin={"taken_in_from": source, "row": row.row.row_no},
    )


def _kind(outcome: str) -> str:
    return OUTCOMES_HERE[outcome].kind


def _told(line: _Line, outcome: str) -> dict[str, object]:
    return {"row": line.row.row_no, "outcome": outcome, **asdict(OUTCOMES_HERE[outcome])}
