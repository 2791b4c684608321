"""A collection detail (RSDT_PSN_CLCT_DETL_D) in the national platform's field names, whoever is told it."""

from canbao.basics.accounts import PAID_BY_PAYER
from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.channels.authority import CollectionRow
from canbao.channels.signed import person_fields

PAID = "1"
# clct_way by our channel: 银行托收, 柜台. All others are 税务征收, since the tax side collects whatever the payer holds.
WAYS = {"bank_batch": "01", "cash": "11", "pos": "11"}
BY_TAX = "02"


def collection(row: CollectionRow) -> dict[str, str]:
    """The fields of a detail. Of a reversal the amount is what goes back; `send_flag` says which it is.

    finsubs_amt is left out: what the treasury adds a head is not in our ledger.
    """
    others = sum(fen for payer, fen in row.parts.items() if payer not in PAID_BY_PAYER)
    return person_fields(row) | {
        "rsdt_clct_detl_id": row.detail_no,
        "init_rsdt_clct_detl_id": row.origin_no,
        "clct_bill_id": str(row.bill_id),
        "psn_clct_amt": yuan_text(row.amount_fen),
        "oth_clct_amt": yuan_text(others),
        "clct_sumamt": yuan_text(row.amount_fen + others),
        "clct_flag": PAID,
        "clct_way": WAYS.get(row.channel, BY_TAX),
        "clct_time": row.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "cashym": row.at.astimezone(CHINA).strftime("%Y%m"),
        "elec_taxrpt_no": row.tax_receipt_no,
        "intsury_time": row.posted_date.isoformat() if row.posted_date else "",
    }
