"""名册: what a department says of its assisted groups, as received, and its rows (CZ-08)."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check


class Roster(models.Model):
    """One file, sealed byte for byte. `fault` says why it could not be read; then it has no lines.

    The counts are those of `apply`; until then they are null. rows = ok + doubtful + bad.
    """

    id = models.BigAutoField(primary_key=True)
    source_department = models.CharField(max_length=40)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    row_count = models.BigIntegerField(null=True)
    ok_count = models.BigIntegerField(null=True)
    doubtful_count = models.BigIntegerField(null=True)
    bad_count = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=40, null=True)
    fault_row = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assistance_roster"
        constraints = (
            models.UniqueConstraint(
                fields=("area_code", "source_department", "benefit_year", "sha256"),
                name="assistance_roster_once",
            ),
        )

    @property
    def state(self) -> str:
        """unfit, kept (not read yet), read, applied."""
        if self.fault:
            return "unfit"
        if self.row_count is None:
            return "kept"
        return "applied" if self.applied_at else "read"


class RosterLine(Bucketed):
    """One row of a roster, in the bucket of its number (0 where that cannot be read). The number itself stays sealed.

    `row_no` is the file's own. `birth_date`: as the file or the number says it, to look for whom a doubtful row may mean.
    `fault`: why the row cannot be used. `outcome`: what `apply` made of it, null before.
    `assess_slot` is 1 while a person that it marked waits to be assessed anew.
    """

    roster_id = models.BigIntegerField()
    row_no = models.BigIntegerField()
    name = models.CharField(max_length=120)
    blind_index = models.CharField(max_length=32, null=True)
    group_text = models.CharField(max_length=60)
    begin_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    birth_date = models.DateField(null=True)
    fault = models.CharField(max_length=24, null=True)
    outcome = models.CharField(max_length=24, null=True)
    person_id = PlainRef(null=True)
    assess_slot = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "assistance_roster_line"
        constraints = (gene_check("assistance_roster_line"),)
        indexes = (
            models.Index(fields=("roster_id", "row_no"), name="assistance_roster_line_row"),
            models.Index(fields=("bucket", "roster_id", "blind_index"), name="assistance_roster_line_number"),
        )
