"""重复参保: years that somebody has paid for twice, which of the two stands, and what follows (LZ-11, N-33-1, P18).

Cover here is once a year by the database. What another system holds comes as `ElsewhereCover`; where it meets cover of
ours on the same day, the national rule names the one to keep, the resident may wish, and a clerk decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.days import Span, year_span
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, NotFound, StatementNeeded, StepNotDue
from canbao.basics.states import DUPLICATE
from canbao.policy.duplicate import Record, Standing, which_stands
from canbao.policy.format.faults import PackFaults
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason
from canbao.records import sets
from canbao.records.models import Coverage, Duplicate, ElsewhereCover, Enrolment
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.changes.told import Ground
from canbao.records.people.facts import marks_of
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.suspend import Suspension, end
from canbao.services.people.changes.who import checked_ground
from canbao.services.system.env import Env

Keep = Literal["ours", "theirs", "both"]
STUDENTS = {"preschool", "student", "vocational_student", "university_student"}
ENDED_BY = "duplicate"
MERGED = "merged"


@dataclass(frozen=True)
class Elsewhere:
    """What another system says of one person's year. None is unknown, never no. Days: first, and first not any more."""

    person_id: int
    scheme: Literal["resident", "employee"]
    area_code: str
    benefit_year: int
    cover_from_date: date
    cover_until_date: date
    source: str
    is_habitual_residence: bool | None = None
    is_school_place: bool = False
    continuous_years: int | None = None
    is_assisted: bool | None = None
    other_person_id: int | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided of one duplicate, by which statement if one was needed."""

    duplicate_id: int
    keep: Keep
    ground: Ground
    statement: str | None = None


def hear(env: Env, heard: Sequence[Elsewhere]) -> list[int]:
    """Keep what another system says, and queue every year that is paid for here too. Returns the new duplicates.

    Hearing the same again changes nothing.
    """
    env.serials.warm({"elsewhere_cover": len(heard), "duplicate": len(heard), "event": 2 * len(heard)})

    def work() -> list[int]:
        journal = env.journal()
        found = keep(env, journal, heard)
        journal.write()
        return found

    return in_one_transaction(work)


def keep(env: Env, journal: Journal, heard: Sequence[Elsewhere]) -> list[int]:
    """`hear` inside the caller's transaction."""
    if not heard:
        return []
    buckets = [bucket_of(one.person_id) for one in heard]
    kinds: dict[str, sets.Kind] = {
        "person_id": "int", "scheme": "text", "area_code": "text", "benefit_year": "int", "cover_from_date": "date",
        "cover_until_date": "date", "source": "text", "is_habitual_residence": "bool", "is_school_place": "bool",
        "continuous_years": "int", "is_assisted": "bool", "other_person_id": "int",
    }  # fmt: skip
    columns = {name: Column(kind, [getattr(one, name) for one in heard]) for name, kind in kinds.items()}
    columns |= {
        "id": Column("int", env.new_ids("elsewhere_cover", buckets)),
        "bucket": Column("int", buckets),
        "heard_at": Column("instant", [env.now] * len(heard)),
    }
    made = sets.insert(
        "elsewhere_cover",
        columns,
        "ON CONFLICT (bucket, person_id, scheme, area_code, benefit_year) DO NOTHING RETURNING id",
    )
    for row in made:
        journal.note("elsewhere_cover", row["id"], "ElsewhereHeard")
    return _queue(env, journal, [row["id"] for row in made])


def find_merged(env: Env, journal: Journal, loser_id: int, winner_id: int) -> list[int]:
    """Queue the years that two merged records have both paid for. Returns the years."""
    theirs = Coverage.objects.filter(person=loser_id, state="active")
    ours = Coverage.objects.filter(person=winner_id, state="active").exclude(origin=MERGED)
    years = set(ours.values_list("cover_year", flat=True))
    doubled = [row for row in theirs if row.cover_year in years]
    keep(env, journal, [_merged_year(row, winner_id, loser_id) for row in doubled])
    return sorted(row.cover_year for row in doubled)


