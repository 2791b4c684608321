"""村集体补助申报 (CZ-18): at the tax hall, by the agent, how much a collective bears of each person's premium.

The person's own part is less by so much; both are paid together, at the hall, and booked as entries of their payer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, ChannelNotSuited
from canbao.records import sets
from canbao.records.models import Collection
from canbao.records.money.bills import current_bills
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction, rehearse
from canbao.services.money.assess import assess
from canbao.services.money.collective.gather import Result, result_of
from canbao.services.money.collective.judge import Judged, Paying, before_a_rehearsal, judge
from canbao.services.money.collective.read import Named, get_collection, rows_of
from canbao.services.people.hall import HALL_CHANNELS, hall_only
from canbao.services.system.env import Env

CHUNK = 2_000


@dataclass(frozen=True)
class Declared:
    """What a declaration came to: the rows as ever, and how many people now have how much from their collective."""

    result: Result
    people: int
    amount_fen: int


def declare(
    env: Env, collection_id: int, where: str, per_person_fen: int | None = None, *, dry: bool = False
) -> Declared:
    """Declare for everybody of a list: what the row says (集体补助), else `per_person_fen`. Declared again, the newer counts.

    Whoever has paid, lies in an open order or would get more than they pay themselves is left as they are, and told.

    Raises:
        NotFound. ChannelNotSuited: not at the tax hall, or the notice says nothing of such money. BadInput: no amount.
    """
    kept = get_collection(collection_id)
    _refuse_elsewhere(env, kept, where)
    rows = [
        row if row.share_fen is not None or row.fault else replace(row, share_fen=per_person_fen)
        for row in rows_of(env, kept)
    ]
    if all(row.share_fen is None for row in rows):
        raise BadInput(field="share", problem="名单里没有“集体补助”一列，也没有写每人多少。")
    before_a_rehearsal(env, [row.person_id for row in rows if row.person_id], kept.benefit_year)

    def work() -> Declared:
        done = [
            _declare(env, kept, where, rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)
        ]
        judged = [row for some, _ in done for row in some]
        shares = [fen for _, some in done for fen in some.values()]
        return Declared(result_of(kept, judged), len(shares), sum(shares))

    return rehearse(work) if dry else work()


def _refuse_elsewhere(env: Env, kept: Collection, where: str) -> None:
    if where not in HALL_CHANNELS:
        raise hall_only(env, kept.area_code, kept.benefit_year)
    pack = env.packs.get(kept.area_code, kept.benefit_year, env.now)
    if pack.paying.collective_declared_at.known is None:
        raise ChannelNotSuited(reason="这里的通告没有写村集体补助、资助怎么申报。", channels="还没有")


def _declare(
    env: Env, kept: Collection, where: str, rows: Sequence[Named]
) -> tuple[list[Judged], Mapping[int, int]]:
    """One chunk: judged, put down, assessed anew. The shares that stand now, by person."""
    paying = Paying(kept.area_code, kept.benefit_year, (where,), asked=True)
    judged = judge(env, paying, rows)
    going = [row.row.person_id for row in judged if row.goes and row.row.person_id]
    bills = current_bills(going, kept.benefit_year)
    own = {
        person_id: bill.content.shares.get("person", 0) + bill.content.shares.get("collective", 0)
        for person_id, bill in bills.items()
    }
    judged = [_within(row, own) for row in judged]
    shares = {
        row.row.person_id: row.row.share_fen
        for row in judged
        if row.goes and row.row.person_id and row.row.share_fen
    }
    if shares:
        env.serials.warm({"collective_share": len(shares), "event": 2 * len(shares)})
        in_one_transaction(lambda: _put(env, kept, where, shares))
        assess(env, list(shares), kept.benefit_year)
    return judged, shares


def _within(row: Judged, own: Mapping[int, int]) -> Judged:
    share, person_id = row.row.share_fen, row.row.person_id
    if row.goes and share and person_id and share > own.get(person_id, 0):
        return replace(row, outcome="share_too_much")
    return row


def _put(env: Env, kept: Collection, where: str, shares: Mapping[int, int]) -> None:
    """End what was declared otherwise, and put down what is new: two statements and the events."""
    people = list(shares)
    buckets = [bucket_of(id_) for id_ in people]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "p": Column("int", people),
            "f": Column("int", list(shares.values())),
            "at": Column("instant", [env.now] * len(people)),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    sets.fetch(
        f"UPDATE collective_share AS r SET active_slot = NULL, ended_at = t.at FROM {source} WHERE r.bucket = t.b "
        f"AND r.person_id = t.p AND r.active_slot = 1 AND r.benefit_year = %s AND r.amount_fen <> t.f AND {routed}",
        [*params, kept.benefit_year, *routed_params],
    )
    size = len(people)
    made = sets.insert(
        "collective_share",
        {
            "id": Column("int", env.new_ids("collective_share", buckets)),
            "bucket": Column("int", buckets),
            "person_id": Column("int", people),
            "benefit_year": Column("int", [kept.benefit_year] * size),
            "amount_fen": Column("int", list(shares.values())),
            "collection_id": Column("int", [kept.id] * size),
            "active_slot": Column("int", [1] * size),
            "declared_at": Column("instant", [env.now] * size),
            "declared_by": Column("text", [env.actor] * size),
            "declared_where": Column("text", [where] * size),
        },
        "ON CONFLICT (bucket, person_id, benefit_year, active_slot) DO NOTHING RETURNING id, amount_fen",
    )
    journal = env.journal()
    for row in made:
        journal.note("collective_share", row["id"], "CollectiveShareDeclared", {"fen": row["amount_fen"]})
    journal.write()
