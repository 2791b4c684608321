"""However the payment goes, the resident is told the truth, and money that was taken is found."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, answer_the_question, to_answer

WITHIN_S = 30


@pytest.fixture
def payer(demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]) -> Callable[..., Resident]:
    """A resident on the sandbox's page, about to choose how the payment goes."""

    def come(name: str, *, scripts: bool = True) -> Resident:
        demo = demo_of("outcomes")
        resident = Resident(demo, visit("phone", scripts=scripts), demo.called(name), f"outcome-{name}")
        to_answer(resident)
        answer_the_question(resident)
        resident.press("信息无误，支付")
        return resident

    return come


def choose(resident: Resident, words: str) -> None:
    """The payer's choice at the sandbox, and back to the order's page."""
    resident.page.locator("button").filter(has_text=words).first.click()
    resident.page.wait_for_url("**/o/**")


def until(resident: Resident, words: str) -> None:
    """Look again until the page says it."""
    deadline = monotonic() + WITHIN_S
    while words not in resident.says():
        assert monotonic() < deadline, resident.says()
        sleep(0.5)


def orders_at(resident: Resident) -> list[dict[str, object]]:
    """What the channel knows."""
    found: list[dict[str, object]] = httpx.get(f"{resident.demo.sandbox}/sandbox/orders").json()["orders"]
    return found


@pytest.mark.parametrize(("words", "name"), [("支付失败", "张小满"), ("取消", "陈桂兰")])
def test_who_did_not_pay_keeps_the_order_and_may_go_on(
    payer: Callable[..., Resident], words: str, name: str
) -> None:
    resident = payer(name)

    choose(resident, words)
    until(resident, "还没有付款")
    assert "还没有扣钱" in resident.says()
    resident.look()
    resident.press("继续支付")
    choose(resident, "支付成功")

    until(resident, "已收到")


def test_money_taken_without_a_word_is_found_by_asking(payer: Callable[..., Resident]) -> None:
    """The channel charges, its page times out, its callback is held back."""
    resident = payer("韦佳琪")

    resident.page.locator("button").filter(has_text="已扣款但超时").click()
    resident.page.goto(resident.demo.url(f"/a/{resident.who['area']}/"))
    resident.press("继续支付或取消")

    until(resident, "已收到 350.00 元")


def test_a_cancelled_order_can_be_opened_anew(payer: Callable[..., Resident]) -> None:
    resident = payer("薛满仓")
    choose(resident, "取消")
    until(resident, "还没有付款")

    resident.press("取消这笔订单")
    assert "订单已取消" in resident.says()
    resident.press("重新缴费")
    resident.press("本人缴费")
    resident.fill_in()
    resident.page.locator("button[type=submit]").click()
    resident.press("信息无误，支付")
    choose(resident, "支付成功")

    until(resident, "已收到 40.00 元")


def test_a_second_phone_finds_the_unfinished_order_and_cannot_pay_twice(
    payer: Callable[..., Resident], visit: Callable[..., Visitor]
) -> None:
    first = payer("任大山")
    second = Resident(first.demo, visit("phone"), first.who, "second-phone")
    to_answer(second)

    second.page.locator("button").filter(has_text="信息无误，支付").click()
    assert "E-1006" in second.says()
    second.look()
    choose(first, "支付成功")
    until(first, "已收到")
    to_answer(second)

    assert "E-1005" in second.says()


def test_a_double_tap_and_the_back_button_make_one_payment(payer: Callable[..., Resident]) -> None:
    resident = payer("李小兰")
    at_channel = len(orders_at(resident))

    resident.page.go_back()
    resident.page.locator("button[type=submit]").first.dblclick(no_wait_after=True)
    resident.page.wait_for_url("**/cgi-bin/**")

    assert len(orders_at(resident)) == at_channel
    choose(resident, "支付成功")
    until(resident, "已收到 280.00 元")


def test_who_left_finds_the_unfinished_order_on_the_front_page(payer: Callable[..., Resident]) -> None:
    resident = payer("郭䶮")

    resident.page.goto(resident.demo.url(f"/a/{resident.who['area']}/"))
    assert "有一笔没付完" in resident.says()
    resident.press("继续支付或取消")
    resident.press("继续支付")
    choose(resident, "支付成功")

    until(resident, "已收到 400.00 元")


def test_no_number_and_no_name_of_a_resident_stands_in_a_log(payer: Callable[..., Resident]) -> None:
    resident = payer("吴晓峰")
    logs: list[Path] = list(resident.demo.home.glob("*.log"))

    text = "".join(path.read_text("utf-8") for path in logs)

    assert logs
    assert resident.who["number"] not in text
    assert resident.who["name"] not in text


@pytest.mark.parametrize(
    ("channel", "merchant", "name", "scripts"),
    [
        ("支付宝", "商户 2088", "张小满", True),
        ("支付宝", "商户 2088", "陈桂兰", False),
        ("银联", "商户 898", "张小满", False),
    ],
)
def test_another_channel_is_chosen_on_the_check_page_and_its_word_is_taken_like_any_other(
    demo_of: Callable[[str], Demo],
    visit: Callable[..., Visitor],
    channel: str,
    merchant: str,
    name: str,
    scripts: bool,
) -> None:
    demo = demo_of(channel)
    resident = Resident(demo, visit("phone", scripts=scripts), demo.called(name), f"{channel}-{scripts}")
    to_answer(resident)
    answer_the_question(resident)
    resident.page.get_by_label(channel).check()
    resident.look()
    resident.press("信息无误，支付")
    assert merchant in resident.says()

    choose(resident, "取消")
    until(resident, "还没有付款")
    resident.press("继续支付")
    assert merchant in resident.says(), "the channel chosen before"
    choose(resident, "支付成功")

    until(resident, "已收到")
    assert not orders_at(resident), "WeChat Pay was never asked"


def test_only_where_the_notice_names_it_a_payer_sees_unionpay(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]
) -> None:
    demo = demo_of("银联")
    resident = Resident(demo, visit("phone"), demo.called("陈桂兰"), "no-unionpay")
    to_answer(resident)
    answer_the_question(resident)

    assert "支付宝" in resident.says()
    assert "银联" not in resident.says()
