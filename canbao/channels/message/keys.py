"""How carriers know us, and the templates they have approved for each kind of message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SmsKeys:
    """An account at the SMS service. `templates`: its template code by kind of message."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    base_url: str
    templates: Mapping[str, str]


@dataclass(frozen=True)
class Template:
    """One approved template of an official account. `fields`: which of our values fills which of its keywords."""

    template_id: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class WeChatKeys:
    """An official account."""

    appid: str
    secret: str = field(repr=False)
    base_url: str
    templates: Mapping[str, Template]


@dataclass(frozen=True)
class MessageKeys:
    """The carriers that are set up."""

    sms: SmsKeys | None
    wechat: WeChatKeys | None


def read_keys(path: Path) -> MessageKeys:
    """Read the file that names us. Raises OSError, ValueError, KeyError: it is absent or unfit."""
    told = json.loads(path.read_text("utf-8"))
    return MessageKeys(
        _sms(told["sms"]) if "sms" in told else None, _wechat(told["wechat"]) if "wechat" in told else None
    )


def _sms(told: dict[str, object]) -> SmsKeys:
    return SmsKeys(
        access_key_id=str(told["access_key_id"]),
        access_key_secret=str(told["access_key_secret"]),
        sign_name=str(told["sign_name"]),
        base_url=str(told["base_url"]).rstrip("/"),
        templates=_texts(told["templates"]),
    )


def _wechat(told: dict[str, object]) -> WeChatKeys:
    templates = told["templates"]
    if not isinstance(templates, dict):
        raise ValueError("templates: an object by kind")  # noqa: TRY004 (the file is unfit)
    return WeChatKeys(
        appid=str(told["appid"]),
        secret=str(told["secret"]),
        base_url=str(told["base_url"]).rstrip("/"),
        templates={
            kind: Template(str(each["template_id"]), _texts(each["fields"]))
            for kind, each in templates.items()
        },
    )


def _texts(told: object) -> dict[str, str]:
    if not isinstance(told, dict):
        raise ValueError("an object of texts is wanted")  # noqa: TRY004 (the file is unfit)
    return {str(key): str(value) for key, value in told.items()}
