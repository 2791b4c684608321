"""放开: when the pack states the figure that a group waited for, everybody who waited is assessed, told, and written about.

Nothing here knows a figure: the pack does, or the bills stay as they are (CP-04, E15). Run again it changes nothing and
writes the same texts and the present list of those not reached.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from canbao.basics.areas import prefix_of
from canbao.basics.documents import mask_name, mask_number
from canbao.basics.refusals import BadInput
from canbao.policy.assess import Answer
from canbao.policy.format.vocabulary import GROUPS
from canbao.records.models import MessageConsent
from canbao.records.notify.due import join_consents
from canbao.records.notify.released import Released, deferred_ids, released, words_of
from canbao.records.system.journals import Happened
from canbao.services.money.assess import assess
from canbao.services.notify.foresee import PAYABLE, foreseen
from canbao.services.notify.notices import Wording, media_text, school_text
from canbao.services.notify.tell import put_down
from canbao.services.system.env import Env

NO_CONSENT = "没有留手机号"
WITHDRAWN = "不要通知"


@dataclass
class Outcome:
    """How many people now have which kind of bill; `waiting` ones wait for the pack's figure, `unassessed` for something else."""

    bills: Counter[str] = field(default_factory=Counter)
    unassessed: int = 0
    messages: int = 0

    @property
    def waiting(self) -> int:
        """Those whose figure the pack does not state yet."""
        return self.bills["deferred"]


@dataclass(frozen=True)
class Unreached:
    """One person nobody could tell, masked, with the school or village that can."""

    name: str
    number: str
    area: str
    unit: str
    why: str


def release(
    env: Env, area_code: str, benefit_year: int, group: str, tick: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Assess everybody whose bill waits for the figure of a group, and queue a message for whoever asked for one.

    Raises:
        NotFound: no such area. BadInput: no such group.
    """
    outcome = Outcome()
    for chunk in deferred_ids(_prefix(env, area_code, group), benefit_year, group):
        done = assess(env, list(_freed(env, chunk, benefit_year, outcome)), benefit_year)
        bills = [row.bill for row in done if row.bill]
        outcome.bills.update(bill.state for bill in bills)
        due = join_consents([Happened("released", "bill_freed", bill.id, env.now) for bill in bills])
        outcome.messages += put_down(env, due)
        tick(len(chunk))
    return outcome


def rehearse(env: Env, area_code: str, benefit_year: int, group: str) -> Outcome:
    """What `release` would do now: policy is asked, nothing is written. Raises as `release` does."""
    outcome = Outcome()
    for chunk in deferred_ids(_prefix(env, area_code, group), benefit_year, group):
        freed = _freed(env, chunk, benefit_year, outcome)
        outcome.bills.update(answer.outcome for answer in freed.values())
        consents = MessageConsent.objects.filter(
            person__in=list(freed), benefit_year=benefit_year, active_slot=1
        )
        outcome.messages += consents.count()
    return outcome


def _freed(env: Env, person_ids: Sequence[int], benefit_year: int, outcome: Outcome) -> dict[int, Answer]:
    """Those who would have a figure now, with it. The rest keep the bill that waits, and are counted by why they do."""
    answers = foreseen(env, person_ids, benefit_year)
    freed = {id_: answer for id_, answer in answers.items() if answer.outcome in PAYABLE}
    waiting = sum(answer.outcome == "deferred" for answer in answers.values())
    outcome.bills["deferred"] += waiting
    outcome.unassessed += len(person_ids) - len(freed) - waiting
    return freed


def texts(env: Env, area_code: str, benefit_year: int, group: str) -> dict[str, str]:
    """Ready texts by file name: one for each school or village that has somebody, one for the media. Empty: nobody yet."""
    by_unit: dict[tuple[str, str], Counter[int]] = {}
    held = False
    for chunk in released(_prefix(env, area_code, group), benefit_year, group):
        for row in chunk:
            by_unit.setdefault((row.unit, row.unit_code), Counter())[row.amount_fen] += 1
            held = held or row.is_held
    if not by_unit:
        return {}
    said = Wording.of(env, area_code, benefit_year, group, held)
    everybody = sum(by_unit.values(), Counter())
    files = {
        f"通知-{unit}-{code}": school_text(said, unit, counts)
        for (unit, code), counts in by_unit.items()
        if unit
    }
    return {"媒体": media_text(said, everybody), **dict(sorted(files.items()))}


def unreached(env: Env, area_code: str, benefit_year: int, group: str) -> Iterator[Unreached]:
    """Everybody who has something to do since the release and was told nothing: without consent, refused, given up."""
    for chunk in released(_prefix(env, area_code, group), benefit_year, group):
        open_ = [row for row in chunk if row.state != "settled"]
        words = words_of([row.person_id for row in open_], benefit_year)
        for row in open_:
            if why := why_unreached(words.get(row.person_id, ())):
                yield _unreached(env, row, why)


def why_unreached(words: Sequence[tuple[str, str]]) -> str:
    """Why nobody was told, from the messages about one person; empty: somebody was, or will be."""
    if any(state in ("sent", "waiting") for state, _ in words):
        return ""
    failed = [reason for state, reason in words if state != "withdrawn"]
    return (failed[-1] or "没有送到") if failed else WITHDRAWN if words else NO_CONSENT


def _unreached(env: Env, row: Released, why: str) -> Unreached:
    number = env.sealer.open_number(row.person_id, row.number_sealed)
    return Unreached(
        mask_name(row.name), mask_number(number), env.areas.full_name(row.area_code), row.unit, why
    )


def _prefix(env: Env, area_code: str, group: str) -> str:
    if group not in GROUPS:
        raise BadInput(field="group", problem=f"没有这类人员：{group}。")
    return prefix_of(env.areas.get(area_code).code)
