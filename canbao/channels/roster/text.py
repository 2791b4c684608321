"""A roster as CSV: UTF-8 with or without its mark, or GB 18030, decoded a piece at a time."""

import codecs
import csv
from collections.abc import Iterator
from typing import Any

from canbao.channels.roster.columns import RosterUnfit
from canbao.channels.roster.sheet import MOST_COLUMNS, MOST_ROWS

PIECE = 1 << 18
ENCODINGS = ("utf-8-sig", "gb18030")


def open_text(body: bytes) -> Iterator[tuple[int, list[Any], bool]]:
    """The rows of a CSV with their numbers as a spreadsheet shows them.

    Raises:
        RosterUnfit: neither encoding fits, the file ends within a character, or a row is no row.
    """
    encoding = next((name for name in ENCODINGS if _fits(body, name)), None)
    if encoding is None:
        raise RosterUnfit("not_text")
    return _rows(body, encoding)


def _rows(body: bytes, encoding: str) -> Iterator[tuple[int, list[Any], bool]]:
    lines = _lines(body, encoding)
    first = next(lines, "")
    comma = max(",\t;", key=first.count)
    reader = csv.reader(_with_first(first, lines), delimiter=comma)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MOST_COLUMNS:
                raise RosterUnfit("too_many_columns", number)
            if number > MOST_ROWS:
                raise RosterUnfit("too_many_rows", number)
            yield number, list(cells), False
    except csv.Error:
        raise RosterUnfit("broken_csv", number + 1) from None


def _with_first(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(body: bytes, encoding: str) -> Iterator[str]:
    """The lines, each with its end."""
    rest = ""
    for text in _decoded(body, encoding):
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            yield line + "\n"
    if rest:
        yield rest


def _fits(body: bytes, encoding: str) -> bool:
    """Whether the bytes are in this encoding.

    Raises:
        RosterUnfit: they are, but for half a character at the end.
    """
    try:
        for _ in _decoded(body, encoding):
            pass
    except UnicodeDecodeError as error:
        if error.reason in {"unexpected end of data", "incomplete multibyte sequence"}:
            raise RosterUnfit("cut_off") from None
        return False
    return True


def _decoded(body: bytes, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(body), PIECE):
        yield decoder.decode(body[start : start + PIECE], final=start + PIECE >= len(body))
