"""Where the world is put together: the clock, randomness, keys and channels of one process."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from canbao.channels import alipay, message, unionpay, wechat
from canbao.channels.alipay import Alipay
from canbao.channels.authority import Authority
from canbao.channels.bank import HeldByBank
from canbao.channels.identity import IdentityProvider, SignedRedirect
from canbao.channels.identity import read_keys as read_identity
from canbao.channels.medical import MedicalInsurance
from canbao.channels.message import Messenger, Note, Sms, WeChatTemplates, Word
from canbao.channels.platform import NationalPlatform, Platform
from canbao.channels.platform import read_keys as read_platform
from canbao.channels.port import PaymentChannel
from canbao.channels.pos import PosTerminals
from canbao.channels.signed import read_keys as read_shared_key
from canbao.channels.tax import TaxAuthority, TaxCollection
from canbao.channels.tax.side import TaxSide
from canbao.channels.unionpay import Stamp, UnionPay
from canbao.channels.wechat import WeChatPay
from canbao.records.sealed import Keys, Sealer
from canbao.records.serials import CounterSerials
from canbao.services.exchange.partner import Partner
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
        identity=_identity(),
        authorities=_authorities(),
        platform=_platform(),
        messengers=_messengers(),
        tax_side=_tax_side(),
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
    for cached in (
        sealer, _serials, _channels, _authorities, _messengers, _areas, _packs, _identity, _platform, _tax_side,
        partners,
    ):  # fmt: skip
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
def _identity() -> IdentityProvider | None:
    if not settings.IDENTITY_FILE:
        return None
    path = Path(settings.IDENTITY_FILE)
    if not path.is_file():
        raise NotConfigured(f"CANBAO_IDENTITY names {path}, which is not there: the provider's keys as JSON.")
    return SignedRedirect(read_identity(path))


def new_stamp() -> Stamp:
    """The instant of a call and a text that no other call has, for channels that sign by themselves."""
    return Stamp(datetime.now(UTC), secrets.token_hex(16))


@lru_cache(maxsize=1)
def _channels() -> Mapping[str, PaymentChannel]:
    """The channels that are set up, in the order in which payers see them."""
    channels: dict[str, PaymentChannel] = {}
    if path := _merchant_file("CANBAO_WECHAT_MERCHANT", settings.WECHAT_MERCHANT_FILE):
        channels["wechat"] = WeChatPay(wechat.read_keys(path))
    if path := _merchant_file("CANBAO_ALIPAY_MERCHANT", settings.ALIPAY_MERCHANT_FILE):
        channels["alipay"] = Alipay(alipay.read_keys(path))
    if path := _merchant_file("CANBAO_UNIONPAY_MERCHANT", settings.UNIONPAY_MERCHANT_FILE):
        channels["unionpay"] = UnionPay(unionpay.read_keys(path), new_stamp)
    if settings.POS_MERCHANT:
        channels[PosTerminals.name] = PosTerminals(settings.POS_MERCHANT)
    if collection := _tax_side():
        channels[collection.name] = collection
    if settings.BANK_AGREEMENT:
        channels[HeldByBank.name] = HeldByBank(settings.BANK_AGREEMENT)
    return channels


@dataclass(frozen=True)
class KnownPartner:
    """A partner and the secret it signs with."""

    partner: Partner
    secret: bytes = field(repr=False)


@lru_cache(maxsize=1)
def partners() -> Mapping[str, KnownPartner]:
    """The partners of this installation, by name."""
    path = _merchant_file("CANBAO_PARTNERS", settings.PARTNERS_FILE)
    told = json.loads(path.read_text("utf-8")) if path else {}
    return {
        name: KnownPartner(Partner(name, each["channel"]), bytes.fromhex(each["secret"]))
        for name, each in told.items()
    }


def _merchant_file(name: str, value: str) -> Path | None:
    if not value:
        return None
    if not Path(value).is_file():
        raise NotConfigured(f"{name} names {value}, which is not there: the merchant's keys as JSON.")
    return Path(value)


@lru_cache(maxsize=1)
def _authorities() -> Mapping[str, Authority]:
    authorities: dict[str, Authority] = {}
    if path := _merchant_file("CANBAO_TAX", settings.TAX_FILE):
        authorities["tax"] = TaxAuthority(read_shared_key(path))
    if path := _merchant_file("CANBAO_MEDICAL", settings.MEDICAL_FILE):
        authorities["medical"] = MedicalInsurance(read_shared_key(path))
    return authorities


@lru_cache(maxsize=1)
def _tax_side() -> TaxSide | None:
    path = _merchant_file("CANBAO_TAX", settings.TAX_FILE)
    return TaxCollection(read_shared_key(path), lambda: datetime.now(UTC)) if path else None


@lru_cache(maxsize=1)
def _platform() -> Platform | None:
    path = _merchant_file("CANBAO_PLATFORM", settings.PLATFORM_FILE)
    return NationalPlatform(read_platform(path)) if path else None


@lru_cache(maxsize=1)
def _messengers() -> Mapping[str, Messenger]:
    path = _merchant_file("CANBAO_MESSAGES", settings.MESSAGES_FILE)
    if path is None:
        return {}
    keys = message.read_keys(path)
    sms = {Sms.way: Sms(keys.sms, a_few_at_once)} if keys.sms else {}
    wechat_account = {WeChatTemplates.way: WeChatTemplates(keys.wechat, a_few_at_once)} if keys.wechat else {}
    return {**sms, **wechat_account}


def a_few_at_once(ask: Callable[[Note], Word], notes: Sequence[Note]) -> list[Word]:
    """Ask a carrier about each note, eight at a time."""
    with ThreadPoolExecutor(8) as hands:
        return list(hands.map(ask, notes))
