"""The demo's own pages: only in a demo, no number in sight, and every state of a resident one tap away."""

import re

import pytest

from canbao.faces.cli.demo.cast import CAST
from canbao.services.people.diagnose import resident_codes
from tests.faces.conftest import Phone
from tests.support.world import CHIPING

PARTS = ("为什么", "怎么办", "打哪个电话", "0635-4268611", "提示编号")
CODES = [code for code, _ in resident_codes()]


@pytest.fixture
def demo(phone: Phone, settings) -> Phone:
    settings.DEMO = True
    return phone


@pytest.mark.parametrize("path", ["/demo/", "/demo/states/371503/E-1005/"])
def test_outside_a_demo_there_is_no_such_page(phone: Phone, path: str) -> None:
    assert phone.open(path).status_code == 404


def test_everybody_of_the_cast_has_a_button_and_no_number_is_shown(demo: Phone) -> None:
    page = demo.open("/demo/").content.decode()
    assert [role.name for role in CAST if f"用{role.proved_name or role.name}试一试" not in page] == []
    assert not re.search(r"\d{17}[\dXx]", page)


def test_a_made_up_person_is_asked_about_as_if_they_had_typed(demo: Phone) -> None:
    nth = next(n for n, role in enumerate(CAST) if role.name == "赵无名")
    demo.open(f"/a/{CHIPING}/pay/self/")
    assert "E-1001" in demo.send(f"/demo/as/{nth}/").content.decode()
    assert demo.send("/demo/as/999/").status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_every_state_has_its_five_parts_with_the_local_phone(demo: Phone, code: str) -> None:
    page = demo.open(f"/demo/states/{CHIPING}/{code}/").content.decode()
    assert [part for part in (*PARTS, code) if part not in page] == []
    assert "未公布" not in page
