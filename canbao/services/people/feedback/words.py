"""What was said on a matter, turn by turn: sealed when it is written, opened when it is read."""

from dataclasses import dataclass
from datetime import datetime

from canbao.basics.refusals import BadInput
from canbao.records.models import Feedback, FeedbackWord
from canbao.services.system.env import Env

LONGEST, SHORTEST = 500, 4
TOPICS = {
    "paying": "缴费没有成功",
    "wrong_data": "查不到，或信息不对",
    "unclear": "看不懂怎么办",
    "other": "别的问题",
}
STATES = {"waiting": "等经办机构答复", "answered": "已经答复", "solved": "已经解决"}


@dataclass(frozen=True)
class Said:
    """One turn: which side, its words, who and when."""

    turn: int
    side: str
    text: str
    said_by: str
    at: datetime


def checked_text(text: str) -> str:
    """The words without space around them, or BadInput: too few to understand, too many to read."""
    plain = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    if len(plain) < SHORTEST:
        raise BadInput(field="text", problem="请写几句，我们才能帮您。")
    if len(plain) > LONGEST:
        raise BadInput(field="text", problem=f"最多写 {LONGEST} 个字。您写了 {len(plain)} 个。")
    return plain


def said_on(env: Env, feedback_id: int) -> list[Said]:
    """Everything said on a matter, in its order."""
    rows = FeedbackWord.objects.filter(feedback=feedback_id).order_by("turn")
    return [
        Said(row.turn, row.side, env.sealer.open(bytes(row.text_sealed), _place(row.id)), row.said_by, row.said_at)
        for row in rows
    ]  # fmt: skip


def put_word(env: Env, feedback: Feedback, side: str, text: str, turn: int | None = None) -> bool:
    """Put words down at this turn (None: as the last), or at the next that nobody has taken; False: they were sent twice.

    Whoever speaks at the same moment takes a turn of their own, so nobody's words are lost.
    """
    while True:
        said = said_on(env, feedback.id)
        turn = said[-1].turn if turn is None else turn
        if any(one.turn >= turn and (one.side, one.text) == (side, text) for one in said):
            return False
        turn = max([turn, *(one.turn + 1 for one in said)])
        id_ = env.new_id("feedback_word", feedback.id)
        sealed = env.sealer.seal(text, _place(id_))
        row = FeedbackWord(
            id=id_, feedback_id=feedback.id, turn=turn, side=side, text_sealed=sealed, said_by=env.actor, said_at=env.now
        )  # fmt: skip
        FeedbackWord.objects.bulk_create([row], ignore_conflicts=True)
        if FeedbackWord.objects.filter(id=id_).exists():
            return True


def _place(word_id: int) -> str:
    return f"feedback_word:text:{word_id}"
