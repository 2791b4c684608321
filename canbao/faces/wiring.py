"""Where the world is put together: the clock, randomness, keys and channels of one process."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from canbao.channels import tax
from canbao.channels.authority import Authority
from canbao.channels.port import PaymentChannel
from canbao.channels.wechat import WeChatPay, read_keys
from canbao.records.sealed import Keys, Sealer
from canbao.records.serials import CounterSerials
from canbao.services.system.areas import AreaBook
from canbao.services.system.env import Env
from canbao.services.system.packs import PackShelf
from canbao.services.system.working_days import work_calendar


class NotConfigured(RuntimeError):
    """A setting is missing; the message is one sentence that says which, and what it is for."""


def env(actor: str) -> Env:
    """The world as it is now, seen by one actor: `resident`, `channel:wechat`, `job`, a staff name."""
    return Env(
        now=datetime.now(UTC),
        actor=actor,
        serials=_serials(),
        new_token=lambda: secrets.token_urlsafe(24),
        sealer=sealer(),
        channels=_channels(),
        base_url=settings.BASE_URL,
        areas=_areas(),
        packs=_packs(),
        calendar=work_calendar,
        authorities=_authorities(),
    )


@lru_cache(maxsize=1)
def sealer() -> Sealer:
    """The sealer under this installation's keys."""
    keys = {"CANBAO_GENE_SECRET": settings.GENE_SECRET_HEX, "CANBAO_ROOT_KEY": settings.ROOT_KEY_HEX}
    for name, value in keys.items():
        if len(value) < 64:
            raise NotConfigured(
                f"{name} is not set: 32 random bytes in hex, without which nothing can be sealed."
            )
    return Sealer(Keys(bytes.fromhex(settings.GENE_SECRET_HEX), bytes.fromhex(settings.ROOT_KEY_HEX)))


def forget() -> None:
    """Drop what was read once a process: for tests and for a demo that seeds and then serves."""
    for cached in (sealer, _serials, _channels, _authorities, _areas, _packs):
        cached.cache_clear()


@lru_cache(maxsize=1)
def _serials() -> CounterSerials:
    return CounterSerials()


@lru_cache(maxsize=1)
def _areas() -> AreaBook:
    return AreaBook(demo=settings.DEMO)


@lru_cache(maxsize=1)
def _packs() -> PackShelf:
    return PackShelf()


@lru_cache(maxsize=1)
def _channels() -> Mapping[str, PaymentChannel]:
    if not settings.WECHAT_MERCHANT_FILE:
        return {}
    path = Path(settings.WECHAT_MERCHANT_FILE)
    if not path.is_file():
        raise NotConfigured(
            f"CANBAO_WECHAT_MERCHANT names {path}, which is not there: the merchant's keys as JSON."
        )
    return {"wechat": WeChatPay(read_keys(path))}


@lru_cache(maxsize=1)
def _authorities() -> Mapping[str, Authority]:
    if not settings.TAX_FILE:
        return {}
    path = Path(settings.TAX_FILE)
    if not path.is_file():
        raise NotConfigured(
            f"CANBAO_TAX names {path}, which is not there: how the tax authority knows us, as JSON."
        )
    return {"tax": tax.TaxAuthority(tax.read_keys(path))}
