"""待遇说明: where, how much, with what, where to claim; a page to read, no claim is processed (LZ-12 … LZ-14, FY-21, FY-22)."""

from dataclasses import dataclass

from canbao.policy.pack import Pack
from canbao.policy.rules.wording import money_text
from canbao.services.people.guide import season_pack
from canbao.services.system.env import Env

_PLACES = {"county": "参保的县（市、区）里", "prefecture": "参保的市里"}


@dataclass(frozen=True)
class Benefit:
    """One kind of care. None or empty: the notice does not say."""

    label: str
    when: str | None
    where: str | None
    pays: str | None
    brings: tuple[str, ...]
    hands_in: str | None
    example: str = ""


def benefits(env: Env, area_code: str) -> list[Benefit]:
    """What this area's notice says is paid back; empty: nothing.

    Raises:
        FigureUnknown: nobody has published a pack for this area.
    """
    pack = season_pack(env, area_code)
    told = [
        Benefit(
            entry.label,
            entry.when.known,
            entry.where.known,
            entry.pays.known,
            entry.brings.known or (),
            entry.hands_in.known,
        )
        for entry in pack.benefits.values()
    ]
    pooled = _pooled(pack)
    return [pooled, *told] if pooled else told


def _pooled(pack: Pack) -> Benefit | None:
    """The outpatient quota, which the pack has as figures (FY-21), with the notice's own example (FY-22)."""
    rule = pack.outpatient_pooling
    rate, cap = rule.rate_percent.known, rule.cap.known
    if rate is None or cap is None:
        return None
    where = _PLACES.get(rule.only_in.known or "", "") + (rule.institutions.known or "")
    shared = bool(rule.shared_in_household.known)
    pays = f"报 {rate}%，每人每年最多 {money_text(cap)}。" + ("合成一户的，一户人合着用。" if shared else "")
    example = f"一家四口成一户，全户一年最多 {money_text(4 * cap)}。一个人可以超过 {money_text(cap)}。"
    return Benefit("普通门诊", None, where or None, pays, (), None, example if shared else "")
