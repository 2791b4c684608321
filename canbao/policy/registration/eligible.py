"""参保登记: may this person register here, and must somebody look at it first?

What a notice does not say is no reason to refuse: it is a reason for a person to look (`review`). Only what a
notice forbids is refused, and only where a pack allows it (`registration.approval`) a machine approves.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.basics.refusals import InEmployeeScheme, OutsideWindow, Refusal, RegisteredByDepartment
from canbao.policy.format.vocabulary import GROUNDS
from canbao.policy.pack import Pack
from canbao.policy.registration.declared import word_of
from canbao.policy.rules.student import place_of
from canbao.policy.rules.subsidy import group_entry
from canbao.policy.rules.wording import day_text
from canbao.policy.situation import Situation

AT_HOME = "with_parents_or_hukou_place"
SCHOOL_GROUNDS = ("students", "kindergartens")


@dataclass(frozen=True)
class Applicant:
    """Who wants to be registered, on what ground (a word of `GROUNDS`, or `other`). None is unknown, never no.

    `has_final_number`: registered by an ID number, not yet by a birth certificate's.
    """

    situation: Situation
    ground: str
    has_final_number: bool = True
    in_employee_scheme: bool | None = None


@dataclass(frozen=True)
class Verdict:
    """`refused` has a refusal; `review` has the reasons why somebody must look, in words; `automatic` has neither."""

    outcome: Literal["automatic", "review", "refused"]
    reasons: tuple[str, ...] = ()
    refusal: Refusal | None = field(default=None)


def grounds(pack: Pack) -> dict[str, str]:
    """The grounds that this notice knows, each in the notice's own words."""
    return {word: said.known for word in GROUNDS if (said := pack.scope.get(word)) and said.known}


def department_groups(pack: Pack) -> tuple[str, ...]:
    """The groups whose people a department registers, in the notice's words (LZ-05)."""
    return tuple(group.name for group in pack.assistance.groups.values() if group.is_departments)


def eligible(pack: Pack, applicant: Applicant, on: date) -> Verdict:
    """Judge one application on a day."""
    refusal = _refusal(pack, applicant, on)
    if refusal:
        return Verdict("refused", refusal=refusal)
    reasons = tuple(_reasons(pack, applicant, on))
    return Verdict("review", reasons) if reasons else Verdict("automatic")


def _refusal(pack: Pack, applicant: Applicant, on: date) -> Refusal | None:
    closes = pack.collection.registration_closes.known
    if closes and on > closes:
        return OutsideWindow(window=f"参保登记到{day_text(closes)}为止。", next_opening="请问当地怎么办。")
    if applicant.in_employee_scheme:
        return InEmployeeScheme()  # FY-01, FY-13
    for mark in applicant.situation.marks:
        entry = group_entry(pack, mark.group)
        if entry and mark.acquired_date <= on and entry.is_departments:
            return RegisteredByDepartment(department=pack.registrar)
    return None


def _reasons(pack: Pack, applicant: Applicant, on: date) -> list[str]:
    """Why somebody must look."""
    person = applicant.situation
    said = pack.registration.approval
    reasons = [] if said.known == "automatic" else [_not_automatic(said.known)]
    known = grounds(pack)
    if applicant.ground not in known:
        reasons.append("申请人的情况通告没有写，看能不能在这里参保。")
    if applicant.ground == "residence_permit":
        reasons.append("看居住证是不是有效。")
    place = place_of(pack, person, on)
    if applicant.ground in SCHOOL_GROUNDS and place and place.known == AT_HOME:
        reasons.append("这类学生原则上随父母或在户籍地参保（FY-10），看能不能在学校所在地参保。")
    if not applicant.has_final_number:
        reasons.append("用出生医学证明编号登记，核对证明。")
    reasons += [f"核实申报：{word_of(pack, word)}。" for word in person.declarations]
    return reasons


def _not_automatic(approval: str | None) -> str:
    return "当地规定要审核。" if approval else "当地没有写可以自动通过。"
