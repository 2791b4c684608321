"""What the races with real programs share; and the count of steps and bugs caught, as in the simulation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.conftest import pytest_terminal_summary
from tests.support.installation import Installation, installed

__all__ = ["installation", "pytest_terminal_summary"]


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path) -> Iterator[Installation]:
    """A sandbox and a filled database; `serve()` starts the server."""
    with installed(tmp_path) as running:
        yield running
