"""看: what was heard of somebody, whether the question is open, and what resident pages say of it."""

from dataclasses import dataclass
from datetime import datetime

from canbao.records.models import Enrolment, HeardFact, PlatformAsk
from canbao.services.exchange.platform.ask import is_answered
from canbao.services.people.others import barred_people
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Heard:
    """One person: rows that hold and held, when they were asked about, and the code a payer would meet."""

    facts: tuple[HeardFact, ...]
    asked_at: datetime | None
    answered_at: datetime | None
    fault: str | None
    is_answered: bool
    code: str | None


@dataclass(frozen=True)
class Questions:
    """How the questions stand. `is_connected`: this installation knows how to reach the platform."""

    is_connected: bool
    answered: int
    unanswered: int


def heard(env: Env, person_id: int) -> Heard:
    """What is known of a person from elsewhere."""
    asked = PlatformAsk.objects.filter(person=person_id).first()
    enrolled = Enrolment.objects.filter(person=person_id, state="active", insurance_type="390").first()
    refusals = barred_people(env, [(person_id, enrolled.area_code)]) if enrolled else {}
    return Heard(
        facts=tuple(HeardFact.objects.filter(person=person_id).order_by("heard_at", "id")),
        asked_at=asked.asked_at if asked else None,
        answered_at=asked.answered_at if asked else None,
        fault=asked.fault if asked else None,
        is_answered=is_answered(env, person_id),
        code=refusals[person_id].code if person_id in refusals else None,
    )


def questions(env: Env) -> Questions:
    """Everybody who was ever asked about."""
    open_ = PlatformAsk.objects.filter(fault__isnull=False).count()
    return Questions(env.platform is not None, PlatformAsk.objects.count() - open_, open_)
