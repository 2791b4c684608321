"""反馈问题 as a phone and the agency's command meet it (CP-21)."""

import json
import re
from datetime import date

from click.testing import CliRunner

from canbao.faces.cli.demo.people import id_number
from canbao.faces.cli.main import main
from canbao.records.models import Feedback
from tests.support.world import CHIPING

FORM = f"/a/{CHIPING}/feedback/"


def text(answer) -> str:
    return answer.content.decode()


def told(*words: str) -> dict:
    done = CliRunner().invoke(main, ["feedback", *words, "--as", "甲", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output.splitlines()[-1])


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(once|code|turn)" value="([^"]*)"', page))


def test_told_answered_and_found_again_on_the_front_page(phone):
    page = text(phone.open(f"{FORM}?code=E-1011"))
    assert "会第一时间帮您解决" in page, "what the notice promises, in its words"
    place = phone.send(FORM, **hidden(page), topic="paying", text="说我不在缴费期，可是通告写到月底。")[
        "Location"
    ]
    assert "等经办机构答复" in text(phone.open(place))
    assert "有答复了" not in text(phone.open(f"/a/{CHIPING}/"))

    (waiting,) = told("list", "--area", "371500")["waiting"]
    assert waiting["code"] == "E-1011"
    told("answer", str(waiting["feedback_id"]), "--text", "您是学生，请选“学生”再试。")

    assert place in text(phone.open(f"/a/{CHIPING}/"))
    page = text(phone.open(place))
    assert "您是学生，请选“学生”再试。" in page
    phone.send(place, **hidden(page), text="试过了，可以了，谢谢。")
    phone.send(place, solved="yes")
    assert told("list", "--state", "solved")["waiting"][0]["text"] == "试过了，可以了，谢谢。"
    assert told("tally")["states"] == ["已经解决 1"]


def test_what_was_typed_stays_when_something_is_missing(phone):
    page = text(phone.open(FORM))
    sent = phone.send(FORM, **hidden(page), text="一直转圈，付不了钱。", phone="1380000")
    assert sent.status_code == 422
    assert "请选是哪一类问题" in text(sent)
    assert "一直转圈，付不了钱。" in text(sent)
    assert 'value="1380000"' in text(sent)
    assert hidden(text(sent))["once"] == hidden(page)["once"]
    assert not Feedback.objects.exists()


def test_a_refusal_leads_here_with_its_code(phone):
    path = f"/a/{CHIPING}/pay/self/"
    phone.open(path)
    nobody = id_number("371523", date(2012, 3, 15), 1)
    refused = phone.send(path, name="没有人", number=nobody, consent="yes")
    assert f"{FORM}?code=E-1001" in text(refused)


def test_the_agencys_words_are_shown_as_words(phone):
    page = text(phone.open(FORM))
    place = phone.send(FORM, **hidden(page), topic="other", text="<script>alert(1)</script>")["Location"]
    assert "<script>alert" not in text(phone.open(place))


def test_an_answer_to_nothing_or_of_nothing_is_refused_with_the_way_out(phone):
    for words in (["answer", "12345", "--text", "请到窗口来。"], ["show", "99990001"]):
        done = CliRunner().invoke(main, ["feedback", *words, "--as", "甲"])
        assert done.exit_code == 1
        assert "E-1104" in done.output
