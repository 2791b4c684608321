"""批扣: who agreed to be deducted from, what was sent to a bank, and what became of it."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once


class Mandate(Bucketed):
    """委托扣款协议 (LZ-18): both agreements, with the payer and with the bank, must be there. `active_slot`: one a person."""

    person = GeneKey("records.Person")
    bank = models.CharField(max_length=24)
    account_sealed = models.BinaryField()
    account_name = models.CharField(max_length=120)
    agreement_no = models.CharField(max_length=40)
    payer_agreed_date = models.DateField()
    bank_agreed_date = models.DateField()
    ended_date = models.DateField(null=True)
    active_slot = models.SmallIntegerField(null=True)
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "mandate"
        constraints = (gene_check("mandate"), once("mandate_one_active", "person", "active_slot"))


class DeductionBatch(models.Model):
    """One batch at one bank. `result_sha256` is there once the bank has answered: one result a batch."""

    id = models.BigAutoField(primary_key=True)
    bank = models.CharField(max_length=24)
    batch_no = models.CharField(max_length=20)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    line_count = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    result_sha256 = models.CharField(max_length=64, null=True)
    result_body = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "deduction_batch"
        constraints = (models.UniqueConstraint(fields=("bank", "batch_no"), name="deduction_batch_once"),)


class DeductionLine(Bucketed):
    """One deduction of a batch. `code` and `message` are the bank's own words, once it has answered."""

    batch_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    mandate_id = PlainRef()
    out_trade_no = models.CharField(max_length=19)
    amount_fen = models.BigIntegerField()
    code = models.CharField(max_length=12, null=True)
    message = models.CharField(max_length=120, null=True)

    class Meta:
        db_table = "deduction_line"
        constraints = (gene_check("deduction_line"), once("deduction_line_once", "out_trade_no"))
        indexes = (models.Index(fields=("batch_id", "seq"), name="deduction_line_of_batch"),)
