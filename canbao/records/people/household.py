"""医保户: opt-in, keyed by the head's ID number (FY-23 … FY-25), and the ledger of what it has used together."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once


class HouseholdMember(Bucketed):
    """A person's 户 in one benefit year; the head's own row points to the head. `left_at`: not a member any more."""

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    head_person_id = PlainRef()
    area_code = models.CharField(max_length=6)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "household_member"
        constraints = (
            gene_check("household_member"),
            once("household_member_once", "person", "benefit_year"),
        )
        indexes = (models.Index(fields=("head_person_id", "benefit_year"), name="household_of_head"),)


class QuotaEntry(Bucketed):
    """One use of a shared outpatient quota, or its taking back (below zero). Only ever added (E10).

    It lies in the head's bucket. `serial_no` counts 1, 2, 3 … within head and year: whoever writes the next one must
    have seen the last, so two claims never see the same remainder. `used_fen` is the sum up to and with this row.
    """

    head = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    serial_no = models.IntegerField()
    claim_no = models.CharField(max_length=40)
    person_id = PlainRef()
    amount_fen = models.BigIntegerField()
    used_fen = models.BigIntegerField()
    cap_fen = models.BigIntegerField()
    visited_date = models.DateField()
    booked_by = models.CharField(max_length=60)
    booked_at = models.DateTimeField()

    class Meta:
        db_table = "quota_entry"
        constraints = (
            gene_check("quota_entry"),
            once("quota_entry_in_turn", "head", "benefit_year", "serial_no"),
            once("quota_entry_claim_once", "head", "benefit_year", "claim_no"),
            models.CheckConstraint(condition=models.Q(used_fen__gte=0), name="quota_entry_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__lte=0) | models.Q(used_fen__lte=models.F("cap_fen")),
                name="quota_entry_not_overdrawn",
            ),
        )
