"""The oracle: what must have come out, from what happened outside. It knows the money, and nothing of our code.

Asked when everything has come to rest.
"""

from collections import Counter, defaultdict

from django.db.models import Sum

from canbao.basics.accounts import TAX
from canbao.basics.days import local_date
from canbao.records.models import Bill, Callback, Coverage, Entry, Order, OrderLine, OutboxRow, Refund
from tests.simulation.actors.tax_side import taken_up_of_orders
from tests.simulation.people import Asked, Resident
from tests.simulation.world import Violation, World


def compare(world: World) -> None:
    """Raise Violation where the tables and the world outside disagree."""
    with world.machine.quiet():
        _money_of_each_order(world)
        _channel_days(world)
        for person in world.residents:
            if person.id:
                _person(world, person)
        _answers(world)
        for target in world.authorities:
            _told(world, target)


def received(world: World) -> Counter[str]:
    """Fen received outside, by order number."""
    money: Counter[str] = Counter()
    for channel in world.channels.values():
        for no, deal in channel.deals.items():
            if deal.fact:
                money[no[:-2]] += deal.fact.amount_fen
    for order_no, asked in world.orders.items():
        money[order_no] += asked.cash
    for number, deduction in world.bank.taken.items():
        money[number[:-2]] += deduction.fen
    for row in world.tax.told().values():  # as told; whether that is true, `SimTax.compare` asks at the end
        money[row.number[:-2]] += row.amount_fen
    return +money


def _money_of_each_order(world: World) -> None:
    received_rows = Entry.objects.filter(debit__startswith="channel_clearing:", refund_no=None)
    received_rows = received_rows.exclude(reason__in=("out_of_hand", "drawer_differs"))  # from hand to hand
    rows = received_rows.values_list("order_no")
    booked = dict(rows.annotate(fen=Sum("amount_fen")))
    for order_no, fen in taken_up_of_orders().items():
        booked[order_no] -= fen
    booked = {order_no: fen for order_no, fen in booked.items() if fen}
    for order_no, fen in received(world).items():
        if (ours := booked.pop(order_no, 0)) != fen:
            raise Violation("I5", f"order {order_no}: {fen} fen came in, {ours} are booked")
    if booked:
        raise Violation("I5", f"money is booked that never came: {booked}")
    if early := Order.objects.filter(order_no__in=[n for n, a in world.orders.items() if a.cash]):
        for order in early:
            if order.opened_at >= order.expires_at:
                raise Violation("I9", f"cash was taken on order {order.order_no}, whose price had expired")


def _channel_days(world: World) -> None:
    """I6: what each channel would state for each bank day, by the moment of success, is what we booked."""
    theirs: Counter[tuple[str, str]] = Counter()
    for channel in world.channels.values():
        for deal in channel.deals.values():
            if deal.fact:
                theirs[channel.name, str(local_date(deal.fact.paid_at))] += deal.fact.amount_fen
    for deduction in world.bank.taken.values():
        theirs[world.bank.channel.name, str(local_date(deduction.at))] += deduction.fen
    ours: Counter[tuple[str, str]] = Counter()
    for debit, at, fen in Entry.objects.filter(
        debit__startswith="channel_clearing:", refund_no=None
    ).values_list("debit", "occurred_at", "amount_fen"):
        if not debit.endswith((":cash", f":{TAX}")):
            ours[debit.split(":")[1], str(local_date(at))] += fen
    if ours != theirs:
        raise Violation("I6", f"by channel and day they have {dict(theirs)}, we have {dict(ours)}")


def _person(world: World, person: Resident) -> None:
    mine = {no: asked for no, asked in world.orders.items() if asked.who is person} | _at_portals(
        world, person
    )
    money = {no: fen for no, fen in received(world).items() if no in mine}
    bills = set(Bill.objects.filter(person_id=person.id).values_list("id", flat=True))
    kept = _sum(Entry.objects.filter(bill_id__in=bills, debit__startswith="channel_clearing:",
                                     credit__startswith="contribution:"))  # fmt: skip
    owed = _sum(Entry.objects.filter(order_no__in=list(mine), credit__startswith="overpayment:"))
    shared = {no: parts[person.place] for no, parts in world.villages.items() if person.place in parts}
    money |= _parts(world, shared)
    owed += _owed_of_shared(shared, bills)
    covered = Coverage.objects.filter(
        person_id=person.id, cover_year=world.scene.year, state="active"
    ).exists()
    other = Coverage.objects.filter(person_id=person.id).exclude(cover_year=world.scene.year).exists()
    if kept + owed != sum(money.values()):
        raise Violation("I5", f"person {person.place}: {money} came in, {kept} kept, {owed} owed back")
    if other:
        raise Violation("I3", f"person {person.place} is covered in a year that nobody paid for")
    asked = {mine[no].fen for no in money if no in mine} | set(shared.values())
    if kept and not person.wants_back and kept not in asked:
        raise Violation("I9", f"person {person.place}: {kept} fen kept, no order asked that")
    given = set(
        Refund.objects.filter(person_id=person.id, approved_at__isnull=False).values_list(
            "bill_id", flat=True
        )
    )
    if given:
        _after_refund(person, bills - given, covered=covered)
    else:
        _cover(person, covered, kept, money, _sure(world, mine, {} if person.let_go else shared))


