"""问: asked in sets, once while an answer is fresh; what is not answered stays unknown."""

from dataclasses import replace
from datetime import date

import pytest

from canbao.basics.refusals import CannotSayYet, DeathMarked, EnrolledElsewhere, InEmployeeScheme
from canbao.policy.pack import Pack
from canbao.records.models import HeardFact, PlatformAsk
from canbao.services.exchange.platform.ask import FRESH_FOR, Asked, ask, ask_again, is_answered
from canbao.services.people import others
from canbao.services.people.changes.rebuild import check_people
from canbao.services.people.guide import season_pack
from canbao.services.people.others import barred_people, in_employee_scheme, refuse_by_others
from canbao.services.system.audit import audit
from tests.support.people.fake_platform import FakePlatform, joined, moved
from tests.support.world import CHIPING, World

NAMES = ("甲一", "乙二", "丙三", "丁四")


@pytest.fixture
def people(world: World) -> list[int]:
    return [world.person(name=name) for name in NAMES]


def facts(state: str = "holds") -> list[tuple[str, str, date | None]]:
    rows = HeardFact.objects.filter(state=state).order_by("kind", "from_date")
    return list(rows.values_list("kind", "area_code", "until_date"))


def test_a_batch_is_asked_once_and_not_again_while_the_answer_is_fresh(world, platform, people):
    platform.insured = {"甲一": [joined()], "乙二": [moved("341225")]}
    platform.died = {"丙三": date(2021, 11, 1)}
    assert ask(world.env, people) == Asked(answered=4)
    assert ask(world.env, people) == Asked(not_due=4)
    assert sorted(platform.asked) == sorted(NAMES)
    assert facts() == [("death", "100000", None), ("employee", "140200", None), ("resident", "341225", None)]
    later = world.later(seconds=FRESH_FOR.total_seconds() + 1)
    assert not is_answered(later.env, people[0])
    assert ask(later.env, people) == Asked(answered=4)
    assert HeardFact.objects.count() == 3  # the same heard again is nothing new


def test_what_an_answer_leaves_out_is_withdrawn_and_a_new_end_replaces(world, platform, people):
    platform.insured = {"甲一": [joined(), moved("341225")]}
    ask(world.env, people[:1])
    platform.insured = {"甲一": [joined(until=date(2021, 12, 1))]}
    ask(world.later(days=2).env, people[:1])
    assert facts() == [("employee", "140200", date(2021, 12, 1))]
    assert facts("withdrawn") == [("resident", "341225", None)]
    assert facts("replaced") == [("employee", "140200", None)]


def test_silence_ends_the_batch_and_each_is_asked_again_later(world, platform, people):
    platform.down = True
    assert ask(world.env, people) == Asked(unanswered=4)
    assert len(platform.asked) == 1
    assert set(PlatformAsk.objects.values_list("fault", flat=True)) == {"silent"}
    platform.down = False
    assert ask_again(world.later(seconds=59).env) == 0
    assert ask_again(world.later(seconds=61).env) == 4
    assert all(is_answered(world.later(seconds=62).env, person) for person in people)


def test_a_refusal_or_rubbish_about_one_holds_up_nobody_else(world, platform, people):
    platform.faults = {"甲一": "refused", "丙三": "malformed"}
    assert ask(world.env, people) == Asked(answered=2, unanswered=2)
    again = [world.later(seconds=seconds) for seconds in (61, 62, 61 + 301)]
    assert [ask(one.env, people[:1]).unanswered for one in again] == [1, 0, 1]  # later each time


def test_whoever_is_never_answered_does_not_hold_up_those_behind_for_good(world, platform, people):
    platform.faults = {"甲一": "silent"}
    ask(world.env, people)
    for n in range(3):
        ask_again(world.later(seconds=61 + 301 * n).env)
    end = world.later(hours=1).env
    assert [is_answered(end, person) for person in people] == [False, True, True, True]


def test_an_answer_lost_after_the_turn_was_taken_is_asked_for_again(world, platform, people, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FakePlatform, "ask", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(world.env, people[:1])
    assert ask(world.later(seconds=30).env, people[:1]) == Asked(not_due=1)
    assert ask(world.later(seconds=60).env, people[:1]) == Asked(answered=1)


def test_without_a_platform_nobody_is_asked_and_nobody_is_answered(world, people):
    alone = replace(world.env, platform=None)
    assert ask(alone, people) == Asked(not_due=4)
    assert (ask_again(alone), PlatformAsk.objects.count()) == (0, 0)
    assert refuse_by_others(alone, season_pack(alone, CHIPING), people[0], CHIPING) is False


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([joined()], InEmployeeScheme),
        ([joined(until=date(2021, 11, 11))], InEmployeeScheme),  # until tomorrow
        ([joined(until=date(2021, 11, 10))], None),
        ([joined(since=date(2021, 12, 1))], None),
        ([moved("341225")], EnrolledElsewhere),
        ([moved("371502")], None),  # another county of the same pooling area is no elsewhere
    ],
)
def test_what_was_heard_is_judged_by_the_day(world, platform, people, said, refusal):
    platform.insured = {"甲一": said}
    pack = season_pack(world.env, CHIPING)
    if refusal is None:
        assert refuse_by_others(world.env, pack, people[0], CHIPING) is False
    else:
        with pytest.raises(refusal):
            refuse_by_others(world.env, pack, people[0], CHIPING)
    assert in_employee_scheme(world.env, people[0], CHIPING) is (refusal is InEmployeeScheme)


def test_a_death_that_was_heard_bars_and_changes_no_registration(world, platform, people):
    platform.died = {"甲一": date(2021, 11, 1)}
    with pytest.raises(DeathMarked):
        refuse_by_others(world.env, season_pack(world.env, CHIPING), people[0], CHIPING)
    assert list(barred_people(world.env, [(person, CHIPING) for person in people])) == people[:1]
    assert check_people(world.env) == []
    assert audit(world.env.now) == []


def test_whether_an_open_question_blocks_is_for_the_pack_to_say(world, platform, people, monkeypatch):
    platform.down = True
    pack: Pack = season_pack(world.env, CHIPING)
    assert (
        refuse_by_others(world.env, pack, people[0], CHIPING) is True
    )  # not stated: goes on, with a warning
    known = replace(pack.duplicates.others_answer_first, value=True, status="stated")
    strict = replace(pack, duplicates=replace(pack.duplicates, others_answer_first=known))
    with pytest.raises(CannotSayYet):
        refuse_by_others(world.env, strict, people[1], CHIPING)
    with pytest.raises(CannotSayYet):
        refuse_by_others(replace(world.env, platform=None), strict, people[2], CHIPING)


def test_what_is_known_bars_also_while_nobody_answers(world, platform, people):
    platform.insured = {"甲一": [joined()]}
    ask(world.env, people[:1])
    platform.down = True
    later = world.later(days=3)
    with pytest.raises(InEmployeeScheme):
        refuse_by_others(later.env, season_pack(later.env, CHIPING), people[0], CHIPING)


def test_a_place_we_do_not_know_is_elsewhere_all_the_same(world, platform, people):
    platform.insured = {"甲一": [moved("440305")]}
    ask(world.env, people[:1])
    (refusal,) = others.barred_people(world.env, [(people[0], CHIPING)]).values()
    assert refusal == EnrolledElsewhere(area="外地")
