"""What a bank answers to a batch: each line taken or not, in its own columns and letters."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

CHINA = timezone(timedelta(hours=8))
FLAWS = ("count", "sum", "sequence", "swapped", "short")
REFUSED = {"1001": "余额不足", "1002": "户名不符", "1003": "账户状态异常"}


def answer(
    spec: Path, batch: bytes, at: datetime, refused: Mapping[str, str] | None = None, flaw: str | None = None
) -> bytes:
    """The result file. `refused`: result codes by our number; everybody else is deducted. `flaw`: what is wrong with it."""
    how = yaml.safe_load(spec.read_text("utf-8"))
    rows = [row for row in batch.split(b"\r\n") if row]
    head = _split(how, "header", rows[0])
    asked = [_split(how, "out", row) for row in rows[1:]]
    if int(head["count"]) != len(asked):
        raise ValueError("the batch does not add up")
    good = str(how["paid_codes"][0])
    back = [_answered(how, row, (refused or {}).get(row["number"], good), at) for row in asked]
    _spoil(how, head, back, flaw)
    lines = [_joined(how, "header", head), *(_joined(how, "back", row) for row in back)]
    return b"\r\n".join(lines) + b"\r\n"


def _answered(how: Mapping[str, Any], asked: dict[str, str], code: str, at: datetime) -> dict[str, str]:
    is_paid = code in map(str, how["paid_codes"])
    return {
        "seq": asked["seq"], "account": asked["account"], "amount": asked["amount"], "number": asked["number"],
        "code": code, "message": "成功" if is_paid else REFUSED.get(code, "失败"),
        "serial": f"B{asked['number']}" if is_paid else "", "time": at.astimezone(CHINA).strftime(how["time_format"]) if is_paid else "",
    }  # fmt: skip


def _spoil(
    how: Mapping[str, Any], head: dict[str, str], back: list[dict[str, str]], flaw: str | None
) -> None:
    if flaw == "count":
        head["count"] = str(len(back) + 1)
    if flaw == "sum":
        head["total"] = (
            str(int(head["total"]) + 1) if how["unit"] == "fen" else f"{float(head['total']) + 0.01:.2f}"
        )
    if flaw == "sequence":
        back[-1]["seq"] = str(len(back) + 1)
    if flaw == "swapped":
        back[0]["number"], back[-1]["number"] = back[-1]["number"], back[0]["number"]
    if flaw == "short":
        back.pop()


def _names(how: Mapping[str, Any], part: str) -> list[str]:
    return list(how[part])


def _split(how: Mapping[str, Any], part: str, row: bytes) -> dict[str, str]:
    if how.get("delimiter"):
        cells = row.decode(how["encoding"]).split(how["delimiter"])
        return dict(zip(_names(how, part), cells, strict=True))
    told, at = {}, 0
    for name, width in how[part].items():
        told[name] = row[at : at + width].decode(how["encoding"]).strip()
        at += width
    return told


def _joined(how: Mapping[str, Any], part: str, told: Mapping[str, str]) -> bytes:
    if how.get("delimiter"):
        text: bytes = how["delimiter"].join(told[name] for name in _names(how, part)).encode(how["encoding"])
        return text
    return b"".join(told[name].encode(how["encoding"]).ljust(width) for name, width in how[part].items())
