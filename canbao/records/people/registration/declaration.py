"""申报: what a person says of oneself for one benefit year, and whether staff found it so (FY-04)."""

from django.db import models

from canbao.basics.states import DECLARATION
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check


class Declaration(Bucketed):
    """One word of a person for one year, such as `returning_worker`. It is asked for anew each year."""

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    word = models.CharField(max_length=40)
    area_code = models.CharField(max_length=6)
    given_by = models.CharField(max_length=10)
    refused_because = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    declared_at = models.DateTimeField()

    class Meta:
        db_table = "declaration"
        constraints = (
            gene_check("declaration"),
            state_check("declaration", DECLARATION.states),
            once("declaration_once", "person", "benefit_year", "word"),
        )
        indexes = (models.Index(fields=("state", "area_code"), name="declaration_queue"),)
