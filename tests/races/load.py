"""An agent who hands in cash without a pause, in a process of its own, and says what was acknowledged.

`python -m tests.races.load AGENT`: people of this agent's own, one a birthday; a line for each order number acknowledged.
"""

import os
import sys
from datetime import date, timedelta
from itertools import count, repeat

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canbao.settings")


BIRTHDAYS = 2_000  # for each agent: more than it can hand in before the server is killed


def main(agent: int) -> None:
    """Register, order, collect; say the order's number once `collect` has answered."""
    django.setup()
    from canbao.services.money.collect import collect
    from tests.support.world import IN_SEASON, make_world

    world = make_world(IN_SEASON)
    world._orders = repeat(1)
    for day in count(agent * BIRTHDAYS):
        born = date(1950, 1, 1) + timedelta(days=day)
        opening = world.opening(world.bill(world.person(birth=born)))
        if collect(world.env, [opening], "cash", "0007") == ["settled"]:
            sys.stdout.write(opening.order_no + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
