"""退费: one wish to have money back, from the application to the payer's account."""

from django.db import models

from canbao.basics.states import REFUND
from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once, state_check


class Refund(Bucketed):
    """One refund of one order line, or of a whole attempt that settled nothing (`line_no` null).

    `refund_no` is what the channel knows it by, the same over every retry, for ever. `content_hash` is
    over what was verified; whoever approves names it. `amount_fen` (null: nobody could say yet) is
    reserved on the line or the attempt as `refunded_fen`, so that parts never exceed what was paid.
    `ends_cover`: cover ends with it, as the pack says. `takeover_fund`: the fund that bears from now
    on what the payer gets back (FY-12). `route`: the channel itself, `cash` or `bank`.
    """

    person = GeneKey("records.Person", null=True)
    refund_no = models.CharField(max_length=19)
    order_no = models.CharField(max_length=17)
    line_no = models.SmallIntegerField(null=True)
    out_trade_no = models.CharField(max_length=19)
    bill_id = PlainRef(null=True)
    area_code = models.CharField(max_length=6, null=True)
    channel = models.CharField(max_length=24)
    paid_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=24)
    evidence = models.JSONField()
    verdict = models.CharField(max_length=16)
    rules = models.JSONField()
    discretion = models.CharField(max_length=200, null=True)
    ends_cover = models.BooleanField()
    takeover_fund = models.CharField(max_length=24, null=True)
    payee_kind = models.CharField(max_length=8)
    payee_sealed = models.BinaryField(null=True)
    route = models.CharField(max_length=16)
    content_hash = models.CharField(max_length=64, null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    applied_at = models.DateTimeField()
    applied_by = models.CharField(max_length=60)
    approved_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    channel_refund_no = models.CharField(max_length=64, null=True)
    channel_said = models.CharField(max_length=40, null=True)
    query_at = models.DateTimeField(null=True)
    query_count = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "refund"
        constraints = (
            gene_check("refund"),
            state_check("refund", REFUND.states),
            once("refund_no_once", "refund_no"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True, state__in=("applied", "refused"))
                | (models.Q(amount_fen__gt=0) & models.Q(amount_fen__lte=models.F("paid_fen"))),
                name="refund_within_paid",
            ),
        )
        indexes = (
            models.Index(fields=("bucket", "order_no"), name="refund_of_order"),
            models.Index(fields=("query_at",), name="refund_due"),
        )
