"""A batch of assessments in the national platform's field names, and the answer read back."""

from datetime import datetime
from typing import Any

from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.channels.authority import AssessmentRow, Batch, RowAnswer
from canbao.channels.port import ChannelDown

RESIDENT_SCHEME = "390"
# Whether a row puts something or takes it back, and whether it was paid: nothing of it is, when it is told.
SENT, TAKEN_BACK = "1", "0"
UNPAID = "0"


def written(batch: Batch, at: datetime) -> dict[str, Any]:
    """The JSON of a batch. Amounts are yuan with two decimals, as text; months are `202201`."""
    return {
        "plan_bchno": batch.batch_no,
        "inf_time": at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "row_cnt": len(batch.rows),
        "clct_sumamt": yuan_text(batch.sum_fen),
        "data": [_row(row) for row in batch.rows],
    }


def _row(row: AssessmentRow) -> dict[str, str]:
    others = row.parts.get("medical_assistance", 0) + row.parts.get("collective", 0)
    return {
        "rid": str(row.rid),
        "send_flag": TAKEN_BACK if row.is_cancel else SENT,
        "clct_bill_id": str(row.bill_id),
        "psn_no": str(row.person_id),
        "psn_name": row.name,
        "psn_cert_type": row.id_type,
        "certno": row.number,
        "insutype": RESIDENT_SCHEME,
        "psn_type": row.psn_type,
        "psn_idet_type": row.group_code,
        "insu_admdvs": row.area_code,
        "poolarea_no": row.pooling_area,
        "accrym_begn": f"{row.benefit_year}01",
        "accrym_end": f"{row.benefit_year}12",
        "psn_clct_amt": yuan_text(row.amount_fen),
        "oth_clct_amt": yuan_text(others),
        "clct_sumamt": yuan_text(row.amount_fen + others),
        "clct_flag": UNPAID,
    }


def read(batch: Batch, told: dict[str, Any]) -> list[RowAnswer]:
    """The word on each row, in the order given.

    Raises:
        ChannelDown: the answer is not about this batch, or cannot be read.
    """
    try:
        output = told["output"]
        if output["plan_bchno"] != batch.batch_no:
            raise ChannelDown("the answer is about another batch")
        return [
            RowAnswer(
                int(row["rid"]), row["infcode"] == 0, str(row["infcode"]), str(row.get("err_msg") or "")
            )
            for row in output["data"]
        ]
    except (KeyError, TypeError, ValueError) as unfit:
        raise ChannelDown(f"the answer cannot be read: {type(unfit).__name__}") from unfit
