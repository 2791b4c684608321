"""What the tax authority keeps: bills of assisted persons, what was paid elsewhere, and its word on every row it was ever told."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.details import Details
from sandbox.plans import Plans
from sandbox.store import Store
from sandbox.tax.keys import Partner
from sandbox.words import TAKEN, Word, Words

NAME = "tax"
DETAILS = "tax_detail"
TABLES = """
CREATE TABLE IF NOT EXISTS tax_bill (
    clct_bill_id TEXT PRIMARY KEY,
    certno TEXT NOT NULL,
    psn_name TEXT NOT NULL,
    year TEXT NOT NULL,
    psn_clct_amt TEXT NOT NULL,
    psn_idet_type TEXT NOT NULL,
    insu_admdvs TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'cancelled', 'paid')),
    told_at REAL NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS tax_bill_once ON tax_bill (certno, year) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS tax_batch (
    plan_bchno TEXT PRIMARY KEY,
    row_cnt INTEGER NOT NULL,
    clct_sumamt TEXT NOT NULL,
    told_at REAL NOT NULL
);
"""
FIELDS = (
    "rid", "send_flag", "clct_bill_id", "psn_no", "psn_name", "psn_cert_type", "certno", "insutype", "psn_type",
    "psn_idet_type", "insu_admdvs", "poolarea_no", "accrym_begn", "accrym_end", "psn_clct_amt", "oth_clct_amt",
    "clct_sumamt", "clct_flag",
)  # fmt: skip


@dataclass
class TaxTwin:
    """The authority's side of one partner."""

    partner: Partner
    store: Store
    now: Callable[[], float]
    plans: Plans = field(init=False)

    def __post_init__(self) -> None:
        self.store.build(TABLES)
        self.plans = Plans(self.store, NAME)
        self.details = Details(self.store, DETAILS)
        self.words = {
            "assessments": Words(self.store, self.plans, "tax_word", self._judge),
            "collections": Words(self.store, self.plans, "tax_word_collection", self._detail),
        }

    def take(self, what: str, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Decide every row, assessments or collections, and answer as far as nothing else is planned."""
        self.store.run(
            "INSERT INTO tax_batch VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            told["plan_bchno"], told["row_cnt"], told["clct_sumamt"], self.now(),
        )  # fmt: skip
        return self.words[what].on(told["data"])

    def bills(self) -> list[sqlite3.Row]:
        """All bills, the newest first."""
        return self.store.all("SELECT * FROM tax_bill ORDER BY told_at DESC, clct_bill_id")

    def _judge(self, row: Mapping[str, Any]) -> Word:
        absent = [name for name in FIELDS if not isinstance(row.get(name), str) or not row[name]]
        if absent:
            return 1, f"缺少字段：{'、'.join(absent)}"
        if row["insutype"] != "390" or row["clct_flag"] != "0":
            return 1, "险种或缴费标志不对"
        return self._cancel(row) if row["send_flag"] == "0" else self._put(row)

    def _detail(self, row: Mapping[str, Any]) -> Word:
        """What was paid elsewhere: nobody pays its bill here any more."""
        word = self.details.judge(row)
        if word == TAKEN and row["send_flag"] != "0":
            self.store.run(
                "UPDATE tax_bill SET state = 'paid' WHERE state = 'open' AND clct_bill_id = ?", row["clct_bill_id"]
            )  # fmt: skip
        return word

    def _put(self, row: Mapping[str, Any]) -> Word:
        if Decimal(row["psn_clct_amt"]) <= 0:
            return 1, "应征金额必须大于零"
        try:
            self.store.add(
                "tax_bill", clct_bill_id=row["clct_bill_id"], certno=row["certno"], psn_name=row["psn_name"],
                year=row["accrym_begn"][:4], psn_clct_amt=row["psn_clct_amt"], psn_idet_type=row["psn_idet_type"],
                insu_admdvs=row["insu_admdvs"], state="open", told_at=self.now(),
            )  # fmt: skip
        except sqlite3.IntegrityError:
            return 1, "该人员该年度已有待缴的应征信息"
        return TAKEN

    def _cancel(self, row: Mapping[str, Any]) -> Word:
        known = self.store.one("SELECT state FROM tax_bill WHERE clct_bill_id = ?", row["clct_bill_id"])
        if known is None:
            return 1, "没有这条应征信息"
        # What was paid elsewhere is cancelled by whoever collected it.
        if known["state"] == "paid" and not self.details.has(row["clct_bill_id"]):
            return 1, "已经缴费，不能作废"
        self.store.run("UPDATE tax_bill SET state = 'cancelled' WHERE clct_bill_id = ?", row["clct_bill_id"])
        return TAKEN
