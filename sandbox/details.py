"""缴费明细 as whoever is told them keeps them: each once, and no more taken back of one than it was."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.store import Store
from sandbox.words import TAKEN, Word

PERSON = (
    "rid", "send_flag", "psn_no", "psn_name", "psn_cert_type", "certno", "insutype", "psn_type", "insu_admdvs",
    "poolarea_no", "accrym_begn", "accrym_end", "clct_bill_id",
)  # fmt: skip
DETAIL = (
    *PERSON,
    "rsdt_clct_detl_id",
    "psn_clct_amt",
    "oth_clct_amt",
    "clct_sumamt",
    "clct_way",
    "clct_time",
)
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Details:
    """The details that one authority holds, in a table of its own."""

    store: Store
    table: str

    def __post_init__(self) -> None:
        self.store.build(
            f"CREATE TABLE IF NOT EXISTS {self.table} (rsdt_clct_detl_id TEXT PRIMARY KEY, "
            "init_rsdt_clct_detl_id TEXT NOT NULL, certno TEXT NOT NULL, psn_name TEXT NOT NULL, year TEXT NOT NULL, "
            "fen INTEGER NOT NULL CHECK (fen >= 0), clct_way TEXT NOT NULL, clct_time TEXT NOT NULL);"
        )

    def judge(self, row: Told) -> Word:
        """Judge a collection detail, or the reversal of one."""
        if word := unfit(row, DETAIL):
            return word
        fen = int(Decimal(row["psn_clct_amt"]) * 100)
        origin = str(row.get("init_rsdt_clct_detl_id") or "")
        if row["send_flag"] == "0" and (word := self._cannot_reverse(origin, fen)):
            return word
        try:
            self.store.add(
                self.table, rsdt_clct_detl_id=row["rsdt_clct_detl_id"], init_rsdt_clct_detl_id=origin,
                certno=row["certno"], psn_name=row["psn_name"], year=row["accrym_begn"][:4], fen=fen,
                clct_way=row["clct_way"], clct_time=row["clct_time"],
            )  # fmt: skip
        except sqlite3.IntegrityError:
            return 1, "缴费明细重复"
        return TAKEN

    def has(self, detail_no: str) -> bool:
        """Whether it was told this detail."""
        return (
            self.store.one(f"SELECT 1 FROM {self.table} WHERE rsdt_clct_detl_id = ?", detail_no) is not None
        )

    def is_paid(self, number: str, year: str) -> bool:
        """Whether money that somebody paid for a year is still there."""
        found = self.store.one(
            "SELECT sum(CASE WHEN init_rsdt_clct_detl_id = '' THEN fen ELSE -fen END) AS fen "
            f"FROM {self.table} WHERE certno = ? AND year = ?", number, year
        )  # fmt: skip
        return bool(found and found["fen"])

    def all(self) -> list[dict[str, Any]]:
        """Every detail and reversal."""
        return [dict(row) for row in self.store.all(f"SELECT * FROM {self.table} ORDER BY rsdt_clct_detl_id")]

    def _cannot_reverse(self, origin: str, fen: int) -> Word | None:
        known = self.store.one(f"SELECT fen FROM {self.table} WHERE rsdt_clct_detl_id = ?", origin)
        if known is None:
            return 1, "没有原缴费明细"
        back = self.store.one(
            f"SELECT coalesce(sum(fen), 0) AS fen FROM {self.table} WHERE init_rsdt_clct_detl_id = ?", origin
        )
        if back is not None and back["fen"] + fen > known["fen"]:
            return 1, "退回金额大于缴费金额"
        return None


def unfit(row: Told, fields: tuple[str, ...]) -> Word | None:
    """Why a row is not even read: a field is absent, or it is of another scheme."""
    absent = [name for name in fields if not isinstance(row.get(name), str) or not row[name]]
    if absent:
        return 1, f"缺少字段：{'、'.join(absent)}"
    return (1, "险种不对") if row["insutype"] != "390" else None
