"""packs/schema.json: current, true of every pack, and as strict as the reader about shape."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from canbao.policy.desk.schema import schema
from canbao.policy.loader import read_sheet
from tests.policy.shelf import FIXTURES, PACKS, keys_in

BOTH = [folder / area / f"{year}.yaml" for folder in (PACKS, FIXTURES) for area, year in keys_in(folder)]
CHECKER = jsonschema.Draft7Validator(schema())


class Plain(yaml.SafeLoader):
    """YAML as JSON has it: a day is a text."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def complaints(text: str) -> list[str]:
    return [error.message for error in CHECKER.iter_errors(yaml.load(text, Plain))]


def test_the_published_schema_is_current():
    assert json.loads((PACKS / "schema.json").read_text()) == schema(), "write it anew: canbao pack schema"


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(schema())


@pytest.mark.parametrize("path", BOTH, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_pack_keeps_it(path: Path):
    assert complaints(path.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prices:", "price:"),
        ("yuan: 280", "yuan: 280.5"),
        ("yuan: 280", "yuan: -1"),
        ("yuan: 280", "value: 280"),
        ("yuan: 280, ", ""),
        ("status: stated", "status: statd"),
        ("status: stated, ", ""),
        ("rule: CP-03, ", ""),
        ("rule: CP-03", "rule: CP-03, force: musst"),
        ("rule: CP-03", "rule: CP-03, forse: must"),
        ("label: 在校学生", "lable: 在校学生"),
        ("person_classes: [student", "person_classes: [studnet"),
        ("benefit_year: 2022\n", ""),
    ],
)
def test_what_the_reader_refuses_for_its_shape_the_schema_refuses_too(old: str, new: str):
    text = (PACKS / "371500" / "2022.yaml").read_text()
    assert old in text

    broken = text.replace(old, new, 1)

    assert read_sheet(broken.encode(), "371500", 2022)[1].faults
    assert complaints(broken)
