"""Callbacks over the true wire, from the sandbox to a real server: whatever comes, the money is booked once."""

from collections import Counter

import pytest

from canbao.records.models import Callback, ContributionRecord, Coverage, Entry
from tests.support.installation import Installation, until

pytestmark = pytest.mark.django_db(transaction=True)

# How the sandbox sends its notice, and what becomes of each delivery.
BELIEVED = {
    "normal": {"settled": 1},
    "twice": {"settled": 2},
    "together": {"settled": 2},
    "signtest": {"rejected": 1, "settled": 1},
}
NOT_BELIEVED = {
    "lost": {},
    "stale": {"rejected": 1},
    "forged": {"rejected": 1},
    "wrong_amount": {"parked": 1},
}


def states() -> Counter[str]:
    return Counter(Callback.objects.values_list("state", flat=True))


def booked() -> list[int]:
    return [model.objects.count() for model in (Entry, Coverage, ContributionRecord)]


@pytest.mark.parametrize("manner", BELIEVED)
def test_a_genuine_notice_is_booked_once_however_often_it_comes(
    installation: Installation, manner: str
) -> None:
    _, attempt = installation.a_started_order()
    installation.serve()

    installation.sandbox.pay(attempt.out_trade_no, notify=manner)

    until(lambda: states() == BELIEVED[manner])
    assert booked() == [1, 1, 1]


@pytest.mark.parametrize("manner", NOT_BELIEVED)
def test_without_a_notice_to_believe_nothing_is_booked_until_the_channel_is_asked(
    installation: Installation, manner: str
) -> None:
    order, attempt = installation.a_started_order()
    installation.serve()

    installation.sandbox.pay(attempt.out_trade_no, notify=manner)
    until(lambda: states() == NOT_BELIEVED[manner])
    assert booked() == [0, 0, 0]

    assert "已收到 280.00 元" in installation.look_at(order)
    assert "已收到 280.00 元" in installation.look_at(order)
    assert booked() == [1, 1, 1]


def test_a_notice_that_comes_after_a_later_one_is_booked_all_the_same(installation: Installation) -> None:
    _, first = installation.a_started_order()
    _, second = installation.a_started_order()
    installation.serve()

    installation.sandbox.pay(first.out_trade_no, notify="reordered")
    installation.sandbox.pay(second.out_trade_no)

    until(lambda: states() == {"settled": 2})
    assert booked() == [2, 2, 2]
    assert [row.out_trade_no for row in Callback.objects.order_by("received_at")] == [
        second.out_trade_no,
        first.out_trade_no,
    ]
