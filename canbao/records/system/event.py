"""事件: who did what to whom, when and why. The present state can be rebuilt from these rows."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check


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
        indexes = (models.Index(fields=("bucket", "subject_id"), name="event_of_subject"),)
