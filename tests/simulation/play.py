"""One seed, one world, from the first registration to rest. `python -m tests.simulation 42` plays seed 42."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.db import connection

from canbao.faces.cli.publish import area_names, pack_files
from canbao.services.system import packs
from canbao.services.system.packs import PackShelf
from canbao.services.system.places import put_areas
from tests.simulation.actors.bank import SimBank
from tests.simulation.actors.collectors import AGENT, DRAWER, Collector
from tests.simulation.actors.truth_tills import compare_till
from tests.simulation.actors.village import Village, put_villages
from tests.simulation.office import Office
from tests.simulation.people import Resident, job_round, plan_jobs
from tests.simulation.scenes import SCENES
from tests.simulation.truth import compare
from tests.simulation.truth_back import compare_back, compare_days
from tests.simulation.world import Violation, World

PACKS = Path(__file__).resolve().parents[2] / "packs"
FAULTS_S = 3 * 3_600
HEALING_S = 2.5 * 3_600
STEPS_MAX = 5_000
# The file of the second day comes on the third; what of it nobody owes goes through four hands.
DAYS_AFTER = 3
KEPT = {"area", "pack_version", "resolved_pack", "collection_unit", "work_calendar_override"}


@dataclass(frozen=True)
class Result:
    """What one seed came to. `trace` is the hash of every statement, fault and answer, in order."""

    seed: int
    violation: Violation | None
    trace: str
    counts: Counter[str]
    keys: tuple[str, ...]
    choices: frozenset[str] = frozenset()
    log: tuple[str, ...] = ()

    def __str__(self) -> str:
        how = f"✗ {self.violation}" if self.violation else "holds"
        return f"seed {self.seed}: {how} [{self.trace[:16]}]"


def prepare() -> None:
    """Areas, packs and resolved packs, once: every seed finds them."""
    put_areas(area_names(PACKS), {})
    packs.publish(pack_files(PACKS), min(scene.starts for scene in SCENES) - timedelta(days=400), ["a", "b"])
    put_villages()
    shelf = PackShelf()
    for scene in SCENES:
        for year in shelf.years(scene.area, scene.starts):
            shelf.get(scene.area, year, scene.starts)


def play(seed: int, without: Collection[str] = (), *, verbose: bool = False) -> Result:
    """Play one seed; `without` leaves out events by their keys."""
    _empty()
    world = World(seed, frozenset(without), verbose)
    violation = None
    with world.machine.hooked():
        try:
            _live(world)
        except Violation as found:
            violation = found
        finally:
            world.machine.revive()
    world.machine.counts.update(seeds=1, steps=world.steps)
    machine = world.machine
    people = {str(place + 1) for place in range(len(world.residents))}
    choices = frozenset(key for key in world.keys if key.count(".") < 2 and key.split(".")[0] in people)
    return Result(
        seed, violation, machine.hash.hexdigest(), machine.counts, tuple(world.keys), choices,
        tuple(machine.log or ()),
    )  # fmt: skip


def _live(world: World) -> None:
    world.orders = {}
    world.bank = SimBank(world)
    world.residents = [
        Resident(world, place, world.orders) for place in range(world.rng.choice((1, 2, 2, 3)))
    ]
    faults_end = world.now + timedelta(seconds=FAULTS_S)
    rest = faults_end + timedelta(seconds=HEALING_S)
    for person in world.residents:
        world.after(world.rng.uniform(0, 300), person.register)
    plan_jobs(world, FAULTS_S, FAULTS_S + HEALING_S)
    world.after(FAULTS_S + HEALING_S - 120, lambda: job_round(world, is_last=True))
    collectors = [Collector(world, DRAWER, 20_000), Collector(world, AGENT, 0)]
    for one in collectors if world.chance(0.5) else ():
        one.plan(FAULTS_S, HEALING_S)
    world.tax.plan(world.residents)
    world.bank.plan(world.residents, FAULTS_S)
    world.villages = {}
    if world.chance(0.4):
        Village(world).plan(FAULTS_S)
    office = Office(world)
    office.plan(FAULTS_S + HEALING_S)
    _until(world, faults_end)
    world.faulty = False
    _until(world, rest)
    world.now = rest
    world.check(at_rest=True)
    compare(world)
    for one in collectors:
        compare_till(one)
    # the first at eleven, when the statements of the day before are there
    for hours in range(7, DAYS_AFTER * 24, 8):
        world.after(hours * 3_600, office.work)
        world.after(hours * 3_600 + 60, lambda: job_round(world))
        world.after(hours * 3_600 + 120, world.tax.desk)
    world.after(DAYS_AFTER * 86_400 - 600, lambda: job_round(world, is_last=True))
    _until(world, rest + timedelta(days=DAYS_AFTER))  # what the channel repeats days later changes nothing
    world.check(at_rest=True, may_owe=False)
    compare(world)
    compare_back(world)
    compare_days(world)
    world.tax.compare()


def _until(world: World, end) -> None:
    while world.events and world.events[0][0] <= end:
        world.step()
        if world.steps > STEPS_MAX:
            raise Violation("I13", f"{STEPS_MAX} steps and no end")
    world.now = max(world.now, end)


def _empty() -> None:
    """Every seed starts with empty tables; areas and packs stay."""
    tables = [m._meta.db_table for m in apps.get_app_config("records").get_models()]
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in tables:
            if table not in KEPT:
                cursor.execute(f'DELETE FROM "{table}"')


def shrink(result: Result) -> tuple[str, ...]:
    """Leave out whole residents, visits and rosters while the same invariant still breaks.

    Retries, notices and jobs stay: without them even sound code does not come to rest.
    """
    without: set[str] = set()
    wanted = result.violation.invariant if result.violation else ""
    for key in sorted((key for key in result.keys if key in result.choices), key=len):
        if any(key == gone or key.startswith(f"{gone}.") for gone in without):
            continue
        again = play(result.seed, without | {key}).violation
        if again and again.invariant == wanted:
            without.add(key)
    return tuple(sorted(without))


def total(results: Iterable[Result]) -> Counter[str]:
    """All counts of all seeds."""
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
    return counts
