"""推送: put into the outbox what became true or untrue, in the same transaction. Nothing is sent here.

The rows say what and of whom; what exactly is read from the bill when it is sent, since a bill never changes.
"""

from collections.abc import Sequence

from canbao.records.exchange.outbox.rows import Telling, put_rows, withdraw
from canbao.records.moves import Journal
from canbao.services.system.env import Env

TAX = "tax"
ASSESSMENT = "assessment"


def put_assessments(env: Env, bills: Sequence[tuple[int, int]]) -> None:
    """The tax side is to be told these bills, given as (person id, bill id)."""
    put_rows(env.serials, [Telling(TAX, ASSESSMENT, "put", person, bill) for person, bill in bills], env.now)


def cancel_assessments(env: Env, journal: Journal, bill_ids: Sequence[int]) -> None:
    """These bills count no more: what nobody was told is taken back, what somebody may know is cancelled."""
    if bill_ids:
        put_rows(env.serials, withdraw(journal, bill_ids, ASSESSMENT), env.now)


def in_turns(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """The rows in rounds, each person at most once in a round, in the order given."""
    rounds: list[list[Telling]] = []
    seen: dict[int, int] = {}
    for one in tellings:
        place = seen[one.person_id] = seen.get(one.person_id, -1) + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(one)
    return rounds
