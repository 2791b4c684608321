"""Bytes in, a resolved pack out: read the file and its parents' of the same year, merge, freeze."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from canbao.basics.areas import lineage
from canbao.policy.format.builder import build
from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.format.shape import Reading, hints_of, plain
from canbao.policy.pack import Pack, Sections

Read = Callable[[str, int], bytes | None]
HEAD = ("area", "name", "benefit_year", "collection_year", "source")


def resolve(area_code: str, year: int, read: Read) -> Pack:
    """The pack of an area for a benefit year, its parents' files merged under it.

    `read(area, year)` gives a file's bytes, or None where there is none (such a level is skipped).

    Raises:
        PackFaults: a file cannot be read as a pack, or no level has one.
        ValueError: not an area code.
    """
    merged: dict[str, Any] = {}
    faults: list[Fault] = []
    for code in reversed(lineage(area_code)):
        data = read(code, year)
        if data is None:
            continue
        document, reading = read_sheet(data, code, year)
        faults += reading.faults
        merged = merge(merged, document)
    if faults:
        raise PackFaults(faults)
    if not merged:
        raise PackFaults([Fault(file_name(area_code, year), 1, "area", "这一级和上级都没有政策文件")])
    merged["area"] = area_code
    return pack_of(merged)


def pack_of(document: Mapping[str, Any]) -> Pack:
    """Rebuild the pack of a stored resolved document, to explain an old bill with its own policy."""
    frozen = json.loads(json.dumps(document))
    hints = hints_of(Sections)
    typed = {name: build(hints[name], child) for name, child in frozen.items()}
    return Pack(**typed, document=frozen)


def file_name(area_code: str, year: int) -> str:
    """Where a pack lies: `packs/371503/2022.yaml`."""
    return f"packs/{area_code}/{year}.yaml"


def read_sheet(data: bytes, area_code: str, year: int) -> tuple[dict[str, Any], Reading]:
    """One file as its plain document, not merged, with the faults and the line of every key."""
    reading = Reading(file_name(area_code, year))
    root = _compose(data, reading)
    if root is None:
        return {}, reading
    reading.source = _head(root, "source")
    document: dict[str, Any] = plain(Sections, root, "", reading)
    _check_head(document, root, area_code, year, reading)
    return document, reading


def merge(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The child over the parent, key by key; a value (with its provenance) is replaced whole.

    So a child's `not_stated` stands, and hides what the parent states.
    """
    merged = dict(parent)
    for name, new in child.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(new, Mapping)
        merged[name] = merge(old, new) if both and "status" not in new else new  # type: ignore[arg-type]
    return merged


def _compose(data: bytes, reading: Reading) -> Node | None:
    try:
        root = yaml.compose(data.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        reading.faults.append(Fault(reading.file, 1, "", "文件不是 UTF-8 编码"))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reading.faults.append(
            Fault(reading.file, line, "", f"YAML 写法有误：{getattr(error, 'problem', error)}")
        )
        return None
    if root is None:
        reading.faults.append(Fault(reading.file, 1, "", "文件是空的"))
    return root


def _head(root: Node, name: str) -> str:
    if isinstance(root, MappingNode):
        for key_node, child in root.value:
            if key_node.value == name and isinstance(child, ScalarNode):
                return str(child.value)
    return ""


def _check_head(document: Mapping[str, Any], root: Node, area_code: str, year: int, reading: Reading) -> None:
    for name in HEAD:
        if document.get(name) is None:
            reading.fault(root, name, f"文件开头缺少“{name}”")
    if document.get("area") not in (None, area_code):
        reading.fault(root, "area", f"文件放在 {area_code} 下，却写着 {document['area']}")
    if document.get("benefit_year") not in (None, year):
        reading.fault(root, "benefit_year", f"文件名是 {year}，却写着 {document['benefit_year']}")


SECTION_NAMES = tuple(item.name for item in fields(Sections))
