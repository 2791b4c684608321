"""通知授权 and 消息: consent to be told, the messages it leads to, and the cursors of whoever reads the journal."""

from django.db import models

from canbao.basics.states import MESSAGE, MESSAGE_CONSENT
from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once, state_check

WAYS = ("sms", "wechat")
ORIGINS = ("question", "order", "window")


class MessageConsent(Bucketed):
    """Consent to be told what happens to one person's benefit year (FY-16: its words, its time).

    `origin` says how sure we are of who gave it, and so what it opens: `question` name and number alone, `order` the
    page of one order (`order_no`), `window` somebody at the counter. `address_sealed` is a mobile number or an openid;
    `address_index` finds it. `active_slot`: the same address once a person and year.
    """

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    way = models.CharField(max_length=8)
    address_sealed = models.BinaryField()
    address_index = models.CharField(max_length=32)
    origin = models.CharField(max_length=8)
    order_no = models.CharField(max_length=17, default="")
    given_by = models.CharField(max_length=10)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    active_slot = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "message_consent"
        constraints = (
            gene_check("message_consent"),
            state_check("message_consent", MESSAGE_CONSENT.states),
            once(
                "message_consent_once", "person", "benefit_year", "address_index", "order_no", "active_slot"
            ),
            models.CheckConstraint(condition=models.Q(way__in=WAYS), name="message_consent_way"),
            models.CheckConstraint(condition=models.Q(origin__in=ORIGINS), name="message_consent_origin"),
        )
        indexes = (
            models.Index(fields=("address_index",), name="message_consent_of_address"),
            models.Index(
                fields=("benefit_year", "id"),
                condition=models.Q(state="active"),
                name="message_consent_active",
            ),
        )


class Message(Bucketed):
    """One thing one address is told, once. `values` fill the text of its `kind`; nothing in them names anybody whole.

    `tries` counts the times it went, `tried_at` is the last of them, `due_at` when it may go (again). The id is what the
    messenger knows it by.
    """

    person = GeneKey("records.Person")
    consent = GeneKey("records.MessageConsent")
    kind = models.CharField(max_length=16)
    subject_id = PlainRef()
    address_index = models.CharField(max_length=32)
    way = models.CharField(max_length=8)
    area_code = models.CharField(max_length=6)
    benefit_year = models.SmallIntegerField()
    values = models.JSONField()
    state = models.CharField(max_length=12)
    previous_state = models.CharField(max_length=12, null=True)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=64, null=True)
    reason_code = models.CharField(max_length=40, null=True)
    reason = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = (
            gene_check("message"),
            state_check("message", MESSAGE.states),
            once("message_told_once", "person", "kind", "subject_id", "address_index"),
        )
        indexes = (
            models.Index(
                fields=("due_at", "id"), condition=models.Q(state="waiting"), name="message_waiting"
            ),
            models.Index(fields=("bucket", "consent"), name="message_of_consent"),
            models.Index(
                fields=("area_code", "answered_at"),
                condition=models.Q(state__in=("refused", "given_up")),
                name="message_unreached",
            ),
        )


class MessageCursor(models.Model):
    """How far one reader has read one journal: everything up to (`at`, `last_id`)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    last_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "message_cursor"
