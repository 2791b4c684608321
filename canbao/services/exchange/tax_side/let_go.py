"""放开: an order of ours that is still open for what was paid at a portal is closed at its channel, so that nobody pays twice."""

import logging
from datetime import timedelta

from canbao.channels.port import ChannelDown
from canbao.records.exchange.tax import payments
from canbao.records.models import OrderLine, TaxPayment
from canbao.services.money import chase
from canbao.services.money.open import open_order_of
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
AT_ONCE = 500
AGAIN = timedelta(minutes=1)


def let_go(env: Env) -> int:
    """Close what is still open for bills that portals' payments settled. Outside any transaction. Returns how many orders.

    Whoever has paid meanwhile is owed it back, as ever; where a channel does not answer it is asked again in a minute.
    """
    rows = payments.just_settled(env.now, AT_ONCE)
    bills = [row.bill_id for row in rows if row.bill_id]
    waiting = set(OrderLine.objects.filter(bill__in=bills, open_slot=1).values_list("bill_id", flat=True))
    silent = {bill_id for bill_id in sorted(waiting) if not _close(env, bill_id)}
    mine = TaxPayment.objects.filter(state="settled", id__in=[row.id for row in rows])
    mine.filter(bill_id__in=silent).update(again_at=env.now + AGAIN)
    mine.exclude(bill_id__in=silent).update(again_at=None)
    return len(waiting) - len(silent)


def _close(env: Env, bill_id: int) -> bool:
    """False: its channel does not answer."""
    order = open_order_of(bill_id)
    try:
        if order is not None:
            chase.cancel(env, order)
    except ChannelDown:
        log.warning("order %s stays open although its bill is paid: no answer", order and order.id)
        return False
    return True
