"""A sandbox for every test: the keys are made once, the rest is new."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.tax.keys import make_partner
from sandbox.wechat.keys import make_keys
from tests.sandbox.bench import Bench


@pytest.fixture(scope="session")
def keys_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with keys and nothing else."""
    home = tmp_path_factory.mktemp("keys")
    make_keys(home, "http://sandbox.example")
    make_partner(home, "http://sandbox.example")
    return home


@pytest.fixture
def home(keys_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return shutil.copytree(keys_home, tmp_path / "home")


@pytest.fixture
def open_bench(home: Path) -> Iterator[Callable[..., Bench]]:
    """Start a sandbox over the test's home, and again: `open_bench(speed=60)`."""
    opened: list[Bench] = []

    def open_one(**settings: Any) -> Bench:
        opened.append(Bench(home, **settings))
        return opened[-1]

    yield open_one
    for bench in opened:
        bench.close()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    """One at its ordinary speed."""
    return open_bench()
