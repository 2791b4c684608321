"""申请登记: begun with a name and a number, filled in page by page, handed in once; nothing typed is lost."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from canbao.basics.days import full_years
from canbao.basics.documents import BIRTH_CERTIFICATE, normal_name
from canbao.basics.refusals import BadInput, NotFound, RegisteredByDepartment, StepNotDue
from canbao.basics.states import APPLICATION
from canbao.policy.registration.declared import cohort_words
from canbao.policy.registration.eligible import department_groups
from canbao.records.models import Application, CollectionUnit, Evidence
from canbao.records.money.orders import new_token
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.guide import CONSENT_VERSION, checked_name
from canbao.services.people.registration.enrol import enrol
from canbao.services.people.registration.form import (
    Document,
    Form,
    application_of,
    checked_document,
    form_of,
    seal_form,
)
from canbao.services.people.registration.judge import current_pack, judge, refuse_if_enrolled
from canbao.services.system import limits
from canbao.services.system.env import Env

OPEN_STATES = ("draft", "returned")
FULL_AGE = 18
DRAFTS_LAST = timedelta(days=30)
FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True)
class Beginning:
    """The first page: who, as typed. `birth_date`, `sex` count only where the number does not say them."""

    area_code: str
    name: str
    number: str
    given_by: str
    address: str
    consented: bool
    guardian: str = ""
    birth_date: date | None = None
    sex: str = ""


def begin(env: Env, said: Beginning) -> str:
    """Start an application; returns the token of its page.

    Raises:
        BadInput, TooManyTries. AlreadyRegistered, EnrolledElsewhere: name and number fit somebody who is enrolled.
    """
    env.areas.get(said.area_code)
    form = _first_form(env, said)
    limits.count(env, limits.PER_NUMBER, form.number)
    limits.count(env, limits.PER_ADDRESS, said.address)
    person = find_person(env.sealer, form.id_type, form.number)
    if person and normal_name(person.name) == form.name:
        refuse_if_enrolled(env, person.id, form.area_code)
    bucket = env.sealer.bucket(form.id_type, form.number)
    (id_,) = env.new_ids("application", [bucket])
    token = new_token(bucket, env.new_token())

    def work() -> None:
        journal = env.journal()
        Application.objects.create(
            id=id_,
            token=token,
            area_code=form.area_code,
            content_sealed=seal_form(env, id_, form),
            reasons=[],
            state="draft",
            created_at=env.now,
        )
        consent = {"consent_version": CONSENT_VERSION, "given_by": form.given_by}
        journal.note("application", id_, "ApplicationBegun", consent)
        journal.write()

    in_one_transaction(work)
    return token


def _first_form(env: Env, said: Beginning) -> Form:
    today = env.local_date(said.area_code)
    name = checked_name(said.name)
    document = checked_document(said.number, today)
    if document.id_type == BIRTH_CERTIFICATE:
        document = _with_birth(document, said, today)
    if document.birth_date is None or document.sex is None:
        raise BadInput(field="birth_date", problem="请填写孩子的出生日期和性别。")
    if said.given_by not in ("self", "proxy"):
        raise BadInput(field="given_by", problem="请选择给谁办。")
    guardian = normal_name(said.guardian)[:60]
    if said.given_by == "proxy" and len(guardian) < 2:
        raise BadInput(field="guardian", problem="请填写您的姓名。")
    if not said.consented:
        raise BadInput(field="consent", problem="请先勾选同意，我们才能办理。")
    return Form(
        name, document.id_type, document.number, document.birth_date, document.sex,
        said.given_by, said.area_code, guardian if said.given_by == "proxy" else "",
    )  # fmt: skip


def _with_birth(document: Document, said: Beginning, today: date) -> Document:
    """A birth certificate's number says nothing of the child, so its birthday and sex are asked."""
    born = said.birth_date
    if born is None or born > today or full_years(born, today) >= FULL_AGE:
        raise BadInput(field="birth_date", problem="请填写孩子的出生日期。")
    if said.sex not in ("male", "female"):
        raise BadInput(field="sex", problem="请选择孩子的性别。")
    if said.given_by != "proxy":
        raise BadInput(field="given_by", problem="孩子的登记要由监护人办，请选“替孩子或家人办”。")
    return replace(document, birth_date=born, sex=said.sex)


def fill(env: Env, token: str, **values: Any) -> None:
    """Write one page of the form: fields of `Form` by name.

    Raises:
        NotFound. BadInput: a value cannot be. StepNotDue: handed in already. RegisteredByDepartment (LZ-05).
    """
    application = application_of(token)
    form = replace(form_of(env, application), **values)
    _check(env, form, set(values))
    kept = Application.objects.filter(id=application.id, state__in=OPEN_STATES).update(
        content_sealed=seal_form(env, application.id, form), area_code=form.area_code
    )
    if not kept:
        raise StepNotDue(state="已提交")


