"""Division codes carry their parents inside."""

import pytest

from canbao.basics.areas import level_of, lineage, pooling_area_of


@pytest.mark.parametrize(
    ("code", "level"),
    [("100000", "nation"), ("370000", "province"), ("371500", "prefecture"), ("371503", "county")],
)
def test_a_code_knows_its_level(code: str, level: str) -> None:
    assert level_of(code) == level


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("371503", ("371503", "371500", "370000", "100000")),
        ("371500", ("371500", "370000", "100000")),
        ("370000", ("370000", "100000")),
        ("100000", ("100000",)),
    ],
)
def test_the_parents_of_a_code_come_nearest_first(code: str, chain: tuple[str, ...]) -> None:
    assert lineage(code) == chain


@pytest.mark.parametrize("code", ["", "3715", "37150a", "３７１５０３", "3715031"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not an area code"):
        lineage(code)


def test_a_county_pools_its_money_in_its_prefecture() -> None:
    assert pooling_area_of("371503") == pooling_area_of("371500") == "371500"
