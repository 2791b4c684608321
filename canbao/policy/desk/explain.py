"""说明: the derivation of one answer, line by line, for people and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from canbao.basics.money import yuan_text
from canbao.policy.assess import Answer, Wait, assess
from canbao.policy.format.vocabulary import FORCE_TEXT, STATUS_TEXT
from canbao.policy.guidance import guidance
from canbao.policy.pack import NO_MOMENT, Moment, Pack
from canbao.policy.rules.who import facts_text
from canbao.policy.rules.wording import class_text, day_text, group_text, money_text
from canbao.policy.situation import Situation

_OUTCOMES = {"payable": "应缴", "zero": "不用缴费", "deferred": "暂不缴费", "blocked": "现在不能缴费"}
_KINDS = {"normal": "普通缴费", "special": "特殊缴费", "late": "补缴"}
_PAYERS = {
    "person": "个人",
    "fiscal": "财政部分（由个人缴）",
    "medical_assistance": "医疗救助",
    "collective": "集体",
}


def explain(
    pack: Pack,
    person: Situation,
    on: date,
    titles: Mapping[str, str] | None = None,
    moment: Moment = NO_MOMENT,
    rules: Mapping[str, str] | None = None,
) -> list[str]:
    """The derivation as lines of Chinese text. `titles`: of sources by id; `rules`: their sentences by id."""
    (answer,) = assess(pack, [person], on, moment)
    lines = [
        f"{pack.name}（{pack.area_code}） {pack.benefit_year}年度，{pack.collection_year}年起征收",
        f"日期 {day_text(on)}；{_about(person, on)}",
        "",
    ]
    for number, reason in enumerate(answer.reasons, 1):
        how = "".join(f"，{FORCE_TEXT[reason.force]}" if reason.force != "must" else "")
        source = (titles or {}).get(reason.source, reason.source) or "政策文件没有提到"
        lines += [
            f"{number}. {reason.text}",
            f"   依据 {reason.rule or '—'}，{STATUS_TEXT[reason.status]}{how}；{source}",
            *(f"   {rule}：{rules[rule]}" for rule in reason.rule.split("、") if rules and rule in rules),
        ]
    return [*lines, "", *_result(pack, answer), "", f"政策文件 {pack.hash}"]


def explain_json(pack: Pack, person: Situation, on: date, moment: Moment = NO_MOMENT) -> dict[str, Any]:
    """The same as plain data: money in fen, days as ISO text."""
    (answer,) = assess(pack, [person], on, moment)
    refusal = answer.refusal
    return {
        "area": pack.area_code,
        "benefit_year": pack.benefit_year,
        "collection_year": pack.collection_year,
        "pack_hash": pack.hash,
        "on": on.isoformat(),
        "outcome": answer.outcome,
        "kind": answer.kind,
        "group": answer.group,
        "amount_fen": answer.amount_fen,
        "shares": dict(answer.shares),
        "fiscal_subsidy_fen": answer.fiscal_subsidy_fen,
        "cover_from_date": answer.cover.from_date.isoformat() if answer.cover else None,
        "cover_until_date": answer.cover.until_date.isoformat() if answer.cover else None,
        "price_valid_until": answer.price_valid_until.isoformat() if answer.price_valid_until else None,
        "payable_until": answer.payable_until.isoformat() if answer.payable_until else None,
        "by_payer": dict(answer.by_payer),
        "years": list(answer.years),
        "needs": list(answer.needs),
        "blocked_until": answer.blocked_until.isoformat() if answer.blocked_until else None,
        "wait": _wait_json(answer.wait),
        "what_to_do": list(answer.what_to_do),
        "reasons": [asdict(reason) for reason in answer.reasons],
        "refusal": {"code": refusal.code, "facts": refusal.facts} if refusal else None,
    }


def _wait_json(wait: Wait | None) -> dict[str, Any] | None:
    if wait is None:
        return None
    return {
        "gap_years": wait.gap_years,
        "fixed": str(wait.fixed) if wait.fixed else None,
        "variable_months": wait.variable_months,
        "repaired_years": wait.repaired_years,
        "repairable_years": wait.repairable_years,
        "repair_fen": wait.repair_fen,
    }


def _about(person: Situation, on: date) -> str:
    marks = [group_text(mark.group) for mark in person.marks if mark.acquired_date <= on]
    birth = f"，{day_text(person.birth_date)}出生" if person.birth_date else ""
    return f"{class_text(person.person_class)}{birth}" + (f"，{'、'.join(marks)}" if marks else "")


def _result(pack: Pack, answer: Answer) -> list[str]:
    amount = f" {yuan_text(answer.amount_fen)}元" if answer.amount_fen is not None else ""
    lines = [f"结果：{_OUTCOMES[answer.outcome]}{amount}（{_KINDS[answer.kind]}）"]
    if answer.amount_fen is not None:
        lines += [_shares_text(answer), _cover_text(answer), *_wait_text(answer)]
    if answer.payable_until:
        lines.append(f"缴到：{day_text(answer.payable_until)}{answer.closes_at or ''}")
    if answer.blocked_until:
        lines.append(f"哪天起可以缴：{day_text(answer.blocked_until)}")
    if answer.needs:
        lines.append(f"还说不准，要先知道：{facts_text(answer.needs)}")
    if answer.refusal:
        told = guidance(pack, pack.area_code, answer.refusal)
        lines += [f"提示 {told.code} {told.heading}：{told.why}", *(f"  - {step}" for step in told.steps)]
    return lines


def _shares_text(answer: Answer) -> str:
    parts = [f"{_PAYERS[who]}{money_text(fen)}" for who, fen in answer.shares.items()]
    fiscal = answer.fiscal_subsidy_fen
    if "fiscal" not in answer.shares:
        parts.append("财政补助" + ("没有写" if fiscal is None else money_text(fiscal)))
    return "各方：" + "，".join(parts)


def _cover_text(answer: Answer) -> str:
    cover = answer.cover
    if cover is None:
        return "待遇：开始日期" + ("还要核定" if answer.needs else "没有写")
    return f"待遇：{day_text(cover.from_date)}至{day_text(cover.last_date)}"


def _wait_text(answer: Answer) -> list[str]:
    wait = answer.wait
    if wait is None:
        return []
    lines = [f"等待期：固定{wait.fixed}，变动{wait.variable_months}个月（断保{wait.gap_years}年）"]
    if wait.repairable_years and wait.repair_fen:
        lines.append(
            f"  还可以补缴{wait.repairable_years}年，每年{money_text(wait.repair_fen)}，每年少等1个月"
        )
    return lines
