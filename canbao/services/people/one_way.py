"""先问一句: where a normal payment cannot be turned back, ask once whether the person is of an assisted group.

The notice binds the payer to make sure before paying (CZ-09, SX-09); the rosters may be days behind
(CZ-08), so no mark on record is no answer. Only a plain no lets the money be taken; yes and 不清楚 lead to
the agency, and the next visit asks again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.refusals import BadInput, MaybeAssisted, NotFound
from canbao.records.models import Bill, GroupAnswer, IdentityMark
from canbao.records.money.bills import BillToPay
from canbao.records.people.group_answer import ANSWERS
from canbao.services.system.env import Env

Answered = Literal["yes", "no", "unsure"]
ONE_WAY_KINDS = ("normal", "late")


@dataclass(frozen=True)
class GroupQuestion:
    """The groups the notice names, in its words, whether its list ends in 等, and the rules behind the question."""

    groups: tuple[str, ...]
    is_open: bool
    rules: tuple[str, ...]


def question_for(env: Env, bill: Bill | BillToPay) -> GroupQuestion | None:
    """What must be asked before this bill is paid; None: nothing, or it has been answered with no."""
    if bill.kind not in ONE_WAY_KINDS:
        return None
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now)
    said = pack.assistance.confirm_before_normal
    if not said.known:
        return None
    on = env.local_date(bill.area_code)
    marked = IdentityMark.objects.filter(person=bill.person_id, acquired_date__lte=on)
    answered = GroupAnswer.objects.filter(person=bill.person_id, benefit_year=bill.benefit_year, answer="no")
    if marked.exists() or answered.exists():
        return None
    names = tuple(group.name for group in pack.assistance.groups.values())
    return GroupQuestion(names, pack.assistance.list_is_open.known is not False, said.rules)


def answer(env: Env, bill_id: int, given: str, payer_kind: str) -> None:
    """Keep an answer.

    Raises:
        NotFound: no such bill. BadInput: not one of the three answers. MaybeAssisted: yes, or unsure.
    """
    bill = Bill.objects.filter(id=bill_id).first()
    if bill is None:
        raise NotFound
    if given not in ANSWERS:
        raise BadInput(field="group_answer", problem="请选一个回答。")
    asked = question_for(env, bill)
    if asked is not None:
        GroupAnswer.objects.create(
            id=env.new_id("group_answer", bill.id),
            person_id=bill.person_id,
            benefit_year=bill.benefit_year,
            answer=given,
            groups=list(asked.groups),
            rules=list(asked.rules),
            given_by=payer_kind,
            given_at=env.now,
        )
    if given != "no":
        raise MaybeAssisted


def unanswered(env: Env, bills: Iterable[BillToPay]) -> list[BillToPay]:
    """Those of these bills of whose people it must still be asked: two statements for any number."""
    asked = [bill for bill in bills if bill.kind in ONE_WAY_KINDS and _must_ask(env, bill)]
    if not asked:
        return []
    people = [bill.person_id for bill in asked]
    marks = IdentityMark.objects.filter(person__in=people).values_list("person_id", "acquired_date")
    since: dict[int, date] = {}
    for person_id, day in marks:
        since[person_id] = min(day, since.get(person_id, day))
    answers = GroupAnswer.objects.filter(person__in=people, answer="no")
    said_no = set(answers.values_list("person_id", "benefit_year"))
    return [
        bill
        for bill in asked
        if (bill.person_id, bill.benefit_year) not in said_no
        and since.get(bill.person_id, date.max) > env.local_date(bill.area_code)
    ]


def answer_no(env: Env, bills: Sequence[BillToPay], given_by: str) -> None:
    """Keep the plain no of whoever has asked each of these people, in one statement."""
    groups = {
        (bill.area_code, bill.benefit_year): env.packs.get(
            bill.area_code, bill.benefit_year, env.now
        ).assistance
        for bill in bills
    }
    ids = env.new_ids("group_answer", [bill.bucket for bill in bills])
    rows = [
        GroupAnswer(
            id=id_,
            person_id=bill.person_id,
            benefit_year=bill.benefit_year,
            answer="no",
            groups=[group.name for group in groups[bill.area_code, bill.benefit_year].groups.values()],
            rules=list(groups[bill.area_code, bill.benefit_year].confirm_before_normal.rules),
            given_by=given_by,
            given_at=env.now,
        )
        for id_, bill in zip(ids, bills, strict=True)
    ]
    GroupAnswer.objects.bulk_create(rows)


def _must_ask(env: Env, bill: BillToPay) -> bool:
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now)
    return bool(pack.assistance.confirm_before_normal.known)


def refuse_unanswered(env: Env, bills: Iterable[BillToPay]) -> None:
    """Let no money be taken online before the question is answered.

    Raises:
        MaybeAssisted: it is not.
    """
    if unanswered(env, bills):
        raise MaybeAssisted
