"""谁来帮: which assisted group counts, and how much of the price is paid for the person."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.money import Fen
from canbao.policy.format.sections import Group
from canbao.policy.format.values import UNSAID, Subsidy, Value
from canbao.policy.format.vocabulary import GROUPS, Rounding
from canbao.policy.pack import Pack
from canbao.policy.rules.price import Price
from canbao.policy.rules.wording import ROUNDING_TEXT
from canbao.policy.situation import Mark, Situation

# A mark may be broader than what a pack lists: 易返贫致贫 = 脱贫不稳定 + 边缘易致贫 (glossary).
PARTS = {
    "at_risk_of_poverty": ("unstable_exit", "marginal"),
    "monitored_person": ("unstable_exit", "marginal", "sudden_severe_hardship"),
}


@dataclass(frozen=True)
class Help:
    """What assistance comes to. `amount_fen` counts only where `outcome` is `subsidy`.

    `unknown`: the person is marked, and the notice does not say what that is worth (never normal, never zero).
    """

    outcome: Literal["nobody", "none", "subsidy", "pending", "unknown"]
    group: str | None = None
    amount_fen: Fen = 0
    value: Value[Subsidy] = UNSAID
    mark: Mark | None = None
    paid_by: str = "medical_assistance"
    rounding: str = ""


HOUSE_ROUNDING: Rounding = "half_up_fen"
"""Where a pack names no rule and a percentage leaves parts of a fen; the answer says that it was used."""


def find_help(pack: Pack, person: Situation, price: Price, on: date) -> Help:
    """The best single help for a person: 就高不重复 (E2). Future marks do not count yet."""
    found = [_one(pack, mark, price) for mark in person.marks if mark.acquired_date <= on]
    if not found:
        return Help("nobody")
    return _resolve(pack, found, price.total_fen)


def listed_group(pack: Pack, group: str) -> str | None:
    """The pack's own name for a mark: itself, or the group that includes it."""
    if group in pack.assistance.groups:
        return group
    return next((name for name, entry in pack.assistance.groups.items() if group in entry.includes), None)


def group_entry(pack: Pack, group: str) -> Group | None:
    """The entry that speaks for a mark, if the pack lists one."""
    name = listed_group(pack, group)
    return next((entry for key, entry in pack.assistance.groups.items() if key == name), None)


def group_named(pack: Pack, words: str) -> str | None:
    """The mark that a department's words mean in this pack; None: the pack does not speak of them, or of two such.

    The pack's own name counts, the plain name of a group or of a part of it, and each without its last 人员 or 对象
    (低保 = 低保对象). A grade in brackets is part of the words: 重度残疾人（3级） is not 重度残疾人（1、2级）.
    """
    meant: dict[str, set[str]] = {}
    for key, entry in pack.assistance.groups.items():
        for name in (entry.name, _BRACKETS.sub("", entry.name), GROUPS[key]):
            meant.setdefault(_bare(name), set()).add(key)
        for part in entry.includes:
            meant.setdefault(_bare(GROUPS[part]), set()).add(part)
    found = meant.get(_bare(words), set())
    return next(iter(found)) if len(found) == 1 else None


_BRACKETS = re.compile(r"\(.*?\)|（.*?）")
_LAST_WORD = re.compile(r"(人员|对象|人口|家庭|学生|户|人)$")
_FIRST_WORD = re.compile(r"^(城乡|农村|城市|城镇)")


def _bare(words: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    return _LAST_WORD.sub("", _FIRST_WORD.sub("", plain))


def _one(pack: Pack, mark: Mark, price: Price) -> Help:
    name, entry = listed_group(pack, mark.group), group_entry(pack, mark.group)
    if name is None or entry is None:
        return _unlisted(pack, mark)
    base_fen = _base_fen(pack, entry, price)
    if base_fen is None:
        return Help("unknown", name, value=entry.subsidy, mark=mark)
    parts = [(base_fen, entry.subsidy)] + [
        (fen, entry.surcharge_subsidies.get(part, UNSAID)) for part, fen in price.surcharges.items()
    ]
    for outcome in ("unknown", "pending"):
        waiting = next((said for _, said in parts if _outcome(said) == outcome), None)
        if waiting:
            return Help(outcome, name, value=waiting, mark=mark)
    rule = pack.assistance.rounding.known or HOUSE_ROUNDING
    known = [(fen, said.known) for fen, said in parts if said.known]
    amount_fen = sum(formula.of(fen, rule) for fen, formula in known)
    exact = all(formula.is_exact(fen) for fen, formula in known)
    payer = entry.paid_by.known or "medical_assistance"
    outcome_found: Literal["subsidy", "none"] = "subsidy" if amount_fen else "none"
    told = "" if exact else ROUNDING_TEXT[rule]
    return Help(outcome_found, name, amount_fen, entry.subsidy, mark, payer, told)


def _base_fen(pack: Pack, entry: Group, price: Price) -> Fen | None:
    """What a share is reckoned on: the class the group names, never above the person's own price."""
    if entry.base.known is None:
        return price.individual_fen
    base = pack.prices.get(entry.base.known)
    fen = base.individual.known if base else None
    return None if fen is None else min(fen, price.individual_fen)


def _outcome(said: Value[Subsidy]) -> str:
    """`unknown`, `pending`, or `known` (with `none` a subsidy of nothing)."""
    if said.known is None:
        return "unknown"
    return "pending" if said.known.kind == "pending" else "known"


def _unlisted(pack: Pack, mark: Mark) -> Help:
    """A mark the pack does not name: no help if its list is closed, unknown if the list ends in 等."""
    is_open = pack.assistance.list_is_open
    broader = any(part in pack.assistance.groups for part in PARTS.get(mark.group, ()))
    closed = is_open.known is False and not broader
    return Help("none" if closed else "unknown", mark.group, value=_as_subsidy(is_open), mark=mark)


def _as_subsidy(said: Value[bool]) -> Value[Subsidy]:
    """The provenance of the list itself, where no figure of its own exists."""
    return Value(None, said.status, said.source, said.rules, said.note)


def _resolve(pack: Pack, found: Sequence[Help], price_fen: Fen) -> Help:
    """Nothing beats a full subsidy; else what is awaited or unknown leaves the best undecided."""
    best = max(found, key=lambda help_: help_.amount_fen)
    if best.amount_fen == price_fen:
        return best
    for outcome in ("pending", "unknown"):
        waiting = next((help_ for help_ in found if help_.outcome == outcome), None)
        if waiting:
            return waiting
    several = sum(help_.outcome == "subsidy" for help_ in found) > 1
    if several and pack.assistance.resolution.known != "highest":
        return Help("unknown", best.group, value=best.value, mark=best.mark)
    return best
