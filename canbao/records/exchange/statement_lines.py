"""A statement's lines on their way into the table: COPY where the database has it, sets where it has not."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from canbao.basics.genes import BUCKETS
from canbao.records import sets
from canbao.records.sets import Column

AT_ONCE = 10_000
COLUMNS = ("id", "bucket", "statement_id", "what", "number", "channel_no", "amount_fen", "status", "at")
# what, number, the channel's number, fen, status, instant
Line = tuple[str, str, str, int, str, datetime]


def bucket_of_number(number: str) -> int:
    """The bucket our own numbers carry: of an attempt (19 digits) or a refund (TF and 17); 0 for all others."""
    digits = number[2:] if number[:2] == "TF" else number
    if len(number) != 19 or not (digits.isascii() and digits.isdigit()):
        return 0
    return int(digits[2:6])


def load_lines(statement_id: int, lines: Iterable[Line], take: Callable[[int], list[int]]) -> None:
    """Put the lines of one statement in, in the caller's transaction; memory stays flat however many they are.

    `take` hands out so many serials.
    """
    put = _copy if sets.on_postgres() else _insert
    stream = iter(lines)
    while chunk := list(islice(stream, AT_ONCE)):
        buckets = [bucket_of_number(line[1]) for line in chunk]
        ids = [serial * BUCKETS + bucket for serial, bucket in zip(take(len(chunk)), buckets, strict=True)]
        put(statement_id, ids, buckets, chunk)


def _copy(statement_id: int, ids: list[int], buckets: list[int], chunk: list[Line]) -> None:
    written: dict[datetime, str] = {}
    rows: list[str] = []
    for id_, bucket, (what, number, channel_no, fen, status, at) in zip(ids, buckets, chunk, strict=True):
        when = written.get(at) or written.setdefault(at, at.isoformat())
        is_plain = number.isalnum() and channel_no.isalnum() and status.isalnum()
        names = (
            (number, channel_no, status)
            if is_plain
            else [_plain(text) for text in (number, channel_no, status)]
        )
        rows.append(
            f"{id_}\t{bucket}\t{statement_id}\t{what}\t{names[0]}\t{names[1]}\t{fen}\t{names[2]}\t{when}\n"
        )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY statement_line ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        copy.write("".join(rows))


def _plain(text: str) -> str:
    """A value as COPY wants it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _insert(statement_id: int, ids: list[int], buckets: list[int], chunk: list[Line]) -> None:
    what, number, channel_no, fen, status, at = zip(*chunk, strict=True)
    values: dict[str, tuple[sets.Kind, Any]] = {
        "id": ("int", ids), "bucket": ("int", buckets), "statement_id": ("int", [statement_id] * len(chunk)),
        "what": ("text", what), "number": ("text", number), "channel_no": ("text", channel_no),
        "amount_fen": ("int", fen), "status": ("text", status), "at": ("instant", at),
    }  # fmt: skip
    sets.insert("statement_line", {name: Column(kind, column) for name, (kind, column) in values.items()})
