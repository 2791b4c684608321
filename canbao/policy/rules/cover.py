"""从哪天起享受: the span of cover a payment on a day gives, or that it is not stated, or hangs on a fact."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.days import ONE_DAY, Span
from canbao.policy.format.values import Start, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, Wait, because
from canbao.policy.rules.case import Case
from canbao.policy.rules.waiting import Waiting, first_after, wait_of
from canbao.policy.rules.wording import day_text
from canbao.policy.situation import Situation


@dataclass(frozen=True)
class Cover:
    """The span, None where the first day is not stated; the reasons; the wait before it; facts it hangs on."""

    span: Span | None
    reasons: tuple[Reason, ...]
    wait: Wait | None = None
    needs: tuple[str, ...] = ()


def benefit_span(pack: Pack) -> Span | None:
    """待遇享受期, where both ends are stated."""
    first, last = pack.benefit_period.first_date.known, pack.benefit_period.last_date.known
    return Span(first, last + ONE_DAY) if first and last else None


def ordinary_cover(case: Case) -> Cover:
    """Cover of who pays in the collection period: it still waits after a gap (E9)."""
    pack, on = case.pack, case.on
    waiting = wait_of(case, is_late=False)
    period = benefit_span(pack)
    if period is None:
        reason = because(pack.benefit_period.first_date, "待遇从哪天开始，通告没有写。")
        return Cover(None, (*waiting.reasons, reason), waiting.wait, waiting.needs)
    timely = on < period.from_date
    start = pack.benefit_period.paid_before_start if timely else pack.benefit_period.paid_after_start
    return _waited(case, cover_from(start, period, case.person, on), period, waiting)


def late_cover(case: Case, waits: Value[str], start: Value[Start]) -> Cover:
    """Cover of who pays late: from the band's own start, and not before the waiting period is over."""
    period = benefit_span(case.pack)
    if waits.known != "by_rule":
        if period is None:
            reason = because(case.pack.benefit_period.first_date, "补缴后待遇从哪天开始，通告没有写。")
            return Cover(None, (reason,))
        return cover_from(start, period, case.person, case.on)
    waiting = wait_of(case, is_late=True)
    if not waiting.is_known or period is None:
        reasons = waiting.reasons if waiting.needs else (_wait_told(case, waits), *waiting.reasons)
        return Cover(None, reasons, waiting.wait, waiting.needs)
    waits_anyway = waiting.wait is not None and start.known is None
    own = Cover(period, ()) if waits_anyway else cover_from(start, period, case.person, case.on)
    return _waited(case, own, period, waiting)


def _wait_told(case: Case, waits: Value[str]) -> Reason:
    """That there is a wait after a late payment, and as much of its length as is stated."""
    fixed = case.pack.waiting.fixed.known
    if fixed is None:
        return because(waits, "补缴后有待遇等待期，多长按相关规定，通告没有写。")
    return because(waits, f"补缴后有待遇等待期，固定的部分{fixed}。")


def cover_from(start: Value[Start], period: Span, person: Situation, on: date) -> Cover:
    """Cover from a stated start to the end of the period."""
    word = start.known
    first = word.first_date(on, period, person.birth_date) if word else None
    if first is None or first >= period.until_date:
        return Cover(None, (because(start, "现在缴费，待遇从哪天开始，通告没有写。"),))
    span = Span(first, period.until_date)
    said = f"待遇享受期从{day_text(span.from_date)}到{day_text(span.last_date)}。"
    return Cover(span, (because(start, said),))


def _waited(case: Case, own: Cover, period: Span, waiting: Waiting) -> Cover:
    """The own cover, cut by the waiting period where there is one."""
    if waiting.wait is None and not waiting.needs and waiting.is_known:
        return Cover(own.span, (*waiting.reasons, *own.reasons))
    if not waiting.is_known:
        return Cover(None, waiting.reasons, waiting.wait, waiting.needs)
    if own.span is None:
        return Cover(None, (*own.reasons, *waiting.reasons), waiting.wait)
    free = first_after(case, waiting, period)
    first = max(own.span.from_date, free) if free else None
    if first is None or first >= period.until_date:
        told = Reason(
            "、".join(case.pack.waiting.fixed.rules),
            "等待期满已经过了本年度，这一年度享受不到。",
            "",
            "derived",
        )
        return Cover(None, (*waiting.reasons, told), waiting.wait)
    span = Span(first, period.until_date)
    said = because(
        case.pack.waiting.fixed,
        f"等待期满，待遇享受期从{day_text(span.from_date)}到{day_text(span.last_date)}。",
    )
    return Cover(span, (*waiting.reasons, said), waiting.wait)
