"""缴费证明: what was certified to one person, so that whoever is shown the paper can ask whether it still holds."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check, once


class Certificate(Bucketed):
    """One certificate: its number, and the contribution records it names. The same content again is the same certificate."""

    person = GeneKey("records.Person")
    certificate_no = models.CharField(max_length=20)
    record_ids = models.JSONField()
    content_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "contribution_certificate"
        constraints = (
            gene_check("contribution_certificate"),
            once("contribution_certificate_no_once", "certificate_no"),
            once("contribution_certificate_once", "person", "content_hash"),
        )
