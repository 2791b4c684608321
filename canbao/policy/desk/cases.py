"""Cases of a pack: situations in, answers out, each named as a sentence. They are the pack's tests."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, TypeVar

from canbao.policy.desk.questions import ClaimLine, Expected, OutpatientLine, RecordLine
from canbao.policy.format.builder import build
from canbao.policy.format.faults import Fault, PackFaults, nearest_of
from canbao.policy.format.shape import Reading, plain, require
from canbao.policy.format.values import TimeOfDay
from canbao.policy.format.vocabulary import DECLARATIONS, REFUND_REASONS, ChannelText
from canbao.policy.household import HeadFacts
from canbao.policy.incentive import History
from canbao.policy.loader import compose
from canbao.policy.pack import Pack
from canbao.policy.situation import Situation

Sheet = TypeVar("Sheet")
PackOfArea = Callable[[str | None], Pack]


@dataclass(frozen=True)
class Case:
    """One situation on one day. `area`: a county below the pack's own area, where it matters.

    Instead of a person a case may ask about a `head`, a `claim`, `outpatient` bills, two `records`, a `history`
    of the 大病 bonus, when a payment of `paid_on` shows, or `look` at what the pack says under a key. `days_off`: days not worked besides weekends.
    """

    name: str
    expect: Expected
    on: date | None = None
    at: TimeOfDay | None = None
    person: Situation | None = None
    look: str | None = None
    area: str | None = None
    payer: Literal["self", "proxy"] = "self"
    channel: ChannelText = "wechat"
    head: HeadFacts | None = None
    claim: ClaimLine | None = None
    outpatient: OutpatientLine | None = None
    records: tuple[RecordLine, ...] = ()
    is_entry_year: bool = False
    history: History | None = None
    paid_on: date | None = None
    days_off: tuple[date, ...] = ()
    make_up_days: tuple[date, ...] = ()


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


def read_cases(data: bytes, file: str, pack_of_area: PackOfArea | None = None) -> tuple[Case, ...]:
    """The cases of a file. `pack_of_area`: the pack whose own words the cases may use, `None` for the file's own.

    Raises:
        PackFaults: the file cannot be read as cases, or uses a word nobody knows; each fault names its case.
    """
    sheet, reading = _read(CaseFile, data, file)
    if pack_of_area and (strange := [*_strange(sheet.cases, pack_of_area, reading)]):
        raise PackFaults(strange)
    return tuple(sheet.cases)


def _strange(cases: Sequence[Case], pack_of_area: PackOfArea, reading: Reading) -> Iterator[Fault]:
    """Words that are free in the format and that the pack does not know: they would ask about nothing."""
    for place, case in enumerate(cases):
        for key, word, known in own_words(case, pack_of_area(case.area)):
            if word not in known:
                here = f"cases[{place}].{key}"
                text = f"用例“{case.name}”：不认识“{word}”"
                near = nearest_of(word, known)
                yield Fault(reading.file, reading.lines.get(here, 1), here, text, known, near)


def own_words(case: Case, pack: Pack) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The words of a case that a pack may name itself: key, word, and what the pack knows."""
    if case.claim:
        yield "claim.reason", case.claim.reason, tuple(dict.fromkeys((*pack.refunds, *REFUND_REASONS)))
    if case.person is None:
        return
    declared = tuple(dict.fromkeys((*DECLARATIONS, *pack.declarations)))
    yield from (("person.declarations", word, declared) for word in case.person.declarations)
    tiers = tuple(entry.who.tier for entry in pack.prices.values() if entry.who.tier)
    if case.person.tier and tiers:
        yield "person.tier", case.person.tier, tiers


def read_situation(data: bytes, file: str) -> Situation:
    """One person's situation from YAML or JSON (JSON is YAML).

    Raises:
        PackFaults: the file cannot be read as a situation.
    """
    return _read(Situation, data, file)[0]


def _read(kind: type[Sheet], data: bytes, file: str) -> tuple[Sheet, Reading]:
    reading = Reading(file)
    root = compose(data, reading)
    if root is None:
        raise PackFaults(reading.faults)
    document = plain(kind, root, "", reading)
    require(kind, document, root, reading)
    if reading.faults:
        raise PackFaults(_named(fault, document) for fault in reading.faults)
    made: Sheet = build(kind, document)
    return made, reading


def _named(fault: Fault, document: Mapping[str, Any]) -> Fault:
    """The fault with the sentence of the case it is in, where it is in one."""
    found = re.match(r"cases\[(\d+)\]", fault.key)
    case = document["cases"][int(found[1])] if found and "cases" in document else None
    name = case.get("name") if isinstance(case, Mapping) else None
    return replace(fault, text=f"用例“{name}”：{fault.text}") if name else fault
