"""What the demo's outside world knows of its people: told to the sandbox's platform once it runs."""

from collections.abc import Sequence
from datetime import timedelta

from canbao.faces.cli.demo import cast
from canbao.faces.cli.demo.cast import Role
from canbao.faces.cli.demo.days import demo_day
from canbao.faces.cli.demo.run import Plan, tell_sandbox


def tell_platform(plan: Plan, roles: Sequence[Role]) -> None:
    """Let the sandbox's platform know what it is to say of these people, or not to answer about them."""
    known = [{"certno": role.number, "psn_name": role.name, **_known_of(role)} for role in roles]
    told = {"persons": known, "quietly": True}
    tell_sandbox(plan, "platform/persons", told)
    for role in roles:
        if role.elsewhere == cast.SILENT:
            asked = {"fault": "down", "certno": role.number, "times": 1_000_000}
            tell_sandbox(plan, "platform/behaviour", asked)


def _known_of(role: Role) -> dict[str, object]:
    """In another area of the demo, for some years before its days."""
    since = (demo_day(role.area_code) - timedelta(days=900)).isoformat()
    died = (demo_day(role.area_code) - timedelta(days=40)).isoformat()
    kinds = {cast.EMPLOYED: "310", cast.MOVED: "390"}
    if role.elsewhere == cast.DIED:
        return {"die_date": died}
    if role.elsewhere not in kinds:
        return {}
    return {"insured": [{"insutype": kinds[role.elsewhere], "insu_admdvs": "140802", "psn_insu_date": since}]}
