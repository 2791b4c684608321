"""How a paper is printed: a typst template and its data become PDF/A, with an embedded font that has the rare characters."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

HERE = Path(__file__).parent


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template with its data; a demo's paper says that it is one."""
    told = json.dumps({"demo": settings.DEMO, **data})
    pdf = _compiler(template).compile(format="pdf", sys_inputs={"data": told}, pdf_standards="a-2b")
    if not isinstance(pdf, bytes):
        raise TypeError("typst was asked for one document and gave something else")
    return pdf


@cache
def _compiler(template: str) -> Any:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(files("pylopdf_fonts_zh_cn"))])
    return typst.Compiler(str(HERE / template), font_paths=fonts)
