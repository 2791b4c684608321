"""谁来帮: what assistance comes to in this case, told as reasons; or it is awaited, or not known."""

from canbao.basics.days import ONE_DAY
from canbao.basics.refusals import PushPending, Refusal, SubsidyPending
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case, Stop
from canbao.policy.rules.price import Price
from canbao.policy.rules.subsidy import Help, find_help, group_entry
from canbao.policy.rules.wording import day_text, group_text, money_text


def help_of(case: Case, price: Price) -> Help:
    """The assistance that counts.

    Raises:
        Stop: the person is marked, and what it is worth is awaited (deferred) or not known (blocked).
    """
    help_ = find_help(case.pack, case.person, price, case.on)
    if help_.group is None:
        return help_
    name = group_name(case.pack, help_.group)
    if help_.outcome == "pending":
        raise _deferred(case, help_, name)
    if help_.outcome == "unknown":
        word = "没有核实" if help_.value.status == "unverified" else "没有写"
        case.note(help_.value, f"{name}的资助金额{word}。")
        raise case.unknown("special", help_.group)
    if help_.outcome == "none":
        case.note(help_.value, f"{name}不在资助范围，按普通标准缴费。")
        return help_
    case.note(help_.value, f"{name}由政府资助{money_text(help_.amount_fen)}。")
    if help_.rounding:
        case.note(case.pack.assistance.rounding, f"资助算到分以下，{help_.rounding}。")
    return help_


def _deferred(case: Case, help_: Help, name: str) -> Stop:
    """Neither the full price nor zero: the figure will come (CP-04, E15)."""
    case.note(help_.value, f"{name}暂不缴费，等补助标准。")
    told = "、".join(case.pack.assistance.told_by.known or ())
    refusal = SubsidyPending(group=name, **({"told_by": told} if told else {}))
    return Stop(
        Answer("deferred", "special", group=help_.group, reasons=tuple(case.reasons), refusal=refusal)
    )


def group_name(pack: Pack, group: str) -> str:
    """A group as the notice calls it."""
    entry = group_entry(pack, group)
    return entry.name if entry else group_text(group)


def push(case: Case, help_: Help) -> Refusal | None:
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
