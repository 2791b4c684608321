"""常见问题: what people ask, answered from the pack and from the tree of refusals; what is not stated is said to be so."""

from collections.abc import Iterator
from dataclasses import dataclass

from canbao.basics.refusals import FigureUnknown
from canbao.policy.guidance import DEFAULT_AGENCY
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import money_text
from canbao.policy.season import season
from canbao.services.people.cart.gather import rules_of
from canbao.services.people.guide import season_pack
from canbao.services.system.env import Env

_PLACES = {
    "school_place": "在学校所在地参保",
    "with_parents_or_hukou_place": "随父母参保，或在户籍地参保",
    "hukou_place": "在户籍地参保",
}
# Statements of the pack, and the question each answers.
_ASKED = {
    "duplicate": "能不能重复参保？",
    "receipt": "电子票据算不算数？",
    "card": "没带身份证，能看病吗？",
    "verify_first": "付款前要看什么？",
    "place": "参保地怎么选？",
    "check_amount": "怎么知道金额对不对？",
    "household_example": "父母参加职工医保，孩子怎么成一户？",
    "privacy": "为什么查询不显示金额？",
    "years": "通告里的年份是哪一年？",
    "suspended_year": "停保影响今年吗？",
    "feedback": "遇到问题怎么办？",
}


@dataclass(frozen=True)
class Asked:
    """One question and its answers, a sentence each; `page`: the page that does it, if one does."""

    question: str
    answers: tuple[str, ...]
    page: str = ""


def questions(env: Env, area_code: str) -> list[Asked]:
    """The questions an area's notice answers, in the order people ask them.

    Raises:
        FigureUnknown: nobody has published a pack for this area.
    """
    pack = season_pack(env, area_code)
    on = env.local_date(area_code)
    asked = [
        Asked("现在能缴吗？缴到哪天？", season(pack, on, env.moment(pack).calendar).lines, "intent"),
        Asked("要缴多少？", tuple(_prices(pack)), "intent"),
        Asked("谁可以参保？", tuple(value.known for value in pack.scope.values() if value.known), "register"),
        Asked("能替家人缴吗？", rules_of(env, area_code), "together"),
        Asked("学生在哪里参保？", tuple(_students(pack))),
        Asked("新生儿怎么办？", tuple(newborn_words(pack)), "newborn"),
        Asked("断保过，要等多久？", (_waiting(pack),), "waiting"),
        Asked("能退费吗？", tuple(_refunds(pack)), "refund_how"),
    ]
    asked += [
        Asked(question, (said.known,))
        for key, question in _ASKED.items()
        if (said := pack.information.get(key)) and said.known
    ]
    return [one for one in asked if one.answers]


def stated(env: Env, area_code: str, key: str) -> str | None:
    """One sentence of the area's notice; None where it states none, or has no pack."""
    try:
        said = season_pack(env, area_code).information.get(key)
    except FigureUnknown:
        return None
    return said.known if said else None


def open_questions(env: Env, area_code: str) -> tuple[str, ...]:
    """What the notice leaves open, so that nobody waits for it here."""
    return tuple(value.note for value in season_pack(env, area_code).not_stated.values() if value.note)


@dataclass(frozen=True)
class RefundRule:
    """One case in which money goes back, or not."""

    label: str
    place: str


@dataclass(frozen=True)
class RefundHow:
    """退费申请 before any order is named: which cases the notice knows, where, and whether online."""

    is_online: bool
    agency: str
    rules: tuple[RefundRule, ...]


def refund_how(env: Env, area_code: str) -> RefundHow:
    """Where to apply for a refund here. Raises FigureUnknown."""
    pack = season_pack(env, area_code)
    agency = pack.registration.agency.known or DEFAULT_AGENCY
    rules = tuple(RefundRule(rule.label, rule.apply_at.known or agency) for rule in pack.refunds.values())
    return RefundHow(pack.paying.online_refund.known is not False, agency, rules)


def _prices(pack: Pack) -> Iterator[str]:
    for price in pack.prices.values():
        known = price.individual.known
        yield f"{price.label}：{f'每人每年 {money_text(known)}。' if known is not None else '标准通告没有写。'}"


def _students(pack: Pack) -> Iterator[str]:
    for rule in pack.students.values():
        if rule.place.known:
            principle = "原则上" if rule.place.force == "principle" else ""
            yield f"{rule.label}：{principle}{_PLACES[rule.place.known]}。"


def newborn_words(pack: Pack) -> Iterator[str]:
    """What a pack says of newborns, a sentence each."""
    if pack.newborn.birth_year_free.known:
        yield "出生当年登记，当年不缴费就能享受。"
    for band in pack.newborn.bands.values():
        start = band.coverage_start.known
        yield band.label + ("，从出生那天起享受。" if start and start.word == "birth" else "。")
    if not pack.newborn.bands and not pack.newborn.birth_year_free.known:
        yield "通告没有写，请打页面最下面的电话问。"


def _waiting(pack: Pack) -> str:
    fixed = pack.waiting.fixed.known
    return f"有等待期，固定{fixed}。" if fixed else "要等多久，通告没有写。"


def _refunds(pack: Pack) -> Iterator[str]:
    if pack.paying.online_refund.known is False:
        yield "这里不能网上退费。"
    agency = pack.registration.agency.known or DEFAULT_AGENCY
    for rule in pack.refunds.values():
        yield f"{rule.label}：到{rule.apply_at.known or agency}问。"
