"""问: ask the platform after people. Each at most once while an answer is fresh; without one, later each time.

The network is asked outside any transaction. Silence ends the batch: who was not reached is asked in a later round.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from canbao.basics.areas import NATION
from canbao.channels.platform import Answer, NotAnswered, Platform, Query
from canbao.records.models import Enrolment, Person, PlatformAsk
from canbao.records.people.heard.fold import Said
from canbao.records.people.heard.words import take_turn
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.platform.hear import death_of, put_down, warm, word_of
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
FRESH_FOR = timedelta(hours=24)  # the daily feed tells what changes meanwhile
OURS_FOR = timedelta(seconds=60)  # whoever asks and is killed blocks nobody for longer
PAUSES_S = (60, 300, 900, 3600, 21600)
AT_ONCE = 50
EACH_ROUND = 200
UNREACHED = "not asked after silence"
ALIVE: dict[str, None] = {"merged_into_id": None, "died_date": None}


@dataclass(frozen=True)
class Asked:
    """What asking came to, in people. `not_due`: answered lately, asked by somebody else now, or unknown to us."""

    answered: int = 0
    unanswered: int = 0
    not_due: int = 0

    def __add__(self, other: "Asked") -> "Asked":
        return Asked(
            self.answered + other.answered, self.unanswered + other.unanswered, self.not_due + other.not_due
        )


def ask(env: Env, person_ids: Sequence[int]) -> Asked:
    """Ask after people, a few at a time. Where no platform is connected nobody is asked."""
    done = Asked()
    if env.platform is None:
        return Asked(not_due=len(person_ids))
    for start in range(0, len(person_ids), AT_ONCE):
        asked, is_silent = _ask_some(env, env.platform, person_ids[start : start + AT_ONCE])
        done += asked
        if is_silent:
            return done + Asked(unanswered=len(person_ids[start + AT_ONCE :]))
    return done


def ask_newcomer(env: Env, query: Query) -> Answer | None:
    """Ask after somebody who is on no record, so nothing can be kept yet. None: nobody can say."""
    if env.platform is None:
        return None
    try:
        return env.platform.ask(query, env.now)
    except NotAnswered as fault:
        log.warning("the platform on a newcomer: %s", fault.reason)
        return None


def remember(env: Env, person_id: int, answer: Answer) -> None:
    """Keep what was answered of a newcomer, once they are on record; it counts as their answer of today."""
    warm(env, len(answer.insured) + 2)

    def work() -> None:
        take_turn(env.serials, [person_id], env.now, env.now + OURS_FOR)
        _keep(env, {person_id: answer}, {})

    in_one_transaction(work)


def due(env: Env, person_ids: Sequence[int]) -> list[int]:
    """Whom `ask` would ask of these now."""
    waits = PlatformAsk.objects.filter(person__in=person_ids, due_at__gt=env.now)
    left = set(person_ids) - set(waits.values_list("person_id", flat=True))
    return sorted(Person.objects.filter(id__in=left, **ALIVE).values_list("id", flat=True))


def ask_again(env: Env) -> int:
    """One round of the job: whoever was asked in vain and is due. Returns how many were answered."""
    if env.platform is None:
        return 0
    due = PlatformAsk.objects.filter(fault__isnull=False, due_at__lte=env.now).order_by("due_at", "id")
    return ask(env, list(due.values_list("person_id", flat=True)[:EACH_ROUND])).answered


def is_answered(env: Env, person_id: int) -> bool:
    """Whether somebody has said lately all that is known of a person."""
    return PlatformAsk.objects.filter(person=person_id, answered_at__gt=env.now - FRESH_FOR).exists()


def answered_of(env: Env, person_ids: Sequence[int]) -> set[int]:
    """Of whom of these somebody has said lately all that is known."""
    asks = PlatformAsk.objects.filter(person__in=person_ids, answered_at__gt=env.now - FRESH_FOR)
    return set(asks.values_list("person_id", flat=True))


def _ask_some(env: Env, platform: Platform, person_ids: Sequence[int]) -> tuple[Asked, bool]:
    """Ask a few; and whether nobody answers at all."""
    queries = _queries(env, person_ids)
    warm(env, len(queries))
    ours = in_one_transaction(
        lambda: take_turn(env.serials, list(queries), env.now, env.now + OURS_FOR) if queries else []
    )
    answers: dict[int, Answer] = {}
    faults: dict[int, NotAnswered] = {}
    for person_id in ours:
        if any(fault.reason == "silent" for fault in faults.values()):
            faults[person_id] = NotAnswered("silent", UNREACHED)
            continue
        try:
            answers[person_id] = platform.ask(queries[person_id], env.now)
        except NotAnswered as fault:
            log.warning("the platform on person %s: %s", person_id, fault.reason)
            faults[person_id] = fault
    warm(env, sum(len(answer.insured) + 2 for answer in answers.values()))
    in_one_transaction(lambda: _keep(env, answers, faults))
    is_silent = any(fault.reason == "silent" for fault in faults.values())
    return Asked(len(answers), len(faults), len(person_ids) - len(ours)), is_silent


def _queries(env: Env, person_ids: Sequence[int]) -> dict[int, Query]:
    """What to ask of each record that is somebody's."""
    enrolled = Enrolment.objects.filter(person__in=person_ids, state="active", insurance_type="390")
    areas = dict(enrolled.values_list("person_id", "area_code"))
    people = Person.objects.filter(id__in=person_ids, **ALIVE)
    return {
        person.id: Query(
            person.id_type,
            env.sealer.open_number(person.id, person.number_sealed),
            person.name,
            areas.get(person.id, NATION),
        )
        for person in people
    }


def _keep(env: Env, answers: dict[int, Answer], faults: dict[int, NotAnswered]) -> None:
    journal = env.journal()
    put_down(journal, "answer", [_said(person_id, answer) for person_id, answer in answers.items()])
    for person_id, answer in answers.items():
        PlatformAsk.objects.filter(person=person_id).update(
            answered_at=env.now, as_of=answer.as_of, due_at=env.now + FRESH_FOR, tries=0, fault=None, fault_words=None
        )  # fmt: skip
    for person_id, fault in faults.items():
        _keep_fault(env, PlatformAsk.objects.get(person=person_id), fault)
    journal.write()


def _keep_fault(env: Env, row: PlatformAsk, fault: NotAnswered) -> None:
    """Why no answer came. Who was not reached is not held up longer by whoever was silent."""
    row.tries = 0 if fault.words == UNREACHED else row.tries
    row.fault, row.fault_words = fault.reason, fault.words[:120]
    row.due_at = _again_at(env.now, row.tries)
    row.save(update_fields=["tries", "fault", "fault_words", "due_at"])


def _again_at(now: datetime, tries: int) -> datetime:
    return now + timedelta(seconds=PAUSES_S[min(tries, len(PAUSES_S) - 1)])


def _said(person_id: int, answer: Answer) -> Said:
    words = [word_of(person_id, insured, answer.as_of) for insured in answer.insured]
    if answer.died_date:
        words.append(death_of(person_id, answer.died_date, answer.as_of))
    return Said(person_id, answer.as_of, tuple(words), is_all=True)