def decide(env: Env, decision: Decision) -> Duplicate:
    """Decide which of two records stands.

    `theirs`: our enrolment is terminated; what was paid here is asked back as the pack says (`canbao refund`, reason
    duplicate), and its cover ends with that. `ours`: the other side is told to end theirs. Of two records merged into
    one only the money of the year is at stake, and the enrolment goes on.

    Raises:
        NotFound, BadInput. StatementNeeded: an assisted record is given up without the person's written word.
        StepNotDue: decided already.
    """
    checked_ground(decision.ground)
    found = Duplicate.objects.filter(id=decision.duplicate_id).select_related("elsewhere").first()
    if found is None:
        raise NotFound
    if decision.keep not in ("ours", "theirs", "both"):
        raise BadInput(field="keep", problem="要写留哪一份：ours、theirs 或者 both。")
    _refuse_without_statement(env, found, decision)
    env.serials.warm({"event": 8})

    def work() -> None:
        journal = env.journal()
        _claim(env, journal, found, decision)
        if decision.keep == "theirs" and found.elsewhere.source != MERGED:
            _end_ours(env, journal, found, decision)
        if decision.keep == "ours":
            ElsewhereCover.objects.filter(id=found.elsewhere_id).update(ended_at=env.now)
        journal.write()

    in_one_transaction(work)
    return Duplicate.objects.select_related("elsewhere").get(id=found.id)


def open_duplicates(person_id: int | None = None) -> list[Duplicate]:
    """The queue, the oldest first; of one person alone if wanted."""
    rows = Duplicate.objects.filter(state="open").select_related("elsewhere").order_by("found_at", "id")
    return list(rows.filter(person=person_id) if person_id else rows[:500])


def wish(env: Env, duplicate_id: int, wished: str) -> None:
    """What the resident would keep: noted beside the queue's entry, and decided by a clerk. Raises NotFound, BadInput."""
    if wished not in ("ours", "theirs"):
        raise BadInput(field="keep", problem="请选一份。")
    row = Duplicate.objects.filter(id=duplicate_id, state="open")
    if not row.update(wished=wished):
        raise NotFound
    journal = env.journal()
    journal.note("duplicate", duplicate_id, "DuplicateWished", {"wished": wished})
    in_one_transaction(journal.write)


def _merged_year(row: Coverage, winner_id: int, loser_id: int) -> Elsewhere:
    span = year_span(row.cover_year)
    return Elsewhere(
        winner_id,
        "resident",
        row.area_code,
        row.cover_year,
        row.cover_from_date or span.from_date,
        row.cover_until_date or span.until_date,
        MERGED,
        other_person_id=loser_id,
    )


def _queue(env: Env, journal: Journal, elsewhere_ids: Sequence[int]) -> list[int]:
    """Put up whatever is paid for on the same day twice."""
    queued: list[int] = []
    for theirs in ElsewhereCover.objects.filter(id__in=elsewhere_ids).order_by("id"):
        cover = Coverage.objects.filter(
            person=theirs.person_id, cover_year=theirs.benefit_year, state="active"
        ).first()
        if cover is None:
            continue
        standing = _standing(env, cover, theirs)
        if standing is not None:
            queued.append(_put_up(env, journal, theirs, standing))
    return queued


def _standing(env: Env, cover: Coverage, theirs: ElsewhereCover) -> Standing | None:
    """Which of the two stands; a year without a pack of ours has no rule, so staff decide."""
    try:
        pack = env.packs.get(cover.area_code, theirs.benefit_year, env.now)
    except PackFaults:
        return Standing(None, Reason("", "这一年没有政策，留哪一份由工作人员核定。", "", "not_stated"))
    return which_stands(pack, (_our_record(pack, cover, theirs), _their_record(theirs)))


def _our_record(pack: Pack, cover: Coverage, theirs: ElsewhereCover) -> Record:
    span = year_span(cover.cover_year)
    enrolment = Enrolment.objects.filter(person=cover.person_id, area_code=cover.area_code).last()
    person_class = enrolment.person_class if enrolment else ""
    known = theirs.is_habitual_residence
    return Record(
        scheme="resident",
        cover=Span(cover.cover_from_date or span.from_date, cover.cover_until_date or span.until_date),
        at_habitual_residence=None if known is None else not known,
        at_school_place=person_class in STUDENTS
        and not theirs.is_school_place
        and _at_school(pack, person_class),
        is_assisted=bool(marks_of([cover.person_id]).get(cover.person_id)),
    )


