"""`python -m tests.drills.payers PEOPLE SEED`: people pay through the services; prints the attempts as JSON."""

import json
import sys
from datetime import date, timedelta

import django


def main(people: int, seed: int) -> None:
    """Register, assess, open, start, pay, settle."""
    django.setup()
    # only now: these import tables, which want Django's settings
    from canbao.records.models import Attempt, PackVersion  # noqa: PLC0415
    from canbao.services.money.pay import start  # noqa: PLC0415
    from canbao.services.money.settle import Arrival, settle  # noqa: PLC0415
    from tests.support.world import BACK, IN_SEASON, make_world  # noqa: PLC0415

    world = make_world(IN_SEASON + timedelta(days=seed * bool(PackVersion.objects.exists())))
    numbers = []
    for n in range(people):
        person = world.person(birth=date(2000, 1, 1) + timedelta(days=seed * 400 + n))
        order = world.order(world.bill(person))
        start(world.env, order, BACK)
        attempt = Attempt.objects.get(bucket=order.bucket, order_no=order.order_no)
        settle(world.env, [Arrival(world.channel.take_money(attempt.out_trade_no))])
        numbers.append(attempt.out_trade_no)
        sys.stderr.write(f"{attempt.out_trade_no}\n")  # told at once: whoever reads it may rely on it
    sys.stdout.write(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
