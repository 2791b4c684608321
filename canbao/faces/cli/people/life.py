"""One person as `canbao person show` tells it."""

from typing import Any

from canbao.services.people.changes.request import KINDS, STATES
from canbao.services.people.changes.show import show
from canbao.services.system.env import Env

ENROLMENT_STATES = {"active": "正常", "suspended": "停保", "terminated": "终止"}
KEPT = {"ours": "这里的", "theirs": "另一份", "both": "两份都留"}
EVENTS = {
    "PersonRegistered": "登记", "PersonCorrected": "更正姓名或号码", "PersonDied": "去世", "PersonMerged": "并到另一条",
    "PersonTookUp": "并进一条", "PersonParted": "分开", "NumberClaimed": "登记号码", "NumberRepointed": "号码改指",
    "EnrolmentStarted": "参保", "EnrolmentSuspended": "停保", "EnrolmentResumed": "恢复", "EnrolmentTerminated": "终止",
    "ClassChanged": "改类别", "PlaceChanged": "改参保地", "TransferredOut": "转出", "ColumnRebuilt": "按经过改正",
}  # fmt: skip


def life(env: Env, person_id: int) -> dict[str, Any]:
    """Everything staff see, one line a fact."""
    from canbao.records.models import Person

    found = show(env, Person.objects.get(id=person_id))
    one = found.person
    return {
        "person_id": one.id,
        "name": one.name,
        "number": found.number,
        "former_numbers": list(found.former_numbers),
        "birth_date": one.birth_date,
        "died_date": one.died_date,
        "merged_into": one.merged_into_id,
        "merged_ids": list(found.merged_ids),
        "alike": list(found.alike),
        "enrolments": [
            {
                "area": env.areas.full_name(row.area_code),
                "person_class": row.person_class,
                "state": ENROLMENT_STATES[row.state],
                "from": row.started_date,
                "until": row.ended_date,
            }
            for row in found.enrolments
        ],
        "covers": [
            {"year": year, "area": env.areas.full_name(area), "from": first, "until": last, "origin": origin}
            for year, area, first, last, origin in found.covers
        ],
        "requests": [
            {"request_id": row.id, "kind": KINDS[row.kind], "state": STATES[row.state]}
            for row in found.requests
        ],
        "duplicates": [
            {"duplicate_id": row.id, "year": row.benefit_year, "state": row.state} for row in found.duplicates
        ],
        "happened": [
            {
                "at": f"{env.local('100000', row.at):%Y-%m-%d %H:%M}",
                "event": EVENTS.get(row.name, row.name),
                "actor": row.actor,
                "why": row.why,
                "evidence": row.evidence,
            }
            for row in found.happenings
        ],
    }
