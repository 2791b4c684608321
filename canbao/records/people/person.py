"""参保人或未参保的人: one row a person, whatever numbers they have had."""

from django.db import models

from canbao.records.fields import Bucketed, PlainRef, gene_check


class Person(Bucketed):
    """A person. The number is sealed; look-ups go through `Identifier`."""

    name = models.CharField(max_length=120)
    id_type = models.CharField(max_length=2)
    number_sealed = models.BinaryField()
    birth_date = models.DateField()
    sex = models.CharField(max_length=6)
    died_date = models.DateField(null=True)
    merged_into_id = PlainRef(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "person"
        constraints = (gene_check("person"),)
        # whom a doubtful row of a roster may mean
        indexes = (models.Index(fields=("birth_date", "name"), name="person_by_birth_and_name"),)