def _at_portals(world: World, person: Resident) -> dict[str, Asked]:
    """What this person paid at the tax side's portals and we could place, as orders."""
    rows = [row for row in world.tax.told().values() if row.state in ("settled", "surplus")]
    mine = [row for row in rows if world.tax.payers.get(row.tax_receipt_no) is person]
    return {row.number[:-2]: Asked(person, row.amount_fen, None) for row in mine}


def _parts(world: World, shared: dict[str, int]) -> Counter[str]:
    """One person's part of what came in for orders of many: as often as the whole order was paid."""
    came = received(world)
    times = {no: came[no] // sum(world.villages[no].values()) for no in shared if came[no]}
    return +Counter({no: shared[no] * often for no, often in times.items()})


def _owed_of_shared(shared: dict[str, int], bills: set[int]) -> int:
    """What is owed back of one person's parts: a line of theirs, or an order that was paid a second time."""
    rows = Entry.objects.filter(order_no__in=list(shared), credit__startswith="overpayment:")
    lines = _sum(rows.filter(bill_id__in=bills))
    again = rows.filter(bill_id=None).values_list("order_no", flat=True)
    return lines + sum(shared[no] for no in again)


def _sure(world: World, mine: dict[str, Asked], shared: dict[str, int]) -> bool:
    """Money that came while its order could still be paid, so that cover is due."""
    deals = [(no, deal) for channel in world.channels.values() for no, deal in channel.deals.items()]
    theirs = mine.keys() | {no for no, fen in shared.items() if fen}
    deducted = {
        number[:-2] for number in world.bank.taken
    }  # an order at the bank stays open until it has answered
    return (
        bool(deducted & mine.keys())
        or any(deal.sure for no, deal in deals if no[:-2] in theirs)
        or any(asked.cash for asked in mine.values())
    )


def _cover(person: Resident, covered: bool, kept: int, money: dict[str, int], sure: bool) -> None:
    told_zero = person.told_done and person.zero_tried
    must = sure or person.import_done or told_zero
    may = must or bool(money) or person.import_tried or person.zero_tried
    if must and not covered:
        raise Violation("I3", f"person {person.place} must be covered: {money}, told {person.told_done}")
    if covered and not may:
        raise Violation("I3", f"person {person.place} is covered, and nobody paid")
    if kept and not covered:
        raise Violation("I5", f"person {person.place}: {kept} fen kept without cover")
    if money and covered and not kept and not (person.import_tried or person.zero_tried):
        raise Violation("I5", f"person {person.place} is covered, but everything paid is owed back: {money}")


def _after_refund(person: Resident, others: set[int], *, covered: bool) -> None:
    """Who had a contribution back is covered by another one, or not at all."""
    stands = Bill.objects.filter(id__in=others, state="settled").exists()
    if covered != stands and not person.import_tried:
        raise Violation("I3", f"person {person.place} had it back: covered {covered}, another bill {stands}")


def _sum(entries) -> int:
    return entries.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def _answers(world: World) -> None:
    """I7: whatever we told a channel we have, we have."""
    kept: dict[str, int] = defaultdict(int)
    for no in Callback.objects.exclude(state="rejected").values_list("out_trade_no", flat=True):
        kept[no] += 1
    for channel in world.channels.values():
        for no, deal in channel.deals.items():
            if deal.answered > kept[no]:
                raise Violation(
                    "I7", f"{deal.answered} times we said that {no} is received; we kept {kept[no]}"
                )
    if OrderLine.objects.filter(state="open", order_no__in=_closed()).exists():
        raise Violation("I8", "an order is over and a line of it is still open")


def _closed() -> list[str]:
    return list(Order.objects.exclude(state__in=("open", "paid")).values_list("order_no", flat=True))


def _told(world: World, target: str) -> None:
    """I17: an authority holds what the ledger says and it did not tell us itself, but for what it refused."""
    there = world.authorities[target]
    details, reversals, covers = (
        set(
            OutboxRow.objects.filter(target=target, state="refused", **which).values_list(
                "subject_id", flat=True
            )
        )
        for which in (
            {"kind": "collection", "action": "put"},
            {"kind": "collection", "action": "cancel"},
            {"kind": "coverage"},
        )
    )  # apart: a bill and a refund may bear the same number
    settled = set(Entry.objects.filter(reason="bill_settled").values_list("bill_id", flat=True))
    if target == TAX:
        at_portals = Entry.objects.filter(reason="bill_settled", debit=f"channel_clearing:{TAX}")
        settled -= set(at_portals.values_list("bill_id", flat=True))
        settled -= set(Bill.objects.filter(id__in=settled, amount_fen=0).values_list("id", flat=True))
    standing = set(Bill.objects.filter(id__in=settled, state="settled").values_list("id", flat=True))
    told = {int(number) for number in there.details if not number.startswith("TF")}
    if wrong := (told ^ settled) - details:
        raise Violation("I17", f"{target}: paid and not told, or told and not paid: {sorted(wrong)}")
    if wrong := (there.covers ^ (standing if target == "medical" else set())) - covers:
        raise Violation("I17", f"{target}: covered and not told, or told and not covered: {sorted(wrong)}")
    given = Refund.objects.filter(bill_id__in=settled, approved_at__isnull=False).exclude(reason="surplus")
    ours = {row.refund_no: row.amount_fen for row in given if row.id not in reversals}
    back = {number: -fen for number, fen in there.details.items() if number.startswith("TF")}
    if back != ours:
        raise Violation("I17", f"{target}: told to have gone back: {back}, ours: {ours}")
