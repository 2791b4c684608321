"""别处: what other systems say of people, asked where it is needed, judged by policy. Unknown is never a no."""

from collections.abc import Sequence

from canbao.basics.refusals import EnrolledElsewhere, Refusal
from canbao.channels.platform import Answer, Query
from canbao.policy.pack import Pack
from canbao.policy.registration.outside import Outside, Period, barred, unanswered
from canbao.records.models import Person
from canbao.records.people.heard.fold import DEATH
from canbao.records.people.heard.words import Word, words_of
from canbao.services.exchange.platform.ask import ask, ask_newcomer, is_answered
from canbao.services.system.env import Env


def heard_of(person_ids: Sequence[int]) -> dict[int, Outside]:
    """What was heard of each of these people, also under records merged into theirs; who is absent was never spoken of."""
    merged = Person.objects.filter(merged_into_id__in=person_ids).values_list("id", "merged_into_id")
    into: dict[int, int | None] = dict(merged)
    by_person: dict[int, list[Word]] = {}
    for held in words_of([*person_ids, *into]):
        person_id = into.get(held.word.person_id) or held.word.person_id
        by_person.setdefault(person_id, []).append(held.word)
    return {person_id: _outside(words) for person_id, words in by_person.items()}


def in_employee_scheme(env: Env, person_id: int, area_code: str) -> bool:
    """Whether another system says so for today. No is not said by it: nobody may have been asked."""
    on = env.local_date(area_code)
    return heard_of([person_id]).get(person_id, Outside()).is_employed(on)


def employed_newcomer(env: Env, query: Query) -> bool | None:
    """Whether another system has somebody in the employee scheme who is on no record here; None: nobody can say."""
    answer = ask_newcomer(env, query)
    return _outside_of(answer).is_employed(env.local_date(query.area_code)) if answer else None


def refuse_newcomer(env: Env, pack: Pack, query: Query) -> Answer | None:
    """Ask after somebody who is about to be registered and to pay; the answer is to be kept once they are on record.

    Raises:
        The same as `refuse_by_others`.
    """
    answer = ask_newcomer(env, query)
    outside = _outside_of(answer) if answer else Outside()
    refusal = barred(outside, query.area_code, env.local_date(query.area_code))
    if refusal := _named(env, refusal) or unanswered(pack, outside):
        raise refusal
    return answer


def barred_people(env: Env, people: Sequence[tuple[int, str]]) -> dict[int, Refusal]:
    """Whoever of these, each with their area, is barred by what was heard, and by what."""
    heard = heard_of([person_id for person_id, _ in people])
    said = {
        person_id: _named(env, barred(heard[person_id], area_code, env.local_date(area_code)))
        for person_id, area_code in people
        if person_id in heard
    }
    return {person_id: refusal for person_id, refusal in said.items() if refusal}


def refuse_by_others(env: Env, pack: Pack, person_id: int, area_code: str) -> bool:
    """Ask unless an answer is fresh, outside any transaction; then judge. Returns whether a question is still open.

    Raises:
        InEmployeeScheme, EnrolledElsewhere, DeathMarked: somebody has said so. CannotSayYet: the pack wants the answer first.
    """
    answered = is_answered(env, person_id)
    if not answered and env.platform is not None:
        ask(env, [person_id])
        answered = is_answered(env, person_id)
    refusal = barred_people(env, [(person_id, area_code)]).get(person_id)
    if refusal:
        raise refusal
    waits = unanswered(pack, Outside(is_answered=answered))
    if waits:
        raise waits
    return env.platform is not None and not answered


def _outside(words: Sequence[Word]) -> Outside:
    return Outside(
        periods=tuple(
            Period(word.kind, word.area_code, word.from_date, word.until_date)  # type: ignore[arg-type]
            for word in words
            if word.kind != DEATH
        ),
        died=any(word.kind == DEATH for word in words),
    )


def _outside_of(answer: Answer) -> Outside:
    periods = tuple(Period(*insured) for insured in answer.insured)
    return Outside(periods, answer.died_date is not None, is_answered=True)


def _named(env: Env, refusal: Refusal | None) -> Refusal | None:
    """With the place in words, where it is one we know."""
    if not isinstance(refusal, EnrolledElsewhere):
        return refusal
    code = refusal.facts["area"]
    return EnrolledElsewhere(area=env.areas.full_name(code) if env.areas.knows(code) else "外地")
