"""Worlds from seeds: whatever dies, lies, repeats or comes late, what must hold holds, and all comes to rest."""

import os

import pytest

from tests.simulation.play import play, total

SEEDS = int(os.environ.get("CANBAO_SEEDS", "300"))  # the floor of `make test` is 300
FIRST = int(os.environ.get("CANBAO_FIRST_SEED", "0"))
BLOCK = 25


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, BLOCK))
def test_every_world_of_these_seeds_keeps_its_invariants(simulated, tell, first):
    results = [play(seed) for seed in range(first, first + BLOCK)]
    tell(results)
    failed = [str(result) for result in results if result.violation]
    assert not failed, "\n".join([*failed, "look: .venv/bin/python -m tests.simulation SEED --trace"])


def test_the_worlds_are_as_hostile_as_they_claim(simulated):
    """A simulation in which nothing goes wrong proves nothing."""
    counts = total(play(seed) for seed in range(40))
    for kind in (
        "crashes",
        "lost",
        "locked",
        "unknown_commits",
        "net_faults",
        "interludes",
        "outside",
        "checks",
    ):
        assert counts[kind] >= 20, (kind, counts)
    assert min(counts["tax_paid"], counts["tax_wrong_sums"], counts["tax_refunds"]) >= 5, counts
    assert min(counts["refunds"], counts["cash_back"]) >= 3, counts
