"""授权同意: what was agreed to, in which words, when, by whom (FY-16)."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check


class Consent(Bucketed):
    """One act of consent. `given_by` is self or proxy."""

    person = GeneKey("records.Person")
    purpose = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    given_by = models.CharField(max_length=10)
    given_at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        constraints = (gene_check("consent"),)
