"""Row P4: people a second by the million, microseconds for one, memory for ten million; each beside its reference."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.p4 import by_hand, by_openfisca, by_zen
from bench.p4.people import ON, crowd, one, policy
from canbao.policy.assess import assess, sieve_of
from canbao.policy.population import assess_many
from canbao.policy.rules.decide import decide

MILLION = 1_000_000
ROUNDS = 7
ONE = {"age": 46, "gap": 1, "full": False, "fixed": False, "share": True}


def run() -> list[dict[str, Any]]:
    """The lines of the table."""
    return [*_many(), *_single(), _memory()]


def _many() -> list[dict[str, Any]]:
    """(a) A million people, reasons kept, amounts and first month read out of everybody's answer."""
    pack, people, rules = policy(), crowd(MILLION), by_openfisca.system()
    columns = people.population()
    _must_agree(pack, people, columns, rules)

    def ours() -> None:
        sieve_of.cache_clear()  # each round compiles its tables anew
        assess_many(pack, columns, ON).amounts_fen()

    seconds = _best_of_each(
        {
            "ours": ours,
            "numpy": lambda: by_hand.assess(people),
            "openfisca": lambda: by_openfisca.assess(rules, people),
        }
    )
    rate = {name: MILLION / taken for name, taken in seconds.items()}
    return [
        _line(
            "P4a people/s",
            rate["ours"],
            "OpenFisca",
            rate["openfisca"],
            rate["ours"] / rate["openfisca"],
            1.0,
        ),
        _line(
            "P4a people/s", rate["ours"], "NumPy by hand", rate["numpy"], rate["ours"] / rate["numpy"], 0.5
        ),
    ]


def _must_agree(pack: Any, people: Any, columns: Any, rules: Any) -> None:
    """All four give the same amounts and the same first months, or nothing is measured."""
    found = assess_many(pack, columns, ON)
    months = np.asarray([answer.cover.from_date.month if answer.cover else 0 for answer in found.answers])
    hand, openfisca = by_hand.assess(people), by_openfisca.assess(rules, people)
    for amounts, cover in (hand[:2], openfisca):
        if not (np.array_equal(found.amounts_fen(), amounts) and np.array_equal(months[found.index], cover)):
            raise SystemExit("P4: the ways of counting disagree; nothing is measured")
    (answer,) = assess(pack, [one()], ON)
    told = by_zen.decision()(ONE)
    if (answer.amount_fen, answer.cover and answer.cover.from_date.month) != (told["amount"], told["month"]):
        raise SystemExit("P4: zen-engine disagrees; nothing is measured")


def _single() -> list[dict[str, Any]]:
    """(b) One person: through the compiled tables, and of a kind that nobody has asked about yet."""
    pack, person, ask = policy(), one(), by_zen.decision()
    rules, alone = by_openfisca.system(), crowd(1)
    assess(pack, [person], ON)
    taken = _best_of_each(
        {
            "ours": lambda: _times(2000, lambda: assess(pack, [person], ON)),
            "fresh": lambda: _times(200, lambda: decide(pack, person, ON)),
            "zen": lambda: _times(200, lambda: ask(ONE)),
            "openfisca": lambda: _times(20, lambda: by_openfisca.assess(rules, alone)),
        }
    )
    us = {
        name: taken[name] / times * 1e6
        for name, times in (("ours", 2000), ("fresh", 200), ("zen", 200), ("openfisca", 20))
    }
    return [
        _line("P4b one person, µs", us["ours"], "zen-engine", us["zen"], us["zen"] / us["ours"], 20),
        _line(
            "P4b one person, µs", us["ours"], "OpenFisca", us["openfisca"], us["openfisca"] / us["ours"], None
        ),
        _line("P4b one person, µs", us["ours"], "the reach", 25, 25 / us["ours"], 1.0),
        _line("P4b a new kind, µs", us["fresh"], "zen-engine", us["zen"], us["zen"] / us["fresh"], None),
    ]


def _memory() -> dict[str, Any]:
    """The peak of a process that assesses ten million, over that of one that only holds them."""
    peak = {
        word: int(subprocess.check_output([sys.executable, "-m", "bench.p4.row", word]))
        for word in ("hold", "assess")
    }
    return _line(
        "P4 memory for 10 M, MB",
        peak["assess"],
        "holding them",
        peak["hold"],
        peak["assess"] / peak["hold"],
        None,
    )


def _peak_mb(word: str) -> int:
    columns = crowd(10 * MILLION).population()
    if word == "assess":
        assess_many(policy(), columns, ON)
    status = Path("/proc/self/status").read_text()  # getrusage would count what the parent once held
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def _best_of_each(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The best of some rounds, the ways in turn, so that a busy moment meets all of them."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def _times(count: int, act: Callable[[], object]) -> None:
    for _ in range(count):
        act()


def _line(
    row: str, ours: float, reference: str, other: float, ratio: float, reach: float | None
) -> dict[str, Any]:
    return {"row": row, "ours": ours, "reference": reference, "other": other, "ratio": ratio, "reach": reach}


if __name__ == "__main__":
    sys.stdout.write(str(_peak_mb(sys.argv[1])))
