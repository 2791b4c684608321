"""大病保险的激励: how far the cap rises for years in a row and years without a claim (N-38-3, N-38-4)."""

from dataclasses import dataclass
from decimal import Decimal

from canbao.basics.money import Fen, percent_of
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because
from canbao.policy.rules.wording import money_text


@dataclass(frozen=True)
class History:
    """What counts. `covered_years`, `zero_claim_years`: benefit years.

    `kept_continuity_years`: rewarded years of an earlier run; a break restarts the count and keeps the bonus.
    `used_bonus_in`: the last year in which a 大病 claim used the bonus; it clears the zero-claim part only.
    """

    covered_years: tuple[int, ...]
    zero_claim_years: tuple[int, ...] = ()
    kept_continuity_years: int = 0
    used_bonus_in: int | None = None


@dataclass(frozen=True)
class Bonus:
    """What is added to the cap for the benefit year; None: a figure is not stated."""

    continuity_fen: Fen | None
    zero_claim_fen: Fen | None
    total_fen: Fen | None
    reasons: tuple[Reason, ...]


def bonus(pack: Pack, history: History) -> Bonus:
    """The bonus for the pack's benefit year, never above the stated share of the original cap."""
    rule = pack.incentive
    each, zero, cap, most = (
        rule.per_continuous_year.known,
        rule.per_zero_claim_year.known,
        rule.cap.known,
        rule.most_percent.known,
    )
    if each is None or zero is None or cap is None or most is None:
        return Bonus(None, None, None, (because(rule.cap, "激励的数额，当地没有公布。"),))
    years, quiet = rewarded_years(pack, history), _zero_years(pack, history)
    limit = percent_of(cap, Decimal(most))
    total = min(years * each + quiet * zero, limit)
    text = (
        f"连续参保奖励{years}年，零报销奖励{quiet}年，共提高{money_text(total)}（最多{money_text(limit)}）。"
    )
    return Bonus(years * each, quiet * zero, total, (because(rule.per_continuous_year, text),))


def rewarded_years(pack: Pack, history: History) -> int:
    """Years beyond the first few in a row, from the year the rule begins; those of earlier runs are kept."""
    rule = pack.incentive
    first, needed = rule.count_from_year.known or pack.benefit_year, rule.continuous_years.known or 0
    year = pack.benefit_year
    while year >= first and year in history.covered_years:
        year -= 1
    return history.kept_continuity_years + max(0, pack.benefit_year - year - needed)


def _zero_years(pack: Pack, history: History) -> int:
    """Years without a claim before this one, since the bonus was last used in a claim."""
    first = max(pack.incentive.count_from_year.known or 0, (history.used_bonus_in or 0) + 1)
    return sum(first <= year < pack.benefit_year for year in set(history.zero_claim_years))
