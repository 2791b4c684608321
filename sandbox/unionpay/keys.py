"""How one merchant is known to 银联商务, made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.secret import write_secret

FILE = "unionpay.json"
STATEMENT_PATH = "/v1/netpay/statement"
DIGITS = "0123456789"


@dataclass(frozen=True)
class Keys:
    """Who may speak, and the two keys both sides share."""

    app_id: str
    app_key: bytes
    notice_key: str
    mid: str
    tid: str
    source: str


def make_keys(home: Path, base_url: str, public_url: str | None = None) -> Path:
    """Make what is absent; return the path of `unionpay.json`. Idempotent: keys stay, addresses are brought up to date."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    told = json.loads(path.read_text("utf-8")) if path.exists() else _fresh()
    told["gateway"] = base_url.rstrip("/")
    told["page_gateway"] = (public_url or base_url).rstrip("/")
    told["statement_path"] = STATEMENT_PATH
    write_secret(path, json.dumps(told, indent=2).encode() + b"\n")
    return path


def load_keys(home: Path) -> Keys:
    """Read what `make_keys` wrote. Raises FileNotFoundError where it has not run."""
    told = json.loads((home / FILE).read_text("utf-8"))
    return Keys(
        told["app_id"], told["app_key"].encode(), told["notice_key"], told["mid"], told["tid"], told["source"]
    )


def _fresh() -> dict[str, str]:
    def digits(count: int) -> str:
        return "".join(secrets.choice(DIGITS) for _ in range(count))

    return {
        "app_id": secrets.token_hex(16),
        "app_key": secrets.token_hex(16),
        "notice_key": secrets.token_urlsafe(36),
        "mid": f"898{digits(12)}",
        "tid": digits(8),
        "source": digits(4),
    }
