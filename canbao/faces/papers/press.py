"""How a paper is printed: a typst template and its data become PDF/A, with an embedded font that has the rare characters."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

# Every reader takes any of the eight masks; trying all of them was most of the time of a village's receipts.
MASK = 3
HERE = Path(__file__).parent


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template with its data; a demo's paper says that it is one."""
    told = json.dumps({"demo": settings.DEMO, **data})
    pdf = _compiler(template).compile(format="pdf", sys_inputs={"data": told}, pdf_standards="a-2b")
    if not isinstance(pdf, bytes):
        raise TypeError("typst was asked for one document and gave something else")
    return pdf


def qr(url: str) -> str:
    """A QR code as SVG."""
    out = BytesIO()
    segno.make(url, error="m", mask=MASK).save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()


@cache
def _compiler(template: str) -> Any:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(files("pylopdf_fonts_zh_cn"))])
    return typst.Compiler(str(HERE / template), font_paths=fonts)
