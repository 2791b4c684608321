"""The counters behind `env.ids`: one row a kind, taken in blocks."""

from django.db import models


class IdCounter(models.Model):
    """The next unused serial of a kind. A reference table: written rarely, in a transaction of its own."""

    kind = models.CharField(max_length=40, primary_key=True)
    next_serial = models.BigIntegerField(default=1)

    class Meta:
        db_table = "id_counter"
