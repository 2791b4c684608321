"""医保户: who shares the outpatient quota. Opt-in, by entering one head's ID number (FY-23 … FY-25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from canbao.basics.documents import RESIDENT_ID, BadNumber, normal_number, parse_resident_id
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, NotRegistered
from canbao.policy.household import HeadFacts, check_household
from canbao.policy.pack import Pack
from canbao.records import sets
from canbao.records.models import ContributionRecord, Enrolment, HouseholdMember, Person
from canbao.records.moves import Journal
from canbao.records.people.changes.told import told
from canbao.records.people.facts import RESIDENT_SCHEME
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.others import in_employee_scheme
from canbao.services.system import limits
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Head:
    """Whose number was entered as 户主身份证号; None: the person's own."""

    number: str | None


def check_head(env: Env, person_id: int, own_number: str, head: Head, area_code: str, pack: Pack) -> int:
    """Whose 户 the person would be in: the head's person id, or their own.

    Raises:
        BadInput: the head's number cannot be a number.
        HouseholdMismatch: it may not be entered here, with the reason (户主信息报错).
    """
    if head.number is None or normal_number(head.number) == own_number:
        return person_id
    try:
        number = parse_resident_id(head.number, env.local_date(area_code)).number
    except BadNumber:
        raise BadInput(field="head", problem="户主身份证号不对，请核对。") from None
    limits.count(env, limits.PER_NUMBER, f"head|{number}")
    found = find_person(env.sealer, RESIDENT_ID, number)
    mismatch = check_household(pack, _facts(env, found, area_code, pack.benefit_year))
    if mismatch:
        raise mismatch
    return found.id if found else person_id


def _facts(env: Env, head: Person | None, area_code: str, benefit_year: int) -> HeadFacts:
    """What the records know of a head, for policy to judge."""
    if head is None:
        return HeadFacts(is_own=False)
    enrolment = Enrolment.objects.filter(person=head.id, state="active").first()
    own = HouseholdMember.objects.filter(person=head.id, benefit_year=benefit_year).first()
    return HeadFacts(
        is_own=False,
        is_known=True,
        scheme="employee" if in_employee_scheme(env, head.id, area_code) else _scheme(enrolment),
        has_paid=ContributionRecord.objects.filter(
            person=head.id, benefit_year=benefit_year, refunded_at=None
        ).exists(),
        enters_own_number=own is None or own.head_person_id == head.id,
        head_area_code=own.area_code if own else enrolment.area_code if enrolment else None,
        member_area_code=area_code,
    )


def _scheme(enrolment: Enrolment | None) -> Literal["resident", "employee", "none"]:
    if enrolment is None:
        return "none"
    return "resident" if enrolment.insurance_type == RESIDENT_SCHEME else "employee"


def enter(env: Env, person_id: int, head: Head, benefit_year: int) -> int:
    """合户 at a window: check the head's number and write the person in. Returns the head's person id.

    Raises:
        NotRegistered: not enrolled now. What `check_head` raises.
    """
    enrolment = Enrolment.objects.filter(
        person=person_id, state="active", insurance_type=RESIDENT_SCHEME
    ).first()
    if enrolment is None:
        raise NotRegistered
    area_code = enrolment.area_code
    pack = env.packs.get(area_code, benefit_year, env.now)
    head_id = check_head(env, person_id, _number(env, person_id), head, area_code, pack)
    form(env, [(person_id, head_id, benefit_year, area_code)])
    return head_id


def _number(env: Env, person_id: int) -> str:
    sealed = Person.objects.values_list("number_sealed", flat=True).get(id=person_id)
    return env.sealer.open_number(person_id, sealed)


def form(env: Env, joins: Sequence[tuple[int, int, int, str]]) -> None:
    """`join` in a transaction of its own."""
    env.serials.warm({"household_member": len(joins), "event": len(joins)})

    def work() -> None:
        journal = env.journal()
        join(env, journal, joins)
        journal.write()

    in_one_transaction(work)


def join(env: Env, journal: Journal, joins: Sequence[tuple[int, int, int, str]]) -> None:
    """Write people into heads' 户, as (person, head, benefit year, area); again before paying replaces it.

    In the caller's transaction; each row written is an event of its own.
    """
    if not joins:
        return
    buckets = [bucket_of(person_id) for person_id, _, _, _ in joins]
    rows = sets.insert(
        "household_member",
        {
            "id": Column("int", env.new_ids("household_member", buckets)),
            "bucket": Column("int", buckets),
            "person_id": Column("int", [row[0] for row in joins]),
            "benefit_year": Column("int", [row[2] for row in joins]),
            "head_person_id": Column("int", [row[1] for row in joins]),
            "area_code": Column("text", [row[3] for row in joins]),
            "joined_at": Column("instant", [env.now] * len(joins)),
        },
        "ON CONFLICT (bucket, person_id, benefit_year) DO UPDATE SET head_person_id = excluded.head_person_id, "
        "area_code = excluded.area_code, joined_at = excluded.joined_at, left_at = NULL "
        "RETURNING id, person_id, head_person_id, benefit_year, area_code",
    )
    for row in rows:
        columns = {name: row[name] for name in ("person_id", "head_person_id", "benefit_year", "area_code")}
        journal.note("household_member", row["id"], "HouseholdJoined", told(columns))
