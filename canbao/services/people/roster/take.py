"""名册: a department's roster is kept, tried dry, and applied: marks, and whoever got one assessed anew (CZ-08, SX-07).

Nothing is booked. A roster can be applied again after a kill, or by two hands at once: each row is decided once.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from canbao.basics.documents import RESIDENT_ID, BadNumber, normal_number, parse_resident_id
from canbao.basics.refusals import BadInput, NotFound
from canbao.channels.roster import RosterRow, RosterTable, RosterUnfit, open_roster
from canbao.records.exchange import roster_lines
from canbao.records.exchange.roster_lines import NewLine
from canbao.records.models import Roster
from canbao.records.moves import Journal
from canbao.records.transactions import in_one_transaction
from canbao.services.money.assess import assess
from canbao.services.people.mark import put_marks
from canbao.services.people.roster.enrol import put_registrations
from canbao.services.people.roster.file import FileRows, body_of, place_of
from canbao.services.people.roster.judge import judge
from canbao.services.people.roster.judged import OUTCOMES, Judged
from canbao.services.people.roster.problems import refused
from canbao.services.system.env import Env

CHUNK = 2_000
LISTED = 200
# What may look different another day: a person registers, a name is put right, a pack learns a word.
OPEN = [name for name, outcome in OUTCOMES.items() if outcome.kind == "doubtful" or name == "group_unknown"]
WRONG = [name for name, outcome in OUTCOMES.items() if outcome.kind != "ok"]
# How many rows are done; a face shows them as progress.
Told = Callable[[int], None]
Note = Callable[[Journal, set[int]], None]


def _silent(_done: int) -> None:
    return


@dataclass(frozen=True)
class Source:
    """Which department's roster, for which area and benefit year."""

    department: str
    area_code: str
    benefit_year: int


@dataclass(frozen=True)
class Result:
    """What a roster comes to. rows = ok + doubtful + bad, always; `outcomes` counts each kind of row.

    `listed`: the first rows that somebody must look at, by the file's own numbers.
    """

    roster_id: int
    rows: int
    ok: int
    doubtful: int
    bad: int
    outcomes: dict[str, int]
    listed: list[dict[str, object]] = field(default_factory=list)


def upload(env: Env, source: Source, pieces: Iterable[bytes]) -> Roster:
    """Keep a file as it came, then read it. The same file again changes nothing.

    Raises:
        BadInput: no such area, or no pack for the year. RosterRefused: the file cannot be used; it stays, with its fault.
    """
    if not env.areas.knows(source.area_code):
        raise BadInput(field="area_code", problem=f"没有这个地区编码：{source.area_code}。")
    if source.benefit_year not in env.packs.years(source.area_code, env.now):
        raise BadInput(field="benefit_year", problem=f"{source.benefit_year}年度还没有当地的政策。")
    body = b"".join(pieces)
    kept, _ = _keep(env, source, body)
    if kept.state == "kept":
        _read(env, kept, body)
    if kept.fault:
        raise refused(kept.fault, kept.fault_row)
    return kept


def dry_run(env: Env, roster_id: int, told: Told = _silent) -> Result:
    """What applying would do now, row by row; nothing is written. Raises NotFound."""
    roster = get_roster(roster_id)
    counts: Counter[str] = Counter()
    listed: list[dict[str, object]] = []
    for judged in _judged(env, roster, again=None):
        counts.update(row.outcome for row in judged)
        listed += [_told(row.line.row_no, row.outcome) for row in judged if _wants_a_look(row.outcome)]
        del listed[LISTED:]
        told(len(judged))
    return _result(roster, counts, listed)


def apply(env: Env, roster_id: int, told: Told = _silent) -> Result:
    """Mark whom the roster names, end what it ends, and assess anew whoever was touched. Raises NotFound.

    Run again, it goes on where it was stopped, and looks at the queue of the doubtful once more.
    """
    roster = get_roster(roster_id)
    before = roster_lines.count_outcomes(roster.id)
    told(sum(count for name, count in before.items() if name not in OPEN))
    for judged in _judged(env, roster, again=OPEN):
        apply_rows(env, roster, judged)
        told(len(judged))
    return finish(env, roster)


def finish(env: Env, roster: Roster) -> Result:
    """Assess anew whoever waits for it, and count what the rows have come to."""
    _assess_touched(env, roster)
    counts = roster_lines.count_outcomes(roster.id)
    looked = [name for name in OUTCOMES if _wants_a_look(name)]
    rows = roster_lines.outcomes_by_row(roster.id, looked)
    listed = [_told(row_no, outcome) for (row_no, outcome), _ in zip(rows, range(LISTED), strict=False)]
    result = _result(roster, Counter(counts), listed)
    _keep_counts(env, roster, result)
    return result


def get_roster(roster_id: int) -> Roster:
    """A roster that was read. Raises NotFound, and RosterRefused for one that could not be."""
    roster = Roster.objects.filter(id=roster_id).defer("body_sealed").first()
    if roster is None or roster.state == "kept":
        raise NotFound
    if roster.fault:
        raise refused(roster.fault)
    return roster


@dataclass(frozen=True)
class Corrections:
    """The rows to be put right: the header as the department wrote it, then cells, row number, 错误说明."""

    header: tuple[str, ...]
    rows: Iterator[tuple[tuple[str, ...], int, str]]


