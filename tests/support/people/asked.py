"""What tests ask about people and their money, and do not want to spell out each time."""

from datetime import date

from canbao.records.models import Bill, Person
from canbao.records.people.changes.told import Ground
from canbao.services.money.collect import collect
from canbao.services.people.changes.suspend import Suspension, suspend
from tests.support.world import CHIPING_YEAR, World


def number_of(world: World, person_id: int) -> str:
    """The ID number of a record, opened."""
    sealed = bytes(Person.objects.get(id=person_id).number_sealed)
    return world.env.sealer.open(sealed, f"person:number:{person_id}")


def pay(world: World, person_id: int, year: int = CHIPING_YEAR) -> Bill:
    """Assess one person and pay at a counter."""
    bill = world.bill(person_id, year)
    assert collect(world.env, [world.opening(bill)], "cash", "0007") == ["settled"]
    return Bill.objects.get(id=bill.id)


def suspend_from(world: World, person_id: int, day: date) -> int:
    """Suspend one person's enrolment from a day on."""
    suspend(world.env, [Suspension(person_id, day, "other", Ground("test"))])
    return person_id
