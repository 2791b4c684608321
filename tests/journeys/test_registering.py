"""Somebody who is not on the register gets there from the refusal, and back to the payment, with and without scripts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from stdnum.iso7064 import mod_11_2

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.people.evidence import PDF, a_photo
from tests.support.resident import Resident, to_answer


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_from_the_refusal_to_the_register_and_back_to_the_payment(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor], tmp_path: Path, *, scripts: bool
) -> None:
    """CP-05, CP-14: enrolled first; somebody of the agency looks, gives it back once, and approves."""
    demo = demo_of("scripts" if scripts else "plain")
    name = f"register{'' if scripts else '-plain'}"
    resident = Resident(demo, visit("phone", scripts=scripts), demo.called("赵无名"), name)
    to_answer(resident)
    assert "没有查到这个人" in resident.says()
    resident.press("办参保登记")
    begin(resident)
    fill_in_the_pages(resident)
    add_papers(resident, tmp_path)
    resident.press("核对，然后提交")
    assert "聊城市茌平区" in resident.says(".place")
    resident.press("信息无误，提交登记")
    assert "审核中" in resident.says()
    (one,) = staff(demo, "queue", "--area", "371503")["list"]
    staff(demo, "return", str(one["id"]), "--because", "学生证看不清，请重拍。")
    resident.press("再看一次")
    assert "学生证看不清，请重拍。" in resident.says()
    resident.press("核对，然后提交")
    resident.press("信息无误，提交登记")
    staff(demo, "approve", str(one["id"]))
    resident.press("再看一次")
    assert "登记通过了" in resident.says()
    resident.press("去缴费")
    assert "¥280.00" in resident.says()


def staff(demo: Demo, *words: str) -> dict:
    """A command of the agency's, as one of its people types it."""
    done = demo.canbao("register", *words, "--as", "甲", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def begin(resident: Resident) -> None:
    """① 是谁, by a guardian; a mistake first, and what was typed is still there."""
    resident.page.locator("input[name=given_by][value=proxy]").check()
    resident.page.fill("#guardian", "赵建设")
    resident.page.fill("#name", resident.who["name"])
    resident.page.fill("#number", resident.who["number"])
    resident.page.locator("button[type=submit]").click()
    assert "请先勾选同意" in resident.says(".wrong")
    assert resident.page.input_value("#name") == resident.who["name"]
    resident.page.check("input[name=consent]")
    resident.press("下一步")
    assert "② 住在哪里" in resident.says()


def fill_in_the_pages(resident: Resident) -> None:
    resident.press("② 住在哪里")
    resident.page.locator("input[name=ground]").first.check()
    resident.page.select_option("#unit", index=1)
    resident.press("保存，下一步")
    resident.press("③ 人员类别")
    resident.page.select_option("#person_class", index=1)
    resident.press("保存，下一步")


def add_papers(resident: Resident, folder: Path) -> None:
    """④ 上传照片: what is no photo is told so; a photo and a PDF are kept, and one is taken back."""
    resident.press("④ 上传照片")
    for name, body in (("x.jpg", b"PK\x03\x04" * 9), ("照片.png", a_photo()), ("证明.pdf", PDF)):
        (folder / name).write_bytes(body)
        resident.page.set_input_files("#file", folder / name)
        resident.page.locator("button[type=submit]").first.click()
        resident.look()
        assert ("只收照片" in resident.says()) == (name == "x.jpg")
    resident.press("删掉第 2 个")
    assert "PDF" not in resident.says("ul.list")
    resident.press("传好了，下一步")


def test_where_a_machine_may_approve_one_pays_at_once(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """FY-30; and a newborn by the certificate waits for eyes (FY-09)."""
    who = {**demo.called("朱新月"), "name": "朱新叶", "number": "341299199304040944"}
    resident = Resident(demo, visit("phone"), who, "register-fuyang")
    resident.choose_area()
    resident.press("参保登记")
    assert "阜阳" in resident.says("body")
    resident.page.fill("#name", who["name"])
    resident.page.fill("#number", number(who["number"]))
    resident.page.check("input[name=consent]")
    resident.press("下一步")
    resident.press("② 住在哪里")
    resident.page.locator("input[name=ground][value=hukou]").check()
    resident.press("保存，下一步")
    resident.press("③ 人员类别")
    resident.page.select_option("#person_class", label="成年居民")
    resident.press("保存，下一步")
    resident.press("核对，然后提交")
    resident.press("信息无误，提交登记")
    assert "登记通过了" in resident.says()


def number(text: str) -> str:
    """The same number with the check digit that fits."""
    return text[:17] + mod_11_2.calc_check_digit(text[:17])


@pytest.mark.parametrize("path", ["register", "papers", "points", "declare"])
@pytest.mark.parametrize("area", ["371503", "450202", "341225", "140403", "140802"])
def test_the_pages_around_it_read_well_in_large_print_too(
    demo: Demo, visit: Callable[..., Visitor], path: str, area: str
) -> None:
    visitor = visit("phone")
    visitor.page.goto(demo.url(f"/a/{area}/{path}/?big=1"))
    assert visitor.sideways() == 0
    assert visitor.barriers() == []
    assert visitor.page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
