"""名单: the list of a village or a school is kept as it came, and its rows lead to people; or everybody of the unit.

The same file of the same unit and year is one collection, whoever brings it and however often.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from canbao.basics.documents import RESIDENT_ID, BadNumber, id_type_of, normal_name, parse_resident_id
from canbao.basics.money import fen_from_yuan
from canbao.basics.refusals import BadInput, NotFound
from canbao.channels.roster import RosterRow, RosterTable, RosterUnfit, open_roster
from canbao.records.models import Collection, CollectionUnit, Enrolment, Person
from canbao.records.people.find import Holder, holders_of
from canbao.services.people.guide import season_pack
from canbao.services.people.roster.problems import refused
from canbao.services.system.env import Env

NEEDED = ("name", "number")
WHOLE_UNIT = "unit"  # stands where a list has its digest


@dataclass(frozen=True)
class Named:
    """One row and whom it means. `fault`: why it means nobody. `share_fen`: what its collective adds, if the row says so."""

    row_no: int
    cells: tuple[str, ...] = ()
    person_id: int | None = None
    number: tuple[int, str] = (0, "")  # the bucket and the blind index, never the number
    fault: str = ""
    share_fen: int | None = None


def keep(env: Env, unit_code: str, pieces: Iterable[bytes] | None = None) -> Collection:
    """Keep a list byte for byte, or, without one, the word that everybody of the unit is meant.

    Raises:
        BadInput: no such unit. FigureUnknown: no pack for its area. RosterRefused: not a list that can be read.
    """
    unit = CollectionUnit.objects.filter(code=unit_code).first()
    if unit is None:
        raise BadInput(field="unit", problem=f"没有这个村、社区或学校：{unit_code}。")
    body = b"".join(pieces) if pieces is not None else None
    if body is not None:
        _table(body)
    digest = hashlib.sha256(body).hexdigest() if body is not None else WHOLE_UNIT
    kept, _ = Collection.objects.get_or_create(
        unit_code=unit.code,
        benefit_year=season_pack(env, unit.area_code).benefit_year,
        sha256=digest,
        defaults={
            "area_code": unit.area_code,
            "body_sealed": None if body is None else env.sealer.seal_bytes(body, _place(digest)),
            "received_at": env.now,
            "received_by": env.actor,
        },
    )
    return kept


def get_collection(collection_id: int) -> Collection:
    """A collection. Raises NotFound."""
    found = Collection.objects.filter(id=collection_id).first()
    if found is None:
        raise NotFound
    return found


def header_of(env: Env, kept: Collection) -> tuple[str, ...]:
    """The columns of its list as they stand there; of a whole unit, none."""
    return _table(_body(env, kept)).header if kept.body_sealed else ()


def rows_of(env: Env, kept: Collection) -> list[Named]:
    """Its rows in the file's order and under the file's numbers; a whole unit's people in the order of registration.

    Raises:
        RosterRefused: the file cannot be read to its end.
    """
    if not kept.body_sealed:
        return _unit_rows(env, kept)
    try:
        rows = list(_table(_body(env, kept)).rows)
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None
    return _identified(env, kept, rows)


def _identified(env: Env, kept: Collection, rows: list[RosterRow]) -> list[Named]:
    on = env.local_date(kept.area_code)
    numbers: dict[int, str] = {}
    faults: dict[int, str] = {}
    for row in rows:
        try:
            if row.fault or id_type_of(row.number) != RESIDENT_ID:
                faults[row.row_no] = row.fault or "certificate"
            else:
                numbers[row.row_no] = parse_resident_id(row.number, on).number
        except BadNumber as bad:
            faults[row.row_no] = f"number_{bad.reason}"
    keys = {
        no: (env.sealer.bucket(RESIDENT_ID, number), env.sealer.blind_index(RESIDENT_ID, number))
        for no, number in numbers.items()
    }
    holders = holders_of([bucket for bucket, _ in keys.values()], [index for _, index in keys.values()])
    seen: dict[str, int] = {}
    return [_named(row, faults.get(row.row_no, ""), keys.get(row.row_no), holders, seen) for row in rows]


def _named(
    row: RosterRow,
    fault: str,
    key: tuple[int, str] | None,
    holders: dict[str, Holder],
    seen: dict[str, int],
) -> Named:
    share, unreadable = _share(row.share)
    if fault or unreadable or key is None:
        return Named(row.row_no, row.cells, fault=fault or "share_unreadable")
    holder = holders.get(key[1])
    if seen.setdefault(key[1], row.row_no) != row.row_no:
        fault = "twice"
    elif holder is None:
        fault = "number_unknown"
    elif normal_name(holder.name) != normal_name(row.name):
        fault = "name_differs"
    elif holder.has_died:
        fault = "died"
    person_id = holder.id if holder and not fault else None
    return Named(row.row_no, row.cells, person_id, key, fault, share)


def _share(text: str) -> tuple[int | None, bool]:
    """What a row says a collective adds, in fen; and whether it cannot be read."""
    if not text:
        return None, False
    try:
        return fen_from_yuan(text.replace(",", "").removesuffix("元")), False
    except ValueError:
        return None, True


def _unit_rows(env: Env, kept: Collection) -> list[Named]:
    enrolled = Enrolment.objects.filter(
        unit_code=kept.unit_code, area_code=kept.area_code, active_slot=1, insurance_type="390"
    )
    ids = list(enrolled.order_by("id").values_list("person_id", flat=True))
    sealed = dict(Person.objects.filter(id__in=ids).values_list("id", "number_sealed"))
    return [
        Named(place, person_id=id_, number=_key(env, env.sealer.open_number(id_, sealed[id_])))
        for place, id_ in enumerate(ids, start=1)
    ]


def _key(env: Env, number: str) -> tuple[int, str]:
    kind = id_type_of(number)
    return env.sealer.bucket(kind, number), env.sealer.blind_index(kind, number)


def _table(body: bytes) -> RosterTable:
    """The list, its first row read: what is no list is refused before it is kept."""
    try:
        table = open_roster(body, NEEDED)
        first = next(table.rows, None)
    except RosterUnfit as unfit:
        raise refused(unfit.reason, unfit.row) from None
    rows: Iterator[RosterRow] = chain([first], table.rows) if first else iter(())
    return RosterTable(table.header, rows)


def _body(env: Env, kept: Collection) -> bytes:
    return env.sealer.open_bytes(bytes(kept.body_sealed or b""), _place(kept.sha256))


def _place(digest: str) -> str:
    return f"collective_collection:body:{digest}"
