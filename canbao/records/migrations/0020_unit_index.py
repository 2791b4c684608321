"""Everybody of a village or a school, for a collection without a list (CZ-12)."""

from django.db import migrations, models

from canbao.records.postgres.beside import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("records", "0019_feedback")]

    operations = [
        AddIndexBeside(
            "enrolment",
            models.Index(
                fields=("unit_code",),
                condition=models.Q(("active_slot", 1), ("unit_code__isnull", False)),
                name="enrolment_unit",
            ),
        )
    ]
