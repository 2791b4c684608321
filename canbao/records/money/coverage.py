"""待遇享受: from which day to which day a person is covered, once per person and calendar year."""

from django.db import models
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear
from django.db.models.lookups import Exact

from canbao.basics.states import COVERAGE
from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once, state_check

ENDS_AT_NEW_YEAR = (
    models.Q(cover_year=ExtractYear("cover_until_date") - 1)
    & models.Q(Exact(ExtractMonth("cover_until_date"), 1))
    & models.Q(Exact(ExtractDay("cover_until_date"), 1))
)


class Coverage(Bucketed):
    """Days `[cover_from_date, cover_until_date)` inside `cover_year`. Cancelling and restoring move this row.

    Both days are null where the notice states none (CZ-26): covered for the year, from when is not known.
    A span that crosses New Year owns two rows, so no overlap is possible on any engine.
    """

    person = GeneKey("records.Person")
    cover_year = models.SmallIntegerField()
    area_code = models.CharField(max_length=6)
    cover_from_date = models.DateField(null=True)
    cover_until_date = models.DateField(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    bill_id = PlainRef(null=True)
    origin = models.CharField(max_length=12)

    class Meta:
        db_table = "coverage"
        constraints = (
            gene_check("coverage"),
            state_check("coverage", COVERAGE.states),
            once("coverage_once", "person", "cover_year"),
            models.CheckConstraint(
                condition=models.Q(cover_from_date__lt=models.F("cover_until_date")),
                name="coverage_not_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(cover_from_date__isnull=True, cover_until_date__isnull=True)
                | (
                    models.Q(cover_from_date__isnull=False, cover_until_date__isnull=False)
                    & models.Q(cover_year=ExtractYear("cover_from_date"))
                    & (models.Q(cover_year=ExtractYear("cover_until_date")) | ENDS_AT_NEW_YEAR)
                ),
                name="coverage_inside_its_year",
            ),
        )
