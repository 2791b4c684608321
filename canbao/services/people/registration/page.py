"""What the pages of an application show, and what may be chosen on them. Name and number are masked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from canbao.basics.areas import pooling_area_of
from canbao.basics.documents import BIRTH_CERTIFICATE, RESIDENT_ID, mask_name, mask_number
from canbao.basics.refusals import NotFound
from canbao.policy.format.vocabulary import GROUNDS
from canbao.policy.registration.declared import CohortWord, word_of
from canbao.policy.registration.eligible import department_groups, grounds
from canbao.records.models import Application, CollectionUnit, Person
from canbao.services.people.guide import Finding, quote
from canbao.services.people.registration.apply import OPEN_STATES, open_classes, unfinished
from canbao.services.people.registration.declare import choices
from canbao.services.people.registration.evidence import File, files_of
from canbao.services.people.registration.form import Form, application_of, form_of
from canbao.services.people.registration.judge import current_pack
from canbao.services.people.registration.papers import renewal_words
from canbao.services.system.areas import Place
from canbao.services.system.env import Env

OTHER_GROUND = "other"
TOLD_FOR = timedelta(days=30)
KINDS = {"village": "村、社区", "school": "学校、幼儿园"}


@dataclass(frozen=True)
class Choice:
    """Something to choose: its word, what people read, and what the notice says of it."""

    word: str
    label: str
    said: str = ""


@dataclass(frozen=True)
class ApplicationPage:
    """An application as its owner sees it. `missing`: pages not filled in. `wants_number`: no ID number yet."""

    token: str
    state: str
    area_code: str
    area_name: str
    name: str
    number: str
    number_kind: str
    given_by: str
    guardian: str
    unit_name: str
    address: str
    ground: str
    class_label: str
    declarations: tuple[str, ...]
    files: tuple[File, ...]
    missing: tuple[str, ...]
    returned_because: str | None
    wants_number: bool
    form: Form

    @property
    def is_open(self) -> bool:
        """Whether it may still be filled in."""
        return self.state in OPEN_STATES


def page_of(env: Env, token: str) -> ApplicationPage:
    """The page that a token opens. Raises NotFound."""
    application = application_of(token)
    form = form_of(env, application)
    pack = current_pack(env, form.area_code)
    unit = CollectionUnit.objects.filter(code=form.unit_code).first() if form.unit_code else None
    return ApplicationPage(
        token=token,
        state=application.state,
        area_code=form.area_code,
        area_name=env.areas.full_name(form.area_code),
        name=mask_name(form.name),
        number=mask_number(form.number),
        number_kind="出生证编号" if form.id_type == BIRTH_CERTIFICATE else "身份证号",
        given_by=form.given_by,
        guardian=mask_name(form.guardian) if form.guardian else "",
        unit_name=unit.name if unit else "",
        address=form.address,
        ground=GROUNDS.get(form.ground or "", "其他情况" if form.ground else ""),
        class_label=pack.class_label(form.person_class) if form.person_class else "",
        declarations=tuple(word_of(pack, word) for word in form.declarations),
        files=tuple(files_of(application.id)),
        missing=unfinished(env, form) if application.state in OPEN_STATES else (),
        returned_because=application.returned_because,
        wants_number=_wants_number(application, form),
        form=form,
    )


@dataclass(frozen=True)
class Unfinished:
    """An application on this phone that wants something of its owner, and in which words."""

    token: str
    words: str


_WORDS = {
    "draft": "接着填参保登记",
    "review": "参保登记审核中",
    "returned": "参保登记退回了，要改一改",
    "approved": "参保登记通过了",
}


def applications_on(env: Env, tokens: Sequence[str]) -> list[Unfinished]:
    """Those applications of this phone that its owner may still want to see, the newest first."""
    found: list[Unfinished] = []
    for token in tokens:
        try:
            application = application_of(token)
        except NotFound:
            continue  # a draft that was forgotten
        told = application.decided_at
        if application.state != "approved" or (told and env.now - told < TOLD_FOR):
            found.append(Unfinished(token, _WORDS[application.state]))
    return found


@dataclass(frozen=True)
class WhoMay:
    """Who may register here, in the notice's words; who need not (LZ-04); whether somebody looks first."""

    grounds: tuple[str, ...]
    renewal: tuple[str, ...]
    is_automatic: bool
    inside_payment: bool


def who_may_register(env: Env, area_code: str) -> WhoMay:
    """What the first page says before it asks anything."""
    pack = current_pack(env, area_code)
    return WhoMay(
        tuple(grounds(pack).values()),
        renewal_words(env, area_code),
        pack.registration.approval.known == "automatic",
        pack.registers_while_paying,
    )


def _wants_number(application: Application, form: Form) -> bool:
    if application.person_id is None or form.id_type != BIRTH_CERTIFICATE:
        return False
    return Person.objects.filter(id=application.person_id).exclude(id_type=RESIDENT_ID).exists()


@dataclass(frozen=True)
class PlaceChoices:
    """Counties, grounds and units to choose from; units stand under the kind they are of."""

    counties: tuple[Place, ...]
    grounds: tuple[Choice, ...]
    units: tuple[tuple[str, tuple[Choice, ...]], ...]


def place_choices(env: Env, form: Form) -> PlaceChoices:
    """What may be chosen on the page about places."""
    known = grounds(current_pack(env, form.area_code))
    said = [Choice(word, GROUNDS[word], text) for word, text in known.items()]
    rows = CollectionUnit.objects.filter(area_code=form.area_code).order_by("kind", "code")
    by_kind: dict[str, list[Choice]] = {}
    for unit in rows:
        by_kind.setdefault(KINDS.get(unit.kind, unit.kind), []).append(Choice(unit.code, unit.name))
    return PlaceChoices(
        counties=tuple(env.areas.counties_of(pooling_area_of(form.area_code))),
        grounds=(*said, Choice(OTHER_GROUND, "其他情况")),
        units=tuple((kind, tuple(units)) for kind, units in sorted(by_kind.items())),
    )


@dataclass(frozen=True)
class ClassChoices:
    """Classes by age, groups that a department registers (LZ-05), and what may be declared (FY-04)."""

    classes: tuple[Choice, ...]
    department_groups: tuple[str, ...]
    cohorts: tuple[CohortWord, ...]


def class_choices(env: Env, form: Form) -> ClassChoices:
    """What may be chosen on the page about the person's class."""
    pack = current_pack(env, form.area_code)
    return ClassChoices(
        classes=tuple(Choice(word, pack.class_label(word)) for word in open_classes(env, form)),
        department_groups=department_groups(pack),
        cohorts=choices(env, form.area_code),
    )


def to_payment(env: Env, token: str) -> Finding:
    """From an approved application to what is owed: the payment goes on where it had to stop (E-1001).

    Raises:
        NotFound: not approved. Any other Refusal: why nothing can be paid today.
    """
    application = application_of(token)
    form = form_of(env, application)
    if application.person_id is None:
        raise NotFound
    found = quote(env, application.person_id, form.area_code, form.given_by, form.name, form.number)
    wants_head = current_pack(env, form.area_code).registers_while_paying
    return replace(found, needs_details=wants_head)
