"""Put areas and collection units into their reference tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canbao.basics.areas import level_of
from canbao.records.models import Area, CollectionUnit


@dataclass(frozen=True)
class Unit:
    """A village or school under which people are registered."""

    code: str
    name: str
    kind: str
    area_code: str


def put_areas(names: Mapping[str, str], shift_days: Mapping[str, int] | None = None) -> int:
    """Insert or rename areas. Returns how many areas there are.

    `shift_days` is for the demo alone; None: publishing leaves the days as they stand.
    """
    days = shift_days or {}
    rows = [
        Area(code=code, name=name, level=level_of(code), demo_shift_days=days.get(code, 0))
        for code, name in names.items()
    ]
    Area.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", *([] if shift_days is None else ["demo_shift_days"])],
    )
    return len(rows)


def put_units(units: Sequence[Unit]) -> None:
    """Insert or rename units."""
    rows = [CollectionUnit(code=u.code, name=u.name, kind=u.kind, area_code=u.area_code) for u in units]
    CollectionUnit.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "area_code"]
    )
