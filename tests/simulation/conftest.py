"""The database of the simulation: SQLite in memory, areas and packs put in once; and the count at the end."""

import logging
from collections import Counter

import pytest
from django.db import connection

from tests.simulation.play import prepare, total


@pytest.fixture(scope="session")
def simulated(django_db_blocker):
    """A database of its own: seeds commit, so no test's transaction may be around them.

    What our code logs of simulated faults is nobody's business.
    """
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock():
        assert connection.vendor == "sqlite", "the simulation runs on SQLite; tests/races runs on PostgreSQL"
        outer = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, serialize=False)
        prepare()
        yield
        connection.creation.destroy_test_db(outer, verbosity=0)
    logging.disable(logging.NOTSET)


@pytest.fixture
def tell(record_property):
    """Hand what was played to the summary."""

    def told(results) -> None:
        for name, number in total(results).items():
            record_property(f"simulation {name}", number)

    return told


def pytest_terminal_summary(terminalreporter):
    counts: Counter[str] = Counter()
    for reports in (terminalreporter.stats.get(kind, []) for kind in ("passed", "failed")):
        for report in reports:
            for name, number in getattr(report, "user_properties", []):
                if name.startswith("simulation "):
                    counts[name.removeprefix("simulation ")] += number
                elif name == "caught":
                    terminalreporter.write_line(f"planted: {number}")
    if counts:
        line = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sorted(counts.items()))
        terminalreporter.write_line(f"simulated: {line}")
