"""The shelf of packs in a process that has just begun."""

import pytest
from django.db import OperationalError, connection

from canbao.services.system.packs import PackShelf


def test_a_shelf_that_could_not_look_looks_again_at_once(world):
    shelf = PackShelf()

    def lost(*_):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(lost), pytest.raises(OperationalError):
        shelf.get("371503", 2022, world.env.now)
    assert shelf.get("371503", 2022, world.env.now).benefit_year == 2022
