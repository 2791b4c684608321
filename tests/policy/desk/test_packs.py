"""The packs of the repository: all cases pass, every value has a source that exists, nothing is a float."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from canbao.policy.desk.cases import read_cases
from canbao.policy.desk.check import check, read_sources
from canbao.policy.desk.look import values_of
from canbao.policy.desk.verdict import run
from canbao.policy.format.values import UNSAID
from canbao.policy.format.vocabulary import CHARGEABLE
from canbao.policy.loader import read_sheet, resolve
from tests.policy.shelf import FIXTURES, PACKS, a_pack, keys_in, read_from

BOTH = [(folder, *key) for folder in (PACKS, FIXTURES) for key in keys_in(folder)]
each_pack = pytest.mark.parametrize(
    ("folder", "area", "year"), BOTH, ids=lambda part: getattr(part, "name", part)
)


@each_pack
def test_every_pack_has_cases_and_all_of_them_pass(folder: Path, area: str, year: int):
    file = folder / area / f"{year}.cases.yaml"

    packs = cache(lambda county: resolve(county or area, year, read_from(folder)))

    results = run(read_cases(file.read_bytes(), file.name, packs), packs)

    assert results
    assert [(result.name, result.complaints) for result in results if not result.passed] == []


@each_pack
def test_no_pack_has_an_error_or_a_warning(folder: Path, area: str, year: int):
    sources = read_sources((folder / "sources.yaml").read_bytes())

    found = check(area, year, read_from(folder), sources)

    assert [str(fault) for fault in found if fault.grade != "note"] == []


@each_pack
def test_every_value_that_may_be_charged_has_a_rule_and_a_source_that_exists(
    folder: Path, area: str, year: int
):
    sources = read_sources((folder / "sources.yaml").read_bytes())
    document, _ = read_sheet((folder / area / f"{year}.yaml").read_bytes(), area, year)

    values = [(key, value) for key, value in values_of(document) if value["status"] in CHARGEABLE]

    assert values
    assert [key for key, value in values if value["source"] not in sources or not value["rules"]] == []


@each_pack
def test_no_pack_holds_a_float(folder: Path, area: str, year: int):
    root = yaml.compose((folder / area / f"{year}.yaml").read_text(), Loader=yaml.SafeLoader)

    def floats(node: yaml.Node) -> list[str]:
        if isinstance(node, yaml.ScalarNode):
            return [node.value] if node.tag.endswith(":float") else []
        children = (
            node.value if isinstance(node, yaml.SequenceNode) else [n for pair in node.value for n in pair]
        )
        return [found for child in children for found in floats(child)]

    assert floats(root) == []


@pytest.mark.parametrize("key", keys_in(PACKS), ids=str)
def test_each_pack_has_its_own_list_of_what_is_not_stated(key: tuple[str, int]):
    document, _ = read_sheet((PACKS / key[0] / f"{key[1]}.yaml").read_bytes(), *key)

    assert document["not_stated"]
    assert all(value["note"] for value in document["not_stated"].values())


def test_the_gaps_of_the_notices_are_gaps_in_the_packs():
    """CP-01, CP-20, CZ-26, SX-12, FY-04, FY-29, LZ-22: not stated is a value with a source, never a default."""
    gaps = {
        "茌平 end": a_pack("371503", 2022).collection.closes,
        "茌平 adult": a_pack("371503", 2022).prices["resident"].individual,
        "长治 first day": a_pack("140400", 2025).benefit_period.first_date,
        "长治 waiting": a_pack("140400", 2025).waiting.fixed,
        "山西 end": a_pack("140000", 2022).collection.closes,
        "阜阳 opening day": a_pack("341200", 2021).collection.opens,
        "阜阳 January": a_pack("341200", 2021).benefit_period.paid_after_start,
        "柳州 late": a_pack("450200", 2023).late["after_period"].price,
    }

    assert {
        name for name, value in gaps.items() if value.chargeable or value is UNSAID or not value.source
    } == set()


def test_a_county_of_changzhi_does_not_inherit_the_nations_waiting_period_over_the_citys_silence():
    assert a_pack("100000", 2025).waiting.fixed.chargeable
    assert a_pack("140423", 2025).waiting.fixed.status == "not_stated"


def test_the_rule_known_only_from_a_repost_says_so():
    """FY-08."""
    ages = a_pack("341200", 2021).paying.self_only_ages

    assert (ages.source, ages.chargeable) == ("fuyang-2021-repost", True)


def test_changzhi_has_twelve_county_lines():
    assert len([c for c in a_pack("140400", 2025).contacts.values() if c.area.startswith("1404")]) == 12
