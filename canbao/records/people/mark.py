"""身份标识: the assisted groups a person belongs to, each with the day it was acquired."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check, once


class IdentityMark(Bucketed):
    """One identity of one person. `push_accepted_date` is when the tax side took the special bill (SX-10)."""

    person = GeneKey("records.Person")
    group = models.CharField(max_length=40)
    acquired_date = models.DateField()
    ended_date = models.DateField(null=True)
    source_department = models.CharField(max_length=40)
    push_accepted_date = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_mark"
        constraints = (
            gene_check("identity_mark"),
            once("identity_mark_once", "person", "group", "acquired_date"),
        )
