"""Bills as an assessment makes them: what many people share is written once and joined in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of, gene_id
from canbao.records import sets
from canbao.records.models import Bill, OrderLine
from canbao.records.moves import SerialSource
from canbao.records.sets import Column


@dataclass(frozen=True)
class BillContent:
    """What a bill says. Two bills of one content ask the same of two people, for the same reasons."""

    area_code: str
    collection_year: int
    benefit_year: int
    kind: str
    person_class: str
    group: str | None
    state: str
    amount_fen: int | None
    hold_code: str | None = field(compare=False)  # a figure that is held is the same figure
    shares: Mapping[str, int]
    cover_from_date: date | None
    cover_until_date: date | None
    pack_hash: str
    reasons: Sequence[Mapping[str, Any]] = field(compare=False)


_KINDS: dict[str, sets.Kind] = {
    "collection_year": "int", "benefit_year": "int", "amount_fen": "int", "shares": "json", "reasons": "json",
    "cover_from_date": "date", "cover_until_date": "date",
}  # fmt: skip
_CONTENT = tuple(BillContent.__dataclass_fields__)


class BillRow(NamedTuple):
    """One person's bill. `is_ordered`: an open order holds its price."""

    id: int
    bucket: int
    person_id: int
    content: BillContent
    is_ordered: bool = False
    push_accepted_date: date | None = None

    @property
    def state(self) -> str:
        """payable, zero, deferred, settled or superseded."""
        return self.content.state

    @property
    def amount_fen(self) -> int | None:
        """What is asked; None where the figure is awaited."""
        return self.content.amount_fen

    @property
    def hold_code(self) -> str | None:
        """Why a payable bill cannot be ordered yet."""
        return self.content.hold_code

    @property
    def is_fixed(self) -> bool:
        """A price once promised holds until its order ends; a settled bill is past."""
        return self.is_ordered or self.state == "settled"


class BillToPay(NamedTuple):
    """What an order needs to know of a bill. `is_covered`: cover of its year stands already, paid in some other way.

    `has_collective`: a collective bears a part of it (CZ-18).
    """

    id: int
    bucket: int
    person_id: int
    area_code: str
    benefit_year: int
    kind: str
    state: str
    amount_fen: int | None
    hold_code: str | None
    is_covered: bool
    has_collective: bool

    @property
    def is_paid(self) -> bool:
        """Nothing is to be paid any more, be it that this bill was or that cover stands without it."""
        return self.state == "settled" or self.is_covered


# Two bills of one person-year cannot both be current; cover taken over from elsewhere may still stand in the way.
COVERED_ALREADY = (
    "EXISTS (SELECT 1 FROM coverage c WHERE c.bucket = r.bucket AND c.person_id = r.person_id "
    "AND c.cover_year = r.benefit_year AND c.state = 'active')"
)
_HAS_COLLECTIVE = "(r.shares ->> 'collective') IS NOT NULL"
_ASKED = ("is_covered", "has_collective")  # asked of other places than the bill's own columns
_TO_PAY = ", ".join(f"r.{name}" for name in BillToPay._fields if name not in _ASKED)


def bills_to_pay(bill_ids: Sequence[int]) -> dict[int, BillToPay]:
    """The bills that are there, by id."""
    buckets = [bucket_of(id_) for id_ in bill_ids]
    source, params = sets.relation({"b": Column("int", buckets), "id": Column("int", bill_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch_tuples(
        f"SELECT {_TO_PAY}, {COVERED_ALREADY}, {_HAS_COLLECTIVE} FROM {source} JOIN bill r ON r.bucket = t.b AND r.id = t.id WHERE {routed}",
        [*params, *routed_params],
    )
    return {row[0]: BillToPay(*row) for row in rows}


def current_bills(person_ids: Sequence[int], benefit_year: int | None) -> dict[int, BillRow]:
    """The current bill of each person for a year, by person."""
    if not person_ids or benefit_year is None:
        return {}
    bills = list(Bill.objects.filter(person__in=person_ids, benefit_year=benefit_year, current_slot=1))
    open_lines = OrderLine.objects.filter(bill__in=[bill.id for bill in bills], open_slot=1)
    ordered = set(open_lines.values_list("bill_id", flat=True))
    return {bill.person_id: _row(bill, is_ordered=bill.id in ordered) for bill in bills}


def _row(bill: Bill, *, is_ordered: bool) -> BillRow:
    content = BillContent(**{name: getattr(bill, name) for name in _CONTENT})
    return BillRow(bill.id, bill.bucket, bill.person_id, content, is_ordered, bill.push_accepted_date)


def change_holds(bills: Sequence[BillRow]) -> None:
    """Write down what now holds these bills back, or that nothing does any more."""
    if not bills:
        return
    source, params = sets.relation(
        {
            "b": Column("int", [bill.bucket for bill in bills]),
            "i": Column("int", [bill.id for bill in bills]),
            "h": Column("text", [bill.hold_code for bill in bills]),
        }
    )
    routed, routed_params = sets.in_buckets([bill.bucket for bill in bills], "r")
    sets.fetch(
        f"UPDATE bill AS r SET hold_code = t.h FROM {source} WHERE r.bucket = t.b AND r.id = t.i "
        f"AND r.state = 'payable' AND {routed}",
        [*params, *routed_params],
    )


def insert_bills(
    serials: SerialSource, asked: Sequence[tuple[int, BillContent]], assessed_at: datetime
) -> dict[int, BillRow]:
    """Insert a current bill for each (person, content); where one is current already nothing is inserted.

    Contents that are the same object are sent once. Returns the bills that were made, by person.
    """
    if not asked:
        return {}
    buckets = [bucket_of(person_id) for person_id, _ in asked]
    ids = [gene_id(n, b) for n, b in zip(serials.take("bill", len(asked)), buckets, strict=True)]
    contents = {id(content): content for _, content in asked}
    places = {key: place for place, key in enumerate(contents)}
    rows = {
        "id": Column("int", ids),
        "bucket": Column("int", buckets),
        "person_id": Column("int", [person_id for person_id, _ in asked]),
        "place": Column("int", [places[id(content)] for _, content in asked]),
    }
    made = _insert(rows, list(contents.values()), assessed_at)
    return {
        person_id: BillRow(id_, bucket, person_id, content)
        for id_, bucket, (person_id, content) in zip(ids, buckets, asked, strict=True)
        if id_ in made
    }


def _insert(
    rows: Mapping[str, Column], contents: Sequence[BillContent], assessed_at: datetime
) -> set[object]:
    written = [asdict(content) for content in contents]
    shared = {
        name: Column(_KINDS.get(name, "text"), [content[name] for content in written]) for name in _CONTENT
    }
    people, people_params = sets.relation(rows)
    kinds, kinds_params = sets.relation({"place": Column("int", list(range(len(contents)))), **shared}, "k")
    once, once_params = sets.relation({"at": Column("instant", [assessed_at])}, "a")
    names = ", ".join(f'"{name}"' for name in ("id", "bucket", "person_id", *_CONTENT))
    picked = ", ".join(sets.picked(name, column, "k") for name, column in shared.items())
    sql = (
        f"INSERT INTO bill ({names}, current_slot, assessed_at) "
        f"SELECT t.id, t.bucket, t.person_id, {picked}, 1, a.at FROM {people} "
        f"JOIN {kinds} ON k.place = t.place CROSS JOIN {once} WHERE TRUE "
        "ON CONFLICT (bucket, person_id, benefit_year, current_slot) DO NOTHING RETURNING id"
    )
    return {row[0] for row in sets.fetch_tuples(sql, [*people_params, *kinds_params, *once_params])}
