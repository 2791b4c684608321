"""变更申请: what a resident asks for with name and number alone, and a clerk decides with the papers in hand."""

from django.db import models

from canbao.basics.states import CHANGE_REQUEST
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check

KINDS = ("correction", "person_class", "place", "suspension", "care_filing")


class ChangeRequest(Bucketed):
    """One request; `wanted_sealed` is the JSON of what is asked for. At most one of a kind is open a person.

    A granted `care_filing` is the 异地就医备案 itself: where, from which day, until when (null: no end named).
    """

    person = GeneKey("records.Person")
    token = models.CharField(max_length=43)
    kind = models.CharField(max_length=12)
    area_code = models.CharField(max_length=6)
    wanted_sealed = models.BinaryField()
    place = models.CharField(max_length=60, null=True)
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    said = models.CharField(max_length=200, null=True)
    decided_by = models.CharField(max_length=60, null=True)
    decided_at = models.DateTimeField(null=True)
    open_slot = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)

    class Meta:
        db_table = "change_request"
        constraints = (
            gene_check("change_request"),
            state_check("change_request", CHANGE_REQUEST.states),
            once("change_request_token_once", "token"),
            once("change_request_one_open", "person", "kind", "open_slot"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="change_request_kind"),
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True) | models.Q(from_date__lt=models.F("until_date")),
                name="change_request_days",
            ),
        )
        indexes = (models.Index(fields=("state", "area_code", "asked_at"), name="change_request_queue"),)
