"""停保: end active enrolments from a day on. Cover already paid for stays (LZ-09)."""

from collections.abc import Sequence
from datetime import date

from canbao.basics.states import ENROLMENT
from canbao.records.models import Enrolment
from canbao.records.moves import Claim, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env


def suspend(env: Env, person_ids: Sequence[int], ended_date: date) -> int:
    """Suspend the active enrolments of these people. Returns how many were active."""
    return in_one_transaction(lambda: _suspend(env, person_ids, ended_date))


def _suspend(env: Env, person_ids: Sequence[int], ended_date: date) -> int:
    journal = env.journal()
    active = list(Enrolment.objects.filter(person__in=person_ids, state="active").order_by("id"))
    keys = {
        "bucket": Column("int", [row.bucket for row in active]),
        "id": Column("int", [row.id for row in active]),
    }
    ended = Column("date", [ended_date] * len(active))
    moved = claim(
        journal, Claim(ENROLMENT, "suspended", keys, assign={"ended_date": ended}, clear=("active_slot",))
    )
    journal.write()
    return len(moved)
