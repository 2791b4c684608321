"""事件: who did what to whom, when and why. The present state can be rebuilt from these rows."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check

# What somebody may have asked to be told of (0029). None of it is written while a payment settles, so that path
# keeps no more indexes than it did.
TOLD = (
    "AttemptFailed", "BillReleased", "ContributionPosted", "DeferralEnded", "RefundApplied", "RefundApproved",
    "RefundPaid", "RefundPaidAfterAll", "RefundRefused", "RefundReturned",
)  # fmt: skip


class Event(Bucketed):
    """One event in the bucket of its subject. Never edited, never deleted."""

    subject = models.CharField(max_length=24)
    subject_id = PlainRef()
    name = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    details = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "event"
        constraints = (gene_check("event"),)
        indexes = (
            models.Index(fields=("bucket", "subject_id"), name="event_of_subject"),
            models.Index(fields=("at", "id"), condition=models.Q(name__in=TOLD), name="event_told"),
        )
