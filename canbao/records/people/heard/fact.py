"""听到的事: what another system said of a person, and when it was last asked. Nothing here is ever rewritten as a no."""

from django.db import models

from canbao.basics.states import HEARD
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check

KINDS = ("employee", "resident", "death")
SOURCES = ("answer", "feed", "paper")


class HeardFact(Bucketed):
    """One thing said: insured in a scheme at a place from a day on, or died on that day.

    Not `ElsewhereCover`, which is a *paid year* (LZ-11): who is enrolled elsewhere need not have paid there.
    `until_date`: the first day that it does not hold any more. `source`: answer, feed, or a paper that a clerk has seen. `as_of`: how things stood there.
    """

    person = GeneKey("records.Person")
    kind = models.CharField(max_length=8)
    area_code = models.CharField(max_length=6)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    source = models.CharField(max_length=8)
    as_of = models.DateTimeField()
    heard_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    open_slot = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "heard_fact"
        constraints = (
            gene_check("heard_fact"),
            state_check("heard_fact", HEARD.states),
            once("heard_fact_once", "person", "kind", "area_code", "from_date", "open_slot"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="heard_fact_kind"),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="heard_fact_source"),
            models.CheckConstraint(
                condition=models.Q(state="holds", open_slot=1)
                | (~models.Q(state="holds") & models.Q(open_slot__isnull=True)),
                name="heard_fact_open_slot",
            ),
        )


class PlatformAsk(Bucketed):
    """When one person was last asked about, and answered. `due_at`: not before then again. `fault`: why no answer came.

    `as_of`: how things stood there when the last answer was given; an older word changes nothing any more.
    """

    person = GeneKey("records.Person")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)
    fault = models.CharField(max_length=10, null=True)
    fault_words = models.CharField(max_length=120, null=True)

    class Meta:
        db_table = "platform_ask"
        constraints = (gene_check("platform_ask"), once("platform_ask_once", "person"))
        indexes = (
            models.Index(
                fields=("due_at",), condition=models.Q(fault__isnull=False), name="platform_ask_again"
            ),
        )
