"""How one partner is known to medical insurance: made once and kept in the sandbox's home."""

import json
import secrets
from pathlib import Path

from sandbox.secret import keep_known

FILE = "medical.json"


def make_partner(home: Path, base_url: str) -> Path:
    """Make what is absent; return the path of `medical.json`. Idempotent: the key stays."""
    fresh = {"partner": "CB" + secrets.token_hex(4), "key": secrets.token_hex(32)}
    return keep_known(home / FILE, fresh, base_url)


def load_partner(home: Path) -> tuple[str, bytes] | None:
    """Name and key; None where `make_partner` has not run: then nobody plays medical insurance."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return told["partner"], told["key"].encode()
