"""The shape every table must have, so that the same schema runs on one file and on a hundred machines."""

import pytest
from django.apps import apps
from django.db import models

from canbao.records.fields import Bucketed, GeneId, GeneKey, PlainRef

REFERENCE_TABLES = {
    "Area", "Collection", "CollectionOrder", "CollectionUnit", "DayClose", "DeductionBatch", "EnrolmentList", "IdCounter", "LedgerSeal",
    "MessageCursor", "PackVersion", "PartnerCall", "PlatformFeed", "PushBatch", "RateTally", "ResolvedPack",
    "Roster", "Statement", "TaxMessage", "TreasuryFile", "WorkCalendarOverride",
}  # fmt: skip
# References that may lead into another bucket, each known by name.
PLAIN_REFS = {
    "DeductionLine.mandate_id", "Person.merged_into_id", "Identifier.person_id", "HouseholdMember.head_person_id", "Entry.bill_id",
    "Coverage.bill_id", "ContributionRecord.bill_id", "Event.subject_id",
    "Refund.bill_id", "Approval.subject_id", "RosterLine.person_id", "Application.person_id", "LinkedPerson.person_id",
    "ElsewhereCover.other_person_id", "QuotaEntry.person_id", "OutboxRow.subject_id", "Message.subject_id",
    "TaxPayment.person_id", "TaxPayment.bill_id",
}  # fmt: skip
OURS = [
    model for model in apps.get_app_config("records").get_models() if model.__name__ not in REFERENCE_TABLES
]


def test_every_table_is_bucketed_or_a_known_reference_table():
    names = {model.__name__ for model in apps.get_app_config("records").get_models()}
    assert names - REFERENCE_TABLES == {model.__name__ for model in OURS if issubclass(model, Bucketed)}
    assert names >= REFERENCE_TABLES


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_unique_constraints_begin_with_the_bucket(model):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert constraint.fields[0] == "bucket", constraint.name
    assert not model._meta.unique_together
    assert [field.name for field in model._meta.fields if field.unique] == ["id"]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_id_carries_the_bucket_and_the_database_checks_it(model):
    assert isinstance(model._meta.pk, GeneId)
    assert any(constraint.name.endswith("_gene") for constraint in model._meta.constraints)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_references_are_in_the_bucket_or_listed_by_name(model):
    for field in model._meta.fields:
        if field.is_relation:
            assert isinstance(field, GeneKey), field
        if isinstance(field, PlainRef):
            assert f"{model.__name__}.{field.name}" in PLAIN_REFS


def test_the_list_of_plain_references_names_nothing_that_is_gone():
    found = {f"{m.__name__}.{f.name}" for m in OURS for f in m._meta.fields if isinstance(f, PlainRef)}
    assert found == PLAIN_REFS


def test_money_is_kept_in_whole_fen():
    for model in OURS:
        for field in model._meta.fields:
            assert not isinstance(field, models.FloatField | models.DecimalField), field
            if field.name.endswith("_fen"):
                assert isinstance(field, models.BigIntegerField)
