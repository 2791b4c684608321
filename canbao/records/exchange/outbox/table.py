"""发件箱: what another authority must be told of one person, and the batches it travelled in."""

from django.db import models

from canbao.basics.states import OUTBOX
from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once, state_check

# Who hears what, in the order in which it is told of one bill.
HEARS = {"tax": ("assessment", "collection"), "medical": ("collection", "coverage", "posting")}
TARGETS = tuple(HEARS)
KINDS = ("assessment", "collection", "coverage", "posting")
# What the ledger and the events tell of by themselves; an assessment is put down by whoever makes it.
FROM_JOURNALS = ("collection", "coverage", "posting")


class OutboxRow(Bucketed):
    """One thing to be told, or taken back. Written in the transaction that makes it true; what it says is read from
    its subject when it is sent, so the two cannot differ.

    `turn` is the order in which one person's rows of one target are told. `tries` counts the batches it was in, `due_at` is
    when it may go (again). The id is its `rid` on the wire: told twice, it is the same row. `again` counts how often the
    same had been told and refused before: what journals tell of is put down once however often they are read (0037).
    """

    target = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    action = models.CharField(max_length=6)
    person = GeneKey("records.Person")
    subject_id = PlainRef()
    turn = models.IntegerField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    open_slot = models.SmallIntegerField(null=True)
    tries = models.SmallIntegerField(default=0)
    again = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    batch_id = models.BigIntegerField(null=True)
    reason_code = models.CharField(max_length=24, null=True)
    reason = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_row"
        constraints = (
            gene_check("outbox_row"),
            state_check("outbox_row", OUTBOX.states),
            once("outbox_row_waits_once", "target", "kind", "subject_id", "action", "open_slot"),
            models.UniqueConstraint(
                fields=("bucket", "target", "kind", "subject_id", "action", "again"),
                condition=models.Q(kind__in=FROM_JOURNALS),
                name="outbox_row_told_once",
            ),
            models.CheckConstraint(condition=models.Q(target__in=TARGETS), name="outbox_row_target"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="outbox_row_kind"),
            models.CheckConstraint(
                condition=models.Q(action__in=("put", "cancel")), name="outbox_row_action"
            ),
        )
        indexes = (
            models.Index(
                fields=("target", "due_at"), condition=models.Q(state="waiting"), name="outbox_row_waiting"
            ),
            models.Index(fields=("bucket", "person", "target", "turn"), name="outbox_row_of_person"),
            models.Index(fields=("bucket", "subject_id"), name="outbox_row_of_subject"),
            models.Index(
                fields=("target", "answered_at"),
                condition=models.Q(state="refused"),
                name="outbox_row_refused",
            ),
        )


class PushBatch(models.Model):
    """推送批次: what went out together, with its count and sum. `fault`: why there was no usable answer."""

    id = models.BigAutoField(primary_key=True)
    target = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    row_count = models.IntegerField()
    sum_fen = models.BigIntegerField()
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    accepted_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    fault = models.CharField(max_length=200, null=True)

    class Meta:
        db_table = "push_batch"
