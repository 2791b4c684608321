"""Cases of a pack: situations in, answers out, each named as a sentence. They are the pack's tests."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from canbao.policy.desk.questions import ClaimLine, Expected, OutpatientLine, RecordLine
from canbao.policy.format.builder import build
from canbao.policy.format.faults import PackFaults
from canbao.policy.format.shape import Reading, plain, require
from canbao.policy.format.values import TimeOfDay
from canbao.policy.household import HeadFacts
from canbao.policy.incentive import History
from canbao.policy.loader import compose
from canbao.policy.situation import Situation

Sheet = TypeVar("Sheet")


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
    channel: str = "wechat"
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


def _read(kind: type[Sheet], data: bytes, file: str) -> Sheet:
    reading = Reading(file)
    root = compose(data, reading)
    if root is None:
        raise PackFaults(reading.faults)
    document = plain(kind, root, "", reading)
    require(kind, document, root, reading)
    if reading.faults:
        raise PackFaults(reading.faults)
    made: Sheet = build(kind, document)
    return made
