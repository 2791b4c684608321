"""信息变更: a name or an ID number is put right. The old number still finds the person, and what stood there stays told.

The tax side keeps names and numbers of its own (CP-16): whoever brings changes there reads the `PersonCorrected` events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from canbao.basics.documents import (
    RESIDENT_ID,
    BadNumber,
    mask_name,
    mask_number,
    normal_name,
    parse_resident_id,
)
from canbao.basics.genes import bucket_of
from canbao.basics.refusals import BadInput, ChangeRefused, RecordTaken, StepNotDue
from canbao.records import sets
from canbao.records.models import Person
from canbao.records.moves import Journal
from canbao.records.people.changes.told import Ground, told
from canbao.records.people.find import find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.begun import number_begun
from canbao.services.people.changes.who import checked_ground, living
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Correction:
    """What one person's record should say; None: as it is. `number` is a resident ID number."""

    person_id: int
    ground: Ground
    name: str | None = None
    number: str | None = None


def correct(env: Env, corrections: Sequence[Correction]) -> list[Person]:
    """Put names and numbers right, all or none; unpaid bills are assessed anew where the birthday changed.

    Raises:
        NotFound, BadInput. ChangeRefused: nothing differs, merged, or died. RecordTaken: the number leads to another record.
        StepNotDue: somebody else changed the record at the same moment.
    """
    people = living([one.person_id for one in corrections])
    env.serials.warm({"event": 4 * len(corrections), "identifier": len(corrections)})

    def work() -> set[bills.Asked]:
        journal = env.journal()
        reborn = [one.person_id for one in corrections if _correct(env, journal, people[one.person_id], one)]
        withdrawn = bills.withdraw(journal, reborn)
        journal.write()
        return withdrawn

    bills.ask_anew(env, in_one_transaction(work))
    return list(Person.objects.filter(id__in=list(people)).order_by("id"))


def _correct(env: Env, journal: Journal, person: Person, one: Correction) -> bool:
    """Returns whether the birthday or sex changed with the number."""
    ground = checked_ground(one.ground)
    wanted = _wanted(env, person, one)
    was = {name: getattr(person, name) for name in wanted}
    if not wanted:
        raise ChangeRefused(problem="填的和登记的一样，没有要改的。")
    if "number_sealed" in wanted:
        _claim_number(env, journal, person, one.number or "")
    if not _write(person, wanted):
        raise StepNotDue(state="刚被别人改过")
    journal.note("person", person.id, "PersonCorrected", told(wanted, was, ground))
    return "birth_date" in wanted or "sex" in wanted


def _wanted(env: Env, person: Person, one: Correction) -> dict[str, Any]:
    """The columns that are to change."""
    wanted: dict[str, Any] = {}
    if one.name is not None:
        name = normal_name(one.name)
        if not 1 < len(name) <= 60:
            raise BadInput(field="name", problem="请填写姓名，和身份证上一样。")
        wanted["name"] = name
    if one.number is not None:
        try:
            holder = parse_resident_id(one.number, env.local_date("100000"))
        except BadNumber:
            raise BadInput(field="number", problem="身份证号不对，请对照身份证再输。") from None
        if env.sealer.open_number(person.id, person.number_sealed) != holder.number:
            wanted["number_sealed"] = env.sealer.seal_number(person.id, holder.number)
        wanted |= {"id_type": RESIDENT_ID, "birth_date": holder.birth_date, "sex": holder.sex}
    return {name: value for name, value in wanted.items() if value != getattr(person, name)}


def _claim_number(env: Env, journal: Journal, person: Person, text: str) -> None:
    """The number is claimed in its own bucket first; two who want it at once cannot both have it."""
    number = parse_resident_id(text, env.local_date("100000")).number
    bucket = env.sealer.bucket(RESIDENT_ID, number)
    index = env.sealer.blind_index(RESIDENT_ID, number)
    made = sets.insert(
        "identifier",
        {
            "id": Column("int", env.new_ids("identifier", [bucket])),
            "bucket": Column("int", [bucket]),
            "id_type": Column("text", [RESIDENT_ID]),
            "blind_index": Column("text", [index]),
            "person_id": Column("int", [person.id]),
            "created_at": Column("instant", [env.now]),
        },
        "ON CONFLICT (bucket, id_type, blind_index) DO NOTHING RETURNING id",
    )
    if made:
        details = number_begun(RESIDENT_ID, index, person.id)
        journal.note("identifier", made[0]["id"], "NumberClaimed", details)
        return
    other = find_person(env.sealer, RESIDENT_ID, number)
    if other is not None and other.id != person.id:
        said = f"{mask_name(other.name)} {mask_number(number)}"
        raise RecordTaken(other=said, other_id=str(other.id))


def _write(person: Person, wanted: dict[str, Any]) -> bool:
    """Write the columns, if the record still says what it said."""
    same = Person.objects.filter(
        id=person.id,
        bucket=bucket_of(person.id),
        name=person.name,
        birth_date=person.birth_date,
        merged_into_id=None,
        number_sealed=bytes(person.number_sealed),
    )
    return bool(same.update(**wanted))
