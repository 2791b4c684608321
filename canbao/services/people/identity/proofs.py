"""缴费证明 and 缴费回单 (LZ-20): a certificate is of a person over years, a slip is of one payment. Both want a sure login.

A certificate is kept with what it names, so that whoever is shown the paper can ask whether it still holds.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from canbao.basics.documents import mask_name, mask_number
from canbao.basics.genes import OrderNumber, parse_order_no
from canbao.basics.refusals import NotFound
from canbao.records.models import Certificate, ContributionRecord, Order, OrderLine, Person
from canbao.records.people.find import find_person, records_of
from canbao.services.money.receipt import Receipt, bucket_of_paper, receipts_for
from canbao.services.people.identity.login import Holder, require
from canbao.services.people.identity.mine import level_for
from canbao.services.people.identity.paid_for import records_paid_by
from canbao.services.system.env import Env

PREFIX = "ZM"
WHY = "开证明、看回单，要先登录。"


@dataclass(frozen=True)
class CertifiedYear:
    """One year. `amount_fen` None: an earlier system did not hand it over. Posting stands once the treasury has it."""

    benefit_year: int
    area_name: str
    class_label: str
    amount_fen: int | None
    paid_date: date | None
    posted_date: date | None
    tax_receipt_no: str | None
    is_refunded: bool


@dataclass(frozen=True)
class Certified:
    """A certificate: the number masked; the name in full in its holder's hands, masked for anybody who checks it."""

    certificate_no: str
    code: str
    name: str = field(repr=False)
    number: str = field(repr=False)
    years: tuple[CertifiedYear, ...]
    issued_at: datetime
    verify_url: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was given back since."""
        return not any(year.is_refunded for year in self.years)


@dataclass(frozen=True)
class Slip:
    """One year of one person, and the payment it was part of: fen in all, and for how many people."""

    receipt: Receipt
    payment_fen: int
    people: int


def certificate(env: Env, token: str | None, area_code: str) -> Certified | None:
    """缴费证明 of whoever is logged in: every year that counts. None: there is no year to certify.

    Raises:
        ProofMissing: no login, or one that is not sure enough.
    """
    holder = _holder(env, token, area_code)
    person = find_person(env.sealer, holder.id_type, holder.number)
    rows = _years_of(person) if person else []
    if person is None or not rows:
        return None
    return _certified(env, _issue(env, person, rows, area_code), person, rows)


def verify_certificate(env: Env, certificate_no: str, code: str) -> Certified:
    """The certificate with this number and code, as anybody may see it, with what has become of its years.

    Raises:
        NotFound: no certificate of ours; a wrong code and a wrong number are answered alike.
    """
    bucket = bucket_of_paper(env, certificate_no, code, PREFIX)
    found = Certificate.objects.filter(bucket=bucket, certificate_no=certificate_no).first()
    if found is None:
        raise NotFound
    rows = ContributionRecord.objects.filter(id__in=found.record_ids).order_by("-benefit_year", "-id")
    return _certified(env, found, Person.objects.get(id=found.person_id), list(rows), masked=True)


def slip(env: Env, token: str | None, area_code: str, record_id: int) -> Slip:
    """缴费回单: one payment, for whom it was paid or for whoever paid it while logged in.

    Raises:
        ProofMissing: no login, or one that is not sure enough. NotFound: no payment of theirs.
    """
    holder = _holder(env, token, area_code)
    record = ContributionRecord.objects.filter(id=record_id).first()
    if record is None or record.origin != "paid":
        raise NotFound
    person = find_person(env.sealer, holder.id_type, holder.number)
    is_own = person is not None and record.person_id in records_of(person.id)
    if not is_own and record.id not in {row.id for row in records_paid_by(env, holder)}:
        raise NotFound
    (found,) = receipts_for(env, [record], masked=not is_own)
    bucket = parse_order_no(record.order_no or "").bucket
    order = Order.objects.get(bucket=bucket, order_no=record.order_no)
    lines = OrderLine.objects.filter(bucket__in=order.line_buckets, order_no=order.order_no)
    return Slip(found, order.amount_fen, lines.count())


def slips(env: Env, token: str | None, area_code: str) -> list[tuple[int, CertifiedYear]]:
    """The payments of whoever is logged in, each with what opens its slip, the newest first.

    Raises:
        ProofMissing.
    """
    holder = _holder(env, token, area_code)
    person = find_person(env.sealer, holder.id_type, holder.number)
    rows = ContributionRecord.objects.filter(
        person__in=records_of(person.id) if person else [], origin="paid"
    )
    return [(row.id, _year(env, row)) for row in rows.order_by("-paid_at", "-id")]


def _holder(env: Env, token: str | None, area_code: str) -> Holder:
    level, _ = level_for(env, area_code)
    return require(env, token, level, WHY)


def _years_of(person: Person) -> list[ContributionRecord]:
    rows = ContributionRecord.objects.filter(person__in=records_of(person.id), refunded_at=None)
    return list(rows.order_by("-benefit_year", "-id"))


def _issue(env: Env, person: Person, rows: Sequence[ContributionRecord], area_code: str) -> Certificate:
    """The certificate of this content on this day: the same content on the same day is the same certificate."""
    told = [[row.id, str(row.posted_date), row.tax_receipt_no] for row in rows]
    text = json.dumps([str(env.local_date(area_code)), told])
    (serial,) = env.serials.take("certificate_no", 1)
    made, _ = Certificate.objects.get_or_create(
        bucket=person.bucket,
        person_id=person.id,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        defaults={
            "id": env.new_id("certificate", person.id),
            "certificate_no": PREFIX + str(OrderNumber(env.now.year, person.bucket, serial)),
            "record_ids": [row.id for row in rows],
            "issued_at": env.now,
        },
    )
    return made


def _certified(
    env: Env,
    made: Certificate,
    person: Person,
    rows: Sequence[ContributionRecord],
    *,
    masked: bool = False,
) -> Certified:
    number = env.sealer.open_number(person.id, person.number_sealed)
    code = env.sealer.receipt_code(made.certificate_no)
    area_code = rows[0].area_code if rows else ""
    return Certified(
        certificate_no=made.certificate_no,
        code=code,
        name=mask_name(person.name) if masked else person.name,
        number=mask_number(number),
        years=tuple(_year(env, row) for row in rows),
        issued_at=env.local(area_code, made.issued_at) if area_code else made.issued_at,
        verify_url=f"{env.base_url}/v/{made.certificate_no}/{code}/",
    )


def _year(env: Env, row: ContributionRecord) -> CertifiedYear:
    known = row.receipt_no is not None
    pack = env.packs.get(row.area_code, row.benefit_year, env.now) if known else None
    return CertifiedYear(
        row.benefit_year,
        env.areas.full_name(row.area_code),
        pack.class_label(row.person_class) if pack else "",
        row.amount_fen,
        env.local_date(row.area_code, row.paid_at) if row.paid_at else None,
        row.posted_date,
        row.tax_receipt_no,
        row.refunded_at is not None,
    )
