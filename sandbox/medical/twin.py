"""What medical insurance keeps: collection details with their reversals and postings, and who is covered for a year."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.details import PERSON, Details, Told, unfit
from sandbox.plans import Plans
from sandbox.store import Store
from sandbox.words import TAKEN, Word, Words

NAME = "medical"
TABLES = """
CREATE TABLE IF NOT EXISTS medical_posting (
    rsdt_clct_detl_id TEXT PRIMARY KEY,
    intsury_time TEXT NOT NULL,
    elec_taxrpt_no TEXT NOT NULL
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
POSTING = (*PERSON, "rsdt_clct_detl_id", "intsury_time", "elec_taxrpt_no")
COVER = (*PERSON, "psn_insu_rlts_id", "psn_insu_stas")


@dataclass
class MedicalTwin:
    """Medical insurance's side of one partner."""

    store: Store
    now: Callable[[], float]
    plans: Plans = field(init=False)

    def __post_init__(self) -> None:
        self.store.build(TABLES)
        self.plans = Plans(self.store, NAME)
        self.details = Details(self.store, "medical_detail")
        self.words = {
            "collections": Words(self.store, self.plans, "medical_word_collection", self.details.judge),
            "coverage": Words(self.store, self.plans, "medical_word_coverage", self.cover),
            "postings": Words(self.store, self.plans, "medical_word_posting", self.posting),
        }

    def cover(self, row: Told) -> Word:
        """Judge a cover, or its end."""
        if word := unfit(row, COVER):
            return word
        key = row["psn_insu_rlts_id"]
        known = self.store.one("SELECT state FROM medical_cover WHERE psn_insu_rlts_id = ?", key)
        if row["send_flag"] == "0":
            if known is None or known["state"] == "void":
                return 1, "没有这条待遇信息"
            self.store.run("UPDATE medical_cover SET state = 'void' WHERE psn_insu_rlts_id = ?", key)
            return TAKEN
        if not self.details.has(row["clct_bill_id"]):
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

    def posting(self, row: Told) -> Word:
        """Judge the treasury's word on a detail; said again, it is the same."""
        if word := unfit(row, POSTING):
            return word
        key = row["rsdt_clct_detl_id"]
        if not self.details.has(key):
            return 1, "没有缴费明细"
        self.store.run(
            "INSERT OR REPLACE INTO medical_posting VALUES (?, ?, ?)",
            key, row["intsury_time"], row["elec_taxrpt_no"],
        )  # fmt: skip
        return TAKEN

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Everything it keeps."""
        covers = self.store.all("SELECT * FROM medical_cover ORDER BY psn_insu_rlts_id")
        postings = self.store.all("SELECT * FROM medical_posting ORDER BY rsdt_clct_detl_id")
        return {
            "details": self.details.all(),
            "covers": [dict(row) for row in covers],
            "postings": [dict(row) for row in postings],
        }
