"""门诊统筹额度: what a person or a 户 has used of its shared cap, as a ledger that two claims cannot overdraw (E10, FY-21, FY-22).

The next row of a household's ledger has the next number. Who reads the same last row as another and comes second finds
the number taken, and reckons anew from what the first has left.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from canbao.basics.documents import mask_name
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import ChangeRefused, FigureUnknown, NotFound
from canbao.policy.quota import Quota, Visit, cap_fen, reimburse
from canbao.records import sets
from canbao.records.models import Bill, Coverage, HouseholdMember, OrderLine, Person, QuotaEntry
from canbao.records.money.orders import order_by_token
from canbao.records.sets import Column
from canbao.services.system.env import Env

TRIES = 50
LEFT = "left:"  # how the claim number of a row begins that parts two ledgers


@dataclass(frozen=True)
class Use:
    """One outpatient claim. `claim_no`: the clinic's number of it, once a household and year."""

    person_id: int
    claim_no: str
    eligible_fen: int
    area_code: str
    visited_date: date
    is_covered_clinic: bool = True


@dataclass(frozen=True)
class Row:
    """What the next row of a ledger says: whose claim, of which number, how much, below zero where it comes back."""

    person_id: int
    benefit_year: int
    claim_no: str
    amount_fen: int
    visited_date: date


@dataclass(frozen=True)
class Shared:
    """Whose ledger a person uses in a year, who shares it, and where it stands. `cap_fen` None: not stated."""

    head_id: int
    member_ids: tuple[int, ...]
    area_code: str
    cap_fen: int | None
    used_fen: int
    last_serial_no: int
    before_joining_fen: int


def use(env: Env, claim: Use) -> int:
    """Reimburse one claim from the quota and book it; the same claim again is the same answer. Returns fen.

    Raises:
        ChangeRefused: not covered on the day. FigureUnknown: no notice states the rate or the cap.
    """
    env.serials.warm({"quota_entry": TRIES})
    for _ in range(TRIES):
        shared = standing(env, claim.person_id, claim.visited_date)
        booked = _claimed(shared, claim)
        if booked is None:
            booked = book(env, shared, _row(claim, _reckon(env, shared, claim)))
        if booked is not None:
            return booked
    raise ChangeRefused(problem="这一户同时有太多笔报销，请再试一次。")


def take_back(env: Env, person_id: int, claim_no: str, benefit_year: int) -> int:
    """Take a claim back that should not have been paid: a row below zero beside it, once. Returns what came back, in fen.

    Raises:
        NotFound: no such claim of this person in this year.
    """
    env.serials.warm({"quota_entry": TRIES})
    rows = QuotaEntry.objects.filter(person_id=person_id, claim_no=claim_no, benefit_year=benefit_year)
    paid = rows.first()
    if paid is None:
        raise NotFound
    again = Row(person_id, benefit_year, f"back:{claim_no}", -paid.amount_fen, paid.visited_date)
    for _ in range(TRIES):
        ledger = QuotaEntry.objects.filter(head=paid.head_id, benefit_year=benefit_year)
        if ledger.filter(claim_no=again.claim_no).exists():
            return paid.amount_fen
        if book(env, _as_it_stands(ledger.order_by("serial_no").last() or paid), again) is not None:
            return paid.amount_fen
    raise ChangeRefused(problem="这一户同时有太多笔报销，请再试一次。")


def _as_it_stands(last: QuotaEntry) -> Shared:
    """A ledger by its last row alone: what comes back needs no cap."""
    return Shared(last.head_id, (), "", last.cap_fen, last.used_fen, last.serial_no, 0)


def standing(env: Env, person_id: int, on: date) -> Shared:
    """The quota a person uses on a day. Raises ChangeRefused: not covered then."""
    cover = Coverage.objects.filter(person=person_id, cover_year=on.year, state="active").first()
    begun = cover and (cover.cover_from_date is None or cover.cover_from_date <= on)
    if cover is None or not begun or (cover.cover_until_date and cover.cover_until_date <= on):
        raise ChangeRefused(problem="那一天没有待遇，不能报销。")
    return shared_by(env, person_id, on.year, cover.area_code)


@dataclass(frozen=True)
class Family:
    """我的家庭: masked names, what the year's cap is and how much of it is used. `cap_fen` None: not stated."""

    area_code: str
    benefit_year: int
    names: tuple[str, ...]
    is_household: bool
    cap_fen: int | None
    used_fen: int

    @property
    def example_fen(self) -> tuple[int, int]:
        """The notice's example with this area's own figure: one head's cap, and that of four together (FY-22)."""
        each = (self.cap_fen or 0) // len(self.names)
        return each, 4 * each

    @property
    def left_fen(self) -> int:
        """What is left; never below zero, also after somebody has left."""
        return max(0, (self.cap_fen or 0) - self.used_fen)


