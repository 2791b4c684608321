"""接收历史: years paid in an earlier system, as records and cover. No money of ours moved, so no ledger rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.days import year_span
from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env


@dataclass(frozen=True)
class PastYear:
    """One year somebody paid elsewhere. `amount_fen` None: the earlier system did not hand it over."""

    person_id: int
    benefit_year: int
    area_code: str
    person_class: str
    amount_fen: int | None


def take_over(env: Env, years: Sequence[PastYear], source: str = "") -> int:
    """Take past years over; a year already covered is left as it is. Returns how many were new."""
    env.serials.warm({kind: len(years) for kind in ("coverage", "contribution_record", "event")})
    return in_one_transaction(lambda: _take_over(env, years, source))


def _take_over(env: Env, years: Sequence[PastYear], source: str) -> int:
    buckets = [bucket_of(row.person_id) for row in years]
    spans = [year_span(row.benefit_year) for row in years]
    common = {
        "bucket": Column("int", buckets),
        "person_id": Column("int", [row.person_id for row in years]),
        "area_code": Column("text", [row.area_code for row in years]),
        "cover_from_date": Column("date", [span.from_date for span in spans]),
        "cover_until_date": Column("date", [span.until_date for span in spans]),
        "origin": Column("text", ["taken_over"] * len(years)),
    }
    covered = sets.insert(
        "coverage",
        {
            **common,
            "id": Column("int", env.new_ids("coverage", buckets)),
            "cover_year": Column("int", [row.benefit_year for row in years]),
            "state": Column("text", ["active"] * len(years)),
        },
        "ON CONFLICT (bucket, person_id, cover_year) DO NOTHING RETURNING person_id, cover_year",
    )
    fresh = {(row["person_id"], row["cover_year"]) for row in covered}
    _insert_records(env, [row for row in years if (row.person_id, row.benefit_year) in fresh], source)
    return len(fresh)


def _insert_records(env: Env, years: Sequence[PastYear], source: str) -> None:
    buckets = [bucket_of(row.person_id) for row in years]
    ids = env.new_ids("contribution_record", buckets)
    sets.insert(
        "contribution_record",
        {
            "id": Column("int", ids),
            "bucket": Column("int", buckets),
            "person_id": Column("int", [row.person_id for row in years]),
            "benefit_year": Column("int", [row.benefit_year for row in years]),
            "area_code": Column("text", [row.area_code for row in years]),
            "person_class": Column("text", [row.person_class for row in years]),
            "amount_fen": Column("int", [row.amount_fen for row in years]),
            "origin": Column("text", ["taken_over"] * len(years)),
            "created_at": Column("instant", [env.now] * len(years)),
        },
    )
    journal = env.journal()
    for id_, row in zip(ids, years, strict=True):
        journal.note(
            "contribution_record", id_, "YearTakenOver", {"year": row.benefit_year, "source": source}
        )
    journal.write()
