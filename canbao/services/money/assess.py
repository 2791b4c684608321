"""核定: what each person owes for a benefit year, and why. One is a batch of one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from canbao.basics.genes import bucket_of, gene_id
from canbao.basics.states import BILL
from canbao.policy.assess import Answer
from canbao.policy.assess import assess as decide
from canbao.policy.pack import Pack
from canbao.policy.situation import Mark, Situation
from canbao.records import sets
from canbao.records.models import Bill
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.facts import PersonFacts, gather, marks_in_force
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env

CHUNK = 500


@dataclass(frozen=True)
class Assessment:
    """One person's answer. `bill` is stored; it is None where policy blocked or nobody is enrolled."""

    facts: PersonFacts
    answer: Answer | None
    bill: Bill | None


def assess(env: Env, person_ids: Sequence[int], benefit_year: int) -> list[Assessment]:
    """Assess people for a year, in the order given. A settled or already ordered bill is left as it is."""
    done: list[Assessment] = []
    for start in range(0, len(person_ids), CHUNK):
        chunk = person_ids[start : start + CHUNK]
        env.serials.warm({"bill": len(chunk), "event": 2 * len(chunk)})
        done += in_one_transaction(lambda chunk=chunk: _assess_chunk(env, chunk, benefit_year))  # type: ignore[misc]
    return done


def _assess_chunk(env: Env, person_ids: Sequence[int], benefit_year: int) -> list[Assessment]:
    facts = gather(person_ids, benefit_year)
    answers = _decide(env, facts, benefit_year)
    wanted = {
        person_id: _bill_from(env, facts[person_id], answer, pack)
        for person_id, (answer, pack) in answers.items()
        if answer.outcome != "blocked" and not _is_fixed(facts[person_id])
    }
    stale = [
        old
        for person_id, (answer, _) in answers.items()
        if (old := facts[person_id].bill)
        and not _is_fixed(facts[person_id])
        and (person_id not in wanted or not _same(old, wanted[person_id]))
    ]
    kept = {bill.person_id: bill for person in facts.values() if (bill := person.bill) and bill not in stale}
    journal = env.journal()
    _supersede(journal, stale)
    fresh = _store(journal, [bill for person_id, bill in wanted.items() if person_id not in kept])
    journal.write()
    bills = kept | fresh
    return [
        Assessment(facts[p], answers[p][0] if p in answers else None, bills.get(p))
        for p in person_ids
        if p in facts
    ]


def _is_fixed(facts: PersonFacts) -> bool:
    """A price once promised holds until its order ends; a settled bill is past."""
    return facts.has_open_order or (facts.bill is not None and facts.bill.state == "settled")


def _decide(env: Env, facts: dict[int, PersonFacts], benefit_year: int) -> dict[int, tuple[Answer, Pack]]:
    """Ask policy once per area, for everybody enrolled there."""
    by_area: dict[str, list[PersonFacts]] = {}
    for person in facts.values():
        if person.enrolment:
            by_area.setdefault(person.enrolment.area_code, []).append(person)
    answers: dict[int, tuple[Answer, Pack]] = {}
    for area_code, people in by_area.items():
        pack = env.packs.get(area_code, benefit_year, env.now)
        on = env.local_date(area_code)
        given = decide(pack, [situation_of(person, env) for person in people], on, env.moment(pack))
        answers |= {person.person.id: (answer, pack) for person, answer in zip(people, given, strict=True)}
    return answers


def situation_of(facts: PersonFacts, env: Env) -> Situation:
    """What policy may know of a person: facts without identity."""
    enrolment = facts.enrolment
    if enrolment is None:
        raise ValueError("only an enrolled person has a situation")
    on = env.local_date(enrolment.area_code)
    return Situation(
        person_class=enrolment.person_class,
        birth_date=facts.person.birth_date,
        marks=tuple(
            Mark(mark.group, mark.acquired_date, mark.push_accepted_date)
            for mark in marks_in_force(facts, on)
        ),
        sex=facts.person.sex or None,
        registered_date=enrolment.started_date,
        covered_years=tuple(facts.covered_years) or None,  # no row at all: the history is unknown
    )


