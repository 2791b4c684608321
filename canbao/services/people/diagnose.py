"""自助诊断: what a page or a clerk once said, led to what it means here and what to do now.

Nobody is looked up: whoever asks learns what the words mean, not who somebody is.
"""

from canbao.basics.refusals import (
    AlreadyPaid,
    ClassMismatch,
    CredentialInactive,
    FigureUnknown,
    HouseholdMismatch,
    KeyUsedOtherwise,
    NotFound,
    NotOnlineForAssisted,
    NotRegistered,
    OrderUnfinished,
    OutsideWindow,
    RecordTaken,
    Refusal,
    SeveralPlaces,
    StatementNeeded,
    SubsidyPending,
)
from canbao.policy.guidance import Advice, codes_of, guidance
from canbao.policy.pack import Pack
from canbao.policy.season import season
from canbao.services.system.env import Env

# What people come with, in the order in which they come with it.
COMMON: tuple[type[Refusal], ...] = (
    NotRegistered, ClassMismatch, AlreadyPaid, SeveralPlaces, OutsideWindow, OrderUnfinished, HouseholdMismatch,
    CredentialInactive, NotOnlineForAssisted, SubsidyPending, FigureUnknown,
)  # fmt: skip

# Said at desks and to partners only, though they stand beside what residents are told.
AT_DESKS = (RecordTaken, StatementNeeded, KeyUsedOtherwise)


def diagnose(env: Env, area_code: str, said: str) -> list[Advice]:
    """What these words mean in an area, the most likely first; empty: nobody knows them."""
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    by_code = {refusal.code: refusal for refusal in reversed(Refusal.__subclasses__())}
    facts = _facts(env, pack, area_code)
    return [guidance(pack, area_code, by_code[code](**facts)) for code in codes_of(pack, said)]


def example(env: Env, area_code: str, code: str) -> Refusal:
    """The refusal of a code as it reads where nobody in particular is meant.

    Raises:
        NotFound: no such code.
    """
    found = next((refusal for refusal in Refusal.__subclasses__() if refusal.code == code), None)
    if found is None:
        raise NotFound
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    return found(**_facts(env, pack, area_code))


def resident_codes() -> list[tuple[str, str]]:
    """Every code that a resident may meet, with its heading as it stands in the tree."""
    met = {
        refusal.code: refusal.heading
        for refusal in reversed(Refusal.__subclasses__())
        if refusal.__module__.rpartition(".")[2] != "staff" and refusal not in AT_DESKS
    }
    return sorted(met.items())


def common(env: Env, area_code: str) -> list[tuple[str, str]]:
    """What one may choose instead of pasting: code and heading."""
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    facts = _facts(env, pack, area_code)
    return [(refusal.code, refusal(**facts).say(refusal.heading)) for refusal in COMMON]


def _facts(env: Env, pack: Pack | None, area_code: str) -> dict[str, str]:
    """What fills the sentences where nobody in particular is meant."""
    lines = season(pack, env.local_date(area_code)).lines if pack else ()
    return {
        "area": env.areas.full_name(area_code),
        "benefit_year": str(pack.benefit_year) if pack else "这个",
        "paid_date": "以前",
        "ended_date": "以前",
        "open_classes": "通告写明的人",
        "person_class": "别的类别",
        "group": "这类参保人",
        "told_by": "当地医保部门",
        "window": "".join(lines) or "缴费期还没有公布。",
        "next_opening": "缴费期到了再来。",
        "cause": "户主还没有缴费，或者地址和户主不一样，或者户主参加的是职工医保。",
        "advised_date": "第二天",
        "reason": "这个渠道不办这一种缴费。",
        "channels": "微信、银行或者窗口",
        "problem": "有一处填得不对。",
        "minutes": "30",
        "until": "几点恢复，还没有定。",
        "from_age": "18",
        "to_age": "50",
        "facts": "出生日期",
        "level": "实名",
        "most": "5",
        "there": "另一个地方",
        "there_year": "去年",
        "department": pack.registrar if pack else "主管部门",
    }
