"""How often somebody asked: what the rate limits count."""

from django.db import models


class RateTally(models.Model):
    """Questions in one window under one key. The key is a keyed hash, never a number or an address."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)
    window_start_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "rate_tally"
        constraints = (models.UniqueConstraint(fields=("key", "window_start_at"), name="rate_tally_once"),)
