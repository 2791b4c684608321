"""参保登记申请: what somebody fills in over several pages, hands in, and is answered about."""

from django.db import models

from canbao.basics.states import APPLICATION
from canbao.records.fields import Bucketed, PlainRef, gene_check, once, state_check


class Application(Bucketed):
    """One application, in the bucket of the number that it names; nobody was asked yet whether that number is theirs.

    The content is sealed: who, where, as what, on what ground. `reasons`: why somebody must look at it, in words.
    `person_id`: whom it put on the register. The page opens by `token`, which carries the bucket.
    """

    token = models.CharField(max_length=43)
    area_code = models.CharField(max_length=6)
    content_sealed = models.BinaryField()
    reasons = models.JSONField()
    returned_because = models.CharField(max_length=200, null=True)
    person_id = PlainRef(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, null=True)

    class Meta:
        db_table = "registration_application"
        constraints = (
            gene_check("registration_application"),
            state_check("registration_application", APPLICATION.states),
            once("registration_application_token_once", "token"),
        )
        indexes = (
            models.Index(fields=("state", "area_code", "submitted_at"), name="application_queue"),
            models.Index(fields=("state", "created_at"), name="application_left"),
        )
