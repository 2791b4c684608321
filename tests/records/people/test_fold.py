"""Folding what was said: the newest word on a thing holds, in whatever portions it came; twice is once."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from canbao.records.people.heard.fold import Fold, Said, fold
from canbao.records.people.heard.words import Held, Word

START = datetime(2021, 11, 1, tzinfo=UTC)
DAYS = st.sampled_from([date(2019, 1, 1), date(2021, 6, 1)])
ENDS = st.sampled_from([None, date(2021, 12, 1)])


@st.composite
def said(draw: st.DrawFn, place: int) -> Said:
    """One saying; instants never go back, as the platform's do not."""
    person, at = draw(st.sampled_from([10_001, 20_002])), START + timedelta(hours=place)
    kinds = st.sampled_from([("employee", "140200"), ("resident", "341225"), ("death", "100000")])
    words, seen = [], set()
    for _ in range(draw(st.integers(0, 2))):
        kind, area = draw(kinds)
        word = Word(person, kind, area, draw(DAYS), None if kind == "death" else draw(ENDS), at)
        if word.key not in seen and not (kind == "death" and any(key[1] == "death" for key in seen)):
            seen.add(word.key)
            words.append(word)
    if draw(st.booleans()):
        return Said(person, at, tuple(words), is_all=True)
    void = tuple(word.key for word in words) if draw(st.booleans()) else ()
    return Said(person, at, () if void else tuple(words), void=void)


STORIES = st.integers(0, 8).flatmap(lambda n: st.tuples(*(said(place) for place in range(n))))


def carry_out(held: list[Held], step: Fold, from_id: int) -> list[Held]:
    gone = {*step.replaced, *step.withdrawn}
    assert gone <= {one.id for one in held}
    left = [one for one in held if one.id not in gone]
    return [*left, *(Held(from_id + n, word) for n, word in enumerate(step.added))]


def tell(story: tuple[Said, ...], cuts: frozenset[int]) -> list[Held]:
    """The story in portions, as feeds and answers bring it."""
    held: list[Held] = []
    answered: dict[int, datetime] = {}
    portion: list[Said] = []
    for place, one in enumerate(story):
        portion.append(one)
        if place in cuts or place == len(story) - 1:
            held = carry_out(held, fold(held, portion, answered), 1_000 * (place + 1))
            assert fold(held, portion, answered).is_nothing
            answered |= {each.person_id: each.as_of for each in portion if each.is_all}
            portion = []
    return held


def plain(story: tuple[Said, ...]) -> set[tuple[object, ...]]:
    """The same by another way: the last word on each thing, unless something later took it away."""
    now: dict[tuple[object, ...], Word] = {}
    for one in story:
        dies = any(word.kind == "death" for word in one.words)
        for key in list(now):
            mine = key[0] == one.person_id
            if mine and (one.is_all or key in one.void or (dies and key[1] == "death")):
                del now[key]
        now |= {word.key: word for word in one.words}
    return {word[:5] for word in now.values()}


@given(story=STORIES, cuts=st.frozensets(st.integers(0, 7)))
def test_the_newest_words_hold_however_the_story_is_cut(story, cuts):
    held = tell(story, cuts)
    assert {one.word[:5] for one in held} == plain(story)
    keys = [one.word.key for one in held]
    assert len(keys) == len(set(keys))
    deaths = [one.word.person_id for one in held if one.word.kind == "death"]
    assert len(deaths) == len(set(deaths))


@given(story=STORIES)
def test_heard_again_after_everything_it_changes_nothing(story):
    held = tell(story, frozenset())
    answered = {one.person_id: one.as_of for one in story if one.is_all}
    last = {one.person_id: one for one in story}
    assert fold(held, list(last.values()), answered).is_nothing


def test_an_older_word_does_not_undo_a_newer_one():
    newer = Word(10_001, "employee", "140200", date(2019, 1, 1), date(2021, 12, 1), START + timedelta(days=1))
    older = newer._replace(until_date=None, as_of=START)
    assert fold([Held(7, newer)], [Said(10_001, START, (older,))], {}).is_nothing
    assert fold([Held(7, newer)], [Said(10_001, START, (), is_all=True)], {}).is_nothing
    assert fold([Held(7, older)], [Said(10_001, newer.as_of, (newer,))], {}) == Fold([7], [], [newer])
