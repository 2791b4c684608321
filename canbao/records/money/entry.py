"""分录: the ledger. A row is one debit, one credit, one amount, one key: balanced by its shape."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check, once


class Entry(Bucketed):
    """A ledger row. Never edited, never deleted: a correction is a new row with its own reason."""

    key = models.CharField(max_length=80)
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    bill_id = PlainRef(null=True)
    order_no = models.CharField(max_length=17, null=True)
    out_trade_no = models.CharField(max_length=19, null=True)
    refund_no = models.CharField(max_length=19, null=True)
    occurred_at = models.DateTimeField()
    booked_at = models.DateTimeField()

    class Meta:
        db_table = "entry"
        constraints = (
            gene_check("entry"),
            once("entry_key_once", "key"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="entry_amount_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="entry_two_accounts"),
        )
        indexes = (
            models.Index(fields=("occurred_at",), name="entry_of_day"),
            models.Index(fields=("booked_at",), name="entry_booked"),
        )
