"""核定: what each person owes for a benefit year, and why. One is a batch of one.

Policy decides once per distinct kind of person; what it decided is written once and joined to the people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from canbao.basics.refusals import OutsideWindow
from canbao.basics.states import BILL
from canbao.policy.assess import Answer
from canbao.policy.assess import assess as decide
from canbao.policy.pack import Pack
from canbao.policy.situation import Mark, Situation
from canbao.records.money.bills import BillContent, BillRow, change_holds, current_bills, insert_bills
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.facts import PersonFacts, gather, marks_in_force
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.outbox.announce import cancel_assessments, put_assessments
from canbao.services.system.env import Env

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Assessment:
    """One person's answer. `bill` is stored; None where policy blocked, nobody is enrolled, or the year `is_covered`."""

    facts: PersonFacts
    answer: Answer | None
    bill: BillRow | None
    is_covered: bool = False


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
    covered = {p for p, person in facts.items() if _is_covered(person, benefit_year)}
    answers = answers_of(env, facts, benefit_year)
    wanted = _wanted(facts, answers, covered)
    if other := _pushed_otherwise(facts, wanted):
        answers |= answers_of(env, other, benefit_year)
        wanted = _wanted(facts, answers, covered)
    stale = [
        old
        for p, (answer, _) in answers.items()
        if (old := facts[p].bill)
        and not old.is_fixed
        and wanted.get(p) != old.content
        and (p in covered or not _still_waits(old, answer))
    ]
    _supersede(env, stale)
    replaced = {bill.id for bill in stale}
    kept = {p: bill for p, person in facts.items() if (bill := person.bill) and bill.id not in replaced}
    kept |= _hold(env, kept, wanted)
    asked = [(p, content) for p, content in wanted.items() if p not in kept]
    fresh = _store(env, asked, {p for p, _ in asked if _goes_to_tax(*answers[p])}, benefit_year)
    bills = kept | fresh
    return [
        Assessment(facts[p], answers[p][0] if p in answers else None, bills.get(p), p in covered)
        for p in person_ids
        if p in facts
    ]


def _is_covered(person: PersonFacts, benefit_year: int) -> bool:
    """Cover of the year stands that no bill of ours paid for: one person pays once a year, wherever (FY-14)."""
    return benefit_year in person.covered_years and not (person.bill and person.bill.state == "settled")


def _still_waits(old: BillRow, answer: Answer) -> bool:
    """Whoever looks outside the window leaves the bill that waits for a figure, or its release would miss them (CP-04)."""
    return (
        old.state == "deferred" and isinstance(answer.refusal, OutsideWindow) and answer.outcome == "blocked"
    )


def _pushed_otherwise(
    facts: dict[int, PersonFacts], wanted: dict[int, BillContent]
) -> dict[int, PersonFacts]:
    """Whoever the tax side has a bill of that says something else now: the new figure is not accepted yet (SX-10)."""
    return {
        p: replace(person, bill=None)
        for p, person in facts.items()
        if person.bill
        and person.bill.push_accepted_date
        and wanted.get(p, person.bill.content) != person.bill.content
    }


def _goes_to_tax(answer: Answer, pack: Pack) -> bool:
    """The personal part of an assisted person is told to tax where the notice says so; all else it knows (SX-07)."""
    return (
        bool(pack.assistance.push_required.known) and answer.kind == "special" and answer.outcome == "payable"
    )


def _hold(env: Env, kept: dict[int, BillRow], wanted: dict[int, BillContent]) -> dict[int, BillRow]:
    """Bills that say the same and are held back, or not any more."""
    changed = {
        p: bill._replace(content=wanted[p])
        for p, bill in kept.items()
        if p in wanted and wanted[p].hold_code != bill.hold_code
    }
    change_holds(list(changed.values()))
    journal = env.journal()
    for bill in changed.values():
        journal.note(
            "bill", bill.id, "BillHeld" if bill.hold_code else "BillReleased", {"code": bill.hold_code}
        )
    journal.write()
    return changed


