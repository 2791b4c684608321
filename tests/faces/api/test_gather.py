"""The gatherer: alone nobody waits, under load many become one, and nobody suffers for another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from canbao.faces.api.gather import AT_MOST, LEADERS, Gatherer


def until_waiting(door: Gatherer[int, int], how_many: int) -> None:
    """Until every leader is at work and so many others wait."""
    while door._leading["a"] < LEADERS or len(door._waiting.get("a", ())) < how_many:
        sleep(0.001)


def test_one_alone_is_a_batch_of_one() -> None:
    batches: list[list[int]] = []

    def double(items: list[int]) -> list[int]:
        batches.append(items)
        return [2 * item for item in items]

    door = Gatherer(double)

    assert [door.ask("a", n) for n in (1, 2)] == [2, 4]
    assert batches == [[1], [2]]


def test_who_comes_while_one_is_served_is_taken_along_together() -> None:
    batches: list[list[int]] = []
    go_on = Event()

    def slow(items: list[int]) -> list[int]:
        batches.append(items)
        go_on.wait(10)
        return items

    door = Gatherer(slow)
    with ThreadPoolExecutor(LEADERS + AT_MOST + 10) as pool:
        asked = [pool.submit(door.ask, "a", n) for n in range(LEADERS + AT_MOST + 5)]
        until_waiting(door, AT_MOST + 5)
        go_on.set()
        answers = [one.result(10) for one in asked]

    assert answers == list(range(LEADERS + AT_MOST + 5))
    assert sorted(len(batch) for batch in batches) == [1] * LEADERS + [5, AT_MOST]
    assert not door._waiting
    assert set(door._leading.values()) == {0}


def test_one_that_cannot_be_served_does_not_harm_the_others() -> None:
    go_on = Event()

    def picky(items: list[int]) -> list[int]:
        go_on.wait(10)
        if 3 in items:
            raise ValueError("three")
        return items

    door = Gatherer(picky)
    with ThreadPoolExecutor(LEADERS + 5) as pool:
        first = [pool.submit(door.ask, "a", 0) for _ in range(LEADERS)]
        until_waiting(door, 0)
        others = {n: pool.submit(door.ask, "a", n) for n in range(1, 6)}
        until_waiting(door, len(others))
        go_on.set()

        assert [one.result(10) for one in first] == [0] * LEADERS
        with pytest.raises(ValueError, match="three"):
            others.pop(3).result(10)
        assert {n: other.result(10) for n, other in others.items()} == {1: 1, 2: 2, 4: 4, 5: 5}


def test_batches_do_not_mix_keys() -> None:
    seen: list[list[str]] = []

    def keep(items: list[str]) -> list[str]:
        seen.append(items)
        return items

    door = Gatherer(keep)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: door.ask("ab"[n % 2], f"{'ab'[n % 2]}{n}"), range(40)))

    assert all(len({item[0] for item in batch}) == 1 for batch in seen)
    assert sorted(item for batch in seen for item in batch) == sorted(f"{'ab'[n % 2]}{n}" for n in range(40))
