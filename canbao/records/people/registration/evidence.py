"""证明材料: a photo or PDF that came with an application, as received."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check, once


class Evidence(Bucketed):
    """One file, sealed byte for byte; the same bytes are kept once an application."""

    application = GeneKey("records.Application")
    media_type = models.CharField(max_length=20)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"
        constraints = (gene_check("evidence"), once("evidence_once", "application", "sha256"))
