"""申报: a person declares oneself to be, say, a returning migrant worker; staff verify it; then the later dates hold (FY-04)."""

from dataclasses import dataclass
from datetime import datetime

from canbao.basics.areas import pooling_area_of, prefix_of
from canbao.basics.documents import mask_name, mask_number, normal_name
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, NoMatch, NotRegistered, StepNotDue
from canbao.basics.states import DECLARATION
from canbao.policy.registration.declared import CohortWord, cohort_words, word_of
from canbao.records import sets
from canbao.records.models import Declaration, Enrolment, Person
from canbao.records.moves import Claim, claim
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.guide import Question, checked_name, consent
from canbao.services.people.registration.form import checked_document
from canbao.services.people.registration.judge import current_pack
from canbao.services.system import limits
from canbao.services.system.env import Env

LISTED = 200


@dataclass(frozen=True)
class Declared:
    """What became of a declaration: its word as people read it, and whether it counts already."""

    label: str
    state: str
    until: str


@dataclass(frozen=True)
class Waiting:
    """One declaration in the queue; whoever verifies it finds the person by name and masked number."""

    id: int
    word: str
    area_code: str
    name: str
    number: str
    declared_at: datetime


def choices(env: Env, area_code: str) -> tuple[CohortWord, ...]:
    """What may be declared in an area and is not past."""
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    if pack is None:
        return ()
    on = env.local_date(area_code)
    return tuple(one for one in cohort_words(pack) if one.until is None or on <= one.until)


def declare(env: Env, question: Question, word: str) -> Declared:
    """Declare for a person who is enrolled here; again while it waits changes nothing.

    Raises:
        BadInput, TooManyTries, NoMatch. NotRegistered: not enrolled here; the application asks the same question.
    """
    chosen = next((one for one in choices(env, question.area_code) if one.word == word), None)
    if chosen is None:
        raise BadInput(field="word", problem="请选一项。")
    person = _person(env, question)
    year = current_pack(env, question.area_code).benefit_year
    _put(env, person.id, year, chosen, question)
    kept = Declaration.objects.get(person=person.id, benefit_year=year, word=word)
    until = f"{chosen.until.year}年{chosen.until.month}月{chosen.until.day}日" if chosen.until else ""
    return Declared(chosen.label, kept.state, until)


def _person(env: Env, question: Question) -> Person:
    document = checked_document(question.number, env.local_date(question.area_code))
    name = checked_name(question.name)
    if not question.consented:
        raise BadInput(field="consent", problem="请先勾选同意，我们才能办理。")
    limits.count(env, limits.PER_NUMBER, document.number)
    limits.count(env, limits.PER_ADDRESS, question.address)
    person = find_person(env.sealer, document.id_type, document.number)
    if person is None or normal_name(person.name) != name:
        raise NoMatch
    enrolled = Enrolment.objects.filter(person=person.id, state="active", insurance_type="390").first()
    if enrolled is None or pooling_area_of(enrolled.area_code) != pooling_area_of(question.area_code):
        raise NotRegistered
    consent(env, person, question.payer_kind)
    return person


def _put(env: Env, person_id: int, year: int, chosen: CohortWord, question: Question) -> None:
    state = "declared" if chosen.needs_proof else "verified"

    def work() -> None:
        journal = env.journal()
        bucket = bucket_of(person_id)
        values: dict[str, tuple[sets.Kind, object]] = {
            "id": ("int", env.new_id("declaration", person_id)), "bucket": ("int", bucket),
            "person_id": ("int", person_id), "benefit_year": ("int", year), "word": ("text", chosen.word),
            "area_code": ("text", question.area_code), "given_by": ("text", question.payer_kind),
            "state": ("text", state), "declared_at": ("instant", env.now),
        }  # fmt: skip
        made = sets.insert(
            "declaration",
            {name: Column(kind, [value]) for name, (kind, value) in values.items()},
            "ON CONFLICT (bucket, person_id, benefit_year, word) DO NOTHING RETURNING id",
        )
        for row in made:
            journal.note("declaration", row["id"], "Declared" if chosen.needs_proof else "DeclaredAndCounts")
        if not made:  # refused before: one may say it again, and somebody looks again
            keys = {name: Column(kind, [value]) for name, (kind, value) in values.items() if name in _KEY}
            claim(journal, Claim(DECLARATION, "declared", keys))
        journal.write()

    in_one_transaction(work)


_KEY = ("bucket", "person_id", "benefit_year", "word")


def waiting(env: Env, area_code: str) -> list[Waiting]:
    """The declarations of an area and all below it that wait for proof, the oldest first."""
    inside = Declaration.objects.filter(state="declared", area_code__startswith=prefix_of(area_code))
    rows = inside.select_related("person").order_by("declared_at", "id")
    return [_line(env, row) for row in rows[:LISTED]]


def _line(env: Env, row: Declaration) -> Waiting:
    person = row.person
    number = env.sealer.open_number(person.id, person.number_sealed)
    label = word_of(env.packs.get(row.area_code, row.benefit_year, env.now), row.word)
    return Waiting(row.id, label, row.area_code, mask_name(person.name), mask_number(number), row.declared_at)


def verify(env: Env, declaration_id: int) -> None:
    """Found so: from now on it counts. Raises StepNotDue. BadInput: there is none."""
    _decide(env, declaration_id, "verified", None)


def refuse(env: Env, declaration_id: int, because: str) -> None:
    """Not found so. Raises StepNotDue. BadInput: there is none, or no reason."""
    words = " ".join(because.split())
    if not 2 <= len(words) <= 200:
        raise BadInput(field="because", problem="请写不认定的理由，最多 200 字。")
    _decide(env, declaration_id, "refused", words)


def _decide(env: Env, declaration_id: int, new: str, because: str | None) -> None:
    row = Declaration.objects.filter(id=declaration_id).first()
    if row is None:
        raise BadInput(field="declaration", problem=f"没有这份申报：{declaration_id}。")

    def work() -> None:
        journal = env.journal()
        keys = {"bucket": Column("int", [row.bucket]), "id": Column("int", [row.id])}
        assign = {"refused_because": Column("text", [because])}
        if not claim(journal, Claim(DECLARATION, new, keys, assign=assign)):
            raise StepNotDue(state="已办过")
        journal.write()

    in_one_transaction(work)
