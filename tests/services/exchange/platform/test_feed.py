"""每日变动: kept whole or refused, taken in once, stopped anywhere and gone on with."""

from datetime import date, timedelta

import pytest

from canbao.basics.refusals import FeedRefused
from canbao.records.models import Event, HeardFact, Person, PlatformFeed
from canbao.services.exchange.platform import feed as feeds
from canbao.services.exchange.platform.ask import ask
from canbao.services.exchange.platform.feed import Taken, keep, listen, take_in
from tests.support.people.asked import number_of
from tests.support.people.fake_platform import feed_of, joined, moved
from tests.support.world import World

NAMES = ("甲一", "乙二", "丙三")
DIED = date(2021, 11, 8)


@pytest.fixture
def people(world: World) -> list[tuple[str, str]]:
    """Numbers and names of people on the register."""
    ids = [world.person(name=name) for name in NAMES]
    return [(number_of(world, id_), name) for id_, name in zip(ids, NAMES, strict=True)]


def holding() -> set[tuple[str, str, str]]:
    rows = HeardFact.objects.filter(state="holds").select_related("person")
    return {(row.person.name, row.kind, row.area_code) for row in rows}


def test_a_feed_is_taken_in_by_number_and_name(world, people):
    (first, second, third), at = people, world.env.now
    stranger = ("371502199001010013", "路人")
    body = feed_of(
        1, at, (*first, joined()), (*second, moved("341225")), (*stranger, joined()), (third[0], "别人", DIED)
    )
    keep(world.env, body)
    assert take_in(world.env, 1) == Taken(1, rows=4, taken=2, strangers=1, doubtful=(4,))
    assert holding() == {("甲一", "employee", "140200"), ("乙二", "resident", "341225")}


def test_read_twice_it_changes_nothing(world, people):
    body = feed_of(1, world.env.now, (*people[0], joined()), (*people[1], DIED))
    told = [take_in(world.env, keep(world.env, body).feed_no) for _ in range(2)]
    events = Event.objects.filter(subject="heard_fact").count()
    assert told[0] == told[1] == Taken(1, 2, 2, 0, ())
    assert (PlatformFeed.objects.count(), HeardFact.objects.count(), events) == (1, 2, 2)


def test_the_next_feed_ends_replaces_and_withdraws(world, people):
    later = world.env.now + timedelta(days=1)
    first, second, third = people
    keep(world.env, feed_of(1, world.env.now, (*first, joined()), (*second, moved("341225")), (*third, DIED)))
    take_in(world.env, 1)
    void = feed_of(
        2,
        later,
        (*first, joined(until=date(2021, 12, 1))),
        (*second, moved("341225")),
        (*third, date(2021, 11, 9)),
    )
    keep(
        world.env,
        void.replace(b'"insutype": "390", "psn_insu_stas": "1"', b'"insutype": "390", "psn_insu_stas": "3"'),
    )
    take_in(world.env, 2)
    assert holding() == {("甲一", "employee", "140200"), ("丙三", "death", "100000")}
    ended = HeardFact.objects.filter(state="holds").order_by("kind").values_list("from_date", "until_date")
    assert list(ended) == [(date(2021, 11, 9), None), (date(2019, 3, 1), date(2021, 12, 1))]
    assert sorted(HeardFact.objects.exclude(state="holds").values_list("kind", "state")) == [
        ("death", "replaced"), ("employee", "replaced"), ("resident", "withdrawn"),
    ]  # fmt: skip


@pytest.mark.parametrize("step", [1, 2])
def test_stopped_anywhere_it_goes_on_there(world, people, monkeypatch, step):
    monkeypatch.setattr(feeds, "CHUNK", 1)
    body = feed_of(1, world.env.now, *((*each, joined()) for each in people))
    kept, rows = keep(world.env, body), []

    def stop(_: int) -> None:
        rows.append(1)
        if len(rows) == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(world.env, kept.feed_no, stop)
    assert HeardFact.objects.count() == step
    assert listen(world.env) == 3
    assert (HeardFact.objects.count(), PlatformFeed.objects.get().taken_count) == (3, 3)


def test_a_feed_with_a_fault_is_refused_and_nothing_of_it_is_kept(world, people):
    body = feed_of(1, world.env.now, (*people[0], joined()))
    for wrong in (body[:-9], body.replace(b'"row_cnt": 1', b'"row_cnt": 2'), b"", b"[]"):
        with pytest.raises(FeedRefused):
            keep(world.env, wrong)
    assert (PlatformFeed.objects.count(), HeardFact.objects.count()) == (0, 0)


def test_a_missing_number_and_other_content_under_one_number_are_refused(world, people):
    at = world.env.now
    keep(world.env, feed_of(4, at, (*people[0], joined())))  # where we begin to listen
    with pytest.raises(FeedRefused) as met:
        keep(world.env, feed_of(6, at))
    assert "缺第5号" in met.value.say(met.value.why)
    with pytest.raises(FeedRefused) as met:
        keep(world.env, feed_of(4, at, (*people[1], joined())))
    assert "内容不一样" in met.value.say(met.value.why)


def test_the_job_hears_all_feeds_that_have_come_and_waits_when_nobody_answers(world, platform, people):
    at = world.env.now
    platform.feeds = {
        1: feed_of(1, at, (*people[0], joined())),
        2: feed_of(2, at),
        3: feed_of(3, at, (*people[1], DIED)),
    }
    platform.down = True
    assert listen(world.env) == 0
    platform.down = False
    assert listen(world.env) == 2
    assert listen(world.env) == 0
    assert {name for name, _, _ in holding()} == {"甲一", "乙二"}


def test_a_refused_feed_holds_back_those_behind_it_until_it_is_sent_whole(world, platform, people):
    whole = feed_of(1, world.env.now, (*people[0], joined()))
    platform.feeds = {1: whole.replace(b'"row_cnt": 1', b'"row_cnt": 2'), 2: feed_of(2, world.env.now)}
    assert (listen(world.env), PlatformFeed.objects.count()) == (0, 0)
    platform.feeds[1] = whole
    assert (listen(world.env), PlatformFeed.objects.count()) == (1, 2)


def test_a_word_older_than_the_last_answer_changes_nothing(world, people):
    ask(world.env, list(Person.objects.filter(name="甲一").values_list("id", flat=True)))
    keep(world.env, feed_of(1, world.env.now - timedelta(hours=3), (*people[0], joined())))
    assert take_in(world.env, 1).taken == 1
    assert holding() == set()


def test_the_feed_is_sealed_where_it_is_kept(world, people):
    keep(world.env, feed_of(1, world.env.now, (*people[0], joined())))
    body = bytes(PlatformFeed.objects.get().body_sealed)
    assert people[0][0].encode() not in body
    assert people[0][1].encode() not in body
