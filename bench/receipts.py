"""P7: receipts as PDF, one by one, 500 a call, and a village of 2,000 from the database into files; beside typst alone on
the same template with its data made beforehand.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.kit.crowd import Crowd
from bench.kit.table import Row, faster
from bench.settle import fact_of
from canbao.faces.papers.receipt import _compiler, _sheet, receipt_pdf
from canbao.records.models import Enrolment
from canbao.services.money.receipt import AT_ONCE, Receipt, receipts_of_unit
from canbao.services.money.settle import Arrival, settle
from tests.support.world import CHIPING_YEAR, IN_SEASON, make_world

PAGES = 500
VILLAGE = 2_000
UNIT = "371503001"
ROUNDS = 3
NAMES = ("张小满", "郭䶮", "欧阳文静", "李明", "阿依古丽·买买提")


def measure(scale: float) -> list[Row]:
    """A receipt a call, many a call, a whole village. No paper is made twice: typst remembers what it has set."""
    many = max(int(PAGES * scale), 20)
    few = max(many // 10, 10)
    fresh = count()

    def some(how_many: int) -> list[Receipt]:
        return [_receipt(next(fresh)) for _ in range(how_many)]

    def sheets(how_many: int) -> list[dict[str, object]]:
        return [_sheet(one) for one in some(how_many)]

    single = _rate(lambda: some(few), lambda one: [receipt_pdf([each]) for each in one])
    single_typst = _rate(lambda: sheets(few), lambda one: [_typst([each]) for each in one])
    batch, batch_typst = _rate(lambda: some(many), receipt_pdf), _rate(lambda: sheets(many), _typst)
    return [
        faster("P7 receipts, one a call", single, "typst alone", single_typst, 0.8),
        faster(f"P7 receipts, {many} a call", batch, "typst alone", batch_typst, 0.8),
        _village(int(VILLAGE * scale), batch_typst),
    ]


def _village(people: int, typst_alone: float) -> Row:
    """Everybody of a village, as `canbao receipt print` does it: read, typeset, written, some hundreds a file."""
    crowd = Crowd(make_world(IN_SEASON))
    numbers = crowd.start_orders(people)
    for start in range(0, people, AT_ONCE):
        settle(crowd.world.env, [Arrival(fact_of(number)) for number in numbers[start : start + AT_ONCE]])
    Enrolment.objects.update(unit_code=UNIT)
    best = 0.0
    with TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            env = replace(crowd.world.env, base_url=f"https://canbao{turn}.example")  # no paper is made twice
            began = time.perf_counter()
            pages = 0
            for nth, part in enumerate(receipts_of_unit(env, UNIT, CHIPING_YEAR)):
                (Path(folder) / f"{nth}.pdf").write_bytes(receipt_pdf(part))
                pages += len(part)
            best = max(best, pages / (time.perf_counter() - began))
    return faster(f"P7 a village of {people:,}", best, "typst alone, many a call", typst_alone, 0.6)


def _typst(sheets: list[dict[str, object]]) -> object:
    data = json.dumps({"demo": False, "receipts": sheets})
    return _compiler().compile(format="pdf", sys_inputs={"data": data}, pdf_standards="a-2b")


def _rate(make: Callable[[], list[Any]], work: Callable[[Any], object]) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        papers = make()
        began = time.perf_counter()
        work(papers)
        best = max(best, len(papers) / (time.perf_counter() - began))
    return best


def _receipt(n: int) -> Receipt:
    number = f"PJ2612340{n:010d}"
    return replace(
        _PATTERN,
        receipt_no=number,
        name=NAMES[n % len(NAMES)],
        verify_url=f"https://canbao.example/v/{number}/ABCDEF0123/",
    )


_PATTERN = Receipt(
    receipt_no="", code="ABCDEF0123", origin="paid", name="", number="1404**********9078", area_code="140403",
    area_name="长治市潞州区", class_label="成年居民", benefit_year=2025, amount_fen=40_000,
    cover_from_date=date(2025, 1, 1), cover_last_date=date(2025, 12, 31), channel="wechat",
    channel_txn_no="4200002616123400000001", order_no="26123400000001238",
    paid_at=datetime(2024, 10, 16, 2, 0, tzinfo=UTC), pack_hash="0" * 64, verify_url="",
)  # fmt: skip
