"""Cases of a pack: situations in, answers out, each named as a sentence. They are the pack's tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

import yaml

from canbao.basics.refusals import Refusal
from canbao.policy.admit import admit
from canbao.policy.assess import Answer, assess
from canbao.policy.desk.look import values_under, words_of
from canbao.policy.format.builder import build
from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.format.shape import Reading, plain, require
from canbao.policy.format.values import Yuan
from canbao.policy.format.vocabulary import Force, Status
from canbao.policy.household import HeadFacts, check_household
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import money_text
from canbao.policy.season import season
from canbao.policy.situation import Situation

Sheet = TypeVar("Sheet")


@dataclass(frozen=True)
class Expected:
    """What must come out. What is not mentioned is not compared, except: no `refusal` means none.

    `admitted` and `household`: `yes`, or the code of the refusal. `says`: words that must be read somewhere
    in the reasons or the refusal. `rules`: rule ids the derivation must rest on.
    """

    outcome: Literal["payable", "zero", "deferred", "blocked"] | None = None
    kind: Literal["normal", "special", "late"] | None = None
    amount: Yuan | None = None
    no_amount: bool = False
    shares: Mapping[str, Yuan] | None = None
    fiscal_subsidy: Yuan | None = None
    group: str | None = None
    cover_first_date: date | None = None
    cover_last_date: date | None = None
    cover_not_stated: bool = False
    price_valid_until: date | None = None
    payable_until: date | None = None
    refusal: str | None = None
    admitted: str | None = None
    household: str | None = None
    season: str | None = None
    rules: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    force: Force | None = None
    open: bool | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Case:
    """One situation on one day. `area`: a county below the pack's own area, where it matters.

    `look`: a key of the pack whose statements must say something, instead of a person.
    """

    name: str
    expect: Expected
    on: date | None = None
    person: Situation | None = None
    look: str | None = None
    area: str | None = None
    payer: Literal["self", "proxy"] = "self"
    channel: str = "wechat"
    head: HeadFacts | None = None


@dataclass(frozen=True)
class CaseFile:
    """The content of `<year>.cases.yaml`."""

    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Result:
    """One case run; no complaints: it passed."""

    name: str
    complaints: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.complaints


def read_cases(data: bytes, file: str) -> tuple[Case, ...]:
    """The cases of a file.

    Raises:
        PackFaults: the file cannot be read as cases.
    """
    return tuple(_read(CaseFile, data, file).cases)


def read_situation(data: bytes, file: str) -> Situation:
    """One person's situation from YAML or JSON (JSON is YAML).

    Raises:
        PackFaults: the file cannot be read as a situation.
    """
    return _read(Situation, data, file)


def run(cases: Sequence[Case], pack_of_area: Callable[[str | None], Pack]) -> list[Result]:
    """Run cases. `pack_of_area(None)` is the pack the file lies beside, else that of a county below it."""
    return [Result(case.name, tuple(_complaints(case, pack_of_area(case.area)))) for case in cases]


def _read(kind: type[Sheet], data: bytes, file: str) -> Sheet:
    reading = Reading(file)
    try:
        root = yaml.compose(data.decode("utf-8"), Loader=yaml.SafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise PackFaults([Fault(file, 1, "", f"YAML 写法有误：{error}")]) from error
    if root is None:
        raise PackFaults([Fault(file, 1, "", "文件是空的")])
    document = plain(kind, root, "", reading)
    require(kind, document, root, reading)
    if reading.faults:
        raise PackFaults(reading.faults)
    made: Sheet = build(kind, document)
    return made


def _complaints(case: Case, pack: Pack) -> list[str]:
    """Everything that did not come out as expected, as sentences."""
    wanted, on = case.expect, case.on
    found = _look_complaints(wanted, values_under(pack, case.look)) if case.look else []
    if on is None:
        return found if case.look else ["没有写 on（哪一天）"]
    if wanted.season is not None and season(pack, on).sentence != wanted.season:
        found.append(f"缴费期应为“{wanted.season}”，实为“{season(pack, on).sentence}”")
    if case.head:
        found += _differs("户主", wanted.household, check_household(pack, case.head))
    if case.person:
        (answer,) = assess(pack, [case.person], on)
        found += _answer_complaints(wanted, answer)
        if wanted.admitted:
            barred = admit(pack, case.person, answer, case.payer, case.channel, on)
            found += _differs("渠道", wanted.admitted, barred)
    return found


def _look_complaints(wanted: Expected, values: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the statements under a key do not say, or say otherwise than expected."""
    text = " ".join(words_of(value) for value in values)
    rules = {rule for value in values for rule in value["rules"]}
    marks = {
        "force": (wanted.force, {value.get("force", "must") for value in values}),
        "open": (wanted.open, {value.get("open", False) for value in values}),
        "status": (wanted.status, {value["status"] for value in values}),
    }
    found = [] if values else ["政策文件里没有这一处"]
    found += [f"依据里没有 {rule}" for rule in wanted.rules if rule not in rules]
    found += [f"没有说“{words}”" for words in wanted.says if words not in text]
    return found + [f"{name} 应为 {one}" for name, (one, seen) in marks.items() if one not in {None, *seen}]


def _differs(what: str, wanted: str | None, refusal: Refusal | None) -> list[str]:
    got = refusal.code if refusal else "yes"
    return [] if wanted == got else [f"{what}应为 {wanted}，实为 {got}"]


def _answer_complaints(wanted: Expected, answer: Answer) -> list[str]:
    cover = answer.cover
    pairs = {
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
    }
    found = [
        f"{what}应为 {one}，实为 {other}" for what, (one, other) in pairs.items() if one not in (None, other)
    ]
    code = answer.refusal.code if answer.refusal else None
    if wanted.refusal != code:
        found.append(f"提示编号应为 {wanted.refusal}，实为 {code}")
    if wanted.no_amount and answer.amount_fen is not None:
        found.append(f"不应有金额，实为 {_money(answer.amount_fen)}")
    if wanted.cover_not_stated and cover:
        found.append(f"待遇开始日应为没有写，实为 {cover.from_date}")
    return found + _missing(wanted, answer)


def _missing(wanted: Expected, answer: Answer) -> list[str]:
    rules = {rule for reason in answer.reasons for rule in reason.rule.split("、")}
    text = "".join(reason.text for reason in answer.reasons)
    text += answer.refusal.say(answer.refusal.why + "".join(answer.refusal.steps)) if answer.refusal else ""
    missing = [f"依据里没有 {rule}" for rule in wanted.rules if rule not in rules]
    return missing + [f"没有说“{words}”" for words in wanted.says if words not in text]


def _money(amount_fen: int | None) -> str | None:
    return None if amount_fen is None else money_text(amount_fen)
