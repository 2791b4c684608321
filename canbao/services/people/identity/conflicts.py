"""重复参保 as the resident sees it (LZ-11, N-33-1, P18): keep this one or that one, with what follows from each.

The national rule is the default; the resident says what they would keep, and a clerk decides.
"""

from dataclasses import dataclass
from datetime import date

from canbao.basics.refusals import NotFound
from canbao.records.models import Coverage, Duplicate
from canbao.records.people.find import find_person
from canbao.services.people.changes.duplicate import open_duplicates, wish
from canbao.services.people.identity.login import require
from canbao.services.people.identity.mine import level_for
from canbao.services.system.env import Env

WHY = "看重复参保，要先登录。"
SCHEMES = {"employee": "职工医保", "resident": "居民医保"}


@dataclass(frozen=True)
class Side:
    """One of the two records. `then`: what follows from keeping it, sentence by sentence."""

    keep: str
    what: str
    area_name: str
    from_date: date | None
    until_date: date | None
    then: tuple[str, ...]
    is_default: bool
    is_wished: bool
    is_checked: bool


@dataclass(frozen=True)
class Conflict:
    """One year that is paid for twice. `reason` is the rule's word on which of the two stands."""

    duplicate_id: int
    benefit_year: int
    reason: str
    sides: tuple[Side, Side]
    needs_statement: bool


def my_conflicts(env: Env, token: str | None, area_code: str) -> list[Conflict]:
    """The open duplicates of whoever is logged in; nobody else's.

    Raises:
        ProofMissing: no login, or one that is not sure enough.
    """
    return [_conflict(env, row) for row in _mine(env, token, area_code)]


def say_wish(env: Env, token: str | None, area_code: str, duplicate_id: int, wished: str) -> None:
    """Say which one to keep.

    Raises:
        ProofMissing. NotFound: none of the holder's, or decided already. BadInput: neither of the two.
    """
    if duplicate_id not in {row.id for row in _mine(env, token, area_code)}:
        raise NotFound
    wish(env, duplicate_id, wished)


def _mine(env: Env, token: str | None, area_code: str) -> list[Duplicate]:
    level, _ = level_for(env, area_code)
    holder = require(env, token, level, WHY)
    person = find_person(env.sealer, holder.id_type, holder.number)
    return open_duplicates(person.id) if person else []


def _conflict(env: Env, row: Duplicate) -> Conflict:
    cover = Coverage.objects.filter(person=row.person_id, cover_year=row.benefit_year, state="active").first()
    theirs = row.elsewhere
    ours = Side(
        keep="ours",
        what=SCHEMES["resident"],
        area_name=env.areas.full_name(cover.area_code) if cover else "本地",
        from_date=cover.cover_from_date if cover else None,
        until_date=cover.cover_until_date if cover else None,
        then=("这里的待遇照常用。", "请到那边停保，那边能不能退费，问那边。"),
        is_default=row.default_keep == "ours",
        is_wished=row.wished == "ours",
        is_checked=(row.wished or row.default_keep) == "ours",
    )
    there = env.areas.full_name(theirs.area_code) if env.areas.knows(theirs.area_code) else "外地"
    ending = "这里停保，能不能退费，按当地规定办。"
    other = Side(
        keep="theirs",
        what=SCHEMES.get(theirs.scheme, theirs.scheme),
        area_name=there,
        from_date=theirs.cover_from_date,
        until_date=theirs.cover_until_date,
        then=("那边的待遇照常用。", ending, *(("政府给这一份的补助要收回。",) if row.deducts_fiscal else ())),
        is_default=row.default_keep == "theirs",
        is_wished=row.wished == "theirs",
        is_checked=(row.wished or row.default_keep) == "theirs",
    )
    return Conflict(row.id, row.benefit_year, row.reason, (ours, other), row.needs_statement)
