"""重复参保: of two records that are both enrolled and paid for the same time, which one stands? (N-33-1, LZ-11)"""

from dataclasses import dataclass
from typing import Literal

from canbao.basics.days import Span
from canbao.policy.format.values import Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because


@dataclass(frozen=True)
class Record:
    """One enrolment. `cover`: what is paid for; registration alone makes no duplicate (E14).

    `continuous_years`: full years in a row in this scheme. Places: whether this record is at the place named.
    """

    scheme: Literal["resident", "employee"]
    cover: Span | None
    at_habitual_residence: bool | None = None
    at_school_place: bool = False
    at_workplace: bool | None = None
    continuous_years: int | None = None
    is_assisted: bool = False


@dataclass(frozen=True)
class Standing:
    """Which of the two stays: 0 or 1; None where staff must decide. The other is terminated.

    `deducts_fiscal`: the treasury's part for the other is taken back. `needs_statement`: the other was assisted.
    """

    keep: int | None
    reason: Reason
    deducts_fiscal: bool = False
    needs_statement: bool = False


def overlaps(one: Record, other: Record) -> bool:
    """Whether the same day is paid for twice; suspension or registration does not matter (E14, LZ-09)."""
    if one.cover is None or other.cover is None:
        return False
    return one.cover.from_date < other.cover.until_date and other.cover.from_date < one.cover.until_date


def which_stands(pack: Pack, pair: tuple[Record, Record], is_entry_year: bool = False) -> Standing | None:
    """The record that stands; None where there is no duplicate at all."""
    if not overlaps(*pair):
        return None
    rule = pack.duplicates
    if is_entry_year and rule.entry_year_exempt.known:
        return Standing(None, because(rule.entry_year_exempt, "学生入学当年，两份都可以留。"))
    keep, said, text = _choose(pack, pair)
    if keep is None:
        return Standing(None, because(said, "留哪一份要由工作人员核定。"))
    other = pair[1 - keep]
    return Standing(
        keep,
        because(said, text),
        deducts_fiscal=other.scheme == "resident" and rule.fiscal_subsidy_deducted.known is True,
        needs_statement=other.is_assisted and rule.statement_when_giving_up_help.known is True,
    )


def _choose(pack: Pack, pair: tuple[Record, Record]) -> tuple[int | None, Value[object], str]:
    """The one that stands, the rule that says so, and how to say it."""
    rule = pack.duplicates
    schemes = {record.scheme for record in pair}
    if len(schemes) == 2:
        return _across(pack, pair)
    if schemes == {"employee"}:
        return _only([r.at_workplace for r in pair]), rule.employee_twice, "留工作地的职工医保。"
    if any(record.at_school_place for record in pair):
        return _only([r.at_school_place for r in pair]), rule.student, "学生留学籍地的居民医保。"
    return _only([r.at_habitual_residence for r in pair]), rule.resident_twice, "留常住地的居民医保。"


def _across(pack: Pack, pair: tuple[Record, Record]) -> tuple[int | None, Value[object], str]:
    rule = pack.duplicates
    employee = next(place for place, record in enumerate(pair) if record.scheme == "employee")
    needed, years = rule.employee_years_needed.known, pair[employee].continuous_years
    enough = needed is not None and years is not None and years >= needed
    return (employee if enough else None), rule.across_schemes, "连续参加职工医保满一年的，留职工医保。"


def _only(flags: list[bool | None]) -> int | None:
    """The one place that is surely it."""
    return flags.index(True) if flags.count(True) == 1 else None
