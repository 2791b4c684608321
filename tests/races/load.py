"""An agent who hands in cash without a pause, in a process of its own, and says what was acknowledged.

`python -m tests.races.load FIRST`: people FIRST, FIRST + 1, …; a line for each order number acknowledged.
"""

import os
import sys
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canbao.settings")


def main(first: int) -> None:
    """Register, order, collect; say the order's number once `collect` has answered."""
    django.setup()
    from canbao.services.money.collect import collect
    from tests.support.world import IN_SEASON, make_world

    world = make_world(IN_SEASON)
    world._orders = count(first)
    while True:
        opening = world.opening(world.bill(world.person()))
        if collect(world.env, [opening], "cash", "0007") == ["settled"]:
            sys.stdout.write(opening.order_no + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
