"""支付尝试: one try at paying an order through one channel, under a number of its own."""

from django.db import models

from canbao.basics.states import ATTEMPT
from canbao.records.fields import Bucketed, gene_check, once, state_check


class Attempt(Bucketed):
    """One attempt. `query_at` is when the job should next ask the channel; null: no need.

    `refunded_fen` is what refunds have reserved of an attempt that settled nothing; what settled is
    given back by the line.
    """

    out_trade_no = models.CharField(max_length=19)
    order_no = models.CharField(max_length=17)
    channel = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    channel_txn_no = models.CharField(max_length=64, null=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    query_at = models.DateTimeField(null=True)
    query_count = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "attempt"
        constraints = (
            gene_check("attempt"),
            state_check("attempt", ATTEMPT.states),
            once("attempt_no_once", "out_trade_no"),
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("amount_fen")),
                name="attempt_refund_within",
            ),
        )
        indexes = (
            models.Index(fields=("bucket", "order_no"), name="attempt_of_order"),
            models.Index(fields=("query_at",), name="attempt_due"),
        )
