"""合作渠道: what a partner asked under one key, and what it was told; the same key again is told the same."""

from django.db import models


class PartnerCall(models.Model):
    """One POST of one partner. `memo` is what a repeat must find again; `status` null: not answered yet."""

    id = models.BigAutoField(primary_key=True)
    partner = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    body_sha256 = models.CharField(max_length=64)
    memo = models.JSONField()
    status = models.SmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "partner_call"
        constraints = (models.UniqueConstraint(fields=("partner", "key"), name="partner_call_once"),)
