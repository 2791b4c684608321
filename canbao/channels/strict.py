"""Reading what strangers wrote, strictly: what is not exactly of the documented shape is not read at all."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from canbao.basics.days import CHINA


class Unreadable(Exception):
    """Signed, but not of the documented shape; the message names the field."""


def read_text(told: Mapping[str, Any], field: str) -> str:
    """A non-empty text field. Raises Unreadable."""
    value = told.get(field)
    if not isinstance(value, str) or not value:
        raise Unreadable(field)
    return value


def instant_of(text: str) -> datetime:
    """`2022-11-05 08:30:00`, without a zone: it is China's. Raises ValueError."""
    return datetime.strptime(f"{text} +0800", "%Y-%m-%d %H:%M:%S %z").astimezone(CHINA)


def read_instant(told: Mapping[str, Any], field: str) -> datetime:
    """A field with a time. Raises Unreadable."""
    try:
        return instant_of(read_text(told, field))
    except ValueError:
        raise Unreadable(field) from None


def read_form(body: bytes) -> dict[str, str] | None:
    """The parameters of a form, blanks kept; None: not a form, or a name that comes twice."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    told = dict(pairs)
    return told if len(told) == len(pairs) else None


def merchant_file(path: Path) -> dict[str, Any]:
    """The file that names us to a channel. Raises OSError, ValueError: absent, or no JSON object."""
    told = json.loads(path.read_text("utf-8"))
    if not isinstance(told, dict):
        raise ValueError("a merchant file is one JSON object")  # noqa: TRY004 (the file is unfit)
    return told


def text_of(told: Mapping[str, Any], name: str) -> str:
    """A value that the file must have. Raises KeyError, ValueError."""
    value = told[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is a text")
    return value
