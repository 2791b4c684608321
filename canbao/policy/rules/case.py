"""One decision in the making, and the ways it can end: a charge, zero, deferred, blocked."""

from dataclasses import dataclass, field
from datetime import date

from canbao.basics.days import ONE_DAY, Span
from canbao.basics.money import Fen
from canbao.basics.refusals import FigureUnknown, OutsideWindow, PushPending, Refusal, SubsidyPending
from canbao.policy.format.values import UNSAID, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer, Kind, Reason, because
from canbao.policy.rules.subsidy import Help, find_help, group_entry
from canbao.policy.rules.who import fits
from canbao.policy.rules.window import Window, period_lines
from canbao.policy.rules.wording import day_text, group_text, money_text
from canbao.policy.situation import Situation


class Stop(Exception):
    """The decision ends here, without a price. Never leaves the policy room."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.outcome)
        self.answer = answer


@dataclass
class Case:
    """The question and the reasons found on the way."""

    pack: Pack
    person: Situation
    on: date
    reasons: list[Reason] = field(default_factory=list)

    def note(self, value: Value[object], text: str, force: str | None = None) -> None:
        """Add a reason resting on a value of the pack."""
        self.reasons.append(because(value, text, force))

    def stop(self, refusal: Refusal, kind: Kind = "normal", group: str | None = None) -> Stop:
        """The end without a price."""
        return Stop(Answer("blocked", kind, group=group, reasons=tuple(self.reasons), refusal=refusal))

    def unknown(self, kind: Kind = "normal", group: str | None = None) -> Stop:
        """The end because a figure is not there: E-1021, never zero and never a default."""
        return self.stop(FigureUnknown(area=self.pack.name), kind, group)


@dataclass(frozen=True)
class Until:
    """How long a price holds, and how long one may pay it without a break. None: not stated."""

    price: date | None
    payable: date | None


def price_of(case: Case) -> Fen:
    """The individual price of the person's class with its surcharges.

    Raises:
        Stop: no class fits, or its figure is not one that may be charged.
    """
    entry = next((e for e in case.pack.prices.values() if fits(e.who, case.person, case.on)), None)
    if entry is None:
        case.note(UNSAID, "这一类人的缴费标准，通告没有写。")
        raise case.unknown()
    price_fen = entry.individual.known
    if price_fen is None:
        word = "没有核实" if entry.individual.status == "unverified" else "没有公布"
        case.note(entry.individual, f"{entry.label}的个人缴费标准{word}。")
        raise case.unknown()
    case.note(entry.individual, f"{entry.label}个人缴费标准每人每年{money_text(price_fen)}。")
    for name, surcharge in entry.surcharges.items():
        extra_fen = surcharge.known
        if extra_fen is None:
            case.note(surcharge, f"另收的{name}没有公布。")
            raise case.unknown()
        case.note(surcharge, f"另收{surcharge.note or name}{money_text(extra_fen)}。")
        price_fen += extra_fen
    return price_fen


def help_of(case: Case, price_fen: Fen) -> Help:
    """The assistance that counts.

    Raises:
        Stop: the person is marked, and what it is worth is awaited (deferred) or not known (blocked).
    """
    help_ = find_help(case.pack, case.person, price_fen, case.on)
    if help_.group is None:
        return help_
    name = group_name(case.pack, help_.group)
    if help_.outcome == "pending":
        case.note(help_.value, f"{name}暂不缴费，等补助标准。")
        told = "、".join(case.pack.assistance.told_by.known or ())
        refusal = SubsidyPending(group=name, **({"told_by": told} if told else {}))
        raise Stop(
            Answer("deferred", "special", group=help_.group, reasons=tuple(case.reasons), refusal=refusal)
        )
    if help_.outcome == "unknown":
        word = "没有核实" if help_.value.status == "unverified" else "没有写"
        case.note(help_.value, f"{name}的资助金额{word}。")
        raise case.unknown("special", help_.group)
    if help_.outcome == "none":
        case.note(help_.value, f"{name}不在资助范围，按普通标准缴费。")
    else:
        case.note(help_.value, f"{name}由政府资助{money_text(help_.amount_fen)}。")
    return help_


def group_name(pack: Pack, group: str) -> str:
    """A group as the notice calls it."""
    entry = group_entry(pack, group)
    return entry.name if entry else group_text(group)


def charge(
    case: Case, price_fen: Fen, help_: Help, cover: tuple[Span | None, Reason], until: Until
) -> Answer:
    """The ordinary or assisted price: what the person pays, and what is paid for them."""
    helped_fen = help_.amount_fen if help_.outcome == "subsidy" else 0
    amount_fen = price_fen - helped_fen
    shares = {"person": amount_fen} | ({help_.paid_by: helped_fen} if helped_fen else {})
    kind: Kind = "special" if helped_fen else "normal"
    case.reasons.append(cover[1])
    refusal = _push(case, help_) if amount_fen and helped_fen else None
    if kind == "normal" and case.pack.assistance.confirm_before_normal.known:
        # the system cannot know it of an unmarked person, so it is put to the payer as advice (CZ-09, SX-09)
        case.note(
            case.pack.assistance.confirm_before_normal, "先确认不是资助对象：缴过就不能改按资助缴。", "advice"
        )
    return Answer(
        outcome="payable" if amount_fen else "zero",
        kind=kind,
        amount_fen=amount_fen,
        shares=shares,
        fiscal_subsidy_fen=case.pack.fiscal_subsidy.known,
        cover=cover[0],
        group=help_.group if helped_fen else None,
        price_valid_until=until.price,
        payable_until=until.payable,
        reasons=tuple(case.reasons),
        refusal=refusal,
    )


def _push(case: Case, help_: Help) -> Refusal | None:
    """The assisted person's own part goes to tax first; paying the day after is advised (CZ-08, SX-10)."""
    rules = case.pack.assistance
    if not rules.push_required.known or help_.mark is None:
        return None
    pushed = help_.mark.push_accepted_date
    if pushed is None or pushed > case.on:
        case.note(rules.push_required, "医保核定的金额要先推送税务，税务收到才能缴。")
        return PushPending(advised_date=day_text(case.on + ONE_DAY))
    wait = rules.pay_after_push
    if wait.known == "next_day" and pushed == case.on:
        case.note(wait, "数据传送有延时，核定后第二天再缴。")
        return PushPending(advised_date=day_text(pushed + ONE_DAY)) if wait.force == "must" else None
    return None


def outside(case: Case, now: Window, next_step: str) -> Stop:
    """The end because today is not a day for paying."""
    period = case.pack.collection
    lines = "".join(period_lines(now))
    said = period.opens if now.state in ("before", "unknown") else period.closes
    case.note(period.days_of_month if now.state == "masked" else said, lines)
    return case.stop(OutsideWindow(window=lines, next_opening=next_step))
