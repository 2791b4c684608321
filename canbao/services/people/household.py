"""医保户: who shares the outpatient quota. Opt-in, by entering one head's ID number (FY-23 … FY-25)."""

from collections.abc import Sequence
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


def join(env: Env, joins: Sequence[tuple[int, int, int, str]]) -> None:
    """Write people into heads' 户, as (person, head, benefit year, area); again before paying replaces it."""
    buckets = [bucket_of(person_id) for person_id, _, _, _ in joins]
    sets.insert(
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
        "area_code = excluded.area_code, joined_at = excluded.joined_at",
    )
