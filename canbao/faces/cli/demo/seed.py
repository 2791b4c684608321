"""Seed the demo: everybody is registered, assessed and settled by the same services residents use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from canbao.basics.areas import NATION
from canbao.basics.days import local_date
from canbao.basics.documents import RESIDENT_ID
from canbao.faces.cli.demo import cast
from canbao.faces.cli.demo.cast import CAST, Role
from canbao.faces.cli.demo.days import AREA_DAYS, demo_day, shifts
from canbao.faces.cli.demo.fates import play_states
from canbao.faces.cli.demo.people import Maker, Resident, units_of
from canbao.faces.cli.publish import area_names, pack_files
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.assess import assess
from canbao.services.money.check import new_order_number
from canbao.services.money.collect import collect
from canbao.services.money.open import Opening
from canbao.services.people.changes.suspend import Suspension, suspend
from canbao.services.people.guide import season_pack
from canbao.services.people.household.join import form
from canbao.services.people.mark import Marking, mark
from canbao.services.people.register import Registration, register
from canbao.services.system.env import Env
from canbao.services.system.packs import publish
from canbao.services.system.places import put_areas, put_units

CHUNK = 500
PAID_SHARE = 0.6
PAYING_DAYS = 6  # the days before the demo day on which those who paid have paid
GROUPS = ("minimum_living_allowance", "extreme_hardship", "returned_to_poverty", "severe_disability")
Tick = Callable[[str, int], None]
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Seeded:
    """What the seeding made."""

    people: int
    paid: int


def chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """The items, a chunk at a time."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def put_reference(packs_dir: Path, now: datetime) -> list[str]:
    """Areas, villages, schools and packs. Returns the county codes."""
    names = area_names(packs_dir)
    put_areas(names, shifts(list(names), local_date(now)))
    counties = [code for code in names if not code.endswith("00")]
    put_units([unit for code in counties for unit in units_of(code, names[code])])
    publish(pack_files(packs_dir), now, ["demo"])
    return counties


def seed(env: Env, counties: Sequence[str], how_many: int, tick: Tick) -> Seeded:
    """Make the people, their past, their groups, and those who have paid this season."""
    maker = Maker(seed=20_261_123)
    here = [code for code in counties if code[:4] + "00" in AREA_DAYS]
    share, rest = divmod(how_many, len(here))
    paid = people = 0
    for n, code in enumerate(here):
        many = share + (n < rest)
        residents = list(
            maker.households(code, demo_day(code), many, students_only=code[:4] in ("3715", "4502"))
        )
        paid += _play_county(env, maker, code, residents, tick)
        people += len(residents)
    paid += _play_cast(env)
    return Seeded(people + sum(role.fate != cast.UNKNOWN for role in CAST), paid)


def _play_county(env: Env, maker: Maker, code: str, residents: Sequence[Resident], tick: Tick) -> int:
    paid = 0
    for chunk in chunks(residents):
        ids = [done.person_id for done in register(env, [_registration(env, row) for row in chunk])]
        tick("登记", len(chunk))
        _remember_past(env, code, list(zip(ids, chunk, strict=True)))
        mark(env, [_marking(env, maker, code, person_id) for person_id in ids if maker.chance(0.06)])
        tick("往年", len(chunk))
        payers = _pay(env, code, [person_id for person_id in ids if maker.chance(PAID_SHARE)])
        _form_households(env, code, [(i, row) for i, row in zip(ids, chunk, strict=True) if i in payers])
        paid += len(payers)
        tick("缴费", len(chunk))
    return paid


def _form_households(env: Env, code: str, paid: Sequence[tuple[int, Resident]]) -> None:
    """Where the notice knows a 户, a family that paid is one: under the first who paid (FY-25)."""
    pack = season_pack(env, code)
    if pack.household is None:
        return
    heads: dict[int, int] = {}
    for person_id, row in paid:
        heads.setdefault(row.household, person_id)
    form(env, [(person_id, heads[row.household], pack.benefit_year, code) for person_id, row in paid])


