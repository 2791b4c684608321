"""Areas by code, with their clock shift in the demo."""

from dataclasses import dataclass
from functools import cached_property

from canbao.basics.areas import lineage, pooling_area_of
from canbao.basics.refusals import NotFound
from canbao.records.models import Area


class ShiftForbidden(RuntimeError):
    """A production installation holds an area whose clock is shifted."""


@dataclass(frozen=True)
class Place:
    """One area as pages and services see it."""

    code: str
    name: str
    level: str
    shift_days: int


class AreaBook:
    """All areas, read once a process: a reference table of a few thousand rows."""

    def __init__(self, *, demo: bool) -> None:
        self._demo = demo

    @cached_property
    def _places(self) -> dict[str, Place]:
        places = {
            row.code: Place(row.code, row.name, row.level, row.demo_shift_days)
            for row in Area.objects.order_by("code")
        }
        if not self._demo and any(place.shift_days for place in places.values()):
            raise ShiftForbidden("an area's clock is shifted, which only the demo may do")
        return places

    def get(self, code: str) -> Place:
        """The area, or NotFound."""
        try:
            return self._places[code]
        except KeyError:
            raise NotFound from None

    def knows(self, code: str) -> bool:
        """Whether there is such an area."""
        return code in self._places

    def shift_days(self, code: str) -> int:
        """By how many days the area's demo clock runs apart from the real one."""
        place = self._places.get(code)
        return place.shift_days if place else 0

    def full_name(self, code: str) -> str:
        """`聊城市茌平区`: prefecture and county, as a resident says it."""
        names = [self._places[part].name for part in reversed(lineage(code)[:2]) if part in self._places]
        return "".join(dict.fromkeys(names)) if code != pooling_area_of(code) else names[-1]

    def counties(self) -> list[Place]:
        """All counties, by code."""
        return [place for place in self._places.values() if place.level == "county"]

    def counties_of(self, pooling_area_code: str) -> list[Place]:
        """The counties that one pooling area holds."""
        return [place for place in self.counties() if pooling_area_of(place.code) == pooling_area_code]
