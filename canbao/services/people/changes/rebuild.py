"""The register from its events: compare, and put right what was damaged. The same comparison is asked by `canbao audit`."""

from dataclasses import dataclass

from canbao.records.models import Enrolment, Identifier
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


def check_people(env: Env, person_id: int | None = None) -> list[WrongColumn]:
    """Compare every told column with its events; of one person alone if wanted."""
    rows = _rows_of(person_id) if person_id else {}
    return [
        WrongColumn(noun, row["id"], row["key"], row["stored"], row["rebuilt"])
        for noun in rebuild.NOUNS
        for row in rebuild.differing(noun, rows.get(noun))
    ]


def rebuild_people(env: Env, person_id: int | None = None) -> list[WrongColumn]:
    """Write every differing column anew from the events; of one person alone if wanted. Returns what was wrong."""

    def work() -> list[WrongColumn]:
        journal = env.journal()
        wrong = check_people(env, person_id)
        for one in wrong:
            rebuild.write(one.noun, {"id": one.id, "key": one.column, "rebuilt": one.rebuilt})
            journal.note(one.noun, one.id, "ColumnRebuilt", {"column": one.column})
        journal.write()
        return wrong

    return in_one_transaction(work)


def _rows_of(person_id: int) -> dict[str, list[int]]:
    """The rows of one person that events tell of."""
    return {
        "person": [person_id],
        "enrolment": list(Enrolment.objects.filter(person=person_id).values_list("id", flat=True)),
        "identifier": list(Identifier.objects.filter(person_id=person_id).values_list("id", flat=True)),
    }
