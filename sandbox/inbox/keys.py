"""How one sender is known to the SMS service and to the official account: made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.secret import write_secret

FILE = "messages.json"
# What the templates say, by their codes, as the sender had them approved; optional.
TEXTS_FILE = "texts.json"
# The kinds Canbao's own texts have; each service knows a template for each.
KINDS = (
    "paid", "posted", "released", "season_ends", "debit_failed", "refund_applied", "refund_approved", "refund_paid",
    "refund_refused", "refund_returned",
)  # fmt: skip


@dataclass(frozen=True)
class Sender:
    """Who may speak: at the SMS service, and as an official account."""

    access_key_id: str
    access_key_secret: str
    appid: str
    secret: str


def make_sender(home: Path, base_url: str) -> Path:
    """Make what is absent; return the path of `messages.json`. Idempotent: the keys stay."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    sms, wechat = told.get("sms", {}), told.get("wechat", {})
    base = base_url.rstrip("/")
    told = {
        "sms": {
            "access_key_id": sms.get("access_key_id") or "LTAI" + secrets.token_hex(8),
            "access_key_secret": sms.get("access_key_secret") or secrets.token_hex(15),
            "sign_name": "城乡居民医保",
            "base_url": f"{base}/sms",
            "templates": {kind: f"SMS_{place}" for place, kind in enumerate(KINDS, 100001)},
        },
        "wechat": {
            "appid": wechat.get("appid") or "wx" + secrets.token_hex(8),
            "secret": wechat.get("secret") or secrets.token_hex(16),
            "base_url": base,
            "templates": {
                kind: {
                    "template_id": f"TEMPLATE-{kind}",
                    "fields": {"thing1": "name", "thing2": "heading", "phone_number3": "phone"},
                }
                for kind in KINDS
            },
        },
    }
    write_secret(path, json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")
    return path


def load_texts(home: Path) -> dict[str, str]:
    """The words of the templates, `${name}` for what is filled in; empty where nobody has handed any in."""
    path = home / TEXTS_FILE
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def load_sender(home: Path) -> Sender | None:
    """Read what `make_sender` wrote; None where it has not run: then there is no inbox."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Sender(
        told["sms"]["access_key_id"],
        told["sms"]["access_key_secret"],
        told["wechat"]["appid"],
        told["wechat"]["secret"],
    )
