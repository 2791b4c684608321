"""The events somebody may be told of, by time. `event` holds rows already, so PostgreSQL builds it beside the writers."""

from django.db import migrations, models

from canbao.records.postgres.beside import AddIndexBeside
from canbao.records.system.event import TOLD


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("records", "0013_notify")]

    operations = [
        AddIndexBeside(
            "event",
            models.Index(fields=("at", "id"), condition=models.Q(("name__in", TOLD)), name="event_told"),
        )
    ]
