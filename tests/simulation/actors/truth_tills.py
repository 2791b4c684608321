"""The oracle of drawers and bags: what lies in them, against what our ledger says lies in them."""

from django.db.models import Sum

from canbao.records.models import Entry, Shift, Taking
from tests.simulation.actors.collectors import Collector
from tests.simulation.world import Violation


def compare_till(one: Collector) -> None:
    """Raise Violation where our books and the till disagree. Asked when everything has come to rest."""
    name = one.till.name
    with one.world.machine.quiet():
        if one.is_open or Shift.objects.filter(till=name, state="open").exists():
            raise Violation("I17", f"{name} is still open hours after everything was quiet")
        kept = Taking.objects.filter(till=name, state__in=("taken", "given_back"))
        ours = {row.receipt_no: row.amount_fen for row in kept}
        theirs = {receipt.number: receipt.fen for receipt in one.receipts if receipt.state == "taken"}
        if ours != theirs:
            raise Violation("I17", f"{name}: receipts taken in truth {theirs}, in our books {ours}")
        held = _sum(name, "debit") - _sum(name, "credit")
        lies_there = max(one.cash - one.float_fen, 0) if one.cash else 0
        if held != lies_there:
            raise Violation(
                "I17", f"{name}: {lies_there} fen lie there to be handed in, the ledger says {held}"
            )


def _sum(till: str, side: str) -> int:
    rows = Entry.objects.filter(**{side: f"cash_in_hand:{till}"})
    return rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0
