"""What the races with real programs share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, installed


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path) -> Iterator[Installation]:
    """A sandbox and a filled database; `serve()` starts the server."""
    with installed(tmp_path) as running:
        yield running
