"""Money goes back: two people of the staff at their commands, the resident at the page of the order."""

import json
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, to_answer

WITHIN_S = 60


def staff(demo: Demo, *words: str) -> dict[str, Any]:
    """One step of the staff."""
    done = demo.canbao("refund", *words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def until(resident: Resident, words: str) -> None:
    deadline = monotonic() + WITHIN_S
    while words not in resident.says():
        assert monotonic() < deadline, resident.says()
        sleep(0.5)
        resident.page.reload()


def test_a_duplicate_is_applied_for_verified_approved_and_arrives(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]
) -> None:
    """阜阳, before the boundary of FY-15; no button online (FY-14), a page that follows the refund."""
    demo = demo_of("refunds")
    resident = Resident(demo, visit("phone"), demo.called("李小兰"), "refund")
    to_answer(resident)
    resident.press("信息无误，支付")
    resident.page.get_by_role("button", name="支付成功").click()
    resident.page.wait_for_url("**/o/*/")
    order_no = resident.page.locator("main strong.nowrap").first.inner_text().replace(" ", "")
    refund_page = resident.page.url.rstrip("/") + "/refund/"
    resident.page.goto(refund_page)
    resident.look()
    assert resident.page.locator("main form").count() == 0, "the notice forbids a refund online"

    applied = staff(
        demo, "apply", order_no, "--reason", "duplicate", "--terminated", "2020-11-05", "--as", "甲"
    )
    resident.page.goto(refund_page)
    resident.look()
    assert "已提交" in resident.says()
    verified = staff(demo, "verify", applied["refund_no"], "--as", "甲")
    alone = demo.canbao("refund", "approve", applied["refund_no"], verified["content_hash"], "--as", "甲")
    assert alone.returncode == 1, "who verified does not approve"
    staff(demo, "approve", applied["refund_no"], verified["content_hash"], "--as", "乙")

    until(resident, "已到账")
    resident.look()
    books = demo.canbao("ledger", "trial-balance", "--json")
    assert books.returncode == 0, books.stdout
    audit = demo.canbao("audit")
    assert audit.returncode == 0, audit.stdout
