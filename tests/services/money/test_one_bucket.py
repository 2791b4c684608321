"""A resident who pays touches one bucket, in every statement from the check page to the receipt."""

from canbao.records.models import Attempt
from canbao.services.exchange.receive import receive
from canbao.services.money.check import check
from canbao.services.money.pay import pay
from canbao.services.money.receipt import receipts_of
from canbao.services.money.watch import watch
from tests.support.one_bucket import one_bucket
from tests.support.world import BACK


def test_paying_stays_in_one_bucket(world):
    person_id = world.person()
    bill = world.bill(person_id)
    opening = world.opening(bill)
    with one_bucket() as seen:
        check(world.env, bill.id)
        pay(world.env, opening, BACK)
        no = Attempt.objects.get(bucket=bill.bucket, order_no=opening.order_no).out_trade_no
        headers, body = world.channel.callback(world.channel.take_money(no))
        receive(world.env, "wechat", no, headers, body)
        watch(world.env, opening.token)
        receipts_of(world.env, opening.token)
    assert seen == {bill.bucket}


def test_assessing_one_person_stays_in_one_bucket(world):
    person_id = world.person()
    world.env.serials.warm({"bill": 1, "event": 2})
    with one_bucket() as seen:
        world.bill(person_id)
    assert seen == {person_id % 10_000}
