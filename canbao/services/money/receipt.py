"""缴费票据: what a receipt says, for its payer by the order's token, and for anybody who checks one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from canbao.basics.days import ONE_DAY
from canbao.basics.documents import mask_name, mask_number
from canbao.basics.genes import parse_order_no
from canbao.basics.refusals import NotFound
from canbao.records.models import ContributionRecord, Enrolment, Person
from canbao.records.money.orders import order_by_token
from canbao.services.system.env import Env

PREFIX = "PJ"
AT_ONCE = 500


@dataclass(frozen=True)
class Receipt:
    """One receipt. `amount_fen` 0 with origin `zero`: fully assisted, nothing was paid."""

    receipt_no: str
    code: str
    origin: str
    name: str
    number: str
    area_code: str
    area_name: str
    class_label: str
    benefit_year: int
    amount_fen: int
    cover_from_date: date | None
    cover_last_date: date | None
    channel: str | None
    channel_txn_no: str | None
    order_no: str | None
    paid_at: datetime
    pack_hash: str | None
    verify_url: str
    refunded_at: datetime | None = None
    posted_date: date | None = None
    tax_receipt_no: str | None = None


def receipts_of(env: Env, token: str) -> list[Receipt]:
    """The receipts of the order a token opens, in the payer's hands: the name in full, the number masked.

    Raises:
        NotFound: no such order, or not settled yet.
    """
    order = order_by_token(token)
    if order is None:
        raise NotFound
    records = ContributionRecord.objects.filter(
        bucket__in=order.line_buckets, order_no=order.order_no
    ).order_by("id")
    receipts = receipts_for(env, list(records))
    if not receipts:
        raise NotFound
    return receipts


def receipts_of_unit(env: Env, unit_code: str, benefit_year: int) -> Iterator[list[Receipt]]:
    """The receipts of a village or a school for a year, some hundreds at a time, in the order of the people's names."""
    people = Enrolment.objects.filter(unit_code=unit_code, active_slot=1).values("person_id")
    mine = ContributionRecord.objects.filter(
        person__in=people, benefit_year=benefit_year, refunded_at=None, receipt_no__isnull=False
    )
    ids = list(mine.order_by("person__name", "id").values_list("id", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows = {row.id: row for row in ContributionRecord.objects.filter(id__in=part)}
        yield receipts_for(env, [rows[id_] for id_ in part])


def receipts_for(env: Env, records: Sequence[ContributionRecord], *, masked: bool = False) -> list[Receipt]:
    """The receipts of these records, for whoever may see them; the caller has asked who that is."""
    people = {row.id: row for row in Person.objects.filter(id__in=[record.person_id for record in records])}
    return [_receipt(env, record, people[record.person_id], masked=masked) for record in records]


def verify(env: Env, receipt_no: str, code: str) -> Receipt:
    """The receipt with this number and code, name and number masked, as anybody may see it.

    Raises:
        NotFound: no receipt of ours; a wrong code and a wrong number are answered alike.
    """
    bucket = bucket_of_paper(env, receipt_no, code, PREFIX)
    record = ContributionRecord.objects.filter(bucket=bucket, receipt_no=receipt_no).first()
    if record is None:
        raise NotFound
    return _receipt(env, record, Person.objects.get(id=record.person_id), masked=True)


def bucket_of_paper(env: Env, number: str, code: str, prefix: str) -> int:
    """The bucket in which a paper of ours with this number and code lies.

    Raises:
        NotFound: the code is not ours, or the number none.
    """
    if env.sealer.receipt_code(number) != code.upper():
        raise NotFound
    try:
        return parse_order_no(number.removeprefix(prefix)).bucket
    except ValueError:
        raise NotFound from None


def _receipt(env: Env, record: ContributionRecord, person: Person, *, masked: bool = False) -> Receipt:
    if record.receipt_no is None or record.receipt_code is None or record.paid_at is None:
        raise NotFound  # a year taken over from an earlier system has no receipt of ours
    number = env.sealer.open_number(person.id, person.number_sealed)
    pack = env.packs.get(record.area_code, record.benefit_year, env.now)
    return Receipt(
        receipt_no=record.receipt_no,
        code=record.receipt_code,
        origin=record.origin,
        name=mask_name(person.name) if masked else person.name,
        number=mask_number(number),
        area_code=record.area_code,
        area_name=env.areas.full_name(record.area_code),
        class_label=pack.class_label(record.person_class),
        benefit_year=record.benefit_year,
        amount_fen=record.amount_fen or 0,
        cover_from_date=record.cover_from_date,
        cover_last_date=record.cover_until_date - ONE_DAY if record.cover_until_date else None,
        channel=record.channel,
        channel_txn_no=record.channel_txn_no,
        order_no=record.order_no,
        paid_at=env.local(record.area_code, record.paid_at),
        pack_hash=record.pack_hash,
        posted_date=record.posted_date,
        tax_receipt_no=record.tax_receipt_no,
        refunded_at=env.local(record.area_code, record.refunded_at) if record.refunded_at else None,
        verify_url=f"{env.base_url}/v/{record.receipt_no}/{record.receipt_code}/",
    )
