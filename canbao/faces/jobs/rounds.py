"""One round of the jobs: a loop over services that poll rows. No broker; it runs on SQLite too."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from canbao.faces import wiring
from canbao.services.exchange.match import reconcile_due
from canbao.services.exchange.outbox.relay import relay
from canbao.services.exchange.outbox.send import send
from canbao.services.exchange.platform.ask import ask_again
from canbao.services.exchange.platform.feed import listen
from canbao.services.exchange.receive import forget_rejected, settle_kept
from canbao.services.exchange.tax_side.hear import days_due, hear_kept
from canbao.services.exchange.tax_side.let_go import let_go
from canbao.services.money.chase import chase
from canbao.services.money.ledger import seal_hours
from canbao.services.money.repay import repay
from canbao.services.notify.deliver import deliver
from canbao.services.notify.tell import tell
from canbao.services.people.identity.login import forget_logins
from canbao.services.people.registration.apply import forget_drafts
from canbao.services.system.env import Env
from canbao.services.system.limits import forget_old

log = logging.getLogger(__name__)
JOBS: dict[str, Callable[[Env], int]] = {
    "callbacks_settled": settle_kept,
    "attempts_asked": chase,
    "refunds_asked": repay,
    "journals_relayed": relay,
    "outbox_told": send,
    "platform_heard": listen,
    "platform_asked": ask_again,
    "messages_due": tell,
    "messages_carried": deliver,
    "tax_heard": hear_kept,
    "tax_days_heard": days_due,
    "tax_orders_let_go": let_go,
    "statements_matched": reconcile_due,
    "hours_sealed": seal_hours,
    "rejected_forgotten": forget_rejected,
    "tallies_forgotten": forget_old,
    "drafts_forgotten": forget_drafts,
    "logins_forgotten": forget_logins,
}


def one_round() -> dict[str, int]:
    """Run each job once; one that fails is logged and does not stop the others."""
    done: dict[str, int] = {}
    for name, job in JOBS.items():
        close_old_connections()
        try:
            done[name] = job(wiring.env("job"))
        except DatabaseError:
            log.exception("the job %s failed; it is tried again in the next round", name)
            done[name] = -1
    return done
