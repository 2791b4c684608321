"""缴费之前: what stands between a known person and a price besides the notice's own figures.

Two places of enrolment (CP-15), and a roster that is read and not settled (CZ-08, ux P4).
"""

from collections.abc import Sequence

from canbao.basics.refusals import RosterPending, SeveralPlaces
from canbao.policy.pack import Pack
from canbao.records.models import ElsewhereCover, RosterLine
from canbao.services.system.env import Env


def refuse_while_roster_pending(env: Env, pack: Pack, id_type: str, number: str) -> None:
    """Where an ordinary payment cannot be turned back, let nobody pay who stands in a roster not settled yet.

    Raises:
        RosterPending: a roster has been read that names this number, and nobody has settled the row.
    """
    if not pack.assistance.confirm_before_normal.known:
        return
    rows = RosterLine.objects.filter(
        bucket=env.sealer.bucket(id_type, number),
        blind_index=env.sealer.blind_index(id_type, number),
        fault=None,
        outcome=None,
    )
    if rows.exists():
        raise RosterPending


def pending_in_rosters(numbers: Sequence[tuple[int, str]]) -> set[str]:
    """The blind indexes of those numbers, given with their buckets, that stand in a roster nobody has settled."""
    rows = RosterLine.objects.filter(
        bucket__in={bucket for bucket, _ in numbers},
        blind_index__in=[index for _, index in numbers],
        fault=None,
        outcome=None,
    )
    return {index for index in rows.values_list("blind_index", flat=True) if index}


def refuse_several_places(env: Env, pack: Pack, person_id: int) -> None:
    """Let the payer say which place they mean, where another resident scheme had them last year and has not ended it.

    Raises:
        SeveralPlaces: with the other place's name and year as facts.
    """
    other = (
        ElsewhereCover.objects.filter(
            person=person_id, scheme="resident", benefit_year=pack.benefit_year - 1, ended_at=None
        )
        .order_by("id")
        .first()
    )
    if other is not None:
        there = env.areas.full_name(other.area_code) if env.areas.knows(other.area_code) else "外地"
        raise SeveralPlaces(there=there, there_year=str(other.benefit_year))
