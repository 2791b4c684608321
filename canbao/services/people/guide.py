"""引导: who is this, and what now? Either a bill to check, more to fill in, or a refusal that says why."""

from dataclasses import dataclass, replace
from datetime import date

from canbao.basics.areas import pooling_area_of
from canbao.basics.days import full_years
from canbao.basics.documents import (
    BIRTH_CERTIFICATE,
    RESIDENT_ID,
    BadNumber,
    id_type_of,
    normal_name,
    parse_birth_certificate,
    parse_resident_id,
)
from canbao.basics.refusals import (
    BadInput,
    DocumentMismatch,
    EnrolledElsewhere,
    EnrolmentEnded,
    FigureUnknown,
    InEmployeeScheme,
    NoMatch,
    NotRegistered,
    OutsideWindow,
    Refusal,
)
from canbao.channels.platform import Query
from canbao.policy.admit import admit
from canbao.policy.assess import Answer
from canbao.policy.assess import assess as decide
from canbao.policy.format.vocabulary import ONLINE_CHANNELS
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import day_text
from canbao.policy.situation import Situation
from canbao.records.models import Consent, Person
from canbao.records.people.facts import PersonFacts
from canbao.records.people.find import find_person
from canbao.services.exchange.platform.ask import remember
from canbao.services.money.assess import assess, situation_of
from canbao.services.people.before_paying import (
    refuse_several_places,
    refuse_while_roster_pending,
)
from canbao.services.people.hall import hall_only
from canbao.services.people.household.join import Head, check_head
from canbao.services.people.identity.login import credential_active
from canbao.services.people.others import in_employee_scheme, refuse_by_others, refuse_newcomer
from canbao.services.people.paid import refuse_if_paid
from canbao.services.people.register import Registration, register
from canbao.services.system import limits
from canbao.services.system.env import Env

CONSENT_VERSION = "2026-11-2"  # of the words in the templates; FY-16
FIRST_CHANNEL = "wechat"  # the one to speak of where none is set up
NUMBER_PROBLEMS = {
    "length": "身份证号应该是 18 位，请数一数。",
    "digits": "身份证号只有数字，最后一位可以是 X。",
    "check": "身份证号有一位不对，请对照身份证再输。",
    "date": "身份证号里的出生日期不对，请再核对。",
    "certificate": "出生医学证明编号是 1 个字母加 9 位数字。",
}


@dataclass(frozen=True)
class Question:
    """What the find page asks: who, where, and who pays. `address` is only counted, never stored.

    `ways`: the channels of whoever asks, where that is a partner; none: this installation's own. `proved`: whoever
    asks is logged in as the holder of this number. `chose_place`: they were shown two places and stay here (CP-15).
    """

    area_code: str
    name: str
    number: str
    payer_kind: str
    address: str
    consented: bool
    ways: tuple[str, ...] = ()
    proved: bool = False
    chose_place: bool = False


@dataclass(frozen=True)
class Details:
    """What the pack wants filled in between asking and paying (FY-16, FY-30)."""

    area_code: str
    person_class: str | None
    head: Head


@dataclass(frozen=True)
class Finding:
    """A person to go on with. `needs_details`: place, class or household head are still to be filled in.

    `area_code` is where the person is enrolled, or is about to be. `channels`: which of ours take this payment.
    `others_open`: nobody has answered yet whether they are insured elsewhere.
    """

    name: str
    number: str
    area_code: str
    person_id: int | None = None
    bill_id: int | None = None
    needs_details: bool = False
    payable_until: date | None = None
    head_person_id: int | None = None
    channels: tuple[str, ...] = ()
    others_open: bool = False


def find(env: Env, question: Question) -> Finding:
    """Find a resident and say what they owe, or that details are wanted first.

    Raises:
        BadInput: a field cannot be right. TooManyTries: the limits. Any other Refusal: the answer.
    """
    number = checked_number(env, question.area_code, question.number)
    name = checked_name(question.name)
    if not question.consented:
        raise BadInput(field="consent", problem="请先勾选同意，我们才能查询。")
    limits.count(env, limits.PER_NUMBER, number)
    limits.count(env, limits.PER_PARTNER if question.ways else limits.PER_ADDRESS, question.address)
    pack = season_pack(env, question.area_code)
    person = find_person(env.sealer, id_type_of(number), number)
    if person is None:
        if not pack.registers_while_paying or id_type_of(number) == BIRTH_CERTIFICATE:
            raise NoMatch  # a birth certificate's number says no birthday: it is registered by an application
        _refuse_newcomer(env, pack, number, question)
        return Finding(name, number, question.area_code, needs_details=True)
    if normal_name(person.name) != name:
        raise DocumentMismatch if question.proved else NoMatch
    consent(env, person, question.payer_kind)
    if not question.chose_place:
        refuse_several_places(env, pack, person.id)
    found = quote(env, person.id, question.area_code, question.payer_kind, name, number, question.ways)
    return replace(found, needs_details=pack.registers_while_paying)


