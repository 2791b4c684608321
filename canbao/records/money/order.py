"""缴费订单: the envelope that is paid at once, and its lines, each complete in its own bucket."""

from typing import TYPE_CHECKING

from django.db import models

from canbao.basics.states import ORDER, ORDER_LINE
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check

if TYPE_CHECKING:
    from canbao.records.money.attempt import Attempt


class Order(Bucketed):
    """The envelope, in the bucket of its first line. `line_buckets` says where the lines are."""

    order_no = models.CharField(max_length=17)
    token = models.CharField(max_length=43)
    entry_area_code = models.CharField(max_length=6)
    payer_kind = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField()
    line_buckets = models.JSONField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    paid_by = models.CharField(max_length=19, null=True)
    # No column: the attempt that was put down together with a new order.
    first_attempt: "Attempt | None" = None

    class Meta:
        db_table = "payment_order"
        constraints = (
            gene_check("payment_order"),
            state_check("payment_order", ORDER.states),
            once("payment_order_no_once", "order_no"),
            once("payment_order_token_once", "token"),
        )
        indexes = (models.Index(fields=("state", "expires_at"), name="payment_order_due"),)


class OrderLine(Bucketed):
    """One bill in one order. `open_slot` is 1 while the order may still be paid: one open order a bill.

    `refunded_fen` is what refunds have reserved of it, refused ones excepted: never more than was paid.
    """

    order_no = models.CharField(max_length=17)
    line_no = models.SmallIntegerField()
    bill = GeneKey("records.Bill")
    amount_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    open_slot = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "order_line"
        constraints = (
            gene_check("order_line"),
            state_check("order_line", ORDER_LINE.states),
            once("order_line_once", "order_no", "line_no"),
            once("order_line_one_open", "bill", "open_slot"),
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("amount_fen")),
                name="order_line_refund_within",
            ),
        )
