"""The rules of the house, asked of every file of ours, and each proved able to find a breach."""

import pytest

from tests.house.rules import RULES, Rule
from tests.support.source import Source, python_sources

PLANTED = [
    pytest.param(rule, Source(path, text), id=f"{rule.sentence}: {path}")
    for rule in RULES
    for path, text in rule.planted.items()
]
ALLOWED = [pytest.param(rule, path, id=f"{rule.sentence}: {path}") for rule in RULES for path in rule.allowed]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.sentence)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    sources = [source for source in python_sources() if source.path not in rule.allowed]

    breaches = [line for source in sources for line in rule.breaches(source)]

    assert not breaches, "\n".join([rule.sentence, *breaches])


@pytest.mark.parametrize(("rule", "source"), PLANTED)
def test_a_planted_breach_is_found(rule: Rule, source: Source) -> None:
    assert len(rule.breaches(source)) >= 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.sentence)
def test_a_file_that_does_nothing_keeps_every_rule(rule: Rule) -> None:
    quiet = Source(
        "canbao/services/money/pay.py", '"""Paying FOR UPDATE of 0.5 now() is only spoken of."""\n'
    )

    assert rule.breaches(quiet) == []


@pytest.mark.parametrize(("rule", "path"), ALLOWED)
def test_an_exception_to_a_rule_is_still_needed(rule: Rule, path: str) -> None:
    source = next(source for source in python_sources() if source.path == path)

    assert rule.breaches(source), f"{path} keeps the rule now; take its exception away"
