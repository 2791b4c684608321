"""复核: one person proposes, another decides, and what is decided is exactly what was proposed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canbao.basics.genes import bucket_of
from canbao.basics.refusals import ContentChanged, NotFound, SecondPersonNeeded, StepNotDue
from canbao.basics.states import APPROVAL
from canbao.records import sets
from canbao.records.models import Approval
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Step:
    """Which step of which row: `Step("refund", 12340421, "approve")`."""

    subject: str
    subject_id: int
    name: str


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of what is to be decided."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def propose(env: Env, journal: Journal, step: Step, content: Mapping[str, Any]) -> str:
    """Put something up for a second person, inside the caller's transaction. Returns its hash.

    Raises:
        StepNotDue: an undecided proposal for the step is there already.
    """
    bucket = bucket_of(step.subject_id)
    digest = content_hash(content)
    (id_,) = env.new_ids("approval", [bucket])
    plain = json.loads(json.dumps(content, default=str))
    values: dict[str, tuple[sets.Kind, Any]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "subject": ("text", step.subject),
        "subject_id": ("int", step.subject_id), "step": ("text", step.name), "content": ("json", plain),
        "content_hash": ("text", digest), "proposed_by": ("text", env.actor), "proposed_at": ("instant", env.now),
        "open_slot": ("int", 1), "state": ("text", "open"),
    }  # fmt: skip
    made = sets.insert(
        "approval",
        {name: Column(kind, [value]) for name, (kind, value) in values.items()},
        "ON CONFLICT (bucket, subject, subject_id, step, open_slot) DO NOTHING RETURNING id",
    )
    if not made:
        raise StepNotDue(state="待复核")
    journal.note("approval", id_, "ApprovalProposed", {"step": step.name})
    return digest


def decide(env: Env, journal: Journal, step: Step, digest: str, *, granted: bool) -> Approval:
    """Grant or decline what is open, inside the caller's transaction, which does what was granted.

    Raises:
        NotFound: nothing is up for a decision. SecondPersonNeeded: by whoever proposed it.
        ContentChanged: the hash is not that of what was proposed. StepNotDue: somebody was quicker.
    """
    found = open_step(step)
    if found is None:
        raise NotFound
    if granted and found.proposed_by == env.actor:
        raise SecondPersonNeeded
    if found.content_hash != digest or content_hash(found.content) != digest:
        raise ContentChanged
    keys = {"bucket": Column("int", [found.bucket]), "id": Column("int", [found.id])}
    # Whoever proposed may take it back; that is a withdrawal, with nobody as its judge.
    judge = env.actor if found.proposed_by != env.actor else None
    moved = claim(
        journal,
        Claim(
            APPROVAL,
            "granted" if granted else "declined",
            keys,
            equal={"content_hash": Column("text", [digest])},
            assign={"decided_by": Column("text", [judge]), "decided_at": Column("instant", [env.now])},
            clear=("open_slot",),
        ),
    )
    if not moved:
        raise StepNotDue(state="已复核")
    return found


def open_step(step: Step) -> Approval | None:
    """What is up for a decision, or None."""
    return Approval.objects.filter(
        bucket=bucket_of(step.subject_id),
        subject=step.subject,
        subject_id=step.subject_id,
        step=step.name,
        open_slot=1,
    ).first()
