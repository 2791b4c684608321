"""One seed is one world: it plays the same again, here, in another process, and as a test of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.export import as_test
from tests.simulation.planted.bugs import BUGS
from tests.simulation.planted.plant import Bug, Stale, Text, planted
from tests.simulation.play import play

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(0, 1_200, 100))
def test_a_seed_plays_the_same_twice(simulated, seed):
    assert play(seed).trace == play(seed).trace


def test_a_seed_plays_the_same_in_another_process(simulated):
    command = [sys.executable, "-m", "tests.simulation", "6", "7", "8", "9"]
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert [play(seed).trace[:16] in told for seed in (6, 7, 8, 9)] == [True] * 4


def test_a_failing_seed_becomes_a_small_test(simulated):
    with planted(BUGS["channel not compared"]):
        played = (play(seed) for seed in range(100))
        result = next(one for one in played if one.violation)
        text = as_test(result)
        scope: dict = {}
        exec(compile(text, "exported", "exec"), scope)
        test = next(value for name, value in scope.items() if name.startswith("test_seed_"))
        with pytest.raises(AssertionError):
            test(None)
        assert set(scope["WITHOUT"]) < set(result.keys)
    test(None)


def test_a_bug_whose_text_is_gone_is_told():
    with (
        pytest.raises(Stale),
        planted(Bug("old", (Text("canbao.basics.genes:bucket_of", "no such text", ""),))),
    ):
        pass


def test_a_planted_bug_is_gone_afterwards(simulated):
    before = play(3).trace
    for bug in BUGS.values():
        with planted(bug):
            pass
    assert play(3).trace == before
