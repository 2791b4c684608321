"""国库: hand in what a closed day took (上解), and take the treasury's word for what it has (入库, CZ-21, CZ-22)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Count

from canbao.basics import accounts
from canbao.basics.days import CHINA, local_date
from canbao.basics.refusals import StatementRefused
from canbao.channels.treasury import Posted, Remitted, TreasuryFileUnfit, read_postings, written
from canbao.records import sets
from canbao.records.exchange import treasury_lines
from canbao.records.models import TreasuryFile, TreasuryLine
from canbao.records.money import ledger
from canbao.records.money.ledger import Posting
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.day import BUCKET, get_close
from canbao.services.system.env import Env

CHUNK = 5_000
POSTED = "posted"
PROBLEMS = {
    "cut_off": "文件不完整，没有合计行。",
    "totals_differ": "合计和明细加起来不一样。",
    "more_after_the_totals": "合计行后面还有内容。",
    "no_header": "表头缺列，不是入库回执。",
    "row_of_wrong_width": "有一行列数不对。",
    "not_a_row": "有一行的金额、日期或者税票号不对。",
    "not_utf8": "有一行不是 UTF-8 文字。",
}


@dataclass(frozen=True)
class PostingResult:
    """What became of a file: lines by outcome, and the fen that are now posted.

    posted; repeated: known already, word for word; contradicts: known with another day or tax receipt;
    amount_differs; unknown: no receipt of ours.
    """

    file_id: int
    lines: dict[str, int]
    posted_fen: int


def remit(env: Env, channel: str, day: date) -> Iterator[str]:
    """The remittance file of a closed day, line by line; the same day again is the same file.

    Raises:
        NotFound: the day is not closed, so it is not proved to the fen.
    """
    closed = get_close(channel, day)
    handed_in = local_date(closed.closed_at)
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    rows = treasury_lines.paid_between(channel, start, start + timedelta(days=1))
    return written(
        Remitted(
            row["receipt_no"],
            row["area_code"],
            row["benefit_year"],
            row["amount_fen"],
            at.astimezone(CHINA) if (at := sets.as_instant(row["paid_at"])) else start,
            handed_in,
        )
        for row in rows
    )


def receive_postings(env: Env, pieces: Iterable[bytes]) -> PostingResult:
    """Keep a posting file as it came, and post its lines. The same file again changes nothing.

    Raises:
        StatementRefused: the file cannot be relied on; it stays, with its fault.
    """
    body = b"".join(pieces)
    kept, _ = TreasuryFile.objects.get_or_create(
        sha256=hashlib.sha256(body).hexdigest(),
        defaults={"body": body, "received_at": env.now, "received_by": env.actor},
    )
    if kept.line_count is None and kept.fault is None:
        _read(env, kept, body)
    if kept.fault:
        where = f"第{kept.fault_line}行。" if kept.fault_line else ""
        raise StatementRefused(problem=PROBLEMS[kept.fault] + where)
    return PostingResult(kept.id, _outcomes(kept.id), kept.posted_fen or 0)


def _read(env: Env, kept: TreasuryFile, body: bytes) -> None:
    def work() -> None:
        # Two hands on the same file: the first to claim it reads it, the other finds it read.
        if not TreasuryFile.objects.filter(id=kept.id, line_count=None).update(line_count=0):
            kept.refresh_from_db(fields=["line_count", "posted_fen", "fault", "fault_line"])
            return
        totals: dict[str, int] = defaultdict(int)
        kept.line_count = 0
        rows = read_postings(body.splitlines(keepends=True))
        while chunk := list(islice(rows, CHUNK)):
            kept.line_count += len(chunk)
            for channel, fen in _post(env, kept.id, chunk).items():
                totals[channel] += fen
        ledger.book(env.serials, [_arrived(env, kept.id, channel, fen) for channel, fen in totals.items()])
        kept.posted_fen = sum(totals.values())
        kept.save(update_fields=["line_count", "posted_fen"])

    try:
        in_one_transaction(work)
    except TreasuryFileUnfit as unfit:
        kept.line_count = kept.posted_fen = None
        kept.fault, kept.fault_line = unfit.reason, unfit.line or None
        kept.save(update_fields=["fault", "fault_line"])


def _post(env: Env, file_id: int, chunk: Sequence[Posted]) -> dict[str, int]:
    """Post a chunk; the fen that are new, by channel."""
    first = {row.receipt_no: row for row in reversed(chunk)}  # the same receipt twice: the first line counts
    rows = list(first.values())
    made = treasury_lines.post(
        [row.receipt_no for row in rows],
        [row.amount_fen for row in rows],
        [row.posted_date for row in rows],
        [row.tax_receipt_no for row in rows],
    )
    new = {first[row["receipt_no"]].line_no for row in made}
    known = treasury_lines.known([row.receipt_no for row in chunk if row.line_no not in new])
    outcomes = [POSTED if row.line_no in new else _why_not(row, known.get(row.receipt_no)) for row in chunk]
    _keep(env, file_id, chunk, outcomes)
    journal = env.journal()
    for row in made:
        journal.note("contribution_record", row["id"], "ContributionPosted", {"file": file_id})
    journal.write()
    totals: dict[str, int] = defaultdict(int)
    for row in made:
        totals[row["channel"]] += row["amount_fen"]
    return totals


def _why_not(row: Posted, known: Row | None) -> str:
    if known is None:
        return "unknown"
    if known["amount_fen"] != row.amount_fen:
        return "amount_differs"
    told = (sets.as_date(known["posted_date"]), known["tax_receipt_no"])
    return "repeated" if told == (row.posted_date, row.tax_receipt_no) else "contradicts"


def _keep(env: Env, file_id: int, chunk: Sequence[Posted], outcomes: Sequence[str]) -> None:
    """Every line of the file, with what became of it."""
    buckets = [treasury_lines.bucket_of_receipt(row.receipt_no) for row in chunk]
    sets.insert(
        "treasury_line",
        {
            "id": Column("int", env.new_ids("treasury_line", buckets)),
            "bucket": Column("int", buckets),
            "file_id": Column("int", [file_id] * len(chunk)),
            "line_no": Column("int", [row.line_no for row in chunk]),
            "receipt_no": Column("text", [row.receipt_no for row in chunk]),
            "amount_fen": Column("int", [row.amount_fen for row in chunk]),
            "posted_date": Column("date", [row.posted_date for row in chunk]),
            "tax_receipt_no": Column("text", [row.tax_receipt_no for row in chunk]),
            "outcome": Column("text", outcomes),
        },
    )


def _outcomes(file_id: int) -> dict[str, int]:
    rows = TreasuryLine.objects.filter(file_id=file_id).values_list("outcome").annotate(Count("id"))
    return dict(rows.order_by("outcome"))


def _arrived(env: Env, file_id: int, channel: str, fen: int) -> Posting:
    return Posting(
        bucket=BUCKET,
        key=f"{POSTED}:{file_id}:{channel}",
        debit=accounts.treasury_posted(channel),
        credit=accounts.treasury_in_transit(channel),
        amount_fen=fen,
        reason=POSTED,
        occurred_at=env.now,
        booked_at=env.now,
    )
