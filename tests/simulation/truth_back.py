"""The oracle of the way back: what channels and cashiers gave back, against what we booked and believe."""

from collections import Counter

from canbao.basics.days import local_date
from canbao.records.models import Break, Entry, Refund, Statement
from tests.simulation.world import Violation, World


def compare_back(world: World) -> None:
    """Raise Violation where our refunds and the world outside disagree."""
    with world.machine.quiet():
        _never_more_than_came(world)
        _refund_days(world)
        _ends(world)


def compare_days(world: World) -> None:
    """I6: the statements were read and show no difference. I13: whoever is to have money back has it, or can fetch it."""
    with world.machine.quiet():
        if unfit := Statement.objects.exclude(fault=None).first():
            raise Violation("I6", f"the statement of {unfit.channel} of {unfit.day} is {unfit.fault}")
        if not Statement.objects.exclude(line_count=None).exists():
            raise Violation("I13", "days later no statement has been read")
        for row in Break.objects.filter(state__in=("open", "crossing")).exclude(number__in=_twice(world)):
            raise Violation("I6", f"{row.channel} {row.day}: {row.kind} {row.what} {row.number}")
        if row := Refund.objects.filter(state__in=("applied", "verified", "approved", "accepted")).first():
            raise Violation(
                "I13", f"refund {row.refund_no} is still {row.state}, the channel said {row.channel_said}"
            )


def _never_more_than_came(world: World) -> None:
    """I4: no payment is asked back for more than it brought; twice only where the channel changed its mind."""
    if world.overdrawn:
        raise Violation("I4", f"more than was paid was asked back: {world.overdrawn}")
    booked = set(Entry.objects.filter(reason="refund_twice").values_list("refund_no", flat=True))
    if not booked <= (twice := _twice(world)):
        raise Violation("I4", f"booked as paid twice: {booked}, paid twice: {twice}")


def _twice(world: World) -> set[str]:
    """What a channel paid after all, although a cashier had handed it out by then: a true difference."""
    returns = [item for channel in world.sides() for item in channel.back.returns.items()]
    return {no for no, one in returns if one.fact.state == "paid" and no in world.cash_back}


def _refund_days(world: World) -> None:
    """I6: by channel and day of being taken up they have the refunds that we booked as sent."""
    theirs: Counter[tuple[str, str]] = Counter()
    for channel in world.sides():
        for one in channel.back.returns.values():
            theirs[channel.name, str(local_date(one.fact.accepted_at))] += one.fact.amount_fen
    ours: Counter[tuple[str, str]] = Counter()
    sent = Entry.objects.filter(reason="refund_sent").values_list("credit", "occurred_at", "amount_fen")
    for credit, at, fen in sent:
        ours[credit.split(":")[1], str(local_date(at))] += fen
    if ours != theirs:
        raise Violation("I6", f"refunds by channel and day: they have {dict(theirs)}, we have {dict(ours)}")


def _ends(world: World) -> None:
    """Who got the money is known: what the channel paid is paid, what came back is not."""
    rows = {row.refund_no: row for row in Refund.objects.all()}
    for channel in world.sides():
        for no, one in channel.back.returns.items():
            row = rows.get(no)
            if row is None:
                raise Violation("I4", f"refund {no} went back and is not ours")
            if row.state == "paid" and row.route == row.channel and one.fact.state != "paid":
                raise Violation("I4", f"refund {no} is called paid; the channel says {one.fact.said}")
            if row.amount_fen != one.fact.amount_fen:
                raise Violation(
                    "I4", f"refund {no}: {one.fact.amount_fen} went back, {row.amount_fen} were agreed"
                )
    for no, fen in world.cash_back.items():
        if rows[no].state == "paid" and rows[no].amount_fen != fen:
            raise Violation("I4", f"refund {no}: {fen} handed out, {rows[no].amount_fen} agreed")
