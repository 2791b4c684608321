"""看发件箱: what waits, what was refused and why, what went; and what was refused, told again or settled by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.documents import mask_name
from canbao.basics.refusals import BadInput, StepNotDue
from canbao.records.exchange.outbox import rows as outbox_rows
from canbao.records.exchange.outbox.rows import Refused, Telling
from canbao.records.exchange.outbox.table import TARGETS
from canbao.records.models import Person, PushBatch
from canbao.records.sets import Row
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.outbox.announce import in_turns
from canbao.services.system.env import Env

MOST = 1_000


@dataclass(frozen=True)
class Standing:
    """What the outbox holds for one authority. `is_connected`: this installation knows how to reach it."""

    target: str
    is_connected: bool
    rows: list[Row]
    batches: list[PushBatch]


@dataclass(frozen=True)
class RefusedRow:
    """A refusal as a clerk reads it."""

    row: Refused
    name: str


def standing(env: Env, target: str, batches: int = 10) -> Standing:
    """Counts, and the newest batches. Raises BadInput: no such authority."""
    _known(target)
    newest = list(PushBatch.objects.filter(target=target).order_by("-id")[:batches])
    return Standing(target, target in env.authorities, outbox_rows.counts(target), newest)


def refusals(env: Env, target: str, how_many: int = 100) -> list[RefusedRow]:
    """What was refused and not told again, the newest first. Raises BadInput: no such authority."""
    _known(target)
    rows = outbox_rows.refused_rows(target, how_many)
    names = dict(Person.objects.filter(id__in=[row.person_id for row in rows]).values_list("id", "name"))
    return [RefusedRow(row, mask_name(names[row.person_id])) for row in rows]


def retry(env: Env, target: str, row_ids: Sequence[int] | None = None) -> int:
    """Tell refused rows again, after their cause was put right: these, or all that still hold. Returns how many.

    Raises:
        BadInput: no such authority. StepNotDue: one of these was not refused, was told again, or does not hold any more.
    """
    _known(target)
    wanted = None if row_ids is None else list(dict.fromkeys(row_ids))

    def work() -> int:
        rows = outbox_rows.refused_rows(target, MOST, wanted)
        again = [row for row in rows if row.can_retry]
        if wanted is not None and len(again) < len(wanted):
            raise StepNotDue(state="不在被退回的里面，或者应缴单已经变了")
        journal = env.journal()
        tellings = [
            Telling(row.target, row.kind, row.action, row.person_id, row.subject_id)
            for row in reversed(again)
        ]
        for turn in in_turns(tellings):
            outbox_rows.put_rows(env.serials, turn, env.now, is_again=True)
        for row in again:
            journal.note("outbox_row", row.id, "OutboxRowToldAgain")
        journal.write()
        return len(again)

    env.serials.warm({outbox_rows.SERIAL: MOST, "event": MOST})
    return in_one_transaction(work)


def settle(env: Env, target: str, row_id: int, how: str) -> None:
    """Somebody has put a refusal right outside this system: it is told no more, and how it was is kept.

    Raises:
        BadInput: no such authority, or nothing said. StepNotDue: it is no open refusal of that authority.
    """
    _known(target)
    if not how.strip():
        raise BadInput(field="how", problem="请写怎么办好的。")
    env.serials.warm({"event": 1})

    def work() -> None:
        journal = env.journal()
        # What was told again already is decided there.
        if not outbox_rows.refused_rows(target, 1, [row_id]) or not outbox_rows.settle_refused(
            journal, target, row_id, how.strip()
        ):
            raise StepNotDue(state="不在被退回的里面")
        journal.write()

    in_one_transaction(work)


def _known(target: str) -> None:
    if target not in TARGETS:
        raise BadInput(field="target", problem=f"没有这个单位：{target}。")