def _refuse_newcomer(env: Env, pack: Pack, number: str, question: Question) -> None:
    """Tell somebody not on record at once what would refuse them anyway: the window, or a proxy at their age."""
    on = env.local_date(question.area_code)
    birth = parse_resident_id(number, on).birth_date
    newcomer = Situation(person_class="adult", birth_date=birth)
    (answer,) = decide(pack, [newcomer], on, env.moment(pack))
    if isinstance(answer.refusal, OutsideWindow):
        raise answer.refusal
    open_channels(env, pack, newcomer, answer, question.payer_kind)


def complete(env: Env, finding: Finding, details: Details, payer_kind: str) -> Finding:
    """Take the details: register whoever is new, check the household head, and say what is owed.

    Raises:
        HouseholdMismatch: the head's number does not fit, with the reason (FY-18, FY-25).
        Any other Refusal: the answer.
    """
    area_code = finding.area_code if finding.person_id else details.area_code
    pack = season_pack(env, area_code)
    person_id = finding.person_id or _take_up(env, pack, finding, details)
    head_id = check_head(env, person_id, finding.number, details.head, area_code, pack)
    found = quote(env, person_id, area_code, payer_kind, finding.name, finding.number)
    return replace(found, head_person_id=head_id)


def quote(
    env: Env,
    person_id: int,
    area_code: str,
    payer_kind: str,
    name: str,
    number: str,
    ways: tuple[str, ...] = (),
) -> Finding:
    """Assess one person in their own place of enrolment; a finding with a bill, or a refusal."""
    pack = season_pack(env, area_code)
    (assessment,) = assess(env, [person_id], pack.benefit_year)
    facts = assessment.facts
    refuse_if_not_enrolled(env, facts, area_code)
    refuse_if_paid(env, person_id, pack.benefit_year)
    refuse_while_roster_pending(env, pack, id_type_of(number), number)
    answer = assessment.answer
    if answer is None or (assessment.bill is None and answer.refusal is None):
        raise FigureUnknown(area=env.areas.full_name(area_code))
    if answer.refusal and not isinstance(answer.refusal, FigureUnknown):
        raise _for_strangers(answer.refusal)
    own_area = facts.enrolment.area_code if facts.enrolment else area_code
    others_open = refuse_by_others(env, pack, person_id, own_area)
    if assessment.bill and assessment.bill.content.shares.get("collective"):
        raise hall_only(env, own_area, pack.benefit_year)
    # A figure nobody published is the last thing to name, not the first (FY-11).
    person = replace(
        situation_of(facts, env.local_date(pack.area_code)),
        e_credential_active=_credential(env, pack, facts, payer_kind, name, number),
    )
    channels = open_channels(env, pack, person, answer, payer_kind, ways)
    if answer.refusal or assessment.bill is None:
        raise FigureUnknown(area=env.areas.full_name(area_code))
    return Finding(
        name,
        number,
        own_area,
        person_id,
        assessment.bill.id,
        payable_until=answer.payable_until,
        channels=channels,
        others_open=others_open,
    )


def _credential(
    env: Env, pack: Pack, facts: PersonFacts, payer_kind: str, name: str, number: str
) -> bool | None:
    """Whether the e-credential is active, asked only where the notice wants it of this payer (FY-07)."""
    needed = pack.paying.needs_active_credential.known
    concerned = needed == "all" or (needed == "prior_insured" and facts.covered_years)
    if payer_kind != "self" or not concerned:
        return None
    return credential_active(env, id_type_of(number), number, name)