def _at_school(pack: Pack, person_class: str) -> bool:
    """Whether students of this class are enrolled here because their school is here."""
    return any(
        rule.place.known == "school_place"
        and (not rule.who.person_classes or person_class in rule.who.person_classes)
        for rule in pack.students.values()
    )


def _their_record(theirs: ElsewhereCover) -> Record:
    return Record(
        scheme="employee" if theirs.scheme == "employee" else "resident",
        cover=Span(theirs.cover_from_date, theirs.cover_until_date),
        at_habitual_residence=theirs.is_habitual_residence,
        at_school_place=theirs.is_school_place,
        continuous_years=theirs.continuous_years,
        is_assisted=bool(theirs.is_assisted),
    )


def _put_up(env: Env, journal: Journal, theirs: ElsewhereCover, standing: Standing) -> int:
    id_ = env.new_id("duplicate", theirs.id)
    default = None if standing.keep is None else ("ours", "theirs")[standing.keep]
    Duplicate.objects.create(
        id=id_,
        person_id=theirs.person_id,
        benefit_year=theirs.benefit_year,
        elsewhere=theirs,
        default_keep=default,
        reason=standing.reason.text,
        rules=[rule for rule in standing.reason.rule.split("、") if rule],
        deducts_fiscal=standing.deducts_fiscal,
        needs_statement=standing.needs_statement,
        found_at=env.now,
        open_slot=1,
        state="open",
    )
    journal.note("duplicate", id_, "DuplicateFound", {"default": default, "reason": standing.reason.text})
    return id_


def _refuse_without_statement(env: Env, found: Duplicate, decision: Decision) -> None:
    """Whoever gives up an assisted record signs for it, also where the clerk decides against the rule."""
    ours_helped = bool(marks_of([found.person_id]).get(found.person_id))
    given_up = {"ours": bool(found.elsewhere.is_assisted), "theirs": ours_helped, "both": False}[
        decision.keep
    ]
    pack = _pack_of(env, found)
    needed = given_up and (pack is None or pack.duplicates.statement_when_giving_up_help.known is True)
    if needed and not (decision.statement and decision.statement.strip()):
        raise StatementNeeded


def _pack_of(env: Env, found: Duplicate) -> Pack | None:
    cover = Coverage.objects.filter(person=found.person_id, cover_year=found.benefit_year).first()
    return env.packs.get(cover.area_code, found.benefit_year, env.now) if cover else None


def _claim(env: Env, journal: Journal, found: Duplicate, decision: Decision) -> None:
    assign: dict[str, tuple[sets.Kind, object]] = {
        "keep": ("text", decision.keep), "statement": ("text", decision.statement), "said": ("text", decision.ground.why),
        "decided_by": ("text", env.actor), "decided_at": ("instant", env.now),
    }  # fmt: skip

    def details(row: Row) -> dict[str, object]:
        return {
            "keep": decision.keep,
            "default": found.default_keep,
            "why": decision.ground.why,
            "evidence": decision.ground.evidence,
            "statement": decision.statement,
        }

    moved = claim(
        journal,
        Claim(
            DUPLICATE,
            "decided",
            {"bucket": Column("int", [found.bucket]), "id": Column("int", [found.id])},
            assign={name: Column(kind, [value]) for name, (kind, value) in assign.items()},
            clear=("open_slot",),
            told=details,
        ),
    )
    if not moved:
        raise StepNotDue(state="已经决定")


def _end_ours(env: Env, journal: Journal, found: Duplicate, decision: Decision) -> None:
    """The other record stands: ours ends today, and nothing more is asked for here."""
    bills.withdraw(journal, [found.person_id], even_ordered=True)
    rows = Enrolment.objects.filter(person=found.person_id, state="active")
    by_enrolment = {
        row.id: Suspension(found.person_id, env.local_date(row.area_code), ENDED_BY, decision.ground)
        for row in rows
    }
    end(journal, "terminated", by_enrolment)
