"""Which database the tests use: `--db=sqlite` (the default) or `--db=postgres`.

Loaded by `-p` before Django reads its settings, since these take their database from the environment.
For PostgreSQL one throw-away server is started for the whole session, workers of xdist included.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.postgres import throw_away_server

URL = "CANBAO_DATABASE_URL"
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

_session = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="the database under test")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Point the settings to the database before pytest-django loads them."""
    if not IS_WORKER:
        _choose(early_config.known_args_namespace.db)
    return (yield)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--db')}"


def pytest_unconfigure() -> None:
    _session.close()


def _choose(db: str) -> None:
    """A worker inherits what its controller chose, so this runs once a session."""
    os.environ.pop(URL, None)
    if db == "postgres":
        os.environ[URL] = _session.enter_context(throw_away_server())
