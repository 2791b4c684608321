"""渠道回调: what a channel sent, byte for byte, kept before it is judged."""

from django.db import models

from canbao.basics.states import CALLBACK
from canbao.records.fields import Bucketed, gene_check, state_check


class Callback(Bucketed):
    """One delivery. The bytes are committed first; what became of them is written after."""

    channel = models.CharField(max_length=24)
    out_trade_no = models.CharField(max_length=19)
    headers = models.JSONField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    reason = models.CharField(max_length=60, null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "callback"
        constraints = (gene_check("callback"), state_check("callback", CALLBACK.states))
        indexes = (
            models.Index(fields=("bucket", "out_trade_no"), name="callback_of_attempt"),
            models.Index(fields=("state", "id"), name="callback_waiting"),
        )
