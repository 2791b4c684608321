"""行政区划 and the units people are registered under: small reference tables, copied to every shard."""

from django.db import models


class Area(models.Model):
    """A division. `demo_shift_days` moves its clock in the demo; production refuses anything but 0."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12)
    demo_shift_days = models.IntegerField(default=0)

    class Meta:
        db_table = "area"


class CollectionUnit(models.Model):
    """居民虚拟单位: a village, community or school that people are registered under."""

    code = models.CharField(max_length=24, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    area_code = models.CharField(max_length=6, db_index=True)

    class Meta:
        db_table = "collection_unit"
