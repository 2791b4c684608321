"""CP-21: what residents tell us waits for somebody, is answered on a page of its own, and nothing said is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from canbao.basics.refusals import BadInput, NotFound, TooManyTries
from canbao.records.models import Event, Feedback, FeedbackWord
from canbao.services.people.feedback import ask
from canbao.services.people.feedback.answer import answer, show, tally, waiting_in
from canbao.services.people.feedback.ask import Complaint, answered_on, matter_of, say_more, solve, tell_us
from tests.support.world import CHIPING, IN_SEASON, make_world

ONCE = "a" * 32
NUMBER, PHONE = "371523201203150011", "13800005678"


@pytest.fixture
def world(db):
    return make_world(IN_SEASON)


def complaint(**said) -> Complaint:
    form = Complaint(CHIPING, "paying", "付了钱，页面一直转圈。", "", "E-1014", ONCE, "10.0.0.9")
    return replace(form, **said)


def staff(world, name="甲"):
    return replace(world.env, actor=f"staff:{name}")


def test_it_waits_is_answered_and_solved(world):
    token = tell_us(world.env, complaint(phone=PHONE))
    (told,) = waiting_in(world.env, "371500")
    assert (told.row.state, told.phone, told.said[0].text) == ("waiting", PHONE, "付了钱，页面一直转圈。")

    answer(staff(world), told.row.id, "钱已经到账，请回首页看票据。")

    matter = matter_of(world.env, token)
    assert (matter.state, [one.side for one in matter.said]) == ("answered", ["resident", "agency"])
    assert answered_on([token]) == [token]
    assert waiting_in(world.env, "") == []
    solve(world.env, token)
    solve(world.env, token)
    assert matter_of(world.env, token).state == "solved"
    events = Event.objects.filter(subject_id=told.row.id).order_by("id").values_list("name", flat=True)
    assert list(events) == ["FeedbackTold", "FeedbackAnswered", "FeedbackSolved"]


def test_asking_again_puts_it_back_into_the_queue_at_its_old_place(world):
    token = tell_us(world.env, complaint())
    (told,) = waiting_in(world.env, CHIPING)
    answer(staff(world), told.row.id, "请再等一天。")
    say_more(world.later(days=1).env, token, "等了一天，还是没有。", 3)
    (again,) = waiting_in(world.env, CHIPING)
    assert (again.row.id, again.row.asked_at) == (told.row.id, told.row.asked_at)
    assert [one.text for one in again.said][-1] == "等了一天，还是没有。"


def test_a_form_sent_twice_is_one_matter_and_one_turn(world):
    tokens = {tell_us(world.env, complaint()) for _ in range(2)}
    (token,) = tokens
    for _ in range(2):
        say_more(world.env, token, "补充一句：用的是微信。", 2)
    assert (Feedback.objects.count(), FeedbackWord.objects.count()) == (1, 2)


def test_who_speaks_at_the_same_turn_is_heard_after_the_other(world):
    """The page was open while the agency answered: neither side's words are lost."""
    token = tell_us(world.env, complaint())
    answer(staff(world), Feedback.objects.get().id, "请重开微信再看。")
    say_more(world.env, token, "另外，我爸的也查不到。", 2)
    matter = matter_of(world.env, token)
    assert [(one.turn, one.side) for one in matter.said] == [(1, "resident"), (2, "agency"), (3, "resident")]
    assert matter.state == "waiting"


def test_the_same_answer_run_twice_is_one_and_a_later_one_stands_again(world):
    token = tell_us(world.env, complaint())
    id_ = Feedback.objects.get().id
    for _ in range(2):
        answer(staff(world), id_, "请带身份证到窗口。")
    assert len(show(world.env, id_).said) == 2
    say_more(world.env, token, "窗口没有人。", 3)
    answer(staff(world), id_, "请带身份证到窗口。")
    assert len(show(world.env, id_).said) == 4


def test_what_people_write_lies_sealed_and_its_numbers_are_masked_on_the_page(world):
    token = tell_us(world.env, complaint(text=f"我是{NUMBER}，打{PHONE}找我。"))
    stored = bytes(FeedbackWord.objects.get().text_sealed)
    assert NUMBER.encode() not in stored
    shown = matter_of(world.env, token).said[0].text
    assert NUMBER not in shown
    assert PHONE not in shown
    assert shown.startswith("我是3715")
    (told,) = waiting_in(world.env, CHIPING)
    assert NUMBER in told.said[0].text, "who is to help must know whom"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "  慢 \n "}, "text"),
        ({"text": "慢" * 501}, "text"),
        ({"topic": "weather"}, "topic"),
        ({"phone": "12345"}, "phone"),
    ],
)
def test_a_form_that_cannot_be_used_is_said_to_be_so_and_not_kept(world, wrong, field):
    with pytest.raises(BadInput) as refused:
        tell_us(world.env, complaint(**wrong))
    assert refused.value.facts["field"] == field
    assert not Feedback.objects.exists()


def test_a_made_up_form_mark_or_code_does_no_harm(world):
    token = tell_us(world.env, complaint(once="x'; --", code="<b>"))
    assert "'" not in token
    assert Feedback.objects.get().code == ""
    with pytest.raises(NotFound):
        matter_of(world.env, "zzzz" + ONCE)


def test_no_address_fills_the_queue(world, monkeypatch):
    monkeypatch.setattr(ask, "PER_ADDRESS", replace(ask.PER_ADDRESS, times=2))
    for n in range(2):
        tell_us(world.env, complaint(once=f"{n}" * 32))
    with pytest.raises(TooManyTries):
        tell_us(world.env, complaint(once="z" * 32))
    assert tell_us(world.env, complaint(once="0" * 32)), "what was kept is found again"


def test_the_tally_says_how_the_promise_is_kept(world):
    """How many wait, since when, before which refusal; the middle of the first answers, however often it went on."""
    for n in range(3):
        tell_us(world.env, complaint(once=f"{n}" * 32))
    first, second, third = Feedback.objects.order_by("token")
    answer(replace(world.later(hours=2).env, actor="staff:甲"), first.id, "好了，请再试。")
    answer(replace(world.later(hours=6).env, actor="staff:甲"), second.id, "好了，请再试。")
    say_more(world.later(hours=7).env, second.token, "还是不行。", 3)
    answer(replace(world.later(hours=99).env, actor="staff:甲"), second.id, "请到窗口来办。")
    found = tally("370000")
    assert found.by_state == {"answered": 2, "waiting": 1}
    assert (found.by_topic, found.by_code) == ({"paying": 3}, {"E-1014": 3})
    assert found.oldest_waiting_at == third.asked_at
    assert found.half_answered_within == timedelta(hours=6)
    assert tally("340000").by_state == {}
