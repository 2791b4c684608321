"""村集体补助 (CZ-18): the part of a person's premium that a collective pays, as its agent declared it at the tax hall."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check, once


class CollectiveShare(Bucketed):
    """One person's part for one year. `active_slot` is null once it was taken back. `collection_id`: the list it came by."""

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    collection_id = models.BigIntegerField()
    active_slot = models.SmallIntegerField(null=True)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=60)
    declared_where = models.CharField(max_length=24)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "collective_share"
        constraints = (
            gene_check("collective_share"),
            once("collective_share_one_active", "person", "benefit_year", "active_slot"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="collective_share_positive"),
        )
