"""变更申请: what somebody asks for on the pages with name and number alone, and what a clerk makes of it.

A stranger may know name and number, so nothing about a person changes before a clerk has seen the papers (decision 0018).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, NotFound, RequestUnderWay, StepNotDue
from canbao.basics.states import CHANGE_REQUEST
from canbao.records import sets
from canbao.records.models import ChangeRequest
from canbao.records.money.orders import bucket_of_token, new_token
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.changes.told import Ground
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes.correct import Correction, correct
from canbao.services.people.changes.reclass import ClassChange, Move, change_class, move
from canbao.services.people.changes.suspend import REASONS, Suspension, suspend
from canbao.services.people.changes.who import active_enrolments, living
from canbao.services.system.env import Env

KINDS = {
    "correction": "改姓名或身份证号",
    "person_class": "改人员类别",
    "place": "改参保地",
    "suspension": "停保",
    "care_filing": "异地就医备案",
}
STATES = {
    "open": "已提交，等经办机构办理",
    "granted": "已办好",
    "refused": "没有办成",
    "withdrawn": "已撤回",
    "ended": "备案已结束",
}
FILING_REASONS = {"study": "在外地上学", "work": "在外地工作", "living": "在外地长住", "care": "转外地治病"}


@dataclass(frozen=True)
class Wish:
    """One request. `wanted` by kind: correction name, number; person_class person_class; place area_code;
    suspension reason; care_filing reason. Days: a filing's first day, and the first it does not hold any more.
    """

    person_id: int
    kind: str
    wanted: Mapping[str, str]
    place: str | None = None
    from_date: date | None = None
    until_date: date | None = None


def ask(env: Env, wish: Wish) -> ChangeRequest:
    """Keep a request for the clerk.

    Raises:
        NotFound, BadInput. ChangeRefused: merged, died, or not enrolled. RequestUnderWay: one of the kind is open already.
    """
    living([wish.person_id])
    enrolment = active_enrolments([wish.person_id])[wish.person_id]
    _check(env, wish, enrolment.area_code)
    bucket = bucket_of(wish.person_id)
    id_ = env.new_id("change_request", wish.person_id)
    sealed = env.sealer.seal(json.dumps(dict(wish.wanted), ensure_ascii=False), _place(id_))
    columns: dict[str, tuple[sets.Kind, Any]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "person_id": ("int", wish.person_id),
        "token": ("text", new_token(bucket, env.new_token())), "kind": ("text", wish.kind),
        "area_code": ("text", enrolment.area_code), "place": ("text", wish.place), "from_date": ("date", wish.from_date),
        "until_date": ("date", wish.until_date), "asked_by": ("text", env.actor), "asked_at": ("instant", env.now),
        "open_slot": ("int", 1), "state": ("text", "open"),
    }  # fmt: skip

    def work() -> None:
        journal = env.journal()
        made = ChangeRequest.objects.bulk_create(
            [ChangeRequest(wanted_sealed=sealed, **{name: value for name, (_, value) in columns.items()})],
            ignore_conflicts=True,
        )
        if not ChangeRequest.objects.filter(id=made[0].id).exists():
            raise RequestUnderWay
        journal.note("change_request", id_, "ChangeRequested", {"kind": wish.kind})
        journal.write()

    in_one_transaction(work)
    return ChangeRequest.objects.get(id=id_)


def grant(env: Env, request_id: int, ground: Ground) -> ChangeRequest:
    """A clerk has seen the papers: the change is made, with whatever it refuses, and the request is closed.

    Raises:
        NotFound. StepNotDue: decided already. Whatever the change itself refuses; the request then stays open.
    """
    found = _open(request_id)
    env.serials.warm({"event": 12, "identifier": 1})
    with_papers = Ground(f"{KINDS[found.kind]}：{ground.why}", ground.evidence)

    def work() -> None:
        journal = env.journal()
        _close(env, journal, found, "granted", ground)
        journal.write()
        _carry_out(env, found, wanted_of(env, found), with_papers)

    in_one_transaction(work)
    return ChangeRequest.objects.get(id=request_id)


def refuse(env: Env, request_id: int, why: str, evidence: str | None = None) -> ChangeRequest:
    """A clerk says no, with the reason, which the resident reads. Raises NotFound, BadInput, StepNotDue."""
    if not why.strip():
        raise BadInput(field="why", problem="要写明为什么不办。")
    found = _open(request_id)
    env.serials.warm({"event": 1})

    def work() -> None:
        journal = env.journal()
        _close(env, journal, found, "refused", Ground(why, evidence))
        journal.write()

    in_one_transaction(work)
    return ChangeRequest.objects.get(id=request_id)


def withdraw(env: Env, token: str) -> ChangeRequest:
    """Whoever asked takes it back. Raises NotFound, StepNotDue."""
    found = request_by_token(token)
    env.serials.warm({"event": 1})

    def work() -> None:
        journal = env.journal()
        _close(env, journal, found, "withdrawn", None)
        journal.write()

    in_one_transaction(work)
    return request_by_token(token)


def end_filing(env: Env, request_id: int, why: str, evidence: str | None = None) -> ChangeRequest:
    """A granted 异地就医备案 ends before its day. Raises NotFound, StepNotDue."""
    found = ChangeRequest.objects.filter(id=request_id, kind="care_filing").first()
    if found is None:
        raise NotFound
    env.serials.warm({"event": 1})

    def work() -> None:
        journal = env.journal()
        _close(env, journal, found, "ended", Ground(why, evidence))
        journal.write()

    in_one_transaction(work)
    return ChangeRequest.objects.get(id=request_id)


def request_by_token(token: str) -> ChangeRequest:
    """The request a page opens. Raises NotFound."""
    found = ChangeRequest.objects.filter(bucket=bucket_of_token(token), token=token).first()
    if found is None:
        raise NotFound
    return found


def requests_in(area_code: str = "", person_id: int | None = None) -> list[ChangeRequest]:
    """What waits for a clerk, the oldest first; of an area and below it, or of one person."""
    rows = ChangeRequest.objects.filter(state="open", area_code__startswith=area_code.rstrip("0"))
    return list((rows.filter(person=person_id) if person_id else rows).order_by("asked_at", "id")[:500])


def wanted_of(env: Env, found: ChangeRequest) -> dict[str, str]:
    """What was asked for."""
    wanted: dict[str, str] = json.loads(env.sealer.open(bytes(found.wanted_sealed), _place(found.id)))
    return wanted


def _check(env: Env, wish: Wish, area_code: str) -> None:
    if wish.kind not in KINDS:
        raise NotFound
    if wish.kind == "suspension" and wish.wanted.get("reason") not in REASONS:
        raise BadInput(field="reason", problem="请选一个停保原因。")
    if wish.kind == "care_filing":
        _check_filing(env, wish, area_code)
    if wish.kind == "correction" and not any(wish.wanted.values()):
        raise BadInput(field="name", problem="请写出新的姓名或者新的身份证号。")


def _check_filing(env: Env, wish: Wish, area_code: str) -> None:
    if not wish.place or not 1 < len(wish.place.strip()) <= 60:
        raise BadInput(field="place", problem="请写明在哪个省、哪个市看病。")
    if wish.wanted.get("reason") not in FILING_REASONS:
        raise BadInput(field="reason", problem="请选一个原因。")
    if wish.from_date is None:
        raise BadInput(field="from_date", problem="请写从哪天开始。")
    if wish.until_date and wish.until_date <= wish.from_date:
        raise BadInput(field="until_date", problem="结束的日子要晚于开始的日子。")
    if wish.until_date and wish.until_date <= env.local_date(area_code):
        raise BadInput(field="until_date", problem="结束的日子已经过了。")


def _carry_out(env: Env, found: ChangeRequest, wanted: Mapping[str, str], ground: Ground) -> None:
    person_id = found.person_id
    if found.kind == "correction":
        correct(
            env,
            [Correction(person_id, ground, wanted.get("name") or None, wanted.get("number") or None)],
        )
    elif found.kind == "person_class":
        change_class(env, [ClassChange(person_id, wanted["person_class"], ground)])
    elif found.kind == "place":
        move(env, [Move(person_id, wanted["area_code"], ground)])
    elif found.kind == "suspension":
        suspend(env, [Suspension(person_id, env.local_date(found.area_code), wanted["reason"], ground)])


def _open(request_id: int) -> ChangeRequest:
    found = ChangeRequest.objects.filter(id=request_id).first()
    if found is None:
        raise NotFound
    if found.state != "open":
        raise StepNotDue(state=STATES[found.state])
    return found


def _close(env: Env, journal: Journal, found: ChangeRequest, state: str, ground: Ground | None) -> None:
    said = ground.why if ground else None
    papers = {"evidence": ground.evidence} if ground and ground.evidence else {}

    def details(row: Row) -> dict[str, Any]:
        return {"kind": found.kind, "said": said, **papers}

    moved = claim(
        journal,
        Claim(
            CHANGE_REQUEST,
            state,
            {"bucket": Column("int", [found.bucket]), "id": Column("int", [found.id])},
            assign={
                "said": Column("text", [said]),
                "decided_by": Column("text", [env.actor]),
                "decided_at": Column("instant", [env.now]),
            },
            clear=("open_slot",),
            told=details,
        ),
    )
    if not moved:
        raise StepNotDue(state=STATES[ChangeRequest.objects.get(id=found.id).state])


def _place(request_id: int) -> str:
    return f"change_request:wanted:{request_id}"