def _check(env: Env, form: Form, changed: set[str]) -> None:
    if "area_code" in changed and env.areas.get(form.area_code).level != "county":
        raise NotFound
    if "ground" in changed and not form.ground:
        raise BadInput(field="ground", problem="请选一项。")
    if "unit_code" in changed and form.unit_code and not _is_unit_of(form.unit_code, form.area_code):
        raise BadInput(field="unit_code", problem="请选这个县区的村、社区或学校。")
    pack = current_pack(env, form.area_code)
    if "person_class" in changed and form.person_class not in open_classes(env, form):
        raise BadInput(field="person_class", problem="请选择人员类别。")
    words = {one.word for one in cohort_words(pack)}
    if "declarations" in changed and not set(form.declarations) <= words:
        raise BadInput(field="declarations", problem="请重新选择。")
    if "of_department" in changed and form.of_department is None and department_groups(pack):
        raise BadInput(field="of_department", problem="请回答这个问题。")
    if form.of_department:
        raise RegisteredByDepartment(department=pack.registrar)


def _is_unit_of(unit_code: str, area_code: str) -> bool:
    unit = CollectionUnit.objects.filter(code=unit_code).first()
    return unit is not None and unit.area_code == area_code


def open_classes(env: Env, form: Form) -> tuple[str, ...]:
    """The person classes that this person may register as here, by age."""
    age = full_years(form.birth_date, env.local_date(form.area_code))
    return current_pack(env, form.area_code).classes_open_at(age)


def unfinished(env: Env, form: Form) -> tuple[str, ...]:
    """The pages that still want something, in their order: place, class."""
    asks = department_groups(current_pack(env, form.area_code))
    wants = {
        "place": form.ground is None,
        "class": form.person_class is None or (bool(asks) and form.of_department is None),
    }
    return tuple(page for page, lacks in wants.items() if lacks)


def submit(env: Env, token: str) -> str:
    """Hand in: approved at once where the pack allows, else into the agency's queue. Returns the state.

    Handing in twice is handing in once.

    Raises:
        NotFound. BadInput: a page is not filled in (`field` names it). Any other Refusal: the answer.
    """
    application = application_of(token)
    form = form_of(env, application)
    if application.state not in OPEN_STATES:
        return application.state
    if lacking := unfinished(env, form):
        raise BadInput(field=lacking[0], problem="还有一页没有填完。")
    person = find_person(env.sealer, form.id_type, form.number)
    if person and normal_name(person.name) == form.name:
        refuse_if_enrolled(env, person.id, form.area_code)
    verdict = judge(env, form)
    if verdict.refusal:
        raise verdict.refusal
    new = "approved" if verdict.outcome == "automatic" else "review"

    def work() -> None:
        journal = env.journal()
        if not _claim(env, journal, application, new):
            return  # the other half of a double tap was quicker
        _refuse_changed(application)
        Application.objects.filter(id=application.id).update(
            reasons=list(verdict.reasons), returned_because=None
        )
        if new == "approved":
            enrol(env, journal, application, form)
        journal.write()

    in_one_transaction(work)
    return new


def _claim(env: Env, journal: Journal, application: Application, new: str) -> bool:
    keys = {"bucket": Column("int", [application.bucket]), "id": Column("int", [application.id])}
    assign = {"submitted_at": Column("instant", [env.now])}
    if new == "approved":
        assign |= {
            "decided_at": Column("instant", [env.now]),
            "decided_by": Column("text", ["automatic"]),
        }
    return bool(claim(journal, Claim(APPLICATION, new, keys, assign=assign)))


def _refuse_changed(judged: Application) -> None:
    """What was judged is what is handed in; a page filled in meanwhile on another phone is judged anew."""
    now = Application.objects.get(id=judged.id)
    if bytes(now.content_sealed) != bytes(judged.content_sealed):
        raise StepNotDue(state="刚刚改过")


def plain(form: Form) -> dict[str, Any]:
    """The form by field, for a page to show."""
    return asdict(form)


def forget_drafts(env: Env) -> int:
    """Drop what was begun and left for thirty days, papers and all. Returns how many."""
    left = Application.objects.filter(state="draft", created_at__lt=env.now - DRAFTS_LAST)
    ids = list(left.order_by("created_at").values_list("id", flat=True)[:FORGOTTEN_AT_ONCE])
    if ids:
        Evidence.objects.filter(application__in=ids, application__state="draft").delete()
        Application.objects.filter(id__in=ids, state="draft").delete()
    return len(ids)
