"""医保户: opt-in, keyed by the head's ID number (FY-23 … FY-25)."""

from django.db import models

from canbao.records.fields import Bucketed, GeneKey, PlainRef, gene_check, once


class HouseholdMember(Bucketed):
    """A person's 户 in one benefit year; the head's own row points to the head."""

    person = GeneKey("records.Person")
    benefit_year = models.SmallIntegerField()
    head_person_id = PlainRef()
    area_code = models.CharField(max_length=6)
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "household_member"
        constraints = (
            gene_check("household_member"),
            once("household_member_once", "person", "benefit_year"),
        )
