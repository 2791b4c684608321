"""The page about packs is true: it names every section and every key of a value."""

from dataclasses import fields

from canbao.policy.format.shape import VALUE_KEYS
from canbao.policy.format.vocabulary import STATUSES
from canbao.policy.pack import Sections
from tests.policy.shelf import PACKS

PAGE = (PACKS.parent / "docs" / "packs.md").read_text()


def test_every_section_stands_on_the_page():
    assert [item.name for item in fields(Sections) if f"`{item.name}`" not in PAGE] == []


def test_every_key_and_status_of_a_value_stands_on_the_page():
    assert [word for word in (*VALUE_KEYS, *STATUSES) if f"`{word}`" not in PAGE] == []
