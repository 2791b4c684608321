"""证件号登记: which number leads to which person, unique in the whole system."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check, once


class Identifier(Bucketed):
    """A document number, found by its keyed hash. It lives in the bucket of the number itself.

    A corrected or later number leads to the same person, who may live in another bucket.
    """

    id_type = models.CharField(max_length=2)
    blind_index = models.CharField(max_length=32)
    person_id = PlainRef()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identifier"
        constraints = (gene_check("identifier"), once("identifier_once", "id_type", "blind_index"))
        indexes = (models.Index(fields=("person_id",), name="identifier_of_person"),)
