"""Gene fields: an id whose last four digits are the bucket, and keys that carry the bucket along.

`id % 10000 == bucket` holds for every row that belongs to a resident. A look-up by id therefore
also names the bucket, and a join is made on (bucket, id): on a sharded database each stays on one
shard, on SQLite and plain PostgreSQL it costs nothing (`docs/scale.md`).
"""

from typing import Any

from django.db import models
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import Exact, In

from canbao.basics.genes import bucket_of


def _bucket_column(compiler: Any, lookup: Any) -> str:
    quote = compiler.quote_name_unless_alias
    return f"{quote(lookup.lhs.alias)}.{quote('bucket')}"


class _WithBucket:
    """Adds `AND bucket = …` to an exact look-up whose value is a plain id."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, params = super().as_sql(compiler, connection)  # type: ignore[misc]
        value = self.rhs  # type: ignore[attr-defined]
        if hasattr(self.lhs, "alias") and isinstance(value, int):  # type: ignore[attr-defined]
            return f"({sql} AND {_bucket_column(compiler, self)} = %s)", [*params, bucket_of(value)]
        return sql, list(params)


class _WithBuckets:
    """Adds `AND bucket IN (…)` to an `in` look-up over plain ids."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, params = super().as_sql(compiler, connection)  # type: ignore[misc]
        values = self.rhs  # type: ignore[attr-defined]
        plain = not hasattr(values, "as_sql") and values and all(isinstance(value, int) for value in values)
        if plain and hasattr(self.lhs, "alias"):  # type: ignore[attr-defined]
            buckets = sorted({bucket_of(value) for value in values})
            holes = ", ".join(["%s"] * len(buckets))
            # SQLite would look for every value in every bucket; a plus keeps the buckets out of its choice of index
            plus = "+" if connection.vendor == "sqlite" else ""
            return f"({sql} AND {plus}{_bucket_column(compiler, self)} IN ({holes}))", [*params, *buckets]
        return sql, list(params)


class GeneExact(_WithBucket, Exact):  # type: ignore[misc]
    """`id = …` with its bucket."""


class GeneIn(_WithBuckets, In):  # type: ignore[misc]
    """`id IN …` with its buckets."""


class GeneRelatedExact(_WithBucket, RelatedExact):  # type: ignore[misc]
    """`person = …` with its bucket."""


class GeneRelatedIn(_WithBuckets, RelatedIn):  # type: ignore[misc]
    """`person IN …` with its buckets."""


class GeneId(models.BigIntegerField):  # type: ignore[type-arg]
    """The primary key: serial × 10000 + bucket, made by `env.ids`, never by the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        super().__init__(*args, **kwargs)


GeneId.register_lookup(GeneExact)
GeneId.register_lookup(GeneIn)


class Bucket(models.IntegerField):  # type: ignore[type-arg]
    """The shard, filled from the id at every save so that the two cannot differ."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        """Compute it anew; whatever was assigned is overwritten."""
        bucket = bucket_of(model_instance.pk)
        setattr(model_instance, self.attname, bucket)
        return bucket


class GeneKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key inside one bucket: joins on (bucket, id), look-ups name the bucket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.PROTECT)
        super().__init__(*args, **kwargs)

    def get_joining_fields(self, reverse_join: bool = False) -> Any:
        """Join on the bucket too, whichever side the join comes from."""
        pairs = super().get_joining_fields(reverse_join)
        ours = self.model._meta.get_field("bucket")
        theirs = self.remote_field.model._meta.get_field("bucket")
        return (*pairs, (theirs, ours) if reverse_join else (ours, theirs))


GeneKey.register_lookup(GeneRelatedExact)
GeneKey.register_lookup(GeneRelatedIn)


class PlainRef(models.BigIntegerField):  # type: ignore[type-arg]
    """The id of a row that may live in another bucket: no constraint, no join, listed by name in a test."""


class Bucketed(models.Model):
    """A row that belongs to a resident."""

    id = GeneId()
    bucket = Bucket(editable=False)

    class Meta:
        abstract = True

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        # A sharded database refuses to SET the distribution column, even to the same value.
        kept = [value for value in values if value[0].attname != "bucket"]
        return super()._do_update(base_qs, using, pk_val, kept, *rest)


def gene_check(noun: str) -> models.CheckConstraint:
    """CHECK (id % 10000 = bucket)."""
    return models.CheckConstraint(condition=models.Q(bucket=models.F("id") % 10_000), name=f"{noun}_gene")


def state_check(noun: str, states: frozenset[str]) -> models.CheckConstraint:
    """CHECK (state IN …), from the state table."""
    return models.CheckConstraint(condition=models.Q(state__in=sorted(states)), name=f"{noun}_state")


def once(name: str, *columns: str) -> models.UniqueConstraint:
    """A unique constraint that begins with the bucket, as every one must."""
    return models.UniqueConstraint(fields=("bucket", *columns), name=name)
