"""QR codes by the thousand: made by segno, and put together from what segno made before.

A code of one length, one version, one mask is linear in the bits of its text: data, check words, places and mask are
all sums over them. So a code is that of a plain text, with for each character the difference that this character
alone makes in its place. A village's codes differ in some places by some characters: those segno makes, once.
"""

import re
from functools import lru_cache

import segno

# Every reader takes any of the eight masks; trying all of them was most of the time of a village's receipts.
MASK = 3
PLAIN = "x"
_RUN = re.compile("1+")


def qr_svg(text: str) -> str:
    """The code of an ASCII text, as a picture without a margin. Raises UnicodeEncodeError: other letters."""
    side, cells = _code(PLAIN * len(text))
    for place, letter in enumerate(text):
        cells ^= _difference(len(text), place, letter)
    rows = format(cells, f"0{side * side}b")
    path = "".join(
        f"M{run.start()} {y}.5h{run.end() - run.start()}"
        for y in range(side)
        for run in _RUN.finditer(rows[y * side : (y + 1) * side])
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path stroke="#000" d="{path}"/></svg>'


@lru_cache(maxsize=8_192)
def _difference(length: int, place: int, letter: str) -> int:
    """The cells that turn when this character alone takes its place."""
    text = PLAIN * place + letter + PLAIN * (length - place - 1)
    return _code(text)[1] ^ _code(PLAIN * length)[1]


@lru_cache(maxsize=64)
def _code(text: str) -> tuple[int, int]:
    """Side and cells, row by row, of one code as segno makes it."""
    made = segno.make(text.encode("ascii"), error="m", mask=MASK, mode="byte", boost_error=False, micro=False)
    rows = [bytes(row) for row in made.matrix]
    return len(rows), int("".join("1" if cell else "0" for row in rows for cell in row), 2)
