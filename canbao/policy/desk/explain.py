"""说明: the derivation of one answer, line by line, for people and as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from canbao.basics.money import yuan_text
from canbao.policy.assess import Answer, assess
from canbao.policy.format.vocabulary import FORCE_TEXT, STATUS_TEXT
from canbao.policy.guidance import guidance
from canbao.policy.pack import Pack
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


def explain(pack: Pack, person: Situation, on: date, titles: Mapping[str, str] | None = None) -> list[str]:
    """The derivation as lines of Chinese text. `titles` gives the titles of sources by id."""
    (answer,) = assess(pack, [person], on)
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
        ]
    return [*lines, "", *_result(pack, answer), "", f"政策文件 {pack.hash}"]


def explain_json(pack: Pack, person: Situation, on: date) -> dict[str, Any]:
    """The same as plain data: money in fen, days as ISO text."""
    (answer,) = assess(pack, [person], on)
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
        "reasons": [vars(reason) for reason in answer.reasons],
        "refusal": {"code": refusal.code, "facts": refusal.facts} if refusal else None,
    }


def _about(person: Situation, on: date) -> str:
    marks = [group_text(mark.group) for mark in person.marks if mark.acquired_date <= on]
    birth = f"，{day_text(person.birth_date)}出生" if person.birth_date else ""
    return f"{class_text(person.person_class)}{birth}" + (f"，{'、'.join(marks)}" if marks else "")


def _result(pack: Pack, answer: Answer) -> list[str]:
    amount = f" {yuan_text(answer.amount_fen)}元" if answer.amount_fen is not None else ""
    lines = [f"结果：{_OUTCOMES[answer.outcome]}{amount}（{_KINDS[answer.kind]}）"]
    if len(answer.shares) > 1:
        lines.append(
            "各方：" + "，".join(f"{_PAYERS[who]}{money_text(fen)}" for who, fen in answer.shares.items())
        )
    if answer.amount_fen is not None:
        cover = answer.cover
        lines.append(
            f"待遇：{day_text(cover.from_date)}至{day_text(cover.last_date)}"
            if cover
            else "待遇：开始日期没有写"
        )
    if answer.refusal:
        told = guidance(pack, pack.area_code, answer.refusal)
        lines += [f"提示 {told.code} {told.heading}：{told.why}", *(f"  - {step}" for step in told.steps)]
    return lines
