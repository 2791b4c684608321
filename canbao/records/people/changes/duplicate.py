"""重复参保: cover that somebody has elsewhere, and the queue of years that are paid for twice (LZ-11, N-33-1)."""

from django.db import models

from canbao.basics.states import DUPLICATE
from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once, state_check

SCHEMES = ("resident", "employee")
KEPT = ("ours", "theirs", "both")


class ElsewhereCover(Bucketed):
    """Cover of one person for one year that another system holds. None is unknown, never no.

    `source`: who said so. `other_person_id`: the record merged into this one, where the year came from it.
    """

    person = GeneKey("records.Person")
    scheme = models.CharField(max_length=8)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    cover_from_date = models.DateField()
    cover_until_date = models.DateField()
    is_habitual_residence = models.BooleanField(null=True)
    is_school_place = models.BooleanField(default=False)
    continuous_years = models.SmallIntegerField(null=True)
    is_assisted = models.BooleanField(null=True)
    source = models.CharField(max_length=24)
    other_person_id = PlainRef(null=True)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()

    class Meta:
        db_table = "elsewhere_cover"
        constraints = (
            gene_check("elsewhere_cover"),
            once("elsewhere_cover_once", "person", "scheme", "area_code", "benefit_year"),
            models.CheckConstraint(condition=models.Q(scheme__in=SCHEMES), name="elsewhere_cover_scheme"),
            models.CheckConstraint(
                condition=models.Q(cover_from_date__lt=models.F("cover_until_date")),
                name="elsewhere_cover_not_empty",
            ),
        )


class Duplicate(Bucketed):
    """One person's year that is paid for here and elsewhere. `default_keep` is the national rule; null: staff decide.

    `wished` is what the resident would keep, `keep` what was decided.
    """

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    elsewhere = GeneKey(ElsewhereCover)
    default_keep = models.CharField(max_length=6, null=True)
    reason = models.CharField(max_length=200)
    rules = models.JSONField()
    deducts_fiscal = models.BooleanField(default=False)
    needs_statement = models.BooleanField(default=False)
    wished = models.CharField(max_length=6, null=True)
    keep = models.CharField(max_length=6, null=True)
    statement = models.CharField(max_length=60, null=True)
    said = models.CharField(max_length=200, null=True)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, null=True)
    decided_at = models.DateTimeField(null=True)
    open_slot = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)

    class Meta:
        db_table = "duplicate"
        constraints = (
            gene_check("duplicate"),
            state_check("duplicate", DUPLICATE.states),
            once("duplicate_one_open", "person", "elsewhere", "open_slot"),
            models.CheckConstraint(
                condition=models.Q(keep__isnull=True) | models.Q(keep__in=KEPT), name="duplicate_kept"
            ),
        )
        indexes = (models.Index(fields=("state", "found_at"), name="duplicate_queue"),)
