"""复核: what one person proposes and another decides, bound to the hash of what was proposed."""

from django.db import models

from canbao.basics.states import APPROVAL
from canbao.records.fields import Bucketed, PlainRef, gene_check, once, state_check


class Approval(Bucketed):
    """One proposal. The database itself refuses a decision by whoever proposed. `open_slot` is 1 while undecided."""

    subject = models.CharField(max_length=24)
    subject_id = PlainRef()
    step = models.CharField(max_length=24)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, null=True)
    decided_at = models.DateTimeField(null=True)
    open_slot = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)

    class Meta:
        db_table = "approval"
        constraints = (
            gene_check("approval"),
            state_check("approval", APPROVAL.states),
            once("approval_one_open", "subject", "subject_id", "step", "open_slot"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="approval_two_people",
            ),
        )
