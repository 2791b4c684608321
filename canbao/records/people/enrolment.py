"""参保关系: where and as what a person is enrolled. Not coverage: a suspended person can still be covered."""

from django.db import models

from canbao.basics.states import ENROLMENT
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check


class Enrolment(Bucketed):
    """One enrolment. `active_slot` is 1 while active and null after, so at most one is active (LZ-11).

    `registered_by`: `self`, `agency` or `department` (LZ-05); null where nobody handed it over.
    """

    person = GeneKey("records.Person")
    area_code = models.CharField(max_length=6)
    insurance_type = models.CharField(max_length=3, default="390")
    person_class = models.CharField(max_length=40)
    unit_code = models.CharField(max_length=24, null=True)
    registered_by = models.CharField(max_length=12, null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    active_slot = models.SmallIntegerField(null=True)
    started_date = models.DateField()
    ended_date = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "enrolment"
        constraints = (
            gene_check("enrolment"),
            state_check("enrolment", ENROLMENT.states),
            once("enrolment_one_active", "person", "insurance_type", "active_slot"),
            models.CheckConstraint(
                condition=models.Q(state="active", active_slot=1)
                | (~models.Q(state="active") & models.Q(active_slot__isnull=True)),
                name="enrolment_active_slot",
            ),
        )
        indexes = (
            models.Index(
                fields=("unit_code",),
                condition=models.Q(active_slot=1, unit_code__isnull=False),
                name="enrolment_unit",
            ),
        )
