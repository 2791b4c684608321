"""Who waited for a figure, and whose figure came: with the unit that can be told, and what became of the message."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from canbao.records import sets
from canbao.records.models import Bill, Message

CHUNK = 2_000
_UNIT = (
    "LEFT JOIN enrolment e ON e.bucket = b.bucket AND e.person_id = b.person_id AND e.insurance_type = '390' "
    "AND e.active_slot = 1 LEFT JOIN collection_unit u ON u.code = e.unit_code"
)


class Released(NamedTuple):
    """One person whose deferral ended. `amount_fen` is what is asked; `unit` the school or village, empty without one."""

    person_id: int
    bill_id: int
    area_code: str
    state: str
    amount_fen: int
    is_held: bool
    name: str
    number_sealed: bytes
    unit: str
    unit_code: str


def deferred_ids(area_prefix: str, benefit_year: int, group: str) -> Iterator[list[int]]:
    """People whose current bill waits for the figure of a group, rising, a chunk at a time."""
    waiting = Bill.objects.filter(
        state="deferred",
        current_slot=1,
        benefit_year=benefit_year,
        group=group,
        area_code__startswith=area_prefix,
    )
    last = 0
    while chunk := list(
        waiting.filter(person__gt=last).order_by("person").values_list("person", flat=True)[:CHUNK]
    ):
        yield chunk
        last = chunk[-1]


def released(area_prefix: str, benefit_year: int, group: str) -> Iterator[list[Released]]:
    """People who once waited for the figure of a group and now have one, by id, a chunk at a time."""
    last = 0
    while chunk := _released(area_prefix, benefit_year, group, last):
        yield chunk
        last = chunk[-1].person_id


def _released(area_prefix: str, benefit_year: int, group: str, after: int) -> list[Released]:
    rows = sets.fetch_tuples(
        "SELECT b.person_id, b.id, b.area_code, b.state, b.amount_fen, b.hold_code IS NOT NULL, p.name, "
        f"p.number_sealed, coalesce(u.name, ''), coalesce(u.code, '') FROM bill b JOIN person p ON p.bucket = b.bucket AND p.id = b.person_id {_UNIT} "
        "WHERE b.current_slot = 1 AND b.state IN ('payable', 'zero', 'settled') AND b.benefit_year = %s "
        "AND b.area_code LIKE %s AND b.person_id > %s AND EXISTS (SELECT 1 FROM bill s WHERE s.bucket = b.bucket "
        "AND s.person_id = b.person_id AND s.benefit_year = b.benefit_year AND s.state = 'superseded' "
        "AND s.previous_state = 'deferred' AND s.\"group\" = %s) ORDER BY b.person_id LIMIT %s",
        [benefit_year, f"{area_prefix}%", after, group, CHUNK],
    )
    return [Released._make((*row[:5], bool(row[5]), row[6], bytes(row[7]), *row[8:])) for row in rows]


def words_of(people: Sequence[int], benefit_year: int) -> dict[int, list[tuple[str, str]]]:
    """What became of the messages about a release: state and reason of each, by person."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Message.objects.filter(person__in=list(people), benefit_year=benefit_year, kind="released")
    for person_id, state, reason in rows.order_by("id").values_list("person_id", "state", "reason"):
        found.setdefault(person_id, []).append((state, reason or ""))
    return found
