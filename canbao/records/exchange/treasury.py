"""国库: what the treasury says it has, as received, and its lines."""

from django.db import models

from canbao.records.fields import Bucketed, gene_check


class TreasuryFile(models.Model):
    """One posting file (入库回执), byte for byte. `fault` says why it could not be read; then it has no lines."""

    id = models.BigAutoField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    line_count = models.BigIntegerField(null=True)
    posted_fen = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=120, null=True)
    fault_line = models.BigIntegerField(null=True)

    class Meta:
        db_table = "treasury_file"


class TreasuryLine(Bucketed):
    """One line, in the bucket its receipt number names (0: not one of ours). `outcome`: what became of it."""

    file_id = models.BigIntegerField()
    line_no = models.BigIntegerField()
    receipt_no = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    posted_date = models.DateField()
    tax_receipt_no = models.CharField(max_length=40)
    outcome = models.CharField(max_length=16)

    class Meta:
        db_table = "treasury_line"
        constraints = (gene_check("treasury_line"),)
        indexes = (models.Index(fields=("file_id", "outcome"), name="treasury_line_of_file"),)
