"""集中代收 (CZ-12, CZ-18): a list or a unit whose people are paid for at once, and the orders opened for it."""

from django.db import models


class Collection(models.Model):
    """One list of one unit for a year, sealed byte for byte; without a list, everybody registered under the unit.

    Whose bill came to what is not kept here: the orders and the bills say it.
    """

    id = models.BigAutoField(primary_key=True)
    area_code = models.CharField(max_length=6)
    unit_code = models.CharField(max_length=24)
    benefit_year = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64)
    body_sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)

    class Meta:
        db_table = "collective_collection"
        constraints = (
            models.UniqueConstraint(
                fields=("unit_code", "benefit_year", "sha256"), name="collective_collection_once"
            ),
        )


class CollectionOrder(models.Model):
    """The n-th order of a collection. Its number is put down before the order is opened, so that it is opened once.

    `token` opens the order's own page, with its people; `page_token` the payer's, which names nobody.
    """

    id = models.BigAutoField(primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT)
    nth = models.SmallIntegerField()
    order_no = models.CharField(max_length=17, unique=True)
    token = models.CharField(max_length=43)
    page_token = models.CharField(max_length=43, unique=True)
    channel = models.CharField(max_length=24)
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "collective_order"
        constraints = (
            models.UniqueConstraint(fields=("collection", "nth"), name="collective_order_nth_once"),
        )
