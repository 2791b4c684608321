"""关联人: a payer links family once, with two fields and a promise, and pays for them without typing again.

What the payer sees of them is masked, and no more than a stranger with name and number would learn.
"""

from dataclasses import dataclass, replace

from django.db.models import QuerySet

from canbao.basics.documents import id_type_of, mask_name, mask_number, normal_name
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, NoMatch, NotFound, Refusal
from canbao.policy.registration.acting import RELATIONS, may_link
from canbao.policy.situation import Situation
from canbao.records import sets
from canbao.records.models import Consent, LinkedPerson, Person
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.guide import (
    CONSENT_VERSION,
    Finding,
    checked_name,
    checked_number,
    quote,
    season_pack,
)
from canbao.services.people.identity.login import Holder
from canbao.services.system import limits
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Linking:
    """Whom to link, as typed, as what, and that they agree."""

    area_code: str
    name: str
    number: str
    relation: str
    promised: bool


@dataclass(frozen=True)
class Member:
    """One linked person as the payer sees them."""

    id: int
    name: str
    number: str
    relation: str
    barred: str | None


def link(env: Env, payer: Holder, asked: Linking) -> None:
    """Link one more person; the same again changes nothing.

    Raises:
        BadInput, TooManyTries, NoMatch. TooManyLinked, MustPaySelf: the pack's limits by number and age.
    """
    number = checked_number(env, asked.area_code, asked.number)
    name = checked_name(asked.name)
    if asked.relation not in RELATIONS:
        raise BadInput(field="relation", problem="请选择他是您的什么人。")
    if not asked.promised:
        raise BadInput(field="consent", problem="请先勾选：他本人或监护人同意。")
    if number == payer.number:
        raise BadInput(field="number", problem="这是您自己的号码，请直接选“本人缴费”。")
    limits.count(env, limits.PER_NUMBER, number)
    limits.count(env, limits.PER_NUMBER, f"payer|{payer.number}")
    person = find_person(env.sealer, id_type_of(number), number)
    if person is None or normal_name(person.name) != name:
        raise NoMatch
    held = list(_active(env, payer).values_list("person_id", flat=True))
    if person.id in held:
        return
    on = env.local_date(asked.area_code)
    refusal = may_link(season_pack(env, asked.area_code), _aged(person), len(held), on)
    if refusal:
        raise refusal
    in_one_transaction(lambda: _put(env, payer, person, asked.relation))


def _put(env: Env, payer: Holder, person: Person, relation: str) -> None:
    journal = env.journal()
    bucket = env.sealer.bucket(payer.id_type, payer.number)
    values: dict[str, tuple[sets.Kind, object]] = {
        "id": ("int", env.new_ids("linked_person", [bucket])[0]), "bucket": ("int", bucket),
        "payer_index": ("text", env.sealer.blind_index(payer.id_type, payer.number)),
        "person_id": ("int", person.id), "relation": ("text", relation),
        "consent_version": ("text", CONSENT_VERSION), "linked_at": ("instant", env.now), "active_slot": ("int", 1),
    }  # fmt: skip
    made = sets.insert(
        "linked_person",
        {name: Column(kind, [value]) for name, (kind, value) in values.items()},
        "ON CONFLICT (bucket, payer_index, person_id, active_slot) DO NOTHING RETURNING id",
    )
    if made:
        Consent.objects.create(
            id=env.new_id("consent", person.id),
            person_id=person.id,
            purpose="linked_family",
            text_version=CONSENT_VERSION,
            given_by="proxy",
            given_at=env.now,
        )
        journal.note("linked_person", made[0]["id"], "FamilyLinked", {"relation": relation})
    journal.write()


def unlink(env: Env, payer: Holder, link_id: int) -> None:
    """End a link; that it was there stays. Raises NotFound."""
    row = _one(env, payer, link_id)

    def work() -> None:
        journal = env.journal()
        ended = LinkedPerson.objects.filter(id=row.id, active_slot=1)
        if ended.update(active_slot=None, ended_at=env.now):
            journal.note("linked_person", row.id, "FamilyUnlinked")
        journal.write()

    in_one_transaction(work)


def members(env: Env, payer: Holder, area_code: str) -> list[Member]:
    """Whom the payer has linked, the first linked first; `barred`: why nobody may pay for them now (FY-08)."""
    rows = list(_active(env, payer).order_by("linked_at", "id"))
    people = {person.id: person for person in Person.objects.filter(id__in=[row.person_id for row in rows])}
    pack, on = season_pack(env, area_code), env.local_date(area_code)
    found = []
    for row in rows:
        person = people[row.person_id]
        number = env.sealer.open_number(person.id, person.number_sealed)
        barred: Refusal | None = may_link(pack, _aged(person), 0, on)
        found.append(
            Member(
                row.id,
                mask_name(person.name),
                mask_number(number),
                RELATIONS[row.relation],
                barred.say(barred.heading) if barred else None,
            )
        )
    return found


def linked_ids(env: Env, payer: Holder) -> tuple[int, ...]:
    """The person ids of whom the payer has linked, the first linked first."""
    return tuple(_active(env, payer).order_by("linked_at", "id").values_list("person_id", flat=True))


def most_linked(env: Env, area_code: str) -> int | None:
    """How many the pack lets one payer link, shown before anybody starts; None: not stated (ux P9)."""
    return season_pack(env, area_code).paying.most_linked.known


def to_payment(env: Env, payer: Holder, link_id: int, area_code: str) -> Finding:
    """From a linked person to what they owe, without typing. Raises NotFound, and any Refusal of the payment."""
    row = _one(env, payer, link_id)
    person = Person.objects.get(id=row.person_id)
    number = env.sealer.open_number(person.id, person.number_sealed)
    found = quote(env, person.id, area_code, "proxy", person.name, number)
    return replace(found, needs_details=season_pack(env, area_code).registers_while_paying)


def _active(env: Env, payer: Holder) -> "QuerySet[LinkedPerson]":
    return LinkedPerson.objects.filter(
        bucket=env.sealer.bucket(payer.id_type, payer.number),
        payer_index=env.sealer.blind_index(payer.id_type, payer.number),
        active_slot=1,
    )


def _one(env: Env, payer: Holder, link_id: int) -> LinkedPerson:
    found: LinkedPerson | None = None
    if bucket_of(link_id) == env.sealer.bucket(payer.id_type, payer.number):
        found = _active(env, payer).filter(id=link_id).first()
    if found is None:
        raise NotFound
    return found


def _aged(person: Person) -> Situation:
    return Situation(person_class="adult", birth_date=person.birth_date)
