"""每日变动: the platform's daily feeds, sealed as received, and how far each is taken in."""

from django.db import models


class PlatformFeed(models.Model):
    """One feed. `rows_done` counts rows taken in, in their order: after a stop the next one goes on there.

    taken + strangers + doubtful = rows_done. Strangers are not on our register; doubtful: the name is another one.
    """

    id = models.BigAutoField(primary_key=True)
    feed_no = models.IntegerField(unique=True)
    day = models.DateField()
    sha256 = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    row_count = models.IntegerField()
    rows_done = models.IntegerField(default=0)
    taken_count = models.IntegerField(default=0)
    stranger_count = models.IntegerField(default=0)
    doubtful_rows = models.JSONField(default=list)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)

    class Meta:
        db_table = "platform_feed"
