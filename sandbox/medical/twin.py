"""What medical insurance keeps: collection details with their reversals, and who is covered for a year."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.plans import Plans
from sandbox.store import Store
from sandbox.words import TAKEN, Word, Words

NAME = "medical"
TABLES = """
CREATE TABLE IF NOT EXISTS medical_detail (
    rsdt_clct_detl_id TEXT PRIMARY KEY,
    init_rsdt_clct_detl_id TEXT NOT NULL,
    certno TEXT NOT NULL,
    psn_name TEXT NOT NULL,
    year TEXT NOT NULL,
    fen INTEGER NOT NULL CHECK (fen >= 0),
    clct_way TEXT NOT NULL,
    clct_time TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS medical_cover (
    psn_insu_rlts_id TEXT PRIMARY KEY,
    certno TEXT NOT NULL,
    psn_name TEXT NOT NULL,
    year TEXT NOT NULL,
    psn_insu_date TEXT NOT NULL,
    paus_insu_date TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('insured', 'void'))
);
CREATE UNIQUE INDEX IF NOT EXISTS medical_cover_once ON medical_cover (certno, year) WHERE state = 'insured';
"""
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
COVER = (*PERSON, "psn_insu_rlts_id", "psn_insu_stas")
Told = Mapping[str, Any]


@dataclass
class MedicalTwin:
    """Medical insurance's side of one partner."""

    store: Store
    now: Callable[[], float]
    plans: Plans = field(init=False)

    def __post_init__(self) -> None:
        self.store.build(TABLES)
        self.plans = Plans(self.store, NAME)
        self.words = {
            "collections": Words(self.store, self.plans, "medical_word_collection", self.detail),
            "coverage": Words(self.store, self.plans, "medical_word_coverage", self.cover),
        }

    def detail(self, row: Told) -> Word:
        """Judge a collection detail, or the reversal of one."""
        if word := _unfit(row, DETAIL):
            return word
        fen = int(Decimal(row["psn_clct_amt"]) * 100)
        origin = str(row.get("init_rsdt_clct_detl_id") or "")
        if row["send_flag"] == "0" and (word := self._cannot_reverse(origin, fen)):
            return word
        try:
            self.store.add(
                "medical_detail", rsdt_clct_detl_id=row["rsdt_clct_detl_id"], init_rsdt_clct_detl_id=origin,
                certno=row["certno"], psn_name=row["psn_name"], year=row["accrym_begn"][:4], fen=fen,
                clct_way=row["clct_way"], clct_time=row["clct_time"],
            )  # fmt: skip
        except sqlite3.IntegrityError:
            return 1, "缴费明细重复"
        return TAKEN

    def cover(self, row: Told) -> Word:
        """Judge a cover, or its end."""
        if word := _unfit(row, COVER):
            return word
        key = row["psn_insu_rlts_id"]
        known = self.store.one("SELECT state FROM medical_cover WHERE psn_insu_rlts_id = ?", key)
        if row["send_flag"] == "0":
            if known is None or known["state"] == "void":
                return 1, "没有这条待遇信息"
            self.store.run("UPDATE medical_cover SET state = 'void' WHERE psn_insu_rlts_id = ?", key)
            return TAKEN
        if (
            self.store.one("SELECT 1 FROM medical_detail WHERE rsdt_clct_detl_id = ?", row["clct_bill_id"])
            is None
        ):
            return 1, "没有缴费明细，不能享受待遇"
        try:
            self.store.add(
                "medical_cover", psn_insu_rlts_id=key, certno=row["certno"], psn_name=row["psn_name"],
                year=row["accrym_begn"][:4], psn_insu_date=str(row.get("psn_insu_date") or ""),
                paus_insu_date=str(row.get("paus_insu_date") or ""), state="insured",
            )  # fmt: skip
        except sqlite3.IntegrityError:
            return 1, "该人员该年度已有待遇"
        return TAKEN

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Everything it keeps."""
        details = self.store.all("SELECT * FROM medical_detail ORDER BY rsdt_clct_detl_id")
        covers = self.store.all("SELECT * FROM medical_cover ORDER BY psn_insu_rlts_id")
        return {"details": [dict(row) for row in details], "covers": [dict(row) for row in covers]}

    def _cannot_reverse(self, origin: str, fen: int) -> Word | None:
        known = self.store.one("SELECT fen FROM medical_detail WHERE rsdt_clct_detl_id = ?", origin)
        if known is None:
            return 1, "没有原缴费明细"
        back = self.store.one(
            "SELECT coalesce(sum(fen), 0) AS fen FROM medical_detail WHERE init_rsdt_clct_detl_id = ?", origin
        )
        if back is not None and back["fen"] + fen > known["fen"]:
            return 1, "退回金额大于缴费金额"
        return None


def _unfit(row: Told, fields: tuple[str, ...]) -> Word | None:
    absent = [name for name in fields if not isinstance(row.get(name), str) or not row[name]]
    if absent:
        return 1, f"缺少字段：{'、'.join(absent)}"
    return (1, "险种不对") if row["insutype"] != "390" else None
