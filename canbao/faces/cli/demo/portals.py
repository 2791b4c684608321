"""The tax side's portals in the demo: the notices' own labels and steps, and whom the tax side knows with what they owe."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from canbao.basics.areas import pooling_area_of
from canbao.basics.money import yuan_text
from canbao.faces.cli.demo.run import Plan, tell_sandbox

if TYPE_CHECKING:
    from canbao.faces.cli.demo.cast import Role
    from canbao.services.people.words.selectors import Selector
    from canbao.services.system.env import Env

# Ways of the medical side itself; every other way of these channels leads to the tax authority.
CHANNELS = ("wechat", "alipay", "e_tax")
OURS = ("account", "district_account")


def tell_tax(plan: Plan, roles: Iterable["Role"]) -> None:
    """Hand portals and register to the sandbox."""
    from canbao.faces import wiring

    env = wiring.env("demo")
    tell_sandbox(plan, "tax/portals", {"portals": portal_rows(env, sorted({r.area_code for r in roles}))})
    tell_sandbox(plan, "tax/people", {"people": people_rows(env, roles)})


def portal_rows(env: "Env", area_codes: Iterable[str]) -> list[dict[str, Any]]:
    """Every portal of these areas, each once, in the notices' words."""
    from canbao.services.people.words.selectors import selectors

    rows = {row["key"]: row for area in area_codes for row in _rows(selectors(env, area))}
    return list(rows.values())


def _rows(found: Iterable["Selector"]) -> list[dict[str, Any]]:
    return [
        {
            "key": f"{pooling_area_of(one.area_code)}-{one.channel}-{one.way}",
            "area": pooling_area_of(one.area_code),
            "channel": f"{one.channel}_{one.way}",
            "name": one.name,
            "steps": list(one.steps),
            "year": one.benefit_year,
            "choose_normal": one.choose_normal,
            "choose_special": one.choose_special,
            "special": one.special,
        }
        for one in found
        if one.channel in CHANNELS and one.way not in OURS
    ]


def people_rows(env: "Env", roles: Iterable["Role"]) -> list[dict[str, Any]]:
    """Those of the cast who owe something, as the tax side knows them: agency, year, the full price."""
    from canbao.records.people.find import find_person
    from canbao.services.money.assess import assess
    from canbao.services.people.guide import season_pack

    rows = []
    for role in roles:
        person = find_person(env.sealer, "01", role.number)
        year = season_pack(env, role.area_code).benefit_year
        (told,) = assess(env, [person.id], year) if person else (None,)
        if told is None or told.bill is None or not told.bill.amount_fen:
            continue
        area = told.bill.content.area_code
        rows.append(
            {
                "certno": role.number,
                "psn_name": role.name,
                "optins_no": area,
                "agency": f"{env.areas.full_name(area)}医保经办机构",
                "year": year,
                "normal_amt": yuan_text(sum(told.bill.content.shares.values())),
            }
        )
    return rows
