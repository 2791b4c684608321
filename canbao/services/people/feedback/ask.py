"""反馈问题: from any page, with nobody's name needed; answered on a page of its own that only its token opens (CP-21)."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from canbao.basics.documents import mask_number
from canbao.basics.refusals import BadInput, NotFound
from canbao.basics.states import FEEDBACK
from canbao.records.models import Feedback
from canbao.records.money.orders import bucket_of_token, new_token
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.notify.consent import checked_phone
from canbao.services.people.feedback.words import STATES, TOPICS, Said, checked_text, put_word, said_on
from canbao.services.system import limits
from canbao.services.system.env import Env
from canbao.services.system.limits import Limit

# A village may share one address, and one page may go to and fro for a while.
PER_ADDRESS = Limit("feedback", 120, timedelta(days=1))
PER_MATTER = Limit("feedback_more", 20, timedelta(days=1))
_ONCE = re.compile(r"[\w-]{32}", re.ASCII)
_CODE = re.compile(r"E-\d{4}")
_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx]|(?<!\d)1\d{10}(?!\d)")


@dataclass(frozen=True)
class Complaint:
    """A form as it was sent. `once` came with the form: sent twice, it is one matter. `code`: the refusal it came from."""

    area_code: str
    topic: str
    text: str
    phone: str
    code: str
    once: str
    address: str


@dataclass(frozen=True)
class Matter:
    """A matter as its own page shows it; numbers that somebody wrote into it are masked."""

    area_code: str
    topic: str
    state: str
    state_label: str
    said: tuple[Said, ...]
    next_turn: int


def tell_us(env: Env, form: Complaint) -> str:
    """Keep a matter; returns the token of its page, the same for the same form.

    Raises:
        BadInput: no topic, no words, too many, no mobile number. NotFound: no such area. TooManyTries.
    """
    env.areas.get(form.area_code)
    text = checked_text(form.text)
    if form.topic not in TOPICS:
        raise BadInput(field="topic", problem="请选是哪一类问题。")
    phone = checked_phone(form.phone) if form.phone.strip() else ""
    once = form.once if _ONCE.fullmatch(form.once) else env.new_token()
    bucket = env.sealer.bucket("feedback", once)
    token = new_token(bucket, once)
    if Feedback.objects.filter(bucket=bucket, token=token).exists():
        return token
    limits.count(env, PER_ADDRESS, form.address)
    (id_,) = env.new_ids("feedback", [bucket])
    row = Feedback(
        id=id_,
        token=token,
        area_code=form.area_code,
        topic=form.topic,
        code=form.code if _CODE.fullmatch(form.code) else "",
        phone_sealed=env.sealer.seal(phone, phone_place(id_)) if phone else None,
        asked_at=env.now,
        state="waiting",
    )

    def work() -> None:
        journal = env.journal()
        Feedback.objects.bulk_create([row], ignore_conflicts=True)
        if Feedback.objects.filter(id=id_).exists():
            put_word(env, row, "resident", text, 1)
            journal.note("feedback", id_, "FeedbackTold", {"topic": row.topic, "code": row.code})
        journal.write()

    in_one_transaction(work)
    return token


def say_more(env: Env, token: str, text: str, turn: int) -> None:
    """The resident goes on, at the turn their page showed; what was answered waits for an answer again.

    Raises:
        NotFound, BadInput, TooManyTries.
    """
    found, plain = matter_by_token(token), checked_text(text)
    limits.count(env, PER_MATTER, token)

    def work() -> None:
        journal = env.journal()
        if put_word(env, found, "resident", plain, turn):
            move(journal, found, "waiting")
        journal.write()

    in_one_transaction(work)


def solve(env: Env, token: str) -> None:
    """解决了: the resident's own word. Raises NotFound."""
    found = matter_by_token(token)

    def work() -> None:
        journal = env.journal()
        move(journal, found, "solved")
        journal.write()

    in_one_transaction(work)


def matter_of(env: Env, token: str) -> Matter:
    """What the matter's page shows. Raises NotFound."""
    found = matter_by_token(token)
    said = tuple(replace(one, text=_NUMBER.sub(_masked, one.text)) for one in said_on(env, found.id))
    return Matter(
        found.area_code, TOPICS[found.topic], found.state, STATES[found.state], said, said[-1].turn + 1
    )


def answered_on(tokens: list[str]) -> list[str]:
    """Of the matters this phone holds, those with an answer that waits to be read."""
    if not tokens:
        return []
    rows = Feedback.objects.filter(
        bucket__in={bucket_of_token(token) for token in tokens}, token__in=tokens, state="answered"
    )
    return list(rows.order_by("asked_at").values_list("token", flat=True))


def matter_by_token(token: str) -> Feedback:
    """The matter a page opens. Raises NotFound."""
    found = Feedback.objects.filter(bucket=bucket_of_token(token), token=token).first()
    if found is None:
        raise NotFound
    return found


def move(journal: Journal, found: Feedback, state: str) -> None:
    """Move a matter where it may move; where it stands there already, nothing is to do."""
    keys = {"bucket": Column("int", [found.bucket]), "id": Column("int", [found.id])}
    claim(journal, Claim(FEEDBACK, state, keys))


def phone_place(feedback_id: int) -> str:
    """Where the phone of a matter lies sealed."""
    return f"feedback:phone:{feedback_id}"


def _masked(found: re.Match[str]) -> str:
    return mask_number(found[0])
