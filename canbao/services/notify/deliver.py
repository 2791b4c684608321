"""送达: take what waits, give it to its carrier, write down the word on each, and give up after many tries.

Carriers are called outside any transaction. A message is leased before it goes, so that two workers never carry the
same; what went without an answer goes again under the same number, and carriers are asked about it first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from canbao.channels.message import Note, Word
from canbao.records.notify import messages
from canbao.records.notify.messages import Decided, Leased
from canbao.records.transactions import in_one_transaction
from canbao.services.notify.texts import TEXTS
from canbao.services.system.env import Env

AT_ONCE = 200
PAUSES_S = (60, 120, 300, 600, 1800, 3600, 7200, 21600)
TRIES = len(PAUSES_S)
GIVEN_UP = "发了几次，都没有回音"


def deliver(env: Env, batches: int = 20) -> int:
    """One round of the job. Returns how many messages were decided."""
    decided = 0
    for _ in range(batches):
        went, settled = _deliver_batch(env)
        decided += settled
        if went < AT_ONCE or settled == 0:
            break
    return decided


def _deliver_batch(env: Env) -> tuple[int, int]:
    due = messages.next_messages(env.now, sorted(env.messengers), AT_ONCE)
    taken = messages.lease(due, env.now, [_again_at(env.now, row.tries) for row in due])
    rows = {str(row.id): row for row in due if row.id in taken}
    words: list[Word] = []
    for way, messenger in env.messengers.items():
        notes = [_note(env, row) for row in rows.values() if row.way == way]
        words += messenger.send(notes, env.now) if notes else []
    return len(rows), _settle(env, rows, words)


def _again_at(now: datetime, tries: int) -> datetime:
    return now + timedelta(seconds=PAUSES_S[min(tries, TRIES - 1)])


def _note(env: Env, row: Leased) -> Note:
    address = env.sealer.open(row.address_sealed, f"message_consent:address:{row.consent_id}")
    values = row.values | ({"heading": TEXTS[row.kind].heading} if row.way == "wechat" else {})
    return Note(str(row.id), row.kind, address, values, row.tried_at)


def _settle(env: Env, rows: dict[str, Leased], words: Sequence[Word]) -> int:
    by_state: dict[str, list[Decided]] = {"sent": [], "refused": [], "given_up": []}
    for word in words:
        row = rows[word.client_id]
        if word.outcome != "unknown":
            by_state[word.outcome].append(Decided(row.id, word.code, word.words, word.receipt))
        elif row.tries + 1 >= TRIES:
            by_state["given_up"].append(Decided(row.id, word.code, word.words or GIVEN_UP))
    decided = sum(map(len, by_state.values()))
    env.serials.warm({"event": decided})

    def work() -> int:
        journal = env.journal()
        moved = sum(messages.decide(journal, state, told, env.now) for state, told in by_state.items())
        journal.write()
        return moved

    return in_one_transaction(work) if decided else 0
