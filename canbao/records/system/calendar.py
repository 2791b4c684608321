"""Working days that differ from the library's calendar: the State Council's notice comes late."""

from django.db import models


class WorkCalendarOverride(models.Model):
    """One day decided by staff: worked or not."""

    day = models.DateField(primary_key=True)
    is_worked = models.BooleanField()

    class Meta:
        db_table = "work_calendar_override"
