"""Files with secrets in the sandbox's home: readable by their owner alone, and written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path


def write_secret(path: Path, content: bytes) -> None:
    """Write whole or not at all, readable by the owner only."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)


def keep_known(path: Path, fresh: Mapping[str, str], base_url: str) -> Path:
    """Keep how one caller is known, and where the twin is; what stands there already stays. Returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    told = {**fresh, **told, "base_url": base_url.rstrip("/")}
    write_secret(path, json.dumps(told, indent=2).encode() + b"\n")
    return path
