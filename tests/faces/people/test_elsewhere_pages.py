"""What a resident reads when somebody else knows better, and when nobody can say yet."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse

from canbao.faces import wiring
from canbao.records.models import HeardFact, Order
from canbao.services.people import guide
from tests.faces.conftest import Phone
from tests.support.people.fake_platform import FakePlatform, joined, moved
from tests.support.world import CHIPING, id_number

NAME, BORN = "张小满", date(2012, 4, 16)
PARTS = ("没有扣钱", "为什么", "怎么办", "打哪个电话")
WARNING = "还没有查到"


class Sentences(HTMLParser):
    """The words of a page, tag by tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.said += [
            part for part in data.replace("，", "。").replace("：", "。").split("。") if part.strip()
        ]


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def connected(phone: Phone, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """A phone before an installation that is connected with the platform; one student is on the register."""
    phone.world = replace(phone.world, env=replace(phone.world.env, platform=platform))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(phone.world.env, actor=actor))
    phone.world.person(name=NAME, birth=BORN)
    return phone


def asked(phone: Phone) -> HttpResponse:
    return phone.ask(NAME, id_number(CHIPING, BORN, 1))


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ({"insured": {NAME: [joined()]}}, "E-1007", ("在单位参保的", "先办职工医保停保")),
        ({"insured": {NAME: [moved("341225")]}}, "E-1008", ("想留在那里", "看病也在那里报销", "想转过来", "先在那里停保")),
        ({"died": {NAME: date(2021, 11, 1)}}, "E-1012", ("停保或者注销", "带身份证或户口簿")),
    ],
)  # fmt: skip
def test_who_is_known_elsewhere_does_not_pay_here(connected, platform, said, code, words):
    for name, value in said.items():
        setattr(platform, name, value)
    page = asked(connected)
    assert page.status_code == 422
    assert [part for part in (*PARTS, *words, f'data-code="{code}"') if part not in text(page)] == []
    assert "去世" not in text(page)  # whoever knows a name and a number is not told which mark it is
    assert not Order.objects.exists()
    main = text(page).split("<main", 1)[1].split("提示编号")[0]
    assert [one for one in Sentences(main).said if len(one.strip()) > 25] == []


def test_registering_again_is_offered_to_whom_it_helps(connected, platform):
    platform.died = {NAME: date(2021, 11, 1)}
    assert "办参保登记" not in text(asked(connected))
    assert "办参保登记" in text(connected.ask(NAME, id_number(CHIPING, BORN, 99)))


def test_an_open_question_is_told_and_does_not_block_where_the_notice_says_nothing(connected, platform):
    platform.down = True
    page = asked(connected)
    assert (page.status_code, "¥280.00" in text(page), WARNING in text(page)) == (200, True, True)
    platform.down = False
    connected.world = connected.world.later(minutes=2)
    assert WARNING not in text(asked(connected))
    assert platform.asked == [NAME, NAME]
    assert not HeardFact.objects.exists()


def test_where_the_notice_wants_the_answer_first_nobody_can_say_yet(connected, platform, monkeypatch):
    platform.faults = {NAME: "malformed"}
    pack = guide.season_pack(connected.world.env, CHIPING)
    first = replace(pack.duplicates.others_answer_first, value=True, status="stated")
    strict = replace(pack, duplicates=replace(pack.duplicates, others_answer_first=first))
    monkeypatch.setattr(guide, "season_pack", lambda *_: strict)
    page = asked(connected)
    assert page.status_code == 422
    assert [
        part for part in (*PARTS, 'data-code="E-1061"', "过几分钟再查一次") if part not in text(page)
    ] == []
    platform.faults = {}
    connected.world = connected.world.later(minutes=2)
    assert "¥280.00" in text(asked(connected))


def test_the_question_is_not_asked_where_there_is_nothing_to_pay_anyway(connected, platform):
    connected.world.person(
        name="李若曦", birth=date(1980, 1, 1), class_="adult"
    )  # 茌平 collects from students only
    page = connected.ask("李若曦", id_number(CHIPING, date(1980, 1, 1), 3))
    assert ('data-code="E-1004"' in text(page), platform.asked) == (True, [])


def test_without_a_platform_no_question_is_open(phone):
    phone.world.person(name=NAME, birth=BORN)
    page = asked(phone)
    assert (page.status_code, WARNING in text(page)) == (200, False)
