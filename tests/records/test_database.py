"""The database under test is the one that was asked for."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for(pytestconfig: pytest.Config) -> None:
    asked = pytestconfig.getoption("--db")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]
