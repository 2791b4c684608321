"""政策文件: the bytes that were in force, and the resolved packs that bills point to."""

from django.db import models


class PackVersion(models.Model):
    """One version of one pack file. The newest effective row of an area and year counts."""

    id = models.BigAutoField(primary_key=True)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    effective_at = models.DateTimeField()
    approved_by = models.JSONField()

    class Meta:
        db_table = "pack_version"
        constraints = (
            models.UniqueConstraint(fields=("area_code", "benefit_year", "sha256"), name="pack_version_once"),
        )


class ResolvedPack(models.Model):
    """A pack with its parents merged, by hash: what explains an old bill for ever."""

    hash = models.CharField(max_length=64, primary_key=True)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    document = models.JSONField()

    class Meta:
        db_table = "resolved_pack"
