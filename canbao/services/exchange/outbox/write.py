"""写行: what a row of each kind says, read from its subject when it goes. A new kind is one more entry of `WRITERS`."""

from collections.abc import Callable, Sequence
from typing import Any

from canbao.basics.areas import pooling_area_of
from canbao.channels.authority import AssessmentRow, CollectionRow, CoverageRow, Kind, PersonRow, PostingRow
from canbao.policy.format.vocabulary import PERSON_CLASSES
from canbao.records.exchange.outbox.rows import Leased
from canbao.records.exchange.outbox.told import BillTold, RefundTold, bills_told, refunds_told
from canbao.services.system.env import Env


def assessments(env: Env, rows: Sequence[Leased]) -> list[PersonRow]:
    """核定: the figure that is to be paid."""
    told = bills_told([row.subject_id for row in rows])
    return [_assessment(env, row, told[row.subject_id]) for row in rows]


def collections(env: Env, rows: Sequence[Leased]) -> list[PersonRow]:
    """缴费明细: a put is of a bill that was paid, a cancellation of a refund."""
    refunds = refunds_told([row.subject_id for row in rows if row.action == "cancel"])
    bills = [refunds[row.subject_id].bill_id if row.action == "cancel" else row.subject_id for row in rows]
    told = bills_told(bills)
    return [
        _collection(env, row, told[bill_id], refunds.get(row.subject_id) if row.action == "cancel" else None)
        for row, bill_id in zip(rows, bills, strict=True)
    ]


def coverage(env: Env, rows: Sequence[Leased]) -> list[PersonRow]:
    """待遇: the cover that a bill gave."""
    told = bills_told([row.subject_id for row in rows])
    return [
        CoverageRow(
            **_whose(env, row, said := told[row.subject_id]),
            amount_fen=0,
            cover_from_date=said.cover_from_date,
            cover_until_date=said.cover_until_date,
        )
        for row in rows
    ]


def postings(env: Env, rows: Sequence[Leased]) -> list[PersonRow]:
    """入库: the treasury's day and receipt number, where they came after the detail went."""
    told = bills_told([row.subject_id for row in rows])
    return [
        PostingRow(
            **_whose(env, row, said := told[row.subject_id]),
            amount_fen=said.amount_fen,
            detail_no=str(said.bill_id),
            posted_date=said.posted_date,
            tax_receipt_no=said.tax_receipt_no or "",
        )
        for row in rows
    ]


WRITERS: dict[Kind, Callable[[Env, Sequence[Leased]], list[PersonRow]]] = {
    "assessment": assessments,
    "collection": collections,
    "coverage": coverage,
    "posting": postings,
}


def _whose(env: Env, row: Leased, said: BillTold) -> dict[str, Any]:
    """The fields of `PersonRow`, but for the amount."""
    return {
        "rid": row.id,
        "is_cancel": row.action == "cancel",
        "bill_id": said.bill_id,
        "person_id": said.person_id,
        "name": said.name,
        "id_type": said.id_type,
        "number": env.sealer.open_number(said.person_id, said.number_sealed),
        "area_code": said.area_code,
        "pooling_area": pooling_area_of(said.area_code),
        "benefit_year": said.benefit_year,
        "psn_type": PERSON_CLASSES[said.person_class].psn_type,
    }


def _assessment(env: Env, row: Leased, said: BillTold) -> AssessmentRow:
    return AssessmentRow(
        **_whose(env, row, said),
        amount_fen=said.amount_fen,
        group_code=_group_code(env, said),
        parts=said.parts,
    )


def _collection(env: Env, row: Leased, said: BillTold, refund: RefundTold | None) -> CollectionRow:
    """What funds bear stands in the detail alone: it ends with the cover, not with money that goes back to a payer."""
    return CollectionRow(
        **_whose(env, row, said),
        amount_fen=refund.amount_fen if refund else said.amount_fen,
        detail_no=refund.refund_no if refund else str(said.bill_id),
        origin_no=str(said.bill_id) if refund else "",
        channel=(refund.channel if refund else said.channel) or "",
        at=refund.approved_at if refund else said.paid_at or env.now,
        parts={} if refund else said.parts,
        posted_date=None if refund else said.posted_date,
        tax_receipt_no="" if refund else said.tax_receipt_no or "",
    )


def _group_code(env: Env, said: BillTold) -> str:
    """The local code of the group where the pack's list has one, else our own word (codes.md knows no fine codes)."""
    pack = env.packs.get(said.area_code, said.benefit_year, env.now)
    entry = next((one for name, one in pack.assistance.groups.items() if name == said.group), None)
    return (entry.local_code if entry else "") or said.group or ""