def open_channels(
    env: Env,
    pack: Pack,
    situation: Situation,
    answer: Answer,
    payer_kind: str,
    ways: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Which of these channels (none named: this installation's own online) take this payment, as the pack says.

    Of our own only those are offered that the notice names; where it names none of ours, all of them.

    Raises:
        Refusal: none does; the reason is the first one's.
    """
    on = env.local_date(pack.area_code)
    online = tuple(name for name in env.channels if name in ONLINE_CHANNELS) or (FIRST_CHANNEL,)
    named = {name for name, _ in pack.channels.items()}
    ours = ways or tuple(name for name in online if name in named) or online
    said = {name: admit(pack, situation, answer, payer_kind, name, on) for name in ours}
    barred = said[ours[0]]
    if barred and all(said.values()):
        raise barred
    return tuple(name for name, refusal in said.items() if refusal is None)


def _for_strangers(refusal: Refusal) -> Refusal:
    """The same refusal without the name of the assisted group, which a stranger may not learn."""
    return type(refusal)(**refusal.facts | {"group": "这类参保人"}) if "group" in refusal.facts else refusal


def refuse_if_not_enrolled(env: Env, facts: PersonFacts, area_code: str) -> None:
    """Somebody known, but in the employee scheme (FY-13), or not enrolled here and now."""
    if facts.in_employee_scheme:
        raise InEmployeeScheme
    if facts.enrolment is None:
        if in_employee_scheme(env, facts.person.id, area_code):
            raise InEmployeeScheme
        if facts.ended and facts.ended.ended_date:
            raise EnrolmentEnded(ended_date=day_text(facts.ended.ended_date))
        raise NotRegistered
    if pooling_area_of(facts.enrolment.area_code) != pooling_area_of(area_code):
        raise EnrolledElsewhere(area=env.areas.full_name(facts.enrolment.area_code))


def season_pack(env: Env, area_code: str) -> Pack:
    """The pack whose season it is in an area.

    Raises:
        FigureUnknown: nobody has published one for this area.
    """
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    if pack is None:
        raise FigureUnknown(area=env.areas.full_name(area_code))
    return pack


def class_choices(env: Env, area_code: str, number: str) -> list[tuple[str, str]]:
    """The person classes the holder of a number may register as in the payment flow, with their Chinese words."""
    pack, on = season_pack(env, area_code), env.local_date(area_code)
    age = full_years(parse_resident_id(number, on).birth_date, on)
    return [(word, pack.class_label(word)) for word in pack.classes_open_at(age)]


def checked_number(env: Env, area_code: str, text: str) -> str:
    """The normalised number of an ID card or birth certificate, or BadInput with the one thing that is wrong."""
    try:
        if id_type_of(text) == BIRTH_CERTIFICATE:
            return parse_birth_certificate(text)
        return parse_resident_id(text, env.local_date(area_code)).number
    except BadNumber as bad:
        raise BadInput(field="number", problem=NUMBER_PROBLEMS[bad.reason]) from None


def checked_name(text: str) -> str:
    """The normalised name, or BadInput."""
    name = normal_name(text)
    if not 1 < len(name) <= 60:
        raise BadInput(field="name", problem="请填写姓名，和身份证上一样。")
    return name


def consent(env: Env, person: Person, payer_kind: str) -> None:
    """Keep what was agreed to (FY-16)."""
    Consent.objects.create(
        id=env.new_id("consent", person.id),
        person_id=person.id,
        purpose="enquiry_and_payment",
        text_version=CONSENT_VERSION,
        given_by=payer_kind,
        given_at=env.now,
    )


def _take_up(env: Env, pack: Pack, finding: Finding, details: Details) -> int:
    """Register a newcomer whom no other system bars (FY-01, FY-13)."""
    query = Query(id_type_of(finding.number), finding.number, finding.name, details.area_code)
    answer = refuse_newcomer(env, pack, query)
    person_id = _register(env, finding, details)
    if answer:
        remember(env, person_id, answer)
    return person_id


def _register(env: Env, finding: Finding, details: Details) -> int:
    """First-time registration inside the payment flow (FY-30)."""
    on = env.local_date(details.area_code)
    holder = parse_resident_id(finding.number, on)
    pack = season_pack(env, details.area_code)
    if details.person_class not in pack.classes_open_at(full_years(holder.birth_date, on)):
        raise BadInput(field="person_class", problem="请选择人员类别。")
    (done,) = register(
        env,
        [
            Registration(
                name=finding.name,
                id_type=RESIDENT_ID,
                number=holder.number,
                birth_date=holder.birth_date,
                sex=holder.sex,
                area_code=details.area_code,
                person_class=details.person_class,
                started_date=on,
                registered_by="self",
            )
        ],
    )
    if done.outcome == "name_differs":
        raise NoMatch
    return done.person_id
