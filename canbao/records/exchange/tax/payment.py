"""税务侧缴费: a payment that the tax authority collected itself (CZ-17, LZ-15), and the messages that told of it."""

from django.db import models

from canbao.basics.states import TAX_PAYMENT
from canbao.records.fields import Bucketed, PlainRef, gene_check, once, state_check


class TaxMessage(models.Model):
    """One notice or one day's file, sealed byte for byte, since it names people. `fault`: why it could not be used."""

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=8)
    day = models.DateField(null=True)
    digest = models.CharField(max_length=32, unique=True)
    headers = models.JSONField()
    body_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    heard_at = models.DateTimeField(null=True)
    row_count = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=40, null=True)
    fault_line = models.BigIntegerField(null=True)

    class Meta:
        db_table = "tax_message"
        indexes = (models.Index(fields=("heard_at", "id"), name="tax_message_waiting"),)


class TaxPayment(Bucketed):
    """One payment, in the bucket of its tax receipt number (电子税票号), under which it is known once for ever.

    `number`: what we call it, given when it is first heard of; the order made after the fact has it. `reason`: why it
    is parked; its money lies in suspense from `parked_at` on. `again_at`: when it is looked at anew without anybody's
    hand; settled, whether an order of ours is still open for its bill. `told_otherwise_at`: the same tax receipt came again and said something else. The first word stands, unless it is
    parked and a day's file corrects it: then `word` counts on.
    """

    tax_receipt_no = models.CharField(max_length=40)
    number = models.CharField(max_length=19)
    portal = models.CharField(max_length=24)
    kind = models.CharField(max_length=8)
    holder_sealed = models.BinaryField()
    agency_code = models.CharField(max_length=12)
    benefit_year = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    paid_at = models.DateTimeField()
    content_hash = models.CharField(max_length=32)
    heard_at = models.DateTimeField()
    person_id = PlainRef(null=True)
    bill_id = PlainRef(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    reason = models.CharField(max_length=24, null=True)
    parked_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    word = models.SmallIntegerField(default=1)
    told_otherwise_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tax_payment"
        constraints = (
            gene_check("tax_payment"),
            state_check("tax_payment", TAX_PAYMENT.states),
            once("tax_payment_once", "tax_receipt_no"),
            once("tax_payment_number_once", "number"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="tax_payment_above_zero"),
        )
        indexes = (models.Index(fields=("state", "again_at"), name="tax_payment_waiting"),)
