"""Bytes in, a resolved pack out: read the file and its parents' of the same year, merge, freeze."""

import json
from collections.abc import Callable, Iterator, Mapping
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
    The parent is the next level up, unless a file names another (`parent`).

    Raises:
        PackFaults: a file cannot be read as a pack, parents go round in a circle, or no level has a file.
        ValueError: not an area code.
    """
    documents: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for code, data in _line(area_code, year, read, faults):
        document, reading = read_sheet(data, code, year)
        faults += reading.faults
        documents.append(document)
    if faults:
        raise PackFaults(faults)
    if not documents:
        raise PackFaults([Fault(file_name(area_code, year), 1, "area", "这一级和上级都没有政策文件")])
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = merge(merged, document)
    merged["area"] = area_code
    return pack_of(merged)


def _line(area_code: str, year: int, read: Read, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """The files of an area and its parents, the nearest first; a circle is a fault."""
    code, seen = area_code, [area_code]
    while code:
        data = read(code, year)
        parent = next(iter(lineage(code)[1:]), "")
        if data is not None:
            yield code, data
            parent = _named_parent(data) or parent
        if parent in seen:
            ring = " → ".join((*seen, parent))
            faults.append(Fault(file_name(code, year), 1, "parent", f"上级绕成了圈：{ring}；改掉 parent"))
            return
        seen.append(parent)
        code = parent


def _named_parent(data: bytes) -> str:
    root = compose(data, Reading(""))
    name = _head(root, "parent") if root else ""
    return name if len(name) == 6 and name.isdigit() else ""


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
    root = compose(data, reading)
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
        merged[name] = merge(old, new) if both and not is_value(new) else new  # type: ignore[arg-type]
    return merged


def is_value(plain: Mapping[str, Any]) -> bool:
    """Whether a part of a plain document is a value with its provenance, not a table of further parts."""
    return "status" in plain and "rules" in plain


def compose(data: bytes, reading: Reading) -> Node | None:
    """The YAML nodes of a file; None where it cannot be read, or is empty (the fault is noted)."""
    try:
        root = _nodes(data.decode("utf-8"))
    except UnicodeDecodeError:
        reading.faults.append(Fault(reading.file, 1, "", "文件不是 UTF-8 编码，请另存为 UTF-8"))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reading.faults.append(Fault(reading.file, line, "", _yaml_problem(data, line, error)))
        return None
    if root is None:
        reading.faults.append(Fault(reading.file, 1, "", "文件是空的"))
    elif loop := _loop(root, ()):
        reading.fault(loop, "", "锚点（&名称）绕回到自己，去掉这里的 *名称")
        return None
    return root


def _nodes(text: str) -> Node | None:
    """By libyaml where it is there: a city's packs are read fourteen times as fast. What is wrong, Python's own says better."""
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _yaml_problem(data: bytes, line: int, error: yaml.YAMLError) -> str:
    """The parser's complaint, or the usual cause of it and its remedy."""
    written = data.decode("utf-8").splitlines()[line - 1 : line]
    if any("\t" in text for text in written):
        return "这一行有制表符（Tab），YAML 只认空格，换成两个空格"
    return f"YAML 写法有误：{getattr(error, 'problem', error)}；看看这一行的括号、冒号和引号"


def _loop(node: Node, above: tuple[int, ...]) -> Node | None:
    """A node that contains itself, if any."""
    if id(node) in above:
        return node
    if isinstance(node, ScalarNode):
        return None
    children = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    inside = (*above, id(node))
    return next((found for child in children if (found := _loop(child, inside))), None)


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
    parent = document.get("parent", "")
    if parent and not (len(parent) == 6 and parent.isdigit()):
        reading.fault(root, "parent", f"上级“{parent}”不是六位区划代码")
    if document.get("benefit_year") not in (None, year):
        reading.fault(root, "benefit_year", f"文件名是 {year}，却写着 {document['benefit_year']}")


SECTION_NAMES = tuple(item.name for item in fields(Sections))
