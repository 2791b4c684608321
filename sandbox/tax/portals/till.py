"""What the tax side has collected: whom it knows, what they owe, what they paid and had back; and the file of a day."""

import csv
import io
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sandbox.details import Details
from sandbox.plans import Plans
from sandbox.store import Store

CHINA = timezone(timedelta(hours=8))
NORMAL, SPECIAL = "1", "2"
TABLES = """
CREATE TABLE IF NOT EXISTS tax_person (
    certno TEXT NOT NULL, psn_name TEXT NOT NULL, optins_no TEXT NOT NULL, agency TEXT NOT NULL, year TEXT NOT NULL,
    normal_amt TEXT NOT NULL, PRIMARY KEY (certno, year, optins_no)
);
CREATE TABLE IF NOT EXISTS tax_collected (
    id INTEGER PRIMARY KEY, elec_taxrpt_no TEXT NOT NULL UNIQUE, certno TEXT NOT NULL, psn_name TEXT NOT NULL,
    year TEXT NOT NULL, kind TEXT NOT NULL, amt TEXT NOT NULL, optins_no TEXT NOT NULL, portal TEXT NOT NULL,
    paid_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS tax_refund (
    refd_no TEXT PRIMARY KEY, elec_taxrpt_no TEXT NOT NULL, amt TEXT NOT NULL, state TEXT NOT NULL, taken_at REAL NOT NULL,
    done_at REAL
);
"""
COLUMNS = (
    "what", "elec_taxrpt_no", "psn_cert_type", "certno", "psn_name", "insutype", "accrym", "clct_kind", "psn_clct_amt",
    "optins_no", "clct_time", "chnl", "refd_no", "refd_stas",
)  # fmt: skip
# How a day's file may be spoilt: cut_off · wrong_sum · missing (its last payment is left out)
FLAWS = ("cut_off", "wrong_sum", "missing")


@dataclass(frozen=True)
class Owed:
    """What somebody owes: the kind that fits them, the amount, the bill where there is one."""

    kind: str
    amount: str
    bill_id: str | None = None


class NotAllowed(Exception):
    """A refund that cannot be: the words say why."""


