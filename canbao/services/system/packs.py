"""Packs in force: read from `PackVersion` rows, resolved once, kept so that any bill can be explained."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from canbao.basics.areas import NATION, lineage
from canbao.policy.loader import pack_of, resolve
from canbao.policy.pack import Pack
from canbao.policy.season import has_begun
from canbao.records.models import PackVersion, ResolvedPack

FRESH_FOR = timedelta(seconds=5)


class PackShelf:
    """The resolved packs of a process; looks for newer versions every few seconds."""

    def __init__(self) -> None:
        self._packs: dict[tuple[str, int], Pack] = {}
        self._files: dict[tuple[str, int], bytes] = {}
        self._newest_id = -1
        self._looked_at: datetime | None = None

    def get(self, area_code: str, benefit_year: int, now: datetime) -> Pack:
        """The resolved pack of an area and year.

        Raises:
            PackFaults: a file in force cannot be read; nothing is charged on a guess.
        """
        self._refresh(now)
        key = (area_code, benefit_year)
        if key not in self._packs:
            pack = resolve(area_code, benefit_year, lambda area, year: self._files.get((area, year)))
            _keep(pack)
            self._packs[key] = pack
        return self._packs[key]

    def current(self, area_code: str, on_date: date, now: datetime) -> Pack | None:
        """The pack whose collection has begun last on a local day, else the first to come; None: no pack."""
        self._refresh(now)
        years = self.years(area_code, now)
        packs = [self.get(area_code, year, now) for year in years]
        begun = [pack for pack in packs if has_begun(pack, on_date)]
        return begun[-1] if begun else (packs[0] if packs else None)

    def years(self, area_code: str, now: datetime) -> list[int]:
        """The benefit years for which the area or a parent below the nation has a file."""
        self._refresh(now)
        line = set(lineage(area_code)) - {NATION}
        return sorted({year for area, year in self._files if area in line})

    def files(self, now: datetime) -> Mapping[tuple[str, int], bytes]:
        """The bytes in force, by area and year."""
        self._refresh(now)
        return self._files

    def _refresh(self, now: datetime) -> None:
        if self._looked_at and now - self._looked_at < FRESH_FOR:
            return
        newest = PackVersion.objects.order_by("-id").values_list("id", flat=True).first() or 0
        if newest != self._newest_id:
            self._read(newest, now)
        self._looked_at = now  # last: a look that failed is not a look, and the next one must not trust it

    def _read(self, newest: int, now: datetime) -> None:
        rows = PackVersion.objects.filter(effective_at__lte=now).order_by("effective_at", "id")
        self._files = {(row.area_code, row.benefit_year): bytes(row.body) for row in rows}
        self._packs.clear()
        self._newest_id = newest


def _keep(pack: Pack) -> None:
    ResolvedPack.objects.get_or_create(
        hash=pack.hash,
        defaults={"area_code": pack.area_code, "benefit_year": pack.benefit_year, "document": pack.document},
    )


def publish(files: Mapping[tuple[str, int], bytes], now: datetime, approved_by: list[str]) -> int:
    """Put pack files in force from `now`; a file already in force is left alone. Returns how many are new."""
    made = 0
    with transaction.atomic():
        for (area_code, year), body in sorted(files.items()):
            _, created = PackVersion.objects.get_or_create(
                area_code=area_code,
                benefit_year=year,
                sha256=hashlib.sha256(body).hexdigest(),
                defaults={"body": body, "effective_at": now, "approved_by": approved_by},
            )
            made += created
    return made


def explain_pack(pack_hash: str) -> Pack:
    """The resolved pack an old bill points to."""
    return pack_of(ResolvedPack.objects.get(hash=pack_hash).document)