def _bill_from(env: Env, facts: PersonFacts, answer: Answer, pack: Pack) -> Bill:
    enrolment = facts.enrolment
    if enrolment is None:
        raise ValueError("only an enrolled person is billed")
    return Bill(
        person_id=facts.person.id,
        area_code=enrolment.area_code,
        collection_year=pack.collection_year,
        benefit_year=pack.benefit_year,
        kind=answer.kind,
        person_class=enrolment.person_class,
        group=answer.group,
        state=answer.outcome,
        current_slot=1,
        amount_fen=answer.amount_fen,
        hold_code=answer.refusal.code if answer.refusal and answer.outcome == "payable" else None,
        shares=dict(answer.shares),
        cover_from_date=answer.cover.from_date if answer.cover else None,
        cover_until_date=answer.cover.until_date if answer.cover else None,
        reasons=[asdict(reason) for reason in answer.reasons],
        pack_hash=pack.hash,
        assessed_at=env.now,
    )


_CONTENT = (
    "area_code", "kind", "person_class", "group", "state", "amount_fen", "hold_code", "shares",
    "cover_from_date", "cover_until_date", "pack_hash",
)  # fmt: skip


def _same(old: Bill, new: Bill) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in _CONTENT)


def _supersede(journal: Journal, bills: Sequence[Bill]) -> None:
    keys = {
        "bucket": Column("int", [bill.bucket for bill in bills]),
        "id": Column("int", [bill.id for bill in bills]),
    }
    claim(journal, Claim(BILL, "superseded", keys, clear=("current_slot",)))


def _store(journal: Journal, bills: Sequence[Bill]) -> dict[int, Bill]:
    """Insert the new bills; where another worker was quicker, its bill is the current one."""
    if not bills:
        return {}
    serials = journal.serials.take("bill", len(bills))
    for serial, bill in zip(serials, bills, strict=True):
        bill.bucket = bucket_of(bill.person_id)
        bill.id = gene_id(serial, bill.bucket)
    made = {row["id"] for row in _insert(bills)}
    for bill in bills:
        if bill.id in made:
            journal.note("bill", bill.id, "BillAssessed", {"state": bill.state, "kind": bill.kind})
    lost = [bill for bill in bills if bill.id not in made]
    theirs = Bill.objects.filter(
        person__in=[bill.person_id for bill in lost],
        benefit_year__in={b.benefit_year for b in lost},
        current_slot=1,
    )
    return {bill.person_id: bill for bill in bills if bill.id in made} | {
        bill.person_id: bill for bill in theirs
    }


_KINDS: dict[str, sets.Kind] = {
    "shares": "json", "reasons": "json", "cover_from_date": "date", "cover_until_date": "date",
    "assessed_at": "instant", "id": "int", "bucket": "int", "person_id": "int", "collection_year": "int",
    "benefit_year": "int", "amount_fen": "int", "current_slot": "int",
}  # fmt: skip


def _insert(bills: Sequence[Bill]) -> Iterable[dict[str, Any]]:
    names = (
        "id", "bucket", "person_id", "area_code", "collection_year", "benefit_year", "kind", "person_class",
        "group", "state", "current_slot", "amount_fen", "hold_code", "shares", "cover_from_date", "cover_until_date",
        "reasons", "pack_hash", "assessed_at",
    )  # fmt: skip
    columns = {
        name: Column(_KINDS.get(name, "text"), [getattr(bill, name) for bill in bills]) for name in names
    }
    return sets.insert(
        "bill", columns, "ON CONFLICT (bucket, person_id, benefit_year, current_slot) DO NOTHING RETURNING id"
    )
