"""学校、村的登记名单: a list by which many people are registered at once, as received (LZ-02, ux 1.2)."""

from django.db import models


class EnrolmentList(models.Model):
    """One file, sealed byte for byte. What its rows came to is what the register says of them."""

    id = models.BigAutoField(primary_key=True)
    area_code = models.CharField(max_length=6)
    unit_code = models.CharField(max_length=24)
    sha256 = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)

    class Meta:
        db_table = "enrolment_list"
        constraints = (
            models.UniqueConstraint(fields=("area_code", "unit_code", "sha256"), name="enrolment_list_once"),
        )
