"""封存: a closed range of the ledger, hashed and chained, so that a changed row cannot hide."""

from django.db import models


class LedgerSeal(models.Model):
    """Rows of `table` in `[from_bucket, until_bucket)` booked in `[from_at, until_at)`.

    `leaves` holds 24 bytes a row in order of id: the id (8) and the head of the row's SHA-256 (16), so
    that a difference can be traced to its row. `sha256` is over the previous seal, the range and the
    leaves; `signature` is made with a key that the database does not hold.
    """

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=24)
    from_bucket = models.SmallIntegerField()
    until_bucket = models.SmallIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    row_count = models.BigIntegerField()
    leaves = models.BinaryField()
    previous_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_seal"
        constraints = (
            models.UniqueConstraint(
                fields=("table", "from_bucket", "until_bucket", "from_at"), name="ledger_seal_once"
            ),
        )
