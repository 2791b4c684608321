"""The same rules as OpenFisca variables: its own vectors, its own simulation, one calculation of two outputs."""

from datetime import date

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import ETERNITY, YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.p4.people import ON, Crowd

Person = build_entity(key="person", plural="persons", label="", is_person=True)
PERIOD = "2027"


class birth_day(Variable):  # noqa: N801 - a variable of OpenFisca is named by its class
    value_type = int
    entity = Person
    definition_period = ETERNITY


class group_flags(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR


class gap_years(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR


class price_fen(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        births = person("birth_day", period)
        return np.select([births > _ago(18), births <= _ago(60)], [38000, 30000], 43000)


class helped_fen(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        price, flags = person("price_fen", period), person("group_flags", period)
        full = np.where(flags & 1, price, 0)
        fixed = np.where(flags & 2, 24000, 0)
        return np.maximum(np.maximum(full, fixed), np.where(flags & 4, price * 60 // 100, 0))


class amount_fen(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        return person("price_fen", period) - person("helped_fen", period)


class cover_month(Variable):  # noqa: N801
    value_type = int
    entity = Person
    definition_period = YEAR

    def formula(person, period):
        gaps = person("gap_years", period)
        return np.where(gaps == 0, 1, 3 + gaps)


def _ago(years: int) -> int:
    return date(ON.year - years, ON.month, ON.day).toordinal()


def system() -> TaxBenefitSystem:
    """The rules, compiled once."""
    made = TaxBenefitSystem([Person])
    made.add_variables(birth_day, group_flags, gap_years, price_fen, helped_fen, amount_fen, cover_month)
    return made


def assess(rules: TaxBenefitSystem, people: Crowd) -> tuple[np.ndarray, np.ndarray]:
    """Amount in fen and month in which cover starts."""
    simulation = SimulationBuilder().build_default_simulation(rules, count=len(people))
    simulation.set_input("birth_day", ETERNITY, people.births)
    simulation.set_input("group_flags", PERIOD, people.groups.astype(np.int32))
    simulation.set_input("gap_years", PERIOD, people.gaps.astype(np.int32))
    return simulation.calculate("amount_fen", PERIOD), simulation.calculate("cover_month", PERIOD)