def _registration(env: Env, row: Resident | Role) -> Registration:
    return Registration(
        name=row.name,
        id_type=RESIDENT_ID,
        number=row.number,
        birth_date=row.birth_date,
        sex=row.sex,
        area_code=row.area_code,
        person_class=row.person_class,
        started_date=date(demo_day(row.area_code).year - 3, 1, 1),
        unit_code=row.unit_code if isinstance(row, Resident) else None,
    )


def _marking(env: Env, maker: Maker, code: str, person_id: int) -> Marking:
    day = demo_day(code) - timedelta(days=400)
    return Marking(person_id, maker.pick(GROUPS), day, "civil_affairs", day + timedelta(days=30))


def _remember_past(env: Env, code: str, people: Sequence[tuple[int, Resident]]) -> None:
    """Two earlier years; the amount is the national minimum where a pack states it, else not handed over."""
    year = season_pack(env, code).benefit_year
    amounts = {past: national_amount(env, past) for past in (year - 2, year - 1)}
    years = [
        PastYear(person_id, past, code, row.person_class, amount_fen)
        for person_id, row in people
        for past, amount_fen in amounts.items()
        if row.birth_date.year <= past
    ]
    take_over(env, years)


def national_amount(env: Env, year: int) -> int | None:
    """The national minimum of a year, if a national pack states it."""
    if (NATION, year) not in env.packs.files(env.now):
        return None
    return env.packs.get(NATION, year, env.now).national_minimum.individual.known


def _pay(env: Env, code: str, person_ids: Sequence[int]) -> set[int]:
    """Let these people pay at a window, spread over the days before; whoever may not is left alone.

    Returns who is covered now.
    """
    year = season_pack(env, code).benefit_year
    covered: set[int] = set()
    for n in range(PAYING_DAYS):
        then = env.at(env.now - timedelta(days=n, minutes=37 * n + 11))
        due = [
            row.bill
            for row in assess(then, person_ids[n::PAYING_DAYS], year)
            if row.bill and row.bill.state in ("payable", "zero") and not row.bill.hold_code
        ]
        if due:
            collect(then, [_opening(then, bill.id, code) for bill in due], "cash", "tax_service_hall")
        covered |= {bill.person_id for bill in due}
    return covered


def _opening(env: Env, bill_id: int, code: str) -> Opening:
    order_no, token = new_order_number(env, bill_id)
    return Opening(order_no, token, bill_id, "self", code)


def _play_cast(env: Env) -> int:
    """Register the named people and bring each into their situation."""
    known = [role for role in CAST if role.fate != cast.UNKNOWN]
    ids = dict(
        zip(known, (d.person_id for d in register(env, [_registration(env, r) for r in known])), strict=True)
    )
    late = [role for role in known if role.fate == cast.MARKED_LATE]
    paid = sum(len(_pay(env, role.area_code, [ids[role]])) for role in late)
    mark(env, [_role_marking(role, ids[role]) for role in known if role.group])
    before = [role for role in known if role.insured_before]
    years = [(ids[role], season_pack(env, role.area_code).benefit_year - 1, role) for role in before]
    take_over(
        env, [PastYear(id_, year, role.area_code, role.person_class, None) for id_, year, role in years]
    )
    suspended = [ids[role] for role in known if role.fate == cast.SUSPENDED]
    suspend(env, [Suspension(i, date(2024, 1, 31), "other", Ground("演示")) for i in suspended])
    play_states(env, [(role, ids[role]) for role in known])
    return paid + sum(len(_pay(env, role.area_code, [ids[role]])) for role in known if role.fate == cast.PAID)


def _role_marking(role: Role, person_id: int) -> Marking:
    acquired = role.acquired_date or demo_day(role.area_code)
    pushed = acquired + timedelta(days=1) if role.pushed else None
    return Marking(person_id, role.group or "", acquired, "civil_affairs", pushed)
