from django.db import migrations, models


class Migration(migrations.Migration):
    """An attempt is live until it is paid, failed or closed; that its channel had answered told nobody anything."""

    dependencies = [("records", "0005_changes")]

    operations = [
        migrations.RemoveConstraint("attempt", "attempt_state"),
        migrations.RunSQL(
            "UPDATE attempt SET state = 'created' WHERE state = 'started'", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            "attempt",
            models.CheckConstraint(
                condition=models.Q(state__in=["closed", "created", "failed", "paid"]), name="attempt_state"
            ),
        ),
    ]
