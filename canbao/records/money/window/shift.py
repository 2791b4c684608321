"""班次: a drawer or an agent's bag for one shift, and the cash that left it again (CZ-19, LZ-19)."""

from django.db import models

from canbao.basics.states import SHIFT
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check

WHAT_LEAVES = ("handed_in", "given_back", "short", "over", "float_short")


class Shift(Bucketed):
    """One shift of one till, in the till's own bucket. `till`: `drawer:<clerk>` or `agent:<agent>`.

    `float_fen` was counted at its opening, `counted_fen` at its close. `open_slot`: one shift of a till at a time.
    `moves`: counted up by whoever moves its cash, first of all, so that two hands do it one after the other.
    """

    till = models.CharField(max_length=50)
    place = models.CharField(max_length=80)
    float_fen = models.BigIntegerField()
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    open_slot = models.SmallIntegerField(null=True)
    counted_fen = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    moves = models.IntegerField(db_default=0)

    class Meta:
        db_table = "shift"
        constraints = (
            gene_check("shift"),
            state_check("shift", SHIFT.states),
            once("shift_one_open", "till", "open_slot"),
            models.CheckConstraint(condition=models.Q(float_fen__gte=0), name="shift_float_not_negative"),
        )
        indexes = (models.Index(fields=("opened_at",), name="shift_opened"),)


class CashOut(Bucketed):
    """Cash that left a till other than by mistake, and a difference two people agreed on. Never edited.

    handed_in: to the bank, by slip · given_back: to a payer, by refund · short, over: found at the close ·
    float_short: missing of the float, which is the office's own money and stands in no ledger of ours.
    `number`: the slip's, the refund's or the shift's own. `after_close`: handed in once the shift was closed.
    """

    till = models.CharField(max_length=50)
    shift = GeneKey("records.Shift")
    what = models.CharField(max_length=12)
    number = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    after_close = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        db_table = "cash_out"
        constraints = (
            gene_check("cash_out"),
            once("cash_out_once", "till", "what", "number"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="cash_out_positive"),
            models.CheckConstraint(condition=models.Q(what__in=WHAT_LEAVES), name="cash_out_known"),
        )