def _wanted(
    facts: dict[int, PersonFacts], answers: dict[int, tuple[Answer, Pack]], covered: set[int]
) -> dict[int, BillContent]:
    """What each bill should say; people of one kind, who share an answer, share the content too."""
    contents: dict[tuple[int, str, str, int], BillContent] = {}
    wanted: dict[int, BillContent] = {}
    for person_id, (answer, pack) in answers.items():
        person = facts[person_id]
        if answer.outcome == "blocked" or person.enrolment is None or person_id in covered:
            continue
        if person.bill and person.bill.is_fixed:
            continue
        key = (id(answer), person.enrolment.area_code, person.enrolment.person_class, person.share_fen)
        if key not in contents:
            contents[key] = _content(answer, pack, *key[1:])
        wanted[person_id] = contents[key]
    return wanted


def answers_of(env: Env, facts: dict[int, PersonFacts], benefit_year: int) -> dict[int, tuple[Answer, Pack]]:
    """What policy says of everybody who is enrolled, by person: asked once per area. Nothing is written."""
    by_area: dict[str, list[PersonFacts]] = {}
    for person in facts.values():
        if person.enrolment:
            by_area.setdefault(person.enrolment.area_code, []).append(person)
    answers: dict[int, tuple[Answer, Pack]] = {}
    for area_code, people in by_area.items():
        pack = env.packs.get(area_code, benefit_year, env.now)
        on = env.local_date(area_code)
        given = decide(pack, [situation_of(person, on) for person in people], on, env.moment(pack))
        answers |= {person.person.id: (answer, pack) for person, answer in zip(people, given, strict=True)}
    return answers


def situation_of(facts: PersonFacts, on: date) -> Situation:
    """What policy may know of a person on a local day: facts without identity."""
    enrolment = facts.enrolment
    if enrolment is None:
        raise ValueError("only an enrolled person has a situation")
    pushed = facts.bill.push_accepted_date if facts.bill else None
    return Situation(
        person_class=enrolment.person_class,
        birth_date=facts.person.birth_date,
        marks=tuple(
            Mark(mark.group, mark.acquired_date, mark.push_accepted_date or pushed)
            for mark in marks_in_force(facts, on)
        ),
        sex=facts.person.sex or None,
        declarations=facts.declared,
        registered_by=enrolment.registered_by,
        registered_date=enrolment.started_date,
        covered_years=tuple(facts.covered_years) or None,  # no row at all: the history is unknown
    )


def _content(answer: Answer, pack: Pack, area_code: str, person_class: str, share_fen: int) -> BillContent:
    return BillContent(
        area_code=area_code,
        collection_year=pack.collection_year,
        benefit_year=pack.benefit_year,
        kind=answer.kind,
        person_class=person_class,
        group=answer.group,
        state=answer.outcome,
        amount_fen=answer.amount_fen,
        hold_code=answer.refusal.code if answer.refusal and answer.outcome == "payable" else None,
        shares=_with_share(answer.shares, share_fen),
        cover_from_date=answer.cover.from_date if answer.cover else None,
        cover_until_date=answer.cover.until_date if answer.cover else None,
        pack_hash=pack.hash,
        reasons=[asdict(reason) for reason in answer.reasons],
    )


def _with_share(shares: Mapping[str, int], share_fen: int) -> dict[str, int]:
    """A collective bears a part of what the person would pay, never more than that (CZ-18)."""
    borne = min(share_fen, shares.get("person", 0))
    if not borne:
        return dict(shares)
    return {**shares, "person": shares["person"] - borne, "collective": shares.get("collective", 0) + borne}


def _supersede(env: Env, bills: Sequence[BillRow]) -> None:
    keys = {
        "bucket": Column("int", [bill.bucket for bill in bills]),
        "id": Column("int", [bill.id for bill in bills]),
    }
    journal: Journal = env.journal()
    claim(journal, Claim(BILL, "superseded", keys, clear=("current_slot",)))
    cancel_assessments(env, journal, [bill.id for bill in bills if bill.content.kind == "special"])
    journal.write()


def _store(
    env: Env, asked: Sequence[tuple[int, BillContent]], to_tax: set[int], benefit_year: int
) -> dict[int, BillRow]:
    """Insert the new bills; where another worker was quicker, its bill is the current one."""
    made = insert_bills(env.serials, asked, env.now)
    put_assessments(env, [(p, bill.id) for p, bill in made.items() if p in to_tax])
    return made | current_bills([person_id for person_id, _ in asked if person_id not in made], benefit_year)
