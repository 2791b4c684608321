"""答复反馈: what the agency sees of the matters that wait, and how it answers (CP-21)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from canbao.basics.areas import prefix_of
from canbao.basics.refusals import NotFound
from canbao.records.models import Event, Feedback
from canbao.records.transactions import in_one_transaction
from canbao.services.people.feedback.ask import move, phone_place
from canbao.services.people.feedback.words import Said, checked_text, put_word, said_on
from canbao.services.system.env import Env

AT_ONCE = 500


@dataclass(frozen=True)
class Told:
    """A matter as staff see it: whole, with the phone of whoever wants a call."""

    row: Feedback
    phone: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Tally:
    """How an area keeps its promise: what stands in which state, under which codes, how long first answers took."""

    by_state: dict[str, int]
    by_topic: dict[str, int]
    by_code: dict[str, int]
    oldest_waiting_at: datetime | None
    half_answered_within: timedelta | None


def waiting_in(env: Env, area_code: str, states: Sequence[str] = ("waiting",)) -> list[Told]:
    """The matters of an area and below it, the oldest first, at most 500."""
    rows = _of(area_code).filter(state__in=states).order_by("asked_at", "id")[:AT_ONCE]
    return [_told(env, row) for row in rows]


def show(env: Env, feedback_id: int) -> Told:
    """One matter. Raises NotFound."""
    return _told(env, _found(feedback_id))


def answer(env: Env, feedback_id: int, text: str) -> Told:
    """Answer, or add to an answer. The resident's page shows it; who has solved it for themselves keeps that.

    Raises:
        NotFound, BadInput.
    """
    found, plain = _found(feedback_id), checked_text(text)

    def work() -> None:
        journal = env.journal()
        if put_word(env, found, "agency", plain):
            move(journal, found, "answered")
        journal.write()

    in_one_transaction(work)
    return show(env, feedback_id)


def tally(area_code: str) -> Tally:
    """Numbers for whoever is responsible; the middle time is over the first answers there were."""
    rows = list(_of(area_code).values("id", "bucket", "state", "topic", "code", "asked_at"))
    asked = {row["id"]: row["asked_at"] for row in rows}
    answers = Event.objects.filter(name="FeedbackAnswered", subject_id__in=asked).order_by("-at", "-id")
    answered = dict(answers.values_list("subject_id", "at"))  # the first answer comes last and stays
    took = sorted(at - asked[id_] for id_, at in answered.items())
    return Tally(
        dict(Counter(row["state"] for row in rows)),
        dict(Counter(row["topic"] for row in rows)),
        dict(Counter(row["code"] for row in rows if row["code"]).most_common()),
        min((row["asked_at"] for row in rows if row["state"] == "waiting"), default=None),
        took[len(took) // 2] if took else None,
    )


def _of(area_code: str) -> QuerySet[Feedback]:
    return Feedback.objects.filter(area_code__startswith=prefix_of(area_code) if area_code else "")


def _found(feedback_id: int) -> Feedback:
    found = Feedback.objects.filter(id=feedback_id).first()
    if found is None:
        raise NotFound
    return found


def _told(env: Env, row: Feedback) -> Told:
    phone = env.sealer.open(bytes(row.phone_sealed), phone_place(row.id)) if row.phone_sealed else ""
    return Told(row, phone, tuple(said_on(env, row.id)))
