"""看通知: what waits, and whom nobody could reach."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from canbao.basics.areas import prefix_of
from canbao.basics.documents import mask_name
from canbao.records.models import Message
from canbao.services.notify.consent import mask_phone
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Standing:
    """Messages of one kind and way in one state, and since when the oldest of them."""

    kind: str
    way: str
    state: str
    many: int
    since: datetime


@dataclass(frozen=True)
class Unreached:
    """One message that never arrived, masked."""

    kind: str
    name: str
    address: str
    area: str
    why: str
    at: datetime | None


def standing(env: Env) -> list[Standing]:
    """How many messages stand where."""
    rows = Message.objects.values_list("kind", "way", "state").annotate(Count("id"), Min("created_at"))
    return [Standing(*row) for row in rows.order_by("kind", "way", "state")]


def unreached(env: Env, area_code: str, how_many: int) -> list[Unreached]:
    """Messages refused or given up in an area and below it, the newest first.

    Raises:
        NotFound: no such area.
    """
    prefix = prefix_of(env.areas.get(area_code).code)
    rows = Message.objects.filter(state__in=("refused", "given_up"), area_code__startswith=prefix)
    newest = rows.select_related("person", "consent").order_by("-answered_at", "id")[:how_many]
    return [_unreached(env, row) for row in newest]


def _unreached(env: Env, row: Message) -> Unreached:
    address = env.sealer.open(bytes(row.consent.address_sealed), f"message_consent:address:{row.consent_id}")
    return Unreached(
        kind=row.kind,
        name=mask_name(row.person.name),
        address=mask_phone(address) if row.way == "sms" else "微信",
        area=env.areas.full_name(row.area_code),
        why=row.reason or row.reason_code or "",
        at=row.answered_at,
    )
