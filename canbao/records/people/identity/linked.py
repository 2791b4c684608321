"""关联人、亲情账户: whom a payer pays for, by the payer's own number (CP-18, FY-06)."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check, once


class LinkedPerson(Bucketed):
    """One linked person, in the bucket of the payer's number; the payer need not be on the register.

    `active_slot` is 1 while linked and null after. What was agreed to stands beside it: text version and time.
    """

    payer_index = models.CharField(max_length=32)
    person_id = PlainRef()
    relation = models.CharField(max_length=12)
    consent_version = models.CharField(max_length=20)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    active_slot = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "linked_person"
        constraints = (
            gene_check("linked_person"),
            once("linked_person_once", "payer_index", "person_id", "active_slot"),
        )