def family(env: Env, token: str) -> Family:
    """The 户 of whoever an order paid for, for the phone that holds the order. Raises NotFound."""
    order = order_by_token(token)
    rows = OrderLine.objects.filter(bucket=order.bucket, order_no=order.order_no) if order else None
    line = rows.order_by("line_no").first() if rows is not None else None
    if line is None:
        raise NotFound
    bill = Bill.objects.get(id=line.bill_id)
    shared = shared_by(env, bill.person_id, bill.benefit_year, bill.area_code)
    people = {person.id: person.name for person in Person.objects.filter(id__in=shared.member_ids)}
    return Family(
        area_code=bill.area_code,
        benefit_year=bill.benefit_year,
        names=tuple(mask_name(people[id_]) for id_ in shared.member_ids),
        is_household=len(shared.member_ids) > 1,
        cap_fen=shared.cap_fen,
        used_fen=shared.used_fen,
    )


def shared_by(env: Env, person_id: int, year: int, area_code: str) -> Shared:
    """Whose ledger a person uses in a year and where it stands, whether or not there is cover."""
    own = HouseholdMember.objects.filter(person=person_id, benefit_year=year, left_at=None).first()
    head_id = own.head_person_id if own else person_id
    rows = HouseholdMember.objects.filter(head_person_id=head_id, benefit_year=year, left_at=None)
    members = tuple(rows.order_by("joined_at", "id").values_list("person_id", flat=True)) or (person_id,)
    last = QuotaEntry.objects.filter(head=head_id, benefit_year=year).order_by("serial_no").last()
    others = [id_ for id_ in members if id_ != head_id]
    alone = QuotaEntry.objects.filter(head__in=others, benefit_year=year)
    # What parted somebody from this 户 before stands in its own ledger already.
    alone = alone.exclude(claim_no__startswith=f"{LEFT}{head_id}:")
    before = alone.aggregate(sum=Sum("amount_fen"))["sum"]
    quota = Quota(area_code, members=len(members), is_household=len(members) > 1)
    pack = env.packs.get(area_code, year, env.now)
    return Shared(
        head_id=head_id,
        member_ids=members,
        area_code=area_code,
        cap_fen=cap_fen(pack, quota),
        used_fen=(last.used_fen if last else 0) + (before or 0),
        last_serial_no=last.serial_no if last else 0,
        before_joining_fen=before or 0,
    )


def _reckon(env: Env, shared: Shared, claim: Use) -> int:
    pack = env.packs.get(shared.area_code, claim.visited_date.year, env.now)
    many = len(shared.member_ids)
    quota = Quota(shared.area_code, shared.used_fen, many, is_household=many > 1)
    (done,) = reimburse(
        pack, quota, [Visit(claim.eligible_fen, claim.area_code, is_covered_clinic=claim.is_covered_clinic)]
    )
    if done.amount_fen is None:
        raise FigureUnknown(area=env.areas.full_name(shared.area_code))
    return done.amount_fen


def _row(claim: Use, amount_fen: int) -> Row:
    return Row(claim.person_id, claim.visited_date.year, claim.claim_no, amount_fen, claim.visited_date)


def _claimed(shared: Shared, claim: Use) -> int | None:
    rows = QuotaEntry.objects.filter(
        head=shared.head_id, benefit_year=claim.visited_date.year, claim_no=claim.claim_no
    )
    return rows.values_list("amount_fen", flat=True).first()


def used_of(person_id: int, year: int) -> int:
    """What somebody's own claims of a year came to, in whichever ledger they stand."""
    rows = QuotaEntry.objects.filter(person_id=person_id, benefit_year=year).exclude(
        claim_no__startswith=LEFT
    )
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def book(env: Env, shared: Shared, row: Row) -> int | None:
    """Write the next row, in the caller's transaction if there is one; None: somebody else wrote it."""
    bucket = bucket_of(shared.head_id)
    values: dict[str, tuple[sets.Kind, object]] = {
        "id": ("int", env.new_id("quota_entry", shared.head_id)), "bucket": ("int", bucket),
        "head_id": ("int", shared.head_id), "benefit_year": ("int", row.benefit_year),
        "serial_no": ("int", shared.last_serial_no + 1), "claim_no": ("text", row.claim_no),
        "person_id": ("int", row.person_id), "amount_fen": ("int", row.amount_fen),
        "used_fen": ("int", shared.used_fen - shared.before_joining_fen + row.amount_fen),
        "cap_fen": ("int", (shared.cap_fen or 0) - shared.before_joining_fen), "visited_date": ("date", row.visited_date),
        "booked_by": ("text", env.actor), "booked_at": ("instant", env.now),
    }  # fmt: skip
    columns = {name: Column(kind, [value]) for name, (kind, value) in values.items()}
    made = sets.insert("quota_entry", columns, "ON CONFLICT DO NOTHING RETURNING id")
    return row.amount_fen if made else None
