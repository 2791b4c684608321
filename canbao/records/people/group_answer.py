"""是不是资助对象: what a payer answered before a payment that cannot be turned back (CZ-09, SX-09)."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, gene_check

ANSWERS = ("yes", "no", "unsure")


class GroupAnswer(Bucketed):
    """One answer about one person and year. Never edited: who asks the agency and answers anew gives a new row."""

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    answer = models.CharField(max_length=6)
    groups = models.JSONField()
    rules = models.JSONField()
    given_by = models.CharField(max_length=8)
    given_at = models.DateTimeField()

    class Meta:
        db_table = "group_answer"
        constraints = (
            gene_check("group_answer"),
            models.CheckConstraint(condition=models.Q(answer__in=ANSWERS), name="group_answer_known"),
        )
