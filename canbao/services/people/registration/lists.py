"""学校、村的登记名单: kept as it came, tried dry, applied in sets. The register itself remembers what was done.

A row that is registered already is nothing to do, so a list can be applied again after a kill, by two hands
at once, or a second time: nothing changes.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import BadInput, NotFound
from canbao.channels.roster import RosterRow, RosterTable, RosterUnfit, open_roster
from canbao.records.models import CollectionUnit, EnrolmentList
from canbao.services.people.register import Registration, register
from canbao.services.people.registration.list_judge import OUTCOMES, Class, Judged, judge
from canbao.services.people.roster.problems import refused
from canbao.services.system.env import Env

CHUNK = 2_000
LISTED = 200
NEEDED = ("name", "number")
Told = Callable[[int], None]


def _silent(_done: int) -> None:
    return


@dataclass(frozen=True)
class Source:
    """Whose list: the unit under which its people are registered, and the class of rows that name none.

    `registered_by`: agency, or department where a department sends it (LZ-05).
    """

    unit_code: str
    person_class: str | None = None
    registered_by: str = "agency"


@dataclass(frozen=True)
class Result:
    """What a list comes to. rows = ok + doubtful + bad, always; `listed`: rows to look at, by the file's numbers."""

    list_id: int
    rows: int
    ok: int
    doubtful: int
    bad: int
    outcomes: dict[str, int]
    listed: list[dict[str, object]] = field(default_factory=list)


def keep(env: Env, source: Source, pieces: Iterable[bytes]) -> EnrolmentList:
    """Keep a list byte for byte. The same file of the same unit is one list. Raises BadInput: no such unit."""
    unit = CollectionUnit.objects.filter(code=source.unit_code).first()
    if unit is None:
        raise BadInput(field="unit", problem=f"没有这个村、社区或学校：{source.unit_code}。")
    body = b"".join(pieces)
    digest = hashlib.sha256(body).hexdigest()
    kept, _ = EnrolmentList.objects.get_or_create(
        area_code=unit.area_code,
        unit_code=unit.code,
        sha256=digest,
        defaults={
            "body_sealed": env.sealer.seal_bytes(body, _place(digest)),
            "received_at": env.now,
            "received_by": env.actor,
        },
    )
    return kept


def run(env: Env, kept: EnrolmentList, source: Source, *, dry: bool, told: Told = _silent) -> Result:
    """Register whom the list names, or only say what that would do (`dry`), row by row.

    Raises:
        RosterRefused: the file cannot be read to its end; of what could be read nothing is lost, and it can be run again.
    """
    counts: Counter[str] = Counter()
    listed: list[dict[str, object]] = []
    for judged in _judged(env, kept, source):
        outcomes = _outcomes(judged) if dry else _apply(env, kept, source, judged)
        counts.update(outcomes)
        listed += [_told(row, name) for row, name in zip(judged, outcomes, strict=True) if not _is_ok(name)]
        del listed[LISTED:]
        told(len(judged))
    return _result(kept.id, counts, listed)


@dataclass(frozen=True)
class Corrections:
    """The rows to be put right: the header as it was written, then cells, row number, 错误说明."""

    header: tuple[str, ...]
    rows: list[tuple[tuple[str, ...], int, str]]


def corrections(env: Env, kept: EnrolmentList, source: Source) -> Corrections:
    """The rows that cannot be taken as the register stands now. Raises RosterRefused."""
    header = _open(env, kept).header
    rows = [
        (row.row.cells, row.row.row_no, OUTCOMES[row.outcome].words)
        for judged in _judged(env, kept, source)
        for row in judged
        if not _is_ok(row.outcome)
    ]
    return Corrections(header, rows)


def get_list(list_id: int) -> EnrolmentList:
    """A list that was kept. Raises NotFound."""
    found = EnrolmentList.objects.filter(id=list_id).first()
    if found is None:
        raise NotFound
    return found


def _judged(env: Env, kept: EnrolmentList, source: Source) -> Iterator[list[Judged]]:
    """The rows in chunks; a chunk is judged after the one before it was applied."""
    table = _open(env, kept)
    seen: dict[str, int] = {}
    given = Class(source.person_class, kept.area_code, source.registered_by)
    while chunk := _next(table):
        yield judge(env, given, chunk, seen)


def _next(table: RosterTable) -> list[RosterRow]:
    try:
        return list(islice(table.rows, CHUNK))
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None


def _open(env: Env, kept: EnrolmentList) -> RosterTable:
    body = env.sealer.open_bytes(bytes(kept.body_sealed), _place(kept.sha256))
    try:
        return open_roster(body, NEEDED)
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None


def _apply(env: Env, kept: EnrolmentList, source: Source, judged: Sequence[Judged]) -> list[str]:
    """Register those rows that can be; what the register says in the end is what they came to."""
    new = [(n, row) for n, row in enumerate(judged) if row.registers]
    registrations = [_registration(env, kept, source, row) for _, row in new]
    done = register(env, registrations)
    outcomes = _outcomes(judged)
    for (n, _), registered in zip(new, done, strict=True):
        outcomes[n] = registered.outcome
    return outcomes


def _registration(env: Env, kept: EnrolmentList, source: Source, row: Judged) -> Registration:
    number = row.number
    return Registration(
        name=row.row.name,
        id_type=RESIDENT_ID,
        number=number.number,
        birth_date=number.birth_date,
        sex=number.sex,
        area_code=kept.area_code,
        person_class=row.person_class,
        started_date=env.local_date(kept.area_code),
        unit_code=kept.unit_code,
        registered_by=source.registered_by,
        origin={"list": kept.id, "row": row.row.row_no},
    )


def _outcomes(judged: Sequence[Judged]) -> list[str]:
    return [row.outcome for row in judged]


def _is_ok(outcome: str) -> bool:
    return OUTCOMES[outcome].kind == "ok"


def _told(row: Judged, outcome: str) -> dict[str, object]:
    return {"row": row.row.row_no, "outcome": outcome, **asdict(OUTCOMES[outcome])}


def _result(list_id: int, counts: Counter[str], listed: list[dict[str, object]]) -> Result:
    of_kind: Counter[str] = Counter()
    for name, count in counts.items():
        of_kind[OUTCOMES[name].kind] += count
    by_name = {name: counts[name] for name in OUTCOMES if counts[name]}
    total = sum(counts.values())
    return Result(list_id, total, of_kind["ok"], of_kind["doubtful"], of_kind["bad"], by_name, listed)


def _place(digest: str) -> str:
    return f"enrolment_list:body:{digest}"
