"""医保户: who shares the outpatient quota. Opt-in, by entering one head's ID number (FY-23 … FY-25)."""

from dataclasses import dataclass

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.genes import bucket_of
from canbao.policy.household import HeadFacts, check_household
from canbao.records import sets
from canbao.records.models import ContributionRecord, Enrolment
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Head:
    """Whose number was entered as 户主身份证号; None: the person's own."""

    number: str | None


def join(env: Env, person_id: int, head_person_id: int, benefit_year: int, area_code: str) -> None:
    """Write a person into a head's 户 for the year; entering it again before paying replaces it."""
    sets.insert(
        "household_member",
        {
            "id": Column("int", [env.new_id("household_member", person_id)]),
            "bucket": Column("int", [bucket_of(person_id)]),
            "person_id": Column("int", [person_id]),
            "benefit_year": Column("int", [benefit_year]),
            "head_person_id": Column("int", [head_person_id]),
            "area_code": Column("text", [area_code]),
            "joined_at": Column("instant", [env.now]),
        },
        "ON CONFLICT (bucket, person_id, benefit_year) DO UPDATE SET head_person_id = excluded.head_person_id, "
        "area_code = excluded.area_code, joined_at = excluded.joined_at",
    )
