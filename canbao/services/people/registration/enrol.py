"""What an approval brings about: the person on the register, the consent kept, what was declared verified."""

from collections.abc import Sequence

from canbao.basics.genes import bucket_of
from canbao.basics.refusals import DocumentMismatch
from canbao.basics.states import DECLARATION
from canbao.records import sets
from canbao.records.models import Application, Consent
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.services.people.guide import CONSENT_VERSION
from canbao.services.people.register import Registration, put_people
from canbao.services.people.registration.form import Form
from canbao.services.people.registration.judge import current_pack
from canbao.services.system.env import Env

PERMIT = "residence_permit"


def enrol(env: Env, journal: Journal, application: Application, form: Form) -> int:
    """Put the applicant on the register, inside the caller's transaction. Returns the person's id.

    Raises:
        DocumentMismatch: the number is on record under another name; the whole approval is undone.
    """
    (done,) = put_people(env, journal, [_registration(env, application, form)])
    if done.outcome == "name_differs":
        raise DocumentMismatch
    Application.objects.filter(id=application.id).update(person_id=done.person_id)
    Consent.objects.create(
        id=env.new_id("consent", done.person_id),
        person_id=done.person_id,
        purpose="registration",
        text_version=CONSENT_VERSION,
        given_by=form.given_by,
        given_at=application.created_at,
    )
    words = [*form.declarations, *([PERMIT] if form.ground == PERMIT else [])]
    put_verified(env, journal, done.person_id, words, form)
    return done.person_id


def put_verified(env: Env, journal: Journal, person_id: int, words: Sequence[str], form: Form) -> None:
    """Whoever approves has looked at what was declared, so it counts."""
    many, bucket = len(words), bucket_of(person_id)
    year = Column("int", [current_pack(env, form.area_code).benefit_year] * many)
    made = sets.insert(
        "declaration",
        {
            "id": Column("int", env.new_ids("declaration", [bucket] * many)),
            "bucket": Column("int", [bucket] * many),
            "person_id": Column("int", [person_id] * many),
            "benefit_year": year,
            "word": Column("text", words),
            "area_code": Column("text", [form.area_code] * many),
            "given_by": Column("text", [form.given_by] * many),
            "state": Column("text", ["verified"] * many),
            "declared_at": Column("instant", [env.now] * many),
        },
        "ON CONFLICT (bucket, person_id, benefit_year, word) DO NOTHING RETURNING id",
    )
    for row in made:
        journal.note("declaration", row["id"], "DeclaredAndCounts")
    keys = {
        "bucket": Column("int", [bucket] * many),
        "person_id": Column("int", [person_id] * many),
        "benefit_year": year,
        "word": Column("text", words),
    }
    claim(journal, Claim(DECLARATION, "verified", keys))


def _registration(env: Env, application: Application, form: Form) -> Registration:
    return Registration(
        name=form.name,
        id_type=form.id_type,
        number=form.number,
        birth_date=form.birth_date,
        sex=form.sex,
        area_code=form.area_code,
        person_class=form.person_class or "",
        started_date=env.local_date(form.area_code),
        unit_code=form.unit_code,
        registered_by="self",
        origin={"application": application.id},
    )