@dataclass
class Till:
    """The tax side's own books."""

    store: Store
    now: Callable[[], float]
    plans: Plans

    def __post_init__(self) -> None:
        self.store.build(TABLES)

    def know(self, row: dict[str, Any]) -> None:
        """Take one person of the register in, with the normal price of a year and the agency."""
        self.store.run(
            "INSERT OR REPLACE INTO tax_person VALUES (?, ?, ?, ?, ?, ?)",
            str(row["certno"]).upper(), row["psn_name"], row["optins_no"], row["agency"], str(row["year"]),
            f"{Decimal(str(row['normal_amt'])):.2f}",
        )  # fmt: skip

    def find(self, name: str, number: str, year: str) -> list[sqlite3.Row]:
        """The agencies at which somebody is known for a year; name and number must both fit."""
        return self.store.all(
            "SELECT * FROM tax_person WHERE certno = ? AND psn_name = ? AND year = ? ORDER BY optins_no",
            number.strip().upper(), name.strip(), year,
        )  # fmt: skip

    def owed(self, number: str, year: str, optins_no: str) -> Owed | None:
        """What somebody owes there; None: nothing, it is paid."""
        number = number.strip().upper()
        paid = "SELECT 1 FROM tax_collected WHERE certno = ? AND year = ? AND elec_taxrpt_no NOT IN (SELECT elec_taxrpt_no FROM tax_refund)"
        if self.store.one(paid, number, year):
            return None
        if Details(self.store, "tax_detail").is_paid(number, year):
            return None
        bill = self.store.one(
            "SELECT * FROM tax_bill WHERE certno = ? AND year = ? AND state = 'open'", number, year
        )
        if bill is not None:
            return Owed(SPECIAL, bill["psn_clct_amt"], bill["clct_bill_id"])
        person = self.store.one(
            "SELECT * FROM tax_person WHERE certno = ? AND year = ? AND optins_no = ?",
            number, year, optins_no,
        )  # fmt: skip
        return Owed(NORMAL, person["normal_amt"]) if person else None

    def collect(self, who: dict[str, str], kind: str, amount: str, bill_id: str | None = None) -> sqlite3.Row:
        """Take the money: the payment gets its tax receipt, and a bill that was told is paid."""
        stamp = datetime.fromtimestamp(self.now(), CHINA)
        n = self.store.one("SELECT coalesce(max(id), 0) + 1 AS n FROM tax_collected")
        number = f"3{stamp:%y%m%d}{(n['n'] if n else 1):011d}"
        self.store.add(
            "tax_collected", elec_taxrpt_no=number, certno=who["certno"].strip().upper(), psn_name=who["psn_name"],
            year=who["year"], kind=kind, amt=amount, optins_no=who["optins_no"], portal=who["portal"],
            paid_at=self.now(),
        )  # fmt: skip
        if bill_id:
            self.store.run("UPDATE tax_bill SET state = 'paid' WHERE clct_bill_id = ?", bill_id)
        return self.get(number)

    def get(self, number: str) -> sqlite3.Row:
        """A payment by its tax receipt. Raises KeyError."""
        row = self.store.one("SELECT * FROM tax_collected WHERE elec_taxrpt_no = ?", number)
        if row is None:
            raise KeyError(number)
        return row

    def refund(self, refund_no: str, number: str, amount: str) -> sqlite3.Row:
        """Give money back, or find the very same refund. Raises NotAllowed."""
        known = self.store.one("SELECT * FROM tax_refund WHERE refd_no = ?", refund_no)
        if known is not None:
            if (known["elec_taxrpt_no"], known["amt"]) != (number, amount):
                raise NotAllowed("同一个退费单号，内容不一样")
            return known
        paid = self.store.one("SELECT amt FROM tax_collected WHERE elec_taxrpt_no = ?", number)
        given = self.store.all("SELECT amt FROM tax_refund WHERE elec_taxrpt_no = ?", number)
        left = (Decimal(paid["amt"]) if paid else Decimal(0)) - sum(Decimal(row["amt"]) for row in given)
        if Decimal(amount) > left or Decimal(amount) <= 0:
            raise NotAllowed("没有这笔缴费，或者退得比缴的多")
        state = self.plans.take("refund", refund_no) or "SUCCESS"
        self.store.add(
            "tax_refund", refd_no=refund_no, elec_taxrpt_no=number, amt=amount, state=state, taken_at=self.now(),
            done_at=self.now() if state == "SUCCESS" else None,
        )  # fmt: skip
        return self.refund_of(refund_no) or known  # type: ignore[return-value]

    def refund_of(self, refund_no: str) -> sqlite3.Row | None:
        """A refund."""
        return self.store.one("SELECT * FROM tax_refund WHERE refd_no = ?", refund_no)

    def day_file(self, day: str, flaw: str | None) -> str:
        """Every payment and refund of a day in China, with count and sums, or spoilt as planned."""
        paid = [row for row in self.all() if day_of(row["paid_at"]) == day]
        back = [
            row
            for row in self.store.all("SELECT * FROM tax_refund ORDER BY refd_no")
            if day_of(row["taken_at"]) == day
        ]
        if flaw == "missing":
            paid = paid[:-1]
        lines = [as_row(row) for row in paid] + [self._back(row) for row in back]
        sums = [sum((Decimal(row["amt"]) for row in rows), Decimal(0)) for rows in (paid, back)]
        if flaw == "wrong_sum":
            sums[0] += 1
        text = io.StringIO()
        out = csv.writer(text)
        out.writerow(COLUMNS)
        out.writerows([[line[name] for name in COLUMNS] for line in lines])
        if flaw != "cut_off":
            total = ["合计", str(len(lines)), f"{sums[0]:.2f}", f"{sums[1]:.2f}"]
            out.writerow(total + [""] * (len(COLUMNS) - len(total)))
        return text.getvalue()

    def all(self) -> list[sqlite3.Row]:
        """Every payment, the oldest first."""
        return self.store.all("SELECT * FROM tax_collected ORDER BY id")

    def _back(self, row: sqlite3.Row) -> dict[str, str]:
        told = as_row(self.get(row["elec_taxrpt_no"]))
        return told | {
            "what": "2", "psn_clct_amt": row["amt"], "clct_time": clock(row["taken_at"]), "refd_no": row["refd_no"],
            "refd_stas": row["state"],
        }  # fmt: skip


def as_row(row: sqlite3.Row) -> dict[str, str]:
    """A payment in the national names."""
    return {
        "what": "1", "elec_taxrpt_no": row["elec_taxrpt_no"], "psn_cert_type": "01" if row["certno"][:1].isdigit() else "99",
        "certno": row["certno"], "psn_name": row["psn_name"], "insutype": "390", "accrym": f"{row['year']}01",
        "clct_kind": row["kind"], "psn_clct_amt": row["amt"], "optins_no": row["optins_no"],
        "clct_time": clock(row["paid_at"]), "chnl": row["portal"], "refd_no": "", "refd_stas": "",
    }  # fmt: skip


def clock(at: float) -> str:
    """An instant in China, as the wire has it."""
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA).isoformat(timespec="seconds")


def day_of(at: float) -> str:
    """The day in China."""
    return clock(at)[:10]
