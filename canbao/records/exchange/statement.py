"""对账单: what a channel says of one day, as received; its lines; the differences; the closing of the day."""

from django.db import models

from canbao.basics.states import BREAK
from canbao.records.fields import Bucketed, PlainRef, gene_check, once, state_check


class Statement(models.Model):
    """One file, byte for byte, or a cashier's count. `fault` says why it could not be read; then it has no lines."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=24)
    day = models.DateField()
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    line_count = models.BigIntegerField(null=True)
    paid_fen = models.BigIntegerField(null=True)
    refunded_fen = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=120, null=True)
    fault_line = models.BigIntegerField(null=True)

    class Meta:
        db_table = "statement"
        constraints = (models.UniqueConstraint(fields=("channel", "day", "sha256"), name="statement_once"),)


class StatementLine(Bucketed):
    """One movement on a statement, in the bucket its number names (0 where the number is not one of ours).

    `number` is our out_trade_no of a payment, our out_refund_no of a refund.
    """

    statement_id = models.BigIntegerField()
    what = models.CharField(max_length=8)
    number = models.CharField(max_length=64)
    channel_no = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    status = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        db_table = "statement_line"
        constraints = (gene_check("statement_line"),)
        indexes = (models.Index(fields=("statement_id",), name="statement_line_of"),)


class Break(Bucketed):
    """差错: one movement on which the channel and the ledger differ. The same match again finds the same break.

    Kinds: over (长款) the channel has it and the ledger not · short (短款) the other way round ·
    amount (金额不符) · state (状态不符). `crossing` breaks wait for the neighbouring day's statement.
    """

    channel = models.CharField(max_length=24)
    day = models.DateField()
    what = models.CharField(max_length=8)
    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    theirs_fen = models.BigIntegerField(null=True)
    ours_fen = models.BigIntegerField(null=True)
    channel_no = models.CharField(max_length=64, null=True)
    occurred_at = models.DateTimeField()
    suggestion = models.CharField(max_length=16)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cure = models.CharField(max_length=16, null=True)
    cure_reason = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)

    class Meta:
        db_table = "channel_break"
        constraints = (
            gene_check("channel_break"),
            state_check("channel_break", BREAK.states),
            once("channel_break_once", "channel", "day", "what", "number", "kind"),
        )
        indexes = (models.Index(fields=("channel", "day"), name="channel_break_of_day"),)


class DayClose(models.Model):
    """日终: one day of one channel, proved and closed by two people. `figures` are those of the proof."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=24)
    day = models.DateField()
    figures = models.JSONField()
    content_hash = models.CharField(max_length=64)
    approval_id = PlainRef()
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "day_close"
        constraints = (models.UniqueConstraint(fields=("channel", "day"), name="day_close_once"),)
