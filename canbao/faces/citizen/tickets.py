"""Tickets: what one page hands to the next, sealed, so that nothing personal stands in a URL or a form."""

import base64
import binascii
from datetime import date, timedelta
from typing import Any

from canbao.basics.refusals import PageExpired
from canbao.records.sealed import SealBroken
from canbao.services.system.env import Env

LASTS = timedelta(minutes=30)


def make(env: Env, **content: Any) -> str:
    """Seal a page's knowledge into one URL-safe word."""
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in content.items()}
    return base64.urlsafe_b64encode(env.sealer.seal_ticket(plain, env.now)).decode().rstrip("=")


def read(env: Env, ticket: str) -> dict[str, Any]:
    """What `make` sealed.

    Raises:
        PageExpired: too old, changed or made up.
    """
    try:
        sealed = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        return env.sealer.open_ticket(sealed, env.now, LASTS)
    except (SealBroken, ValueError, binascii.Error):
        raise PageExpired(minutes=str(LASTS.seconds // 60)) from None


def day(text: str | None) -> date | None:
    """A date that travelled in a ticket."""
    return date.fromisoformat(text) if text else None
