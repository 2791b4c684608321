"""应缴单: what one person owes for one benefit year, and why."""

from django.db import models

from canbao.basics.states import BILL
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check


class Bill(Bucketed):
    """One assessment. `current_slot` is 1 for the one that counts, null once superseded.

    `amount_fen` is what the payer pays; `shares` names every payer's part, the assisting funds'
    too. A deferred bill has no amount: null is "not known yet", never zero (E15). `hold_code` is the
    refusal that still forbids taking the money, such as E-1022 until the push is accepted (SX-10), which it was
    on `push_accepted_date`, the area's own day.
    """

    person = GeneKey("records.Person")
    area_code = models.CharField(max_length=6)
    collection_year = models.SmallIntegerField()
    benefit_year = models.SmallIntegerField()
    kind = models.CharField(max_length=8)
    person_class = models.CharField(max_length=40)
    group = models.CharField(max_length=40, null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    current_slot = models.SmallIntegerField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    hold_code = models.CharField(max_length=6, null=True)
    push_accepted_date = models.DateField(null=True)
    shares = models.JSONField()
    cover_from_date = models.DateField(null=True)
    cover_until_date = models.DateField(null=True)
    reasons = models.JSONField()
    pack_hash = models.CharField(max_length=64)
    assessed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=24, null=True)

    class Meta:
        db_table = "bill"
        constraints = (
            gene_check("bill"),
            state_check("bill", BILL.states),
            once("bill_one_current", "person", "benefit_year", "current_slot"),
            models.CheckConstraint(
                condition=models.Q(state="payable", amount_fen__gt=0)
                | models.Q(state="zero", amount_fen=0)
                | models.Q(state="deferred", amount_fen__isnull=True)
                | models.Q(state__in=("settled", "superseded", "refunded")),
                name="bill_amount_fits_state",
            ),
        )
