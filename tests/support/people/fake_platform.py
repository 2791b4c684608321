"""A national platform in this process: what it knows is set beforehand."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from canbao.channels.platform import Answer, Insured, NotAnswered, Query
from canbao.channels.platform.wire import instant_text


@dataclass
class FakePlatform:
    """`insured`, `died`: by name. `faults`: by name, why no answer comes. `feeds`: bytes by number."""

    insured: dict[str, list[Insured]] = field(default_factory=dict)
    died: dict[str, date] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    feeds: dict[int, bytes] = field(default_factory=dict)
    down: bool = False

    def ask(self, query: Query, at: datetime) -> Answer:
        self.asked.append(query.name)
        fault = "silent" if self.down else self.faults.get(query.name)
        if fault:
            raise NotAnswered(fault, "不答")  # type: ignore[arg-type]
        return Answer(tuple(self.insured.get(query.name, ())), self.died.get(query.name), at)

    def feed(self, after: int, at: datetime) -> bytes | None:
        if self.down:
            raise NotAnswered("silent")
        return self.feeds.get(min((number for number in self.feeds if number > after), default=0))


def joined(area: str = "140200", since: date = date(2019, 3, 1), until: date | None = None) -> Insured:
    """In the employee scheme."""
    return Insured("employee", area, since, until)


def moved(area: str, since: date = date(2019, 3, 1), until: date | None = None) -> Insured:
    """In another place's resident scheme."""
    return Insured("resident", area, since, until)


def feed_of(feed_no: int, at: datetime, *changes: tuple[str, str, Insured | date]) -> bytes:
    """A feed: number, name, and what changed (an insured period, or the day of a death)."""
    rows = [_row(place, at, *change) for place, change in enumerate(changes, start=1)]
    told = {"feed_no": feed_no, "feed_date": at.date().isoformat(), "row_cnt": len(rows), "data": rows}
    return json.dumps(told, ensure_ascii=False).encode()


def _row(place: int, at: datetime, number: str, name: str, what: Insured | date) -> dict[str, object]:
    row: dict[str, object] = {
        "row_no": place, "psn_cert_type": "01", "certno": number, "psn_name": name, "updt_time": instant_text(at),
    }  # fmt: skip
    if isinstance(what, date):
        return row | {"die_date": what.isoformat()}
    return row | {
        "insutype": "310" if what.scheme == "employee" else "390",
        "psn_insu_stas": "2" if what.until_date else "1",
        "insu_admdvs": what.area_code,
        "psn_insu_date": what.from_date.isoformat(),
        "paus_insu_date": what.until_date.isoformat() if what.until_date else "",
    }
