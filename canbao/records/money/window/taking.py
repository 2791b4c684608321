"""收款: money handed over once, under one receipt number, whether by cash or by card."""

from django.db import models

from canbao.basics.states import TAKING
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check


class Taking(Bucketed):
    """One receipt, in its till's bucket: the number is the key, however often it is handed in.

    `till` of a card terminal is `pos:<number>` in the hall or `terminal:<number>` on the road, its receipt number the slip's, and it has no shift. `code`: why the
    money could not be taken; it goes back to whoever gave it. `taken_at` is when it changed hands, `booked_at` when we heard.
    """

    till = models.CharField(max_length=50)
    shift = GeneKey("records.Shift", null=True)
    receipt_no = models.CharField(max_length=40)
    order_no = models.CharField(max_length=17)
    amount_fen = models.BigIntegerField()
    people = models.SmallIntegerField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    code = models.CharField(max_length=12, null=True)
    taken_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        db_table = "taking"
        constraints = (
            gene_check("taking"),
            state_check("taking", TAKING.states),
            once("taking_receipt_once", "till", "receipt_no"),
        )
        indexes = (models.Index(fields=("bucket", "order_no"), name="taking_of_order"),)
