"""Cover (PSN_INSU_D), and the treasury's word on a detail, in the national platform's field names."""

from datetime import date

from canbao.basics.money import yuan_text
from canbao.channels.authority import CoverageRow, PostingRow
from canbao.channels.signed import person_fields

# 正常参保, and a record that is void: nothing was ever due from it.
INSURED, VOID = "1", "3"


def coverage(row: CoverageRow) -> dict[str, str]:
    """The fields of a cover. Days the notice does not state are empty; `paus_insu_date` is the first day without cover."""
    return person_fields(row) | {
        "psn_insu_rlts_id": str(row.bill_id),
        "psn_insu_stas": VOID if row.is_cancel else INSURED,
        "psn_insu_date": _day(row.cover_from_date),
        "paus_insu_date": _day(row.cover_until_date),
        "clct_bill_id": str(row.bill_id),
    }


def posting(row: PostingRow) -> dict[str, str]:
    """The fields of a posting: those of its detail that the treasury's word fills."""
    return person_fields(row) | {
        "rsdt_clct_detl_id": row.detail_no,
        "clct_bill_id": str(row.bill_id),
        "psn_clct_amt": yuan_text(row.amount_fen),
        "elec_taxrpt_no": row.tax_receipt_no,
        "intsury_time": _day(row.posted_date),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
