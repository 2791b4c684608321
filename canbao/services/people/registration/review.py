"""审核: the agency's queue of applications: seen with their reasons, approved, or given back with one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from canbao.basics.areas import prefix_of
from canbao.basics.documents import normal_name
from canbao.basics.refusals import BadInput, StepNotDue
from canbao.basics.states import APPLICATION
from canbao.records.models import Application, Event
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.registration.enrol import enrol
from canbao.services.people.registration.evidence import File, files_of
from canbao.services.people.registration.form import Form, form_of
from canbao.services.people.registration.judge import judge, refuse_if_enrolled
from canbao.services.system.env import Env

LISTED = 200
STATES = {"draft": "填写中", "review": "待审核", "returned": "已退回", "approved": "已通过"}


@dataclass(frozen=True)
class Waiting:
    """One line of the queue: nobody's name or number."""

    id: int
    area_code: str
    submitted_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """An application as whoever decides about it sees it: what is asked, with what papers, and its history.

    `others`: applications for the same number that wait too.
    """

    id: int
    state: str
    form: Form
    reasons: tuple[str, ...]
    returned_because: str | None
    person_id: int | None
    files: tuple[File, ...]
    others: tuple[int, ...]
    history: tuple[tuple[datetime, str, str], ...]


def queue(area_code: str, state: str = "review") -> list[Waiting]:
    """The applications of an area and all below it, the longest waiting first."""
    inside = Application.objects.filter(state=state, area_code__startswith=prefix_of(area_code))
    rows = inside.order_by("submitted_at", "id")
    names = ("id", "area_code", "submitted_at", "reasons")
    return [Waiting(row[0], row[1], row[2], tuple(row[3])) for row in rows.values_list(*names)[:LISTED]]


def see(env: Env, application_id: int) -> Seen:
    """All of one application. That somebody looked is written down. Raises BadInput: there is none."""
    application = _get(application_id)

    def work() -> None:
        journal = env.journal()
        journal.note("application_seen", application.id, "ApplicationSeen")
        journal.write()

    in_one_transaction(work)
    subjects = ("application", "application_seen")
    events = Event.objects.filter(bucket=application.bucket, subject_id=application.id, subject__in=subjects)
    history = events.order_by("at", "id").values_list("at", "actor", "name")
    return Seen(
        id=application.id,
        state=application.state,
        form=form_of(env, application),
        reasons=tuple(application.reasons),
        returned_because=application.returned_because,
        person_id=application.person_id,
        files=tuple(files_of(application.id)),
        others=_others(env, application),
        history=tuple(history),
    )


def _others(env: Env, application: Application) -> tuple[int, ...]:
    """Whoever names the same number lies in the same bucket."""
    number = form_of(env, application).number
    rows = Application.objects.filter(bucket=application.bucket, state="review").exclude(id=application.id)
    return tuple(row.id for row in rows.order_by("id") if form_of(env, row).number == number)


def approve(env: Env, application_id: int) -> int:
    """Approve: the applicant is on the register, and what was declared counts. Returns the person's id.

    Raises:
        BadInput: there is none. StepNotDue: it does not wait for anybody. Any other Refusal: what stands in the way meanwhile.
    """
    application = _get(application_id)
    form = form_of(env, application)
    person = find_person(env.sealer, form.id_type, form.number)
    if application.state == "review":
        if person and normal_name(person.name) == form.name:
            refuse_if_enrolled(env, person.id, form.area_code)
        verdict = judge(env, form)
        if verdict.refusal:
            raise verdict.refusal

    def work() -> int:
        journal = env.journal()
        _decide(env, journal, application, "approved")
        person_id = enrol(env, journal, application, form)
        journal.write()
        return person_id

    return in_one_transaction(work)


def give_back(env: Env, application_id: int, because: str) -> None:
    """Give back with a reason that the applicant reads; what was filled in stays.

    Raises:
        StepNotDue. BadInput: no such application, or no reason.
    """
    application = _get(application_id)
    words = " ".join(because.split())
    if not 2 <= len(words) <= 200:
        raise BadInput(field="because", problem="请写退回的理由，最多 200 字。")

    def work() -> None:
        journal = env.journal()
        _decide(env, journal, application, "returned")
        Application.objects.filter(id=application.id).update(returned_because=words)
        journal.write()

    in_one_transaction(work)


def _decide(env: Env, journal: Journal, application: Application, new: str) -> None:
    keys = {"bucket": Column("int", [application.bucket]), "id": Column("int", [application.id])}
    state = Column("text", ["review"])
    assign = {"decided_at": Column("instant", [env.now]), "decided_by": Column("text", [env.actor])}
    if not claim(journal, Claim(APPLICATION, new, keys, equal={"state": state}, assign=assign)):
        raise StepNotDue(state=STATES[Application.objects.get(id=application.id).state])


def _get(application_id: int) -> Application:
    found = Application.objects.filter(id=application_id).first()
    if found is None:
        raise BadInput(field="application", problem=f"没有这份申请：{application_id}。")
    return found


def history_words(names: Sequence[str]) -> list[str]:
    """Events of an application as people say them."""
    return [_EVENTS.get(name, name) for name in names]


_EVENTS = {
    "ApplicationBegun": "开始填写",
    "ApplicationSubmitted": "提交",
    "ApplicationApprovedAtOnce": "自动通过",
    "ApplicationApproved": "审核通过",
    "ApplicationReturned": "退回",
    "ApplicationResubmitted": "改好再交",
    "ApplicationSeen": "查看",
}
