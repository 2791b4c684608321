"""Codes put together from what segno made are segno's own, cell by cell."""

import re

import segno
from hypothesis import given
from hypothesis import strategies as st

from canbao.faces.papers.qr import MASK, qr_svg

LETTERS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz:/.-_?=&%")


def cells_of(picture: str) -> set[tuple[int, int]]:
    """The dark cells, column and row."""
    runs = re.findall(r"M(\d+) (\d+)\.5h(\d+)", picture)
    return {(int(x) + n, int(y)) for x, y, wide in runs for n in range(int(wide))}


@given(st.text(LETTERS, min_size=1, max_size=120))
def test_a_code_is_segnos_code(text):
    made = segno.make(text.encode(), error="m", mask=MASK, mode="byte", boost_error=False, micro=False)
    dark = {(x, y) for y, row in enumerate(made.matrix) for x, cell in enumerate(row) if cell}
    assert cells_of(qr_svg(text)) == dark


def test_the_picture_has_the_codes_own_size():
    assert 'viewBox="0 0 33 33"' in qr_svg("https://canbao.example/v/PJ26123400000000001/ABCDEF0123/")
