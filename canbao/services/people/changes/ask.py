"""自己办: who somebody with name and number is, what they may ask for, and how far a request is."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.areas import pooling_area_of
from canbao.basics.days import ONE_DAY
from canbao.basics.documents import RESIDENT_ID, mask_name, normal_name
from canbao.basics.refusals import BadInput, NoMatch
from canbao.policy.format.vocabulary import PERSON_CLASSES
from canbao.records.models import Person
from canbao.records.people.find import find_person
from canbao.services.people.changes.consequences import Consequences, consequences
from canbao.services.people.changes.request import (
    FILING_REASONS,
    KINDS,
    STATES,
    request_by_token,
    requests_in,
)
from canbao.services.people.changes.suspend import REASONS
from canbao.services.people.guide import Question, checked_name, checked_number, consent
from canbao.services.system import limits
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Choices:
    """What one person may ask for: the consequences of suspending, and the words to choose from."""

    meant: Consequences
    reasons: tuple[tuple[str, str], ...]
    filing_reasons: tuple[tuple[str, str], ...]
    classes: tuple[tuple[str, str], ...]
    counties: tuple[tuple[str, str], ...]
    open_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """One request as whoever asked reads it. `last_date`: the last day of a filing, None: no end was named."""

    name: str
    kind: str
    label: str
    state: str
    state_label: str
    area_code: str
    place: str | None
    from_date: date | None
    last_date: date | None
    said: str | None


def find_self(env: Env, question: Question) -> int:
    """The record of whoever fits name and number. Raises BadInput, TooManyTries, NoMatch."""
    number = checked_number(env, question.area_code, question.number)
    name = checked_name(question.name)
    if not question.consented:
        raise BadInput(field="consent", problem="请先勾选同意，我们才能查询。")
    limits.count(env, limits.PER_NUMBER, number)
    limits.count(env, limits.PER_ADDRESS, question.address)
    person = find_person(env.sealer, RESIDENT_ID, number)
    if person is None or normal_name(person.name) != name:
        raise NoMatch
    consent(env, person, question.payer_kind)
    person_id: int = person.id
    return person_id


def choices(env: Env, person_id: int) -> Choices:
    """What may be asked for. Raises ChangeRefused: not enrolled, merged, or died."""
    meant = consequences(env, person_id)
    counties = env.areas.counties_of(pooling_area_of(meant.area_code))
    return Choices(
        meant=meant,
        reasons=tuple(REASONS.items()),
        filing_reasons=tuple(FILING_REASONS.items()),
        classes=tuple((word, said.text) for word, said in PERSON_CLASSES.items()),
        counties=tuple((place.code, place.name) for place in counties if place.code != meant.area_code),
        open_kinds=tuple(KINDS[row.kind] for row in requests_in(person_id=person_id)),
    )


def progress(env: Env, token: str) -> Progress:
    """How far a request is. Raises NotFound."""
    row = request_by_token(token)
    return Progress(
        name=mask_name(Person.objects.get(id=row.person_id).name),
        kind=row.kind,
        label=KINDS[row.kind],
        state=row.state,
        state_label=STATES[row.state],
        area_code=row.area_code,
        place=row.place,
        from_date=row.from_date,
        last_date=row.until_date - ONE_DAY if row.until_date else None,
        said=row.said if row.state in ("refused", "ended") else None,
    )
