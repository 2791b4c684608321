"""The register from its events: compare, and put right what was damaged. The same comparison is asked by `canbao audit`."""

from dataclasses import dataclass

from canbao.records.people.changes import rebuild
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env


@dataclass(frozen=True)
class WrongColumn:
    """A column of a person, number or enrolment that is not what the events say."""

    noun: str
    id: int
    column: str
    stored: str
    rebuilt: str


def check_people(env: Env) -> list[WrongColumn]:
    """Compare every told column with its events."""
    return [
        WrongColumn(noun, row["id"], row["key"], row["stored"], row["rebuilt"])
        for noun in rebuild.NOUNS
        for row in rebuild.differing(noun)
    ]


def rebuild_people(env: Env) -> list[WrongColumn]:
    """Write every differing column anew from the events. Returns what was wrong."""

    def work() -> list[WrongColumn]:
        journal = env.journal()
        wrong = check_people(env)
        for one in wrong:
            rebuild.write(one.noun, {"id": one.id, "key": one.column, "rebuilt": one.rebuilt})
            journal.note(one.noun, one.id, "ColumnRebuilt", {"column": one.column})
        journal.write()
        return wrong

    return in_one_transaction(work)
