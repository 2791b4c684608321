"""The world as a service sees it: passed in by the face, so that a whole world can be simulated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from canbao.basics.days import CHINA, WorkCalendar, local_date
from canbao.basics.genes import bucket_of, gene_id
from canbao.channels.authority import Authority
from canbao.channels.identity import IdentityProvider
from canbao.channels.message import Messenger
from canbao.channels.platform import Platform
from canbao.channels.port import PaymentChannel
from canbao.channels.tax.side import TaxSide
from canbao.policy.pack import Moment, Pack
from canbao.records.moves import Journal, SerialSource
from canbao.records.sealed import Sealer
from canbao.services.system.areas import AreaBook
from canbao.services.system.packs import PackShelf


@dataclass(frozen=True)
class Env:
    """Now, ids, keys, channels, areas, packs. Services have no other way to any of them.

    `now` is the real instant and is what is stored; `local_date` is what policy and pages see.
    """

    now: datetime
    actor: str
    serials: SerialSource
    new_token: Callable[[], str]
    sealer: Sealer
    channels: Mapping[str, PaymentChannel]
    base_url: str
    areas: AreaBook
    packs: PackShelf
    calendar: Callable[[], WorkCalendar]
    identity: IdentityProvider | None = None
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    platform: Platform | None = None
    messengers: Mapping[str, Messenger] = field(default_factory=dict)
    tax_side: TaxSide | None = None

    def local(self, area_code: str, instant: datetime) -> datetime:
        """An instant on the area's own clock: shifted by whole days in the demo, else unchanged."""
        return instant + timedelta(days=self.areas.shift_days(area_code))

    def local_date(self, area_code: str, instant: datetime | None = None) -> date:
        """The calendar day in the area, now or at an instant."""
        return local_date(self.local(area_code, instant or self.now))

    def moment(self, pack: Pack) -> Moment:
        """What a pack wants to know of now besides the day: the working calendar, the minute; or nothing."""
        calendar = self.calendar() if pack.needs_calendar else None
        return Moment(calendar, self._minute(pack.area_code) if pack.needs_minute else None)

    def _minute(self, area_code: str) -> time:
        now = self.local(area_code, self.now).astimezone(CHINA)
        return time(now.hour, now.minute)

    def new_ids(self, kind: str, buckets: list[int]) -> list[int]:
        """A fresh id in each bucket, in their order."""
        serials = self.serials.take(kind, len(buckets))
        return [gene_id(serial, bucket) for serial, bucket in zip(serials, buckets, strict=True)]

    def new_id(self, kind: str, near: int) -> int:
        """A fresh id in the bucket of another id."""
        return self.new_ids(kind, [bucket_of(near)])[0]

    def journal(self) -> Journal:
        """An empty journal for one transaction, signed by this env's actor."""
        return Journal(self.actor, self.now, self.serials)

    def at(self, instant: datetime) -> "Env":
        """The same world at another instant: how the demo's past is played."""
        return replace(self, now=instant)