def corrections(env: Env, roster_id: int, only: str | None = None) -> Corrections:
    """The doubtful and the bad rows of a roster, or those of one outcome; as applied, or else as a dry run sees them.

    Raises:
        NotFound, RosterRefused: as `get_roster`.
    """
    names = [only] if only else WRONG
    roster = get_roster(roster_id)
    wrong: dict[int, str] = {}
    if roster.state == "applied":
        wrong.update(roster_lines.outcomes_by_row(roster.id, names))
    else:
        for judged in _judged(env, roster, again=None):
            wrong.update((row.line.row_no, row.outcome) for row in judged if row.outcome in names)
    table = open_roster(body_of(env, roster))
    rows = (
        (row.cells, row.row_no, OUTCOMES[wrong[row.row_no]].words)
        for row in table.rows
        if row.row_no in wrong
    )
    return Corrections(table.header, rows)


def _keep(env: Env, source: Source, body: bytes) -> tuple[Roster, bool]:
    digest = hashlib.sha256(body).hexdigest()
    return Roster.objects.get_or_create(
        area_code=source.area_code,
        source_department=source.department,
        benefit_year=source.benefit_year,
        sha256=digest,
        defaults={
            "body_sealed": env.sealer.seal_bytes(body, place_of(digest)),
            "received_at": env.now,
            "received_by": env.actor,
        },
    )


def _read(env: Env, kept: Roster, body: bytes) -> None:
    def work() -> None:
        # Two hands on the same file: the first to claim it reads it, the other finds it read.
        if not Roster.objects.filter(id=kept.id, row_count=None, fault=None).update(row_count=0):
            kept.refresh_from_db(fields=["row_count", "fault", "fault_row"])
            return
        table = open_roster(body)
        count = roster_lines.load_lines(
            kept.id, _lines(env, kept, table), lambda how_many: env.serials.take("roster_line", how_many)
        )
        kept.row_count = count
        kept.save(update_fields=["row_count"])

    try:
        in_one_transaction(work)
    except RosterUnfit as unfit:
        kept.row_count, kept.fault, kept.fault_row = None, unfit.reason, unfit.row or None
        kept.save(update_fields=["row_count", "fault", "fault_row"])


def _lines(env: Env, kept: Roster, table: RosterTable) -> Iterator[NewLine]:
    today = env.local_date(kept.area_code)
    for row in table.rows:
        fault = row.fault
        number = normal_number(row.number)
        if fault is None:
            try:
                parse_resident_id(number, today)
            except BadNumber as bad:
                fault = f"number_{bad.reason}"
        yield _line(env, row, number if fault is None else None, fault)


def _line(env: Env, row: RosterRow, number: str | None, fault: str | None) -> NewLine:
    """A row whose number can be read lies in the number's bucket."""
    bucket = env.sealer.bucket(RESIDENT_ID, number) if number else 0
    index = env.sealer.blind_index(RESIDENT_ID, number) if number else None
    return NewLine(bucket, row.row_no, row.name, index, row.group, row.begin, row.end, row.birth, fault)


def _judged(env: Env, roster: Roster, again: list[str] | None) -> Iterator[list[Judged]]:
    """All rows in chunks; or only those not decided yet, and those that had come to `again`."""
    after = 0
    file = FileRows(env, roster)
    while lines := roster_lines.lines_after(roster.id, after, CHUNK, again):
        yield judge(env, roster, lines, file)
        after = lines[-1].row_no


def apply_rows(env: Env, roster: Roster, judged: Sequence[Judged], note: Note | None = None) -> set[int]:
    """Registrations, marks and what became of the rows: all of one chunk, or nothing. Returns the lines decided.

    `note` writes more events into the same transaction; whatever it raises undoes all.
    """
    new = sum(row.registration is not None for row in judged)
    env.serials.warm(dict.fromkeys(("person", "identifier", "enrolment"), 3 * new))
    env.serials.warm({"identity_mark": len(judged), "event": 2 * len(judged) + 3 * new})

    def work() -> set[int]:
        journal = env.journal()
        done = put_registrations(env, journal, roster, judged)
        put_marks(env, journal, [row.marking for row in done if row.marking])
        decided = roster_lines.decide_lines(
            [(row.line.id, row.outcome, row.person_id, row.changes) for row in done]
        )
        if note:
            note(journal, decided)
        journal.write()
        return decided

    return in_one_transaction(work)


def _assess_touched(env: Env, roster: Roster) -> None:
    """Whoever a mark was put on is assessed anew; a kill between the two leaves them waiting for the next run."""
    after = 0
    while waiting := roster_lines.to_assess(roster.id, after, CHUNK):
        assess(env, list(dict.fromkeys(person_id for _, _, person_id in waiting)), roster.benefit_year)
        roster_lines.assessed([line_id for _, line_id, _ in waiting])
        after = waiting[-1][0]


def _keep_counts(env: Env, roster: Roster, result: Result) -> None:
    Roster.objects.filter(id=roster.id).update(
        ok_count=result.ok,
        doubtful_count=result.doubtful,
        bad_count=result.bad,
        applied_at=roster.applied_at or env.now,
    )


def _result(roster: Roster, counts: Counter[str], listed: list[dict[str, object]]) -> Result:
    of_kind: Counter[str] = Counter()
    for name, count in counts.items():
        of_kind[OUTCOMES[name].kind] += count
    by_name = {name: counts[name] for name in OUTCOMES if counts[name]}
    return Result(
        roster.id, roster.row_count or 0, of_kind["ok"], of_kind["doubtful"], of_kind["bad"], by_name, listed
    )


def _wants_a_look(outcome: str) -> bool:
    return outcome == "normal_before" or OUTCOMES[outcome].kind != "ok"


def _told(row_no: int, outcome: str) -> dict[str, object]:
    return {"row": row_no} | {"outcome": outcome, **asdict(OUTCOMES[outcome])}
