"""缴费记录: what a person paid for a benefit year, in the words of the receipt."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once


class ContributionRecord(Bucketed):
    """One paid year. `amount_fen` null: the earlier system did not hand it over, which is not zero.

    `refunded_at`: the whole of it was given back, so it counts no more. A part given back does not end it.

    `posted_date` and `tax_receipt_no` (电子税票号码) are the treasury's word that it has the money (入库, CZ-22).

    `receipt_no` is printed on the 缴费票据 and, with `receipt_code`, opens the public check page.
    """

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    area_code = models.CharField(max_length=6)
    person_class = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField(null=True)
    cover_from_date = models.DateField(null=True)
    cover_until_date = models.DateField(null=True)
    origin = models.CharField(max_length=12)
    channel = models.CharField(max_length=24, null=True)
    channel_txn_no = models.CharField(max_length=64, null=True)
    bill_id = PlainRef(null=True)
    order_no = models.CharField(max_length=17, null=True)
    receipt_no = models.CharField(max_length=20, null=True)
    receipt_code = models.CharField(max_length=16, null=True)
    paid_at = models.DateTimeField(null=True)
    pack_hash = models.CharField(max_length=64, null=True)
    refunded_at = models.DateTimeField(null=True)
    posted_date = models.DateField(null=True)
    tax_receipt_no = models.CharField(max_length=40, null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "contribution_record"
        constraints = (
            gene_check("contribution_record"),
            once("contribution_receipt_once", "receipt_no"),
            once("contribution_bill_once", "bill_id"),
        )
        indexes = (
            models.Index(fields=("bucket", "order_no"), name="contribution_of_order"),
            models.Index(fields=("channel", "paid_at"), name="contribution_of_day"),
        )
