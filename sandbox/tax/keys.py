"""How one partner is known to the tax authority: made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.secret import keep_known

FILE = "tax.json"


@dataclass(frozen=True)
class Partner:
    """Who may speak, and the key both sides sign with."""

    name: str
    key: bytes


def make_partner(home: Path, base_url: str) -> Path:
    """Make what is absent; return the path of `tax.json`. Idempotent: the key stays."""
    fresh = {"partner": "YB" + secrets.token_hex(4), "key": secrets.token_hex(32)}
    return keep_known(home / FILE, fresh, base_url)


def load_partner(home: Path) -> Partner | None:
    """Read what `make_partner` wrote; None where it has not run: then nobody plays the tax authority."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Partner(told["partner"], told["key"].encode())
