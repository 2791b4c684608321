"""判例: run the cases of a pack, and say in sentences what did not come out as expected."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from canbao.basics.days import WorkCalendar
from canbao.basics.refusals import Refusal
from canbao.policy.admit import admit
from canbao.policy.assess import Answer, Reason
from canbao.policy.desk.cases import Case, Result
from canbao.policy.desk.look import values_under, words_of
from canbao.policy.desk.questions import Expected
from canbao.policy.duplicate import which_stands
from canbao.policy.format.vocabulary import FACTS
from canbao.policy.household import check_household
from canbao.policy.incentive import bonus
from canbao.policy.pack import Moment, Pack
from canbao.policy.quota import reimburse
from canbao.policy.refund import refund
from canbao.policy.rules.decide import decide
from canbao.policy.rules.student import place_of
from canbao.policy.rules.wording import money_text
from canbao.policy.season import season

Pair = tuple[Any, Any]


def run(cases: Sequence[Case], pack_of_area: Callable[[str | None], Pack]) -> list[Result]:
    """Run cases. `pack_of_area(None)` is the pack the file lies beside, else that of a county below it."""
    return [Result(case.name, tuple(complaints(case, pack_of_area(case.area)))) for case in cases]


def complaints(case: Case, pack: Pack) -> list[str]:
    """Everything that did not come out as expected, as sentences."""
    asked = {
        "look": (case.look, _look),
        "person": (case.person, _person),
        "season": (case.expect.season, _season),
        "head": (case.head, _head),
        "claim": (case.claim, _claim),
        "outpatient": (case.outpatient, _outpatient),
        "records": (case.records, _records),
        "history": (case.history, _history),
        "paid_on": (case.paid_on, _posting),
    }
    wanted = [ask for given, ask in asked.values() if given]
    if not wanted:
        return ["没有写要问什么（person、look、claim …）"]
    if case.on is None and (case.person or case.expect.season):
        return ["没有写 on（哪一天）"]
    return [complaint for ask in wanted for complaint in ask(case, pack)]


def _calendar(case: Case) -> WorkCalendar:
    return WorkCalendar(frozenset(case.days_off), frozenset(case.make_up_days))


def _day(case: Case) -> date:
    if case.on is None:
        raise ValueError("a case about a day needs one")
    return case.on


def _person(case: Case, pack: Pack) -> Iterator[str]:
    person, on = case.person, _day(case)
    if person is None:
        return
    at = time(case.at.hour, case.at.minute) if case.at and not case.at.is_end_of_day else None
    answer = decide(pack, person, on, Moment(_calendar(case), at))
    yield from _answer(case.expect, answer)
    if case.expect.place:
        place = place_of(pack, person, on)
        yield from _differs({"在哪里参保": (case.expect.place, place.known if place else None)})
        force = place.force if place else None
        yield from _differs({"原则上": (case.expect.force, force)})
    if case.expect.admitted:
        barred = admit(pack, person, answer, case.payer, case.channel, on)
        yield from _differs({"渠道": (case.expect.admitted, _code(barred))})


def _answer(wanted: Expected, answer: Answer) -> Iterator[str]:
    cover, wait = answer.cover, answer.wait
    yield from _differs(
        {
            "结果": (wanted.outcome, answer.outcome),
            "种类": (wanted.kind, answer.kind),
            "应缴": (_money(wanted.amount), _money(answer.amount_fen)),
            "各方": (wanted.shares and dict(wanted.shares), dict(answer.shares)),
            "财政补助": (_money(wanted.fiscal_subsidy), _money(answer.fiscal_subsidy_fen)),
            "群体": (wanted.group, answer.group),
            "待遇第一天": (wanted.cover_first_date, cover.from_date if cover else None),
            "待遇最后一天": (wanted.cover_last_date, cover.last_date if cover else None),
            "价格有效到": (wanted.price_valid_until, answer.price_valid_until),
            "可缴到": (wanted.payable_until, answer.payable_until),
            "哪天起可缴": (wanted.blocked_until, answer.blocked_until),
            "当天几点截止": (wanted.closes_at, answer.closes_at),
            "缴哪几年": (wanted.years, answer.years),
            "享受的档": (wanted.benefit_tier, answer.benefit_tier),
            "断保年数": (wanted.gap_years, wait.gap_years if wait else 0),
            "变动等待月数": (wanted.wait_variable_months, wait.variable_months if wait else 0),
            "补缴年数": (wanted.repaired_years, wait.repaired_years if wait else 0),
            "还能补缴的年数": (wanted.repairable_years, wait.repairable_years if wait else 0),
            "缺少的信息": (wanted.needs or None, answer.needs),
        },
        _lacking(answer.needs),
    )
    code = _code(answer.refusal) if answer.refusal else None
    if wanted.refusal != code:
        yield f"提示编号应为 {wanted.refusal}，实为 {code}"
    if wanted.no_amount and answer.amount_fen is not None:
        yield f"不应有金额，实为 {_money(answer.amount_fen)}"
    if wanted.cover_not_stated and cover:
        yield f"待遇开始日应为没有写，实为 {cover.from_date}"
    refusal = answer.refusal
    told = refusal.say(refusal.why + "".join(refusal.steps)) if refusal else ""
    yield from _missing(wanted, answer.reasons, told)


def _season(case: Case, pack: Pack) -> Iterator[str]:
    found = season(pack, _day(case), _calendar(case)).sentence
    if found != case.expect.season:
        yield f"缴费期应为“{case.expect.season}”，实为“{found}”"


def _head(case: Case, pack: Pack) -> Iterator[str]:
    if case.head:
        yield from _differs({"户主": (case.expect.household, _code(check_household(pack, case.head)))})


def _claim(case: Case, pack: Pack) -> Iterator[str]:
    if case.claim is None:
        return
    wanted, found = case.expect, refund(pack, case.claim.claim())
    yield from _differs(
        {
            "退费": (wanted.refund, found.outcome),
            "退多少": (_money(wanted.refund_amount), _money(found.amount_fen)),
            "退给谁": (wanted.payee, found.payee or "not_stated"),
        }
    )
    if wanted.no_amount and found.amount_fen is not None:
        yield f"不应有金额，实为 {_money(found.amount_fen)}"
    yield from _missing(wanted, found.reasons)


def _outpatient(case: Case, pack: Pack) -> Iterator[str]:
    if case.outpatient is None:
        return
    found = reimburse(pack, case.outpatient.quota(), case.outpatient.bills())
    yield from _differs({"报销": (case.expect.reimbursed, tuple(one.amount_fen for one in found))})
    yield from _missing(case.expect, [one.reason for one in found])


def _records(case: Case, pack: Pack) -> Iterator[str]:
    if len(case.records) != 2:
        yield "records 要写两条"
        return
    standing = which_stands(pack, (case.records[0].record(), case.records[1].record()), case.is_entry_year)
    words = {None: "staff", 0: "first", 1: "second"}
    found = words[standing.keep] if standing else "no_duplicate"
    yield from _differs({"留哪一条": (case.expect.stands, found)})
    yield from _missing(case.expect, [standing.reason] if standing else [])


def _history(case: Case, pack: Pack) -> Iterator[str]:
    if case.history is None:
        return
    found = bonus(pack, case.history)
    yield from _differs({"提高的限额": (_money(case.expect.bonus), _money(found.total_fen))})
    yield from _missing(case.expect, found.reasons)


def _posting(case: Case, pack: Pack) -> Iterator[str]:
    if case.paid_on is None:
        return
    found = pack.posting(case.paid_on, _calendar(case), case.channel)
    yield from _differs({"入库可查": (case.expect.posted, found.shown_date if found else None)})


def _look(case: Case, pack: Pack) -> Iterator[str]:
    """What the statements under a key do not say, or say otherwise than expected."""
    wanted, values = case.expect, values_under(pack, case.look or "")
    if not values:
        yield "政策文件里没有这一处"
    text = " ".join(words_of(value) for value in values)
    rules = {rule for value in values for rule in value["rules"]}
    yield from (f"依据里没有 {rule}" for rule in wanted.rules if rule not in rules)
    yield from (f"没有说“{words}”" for words in wanted.says if words not in text)
    marks: Mapping[str, tuple[Any, set[Any]]] = {
        "force": (wanted.force, {value.get("force", "must") for value in values}),
        "open": (wanted.open, {value.get("open", False) for value in values}),
        "status": (wanted.status, {value["status"] for value in values}),
    }
    yield from (f"{name} 应为 {one}" for name, (one, seen) in marks.items() if one not in {None, *seen})


def _differs(pairs: Mapping[str, Pair], lacking: str = "") -> Iterator[str]:
    """`lacking`: said after what is not there, since that may be why."""
    for what, (one, other) in pairs.items():
        if one not in (None, other):
            yield f"{what}应为 {one}，实为 " + (f"没有{lacking}" if other is None else str(other))


def _lacking(needs: Sequence[str]) -> str:
    """`（用例里没有写 covered_years：以前哪几年参过保）`."""
    told = "，".join(f"{fact}：{FACTS.get(fact, fact)}" for fact in needs)
    return f"（用例里没有写 {told}）" if told else ""


def _code(refusal: Refusal | None) -> str:
    return refusal.code if refusal else "yes"


def _missing(wanted: Expected, reasons: Sequence[Reason], told: str = "") -> Iterator[str]:
    rules = {rule for reason in reasons for rule in reason.rule.split("、")}
    text = "".join(reason.text for reason in reasons) + told
    yield from (f"依据里没有 {rule}" for rule in wanted.rules if rule not in rules)
    yield from (f"没有说“{words}”" for words in wanted.says if words not in text)


def _money(amount_fen: int | None) -> str | None:
    return None if amount_fen is None else money_text(amount_fen)
