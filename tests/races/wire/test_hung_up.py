"""A kept connection whose server went away is noticed before the next request, without asking the database."""

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_a_connection_whose_server_hung_up_is_replaced_before_the_next_request() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    mine = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    other.close()

    assert not connection.is_usable()

    connection.health_check_enabled, connection.health_check_done = True, False
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
