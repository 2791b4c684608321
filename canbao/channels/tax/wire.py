"""An assessment in the national platform's field names."""

from canbao.basics.money import yuan_text
from canbao.channels.authority import AssessmentRow
from canbao.channels.signed import person_fields

# Nothing of it is paid when it is told.
UNPAID = "0"


def assessment(row: AssessmentRow) -> dict[str, str]:
    """The fields of one row."""
    others = row.parts.get("medical_assistance", 0) + row.parts.get("collective", 0)
    return person_fields(row) | {
        "clct_bill_id": str(row.bill_id),
        "psn_idet_type": row.group_code,
        "psn_clct_amt": yuan_text(row.amount_fen),
        "oth_clct_amt": yuan_text(others),
        "clct_sumamt": yuan_text(row.amount_fen + others),
        "clct_flag": UNPAID,
    }
