"""反馈: what residents say went wrong, and what the agency answers (CP-21). Words are added, none is changed."""

from django.db import models

from canbao.basics.states import FEEDBACK
from canbao.records.fields import Bucketed, GeneKey, gene_check, once, state_check

TOPICS = ("paying", "wrong_data", "unclear", "other")
SIDES = ("resident", "agency")


class Feedback(Bucketed):
    """One matter, opened by its token. `code`: the refusal somebody stood before. `phone_sealed`: only who wants a call."""

    token = models.CharField(max_length=43)
    area_code = models.CharField(max_length=6)
    topic = models.CharField(max_length=12)
    code = models.CharField(max_length=6)
    phone_sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)

    class Meta:
        db_table = "feedback"
        constraints = (
            gene_check("feedback"),
            state_check("feedback", FEEDBACK.states),
            once("feedback_token_once", "token"),
            models.CheckConstraint(condition=models.Q(topic__in=TOPICS), name="feedback_topic"),
        )
        indexes = (models.Index(fields=("state", "asked_at"), name="feedback_queue"),)


class FeedbackWord(Bucketed):
    """What one side said, sealed: people write names and numbers into it. The same words in the same turn are kept once."""

    feedback = GeneKey("records.Feedback")
    turn = models.SmallIntegerField()
    side = models.CharField(max_length=12)
    text_sealed = models.BinaryField()
    said_by = models.CharField(max_length=60)
    said_at = models.DateTimeField()

    class Meta:
        db_table = "feedback_word"
        constraints = (
            gene_check("feedback_word"),
            once("feedback_word_turn_once", "feedback", "turn"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="feedback_word_side"),
        )
