"""Walk a type and a YAML node side by side: a checked plain document, or faults with their lines.

The annotations of `sections.py` are the format; nothing here knows a section by name.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from canbao.policy.format.faults import Fault, nearest_of
from canbao.policy.format.scalars import FORMULAS, SCALARS, BadScalar
from canbao.policy.format.values import Value
from canbao.policy.format.vocabulary import CHARGEABLE, STATUSES, OneOf

VALUE_KEYS = ("value", "yuan", "fixed_yuan", "percent", "status", "source", "rule", "note", "force", "open")
BARE_KEYS = ("value", "yuan", "fixed_yuan", "percent")


@dataclass
class Reading:
    """One file being read: its name, its default source, the faults so far, and where each key stood."""

    file: str
    source: str = ""
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def fault(self, node: Node, key: str, text: str, allowed: tuple[str, ...] = (), word: str = "") -> None:
        """Note one fault at a node; `word` is what was written, for the nearest spelling."""
        near = nearest_of(word, allowed) if word else None
        self.faults.append(Fault(self.file, node.start_mark.line + 1, key, text, allowed, near))


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The annotations of a section type, `Annotated` kept."""
    return get_type_hints(kind, include_extras=True)


def plain(kind: Any, node: Node, key: str, reading: Reading) -> Any:
    """The plain document of a node of the given type; None where faulty (the fault is noted)."""
    reading.lines.setdefault(key, node.start_mark.line + 1)
    origin = get_origin(kind)
    if origin is Value:
        return _value(get_args(kind)[0], node, key, reading)
    if origin in (types.UnionType, Union):
        return plain(next(arm for arm in get_args(kind) if arm is not type(None)), node, key, reading)
    if kind not in SCALARS and is_dataclass(kind):
        return _table(kind, node, key, reading)  # type: ignore[arg-type]
    if origin is Mapping:
        return _mapping(get_args(kind), node, key, reading)
    if origin is tuple:
        return _list(get_args(kind)[0], node, key, reading)
    return _scalar(kind, node, key, reading)


def pairs_of(node: Node, key: str, reading: Reading) -> dict[str, tuple[Node, Node]]:
    """The entries of a mapping node by key; a repeated key is a fault."""
    found: dict[str, tuple[Node, Node]] = {}
    if not isinstance(node, MappingNode):
        reading.fault(node, key, "这里要写成“名称: 内容”的一组")
        return found
    for key_node, value_node in node.value:
        name = str(key_node.value)
        if name in found:
            reading.fault(key_node, f"{key}.{name}".lstrip("."), "同一个名称写了两次")
        found[name] = (key_node, value_node)
    return found


def _table(kind: type, node: Node, key: str, reading: Reading) -> dict[str, Any]:
    hints = hints_of(kind)
    known = {item.name: item for item in fields(kind) if item.name != "document"}
    pairs = pairs_of(node, key, reading)
    made: dict[str, Any] = {}
    for name, (key_node, child) in pairs.items():
        here = f"{key}.{name}".lstrip(".")
        if name not in known:
            reading.fault(key_node, here, f"不认识的名称“{name}”", tuple(known), name)
            continue
        reading.lines[here] = key_node.start_mark.line + 1  # of the key: an alias stands elsewhere
        made[name] = plain(hints[name], child, here, reading)
    if key:  # the head of a pack file has checks of its own
        require(kind, made, node, reading, key)
    return made


def require(kind: type, made: Mapping[str, Any], node: Node, reading: Reading, key: str = "") -> None:
    """Note what a table must have and has not."""
    for item in fields(kind):
        if item.default is MISSING and item.default_factory is MISSING and item.name not in made:
            reading.fault(node, f"{key}.{item.name}".lstrip("."), f"缺少“{item.name}”")


def _mapping(kinds: tuple[Any, Any], node: Node, key: str, reading: Reading) -> dict[str, Any]:
    key_kind, value_kind = kinds
    allowed = get_args(key_kind) if get_origin(key_kind) is Literal else ()
    made: dict[str, Any] = {}
    for name, (key_node, child) in pairs_of(node, key, reading).items():
        if allowed and name not in allowed:
            reading.fault(key_node, f"{key}.{name}", f"不认识的名称“{name}”", allowed, name)
            continue
        reading.lines[f"{key}.{name}"] = key_node.start_mark.line + 1
        made[name] = plain(value_kind, child, f"{key}.{name}", reading)
    return made


def _list(kind: Any, node: Node, key: str, reading: Reading) -> list[Any]:
    if not isinstance(node, SequenceNode):
        reading.fault(node, key, "这里要写成清单 [甲, 乙]")
        return []
    return [plain(kind, child, f"{key}[{place}]", reading) for place, child in enumerate(node.value)]


def _scalar(kind: Any, node: Node, key: str, reading: Reading) -> Any:
    if not isinstance(node, ScalarNode):
        reading.fault(node, key, "这里要写一个值")
        return None
    if node.tag.endswith(":float"):
        reading.fault(node, key, f'不能写小数 {node.value}；金额请加引号，如 "87.50"')
        return None
    allowed = words_of(kind)
    if allowed:
        if node.value not in allowed:
            reading.fault(node, key, f"不能写“{node.value}”", allowed, node.value)
        return node.value
    try:
        return SCALARS[kind].read(node.value, node.tag.rpartition(":")[2])
    except BadScalar as bad:
        reading.fault(node, key, str(bad))
        return None


def words_of(kind: Any) -> tuple[str, ...]:
    """The words a kind of text is limited to; none: any text."""
    if get_origin(kind) is Literal:
        return tuple(str(word) for word in get_args(kind))
    marks = getattr(kind, "__metadata__", ())
    return next((mark.words for mark in marks if isinstance(mark, OneOf)), ())


def _value(kind: Any, node: Node, key: str, reading: Reading) -> dict[str, Any]:
    """A value with its provenance. `not_stated` or an empty value is the short way to say just that."""
    if isinstance(node, ScalarNode):
        if node.tag.endswith(":null") or node.value == "not_stated":
            return {"value": None, "status": "not_stated", "source": reading.source, "rules": []}
        reading.fault(node, key, "要写明 value、status、source、rule，或者只写 not_stated")
        return {"value": None, "status": "not_stated", "source": reading.source, "rules": []}
    pairs = pairs_of(node, key, reading)
    for name, (key_node, _) in pairs.items():
        if name not in VALUE_KEYS:
            reading.fault(key_node, f"{key}.{name}", f"不认识的名称“{name}”", VALUE_KEYS, name)
    made = _provenance(pairs, key, reading)
    bare = [name for name in BARE_KEYS if name in pairs]
    made["value"] = _bare(kind, bare, pairs, key, reading)
    _status_fits(made, bool(bare), node, key, reading)
    return made


def _bare(kind: Any, bare: list[str], pairs: Mapping[str, Any], key: str, reading: Reading) -> Any:
    """The value itself, under the one key that its type asks for."""
    if not bare:
        return None
    key_node, child = pairs[bare[0]]
    here = f"{key}.{bare[0]}"
    if len(bare) > 1:
        reading.fault(key_node, key, f"{'、'.join(bare)} 只能写一个")
        return None
    if kind in FORMULAS:
        return _formula(kind, bare[0], child, here, reading)
    wanted = "yuan" if getattr(kind, "__metadata__", ()) else "value"
    if bare[0] != wanted:
        reading.fault(key_node, here, f"这里的值要写在“{wanted}”里", (wanted,))
        return None
    return plain(kind, child, here, reading)


def _formula(kind: Any, name: str, child: Node, key: str, reading: Reading) -> Any:
    try:
        if not isinstance(child, ScalarNode):
            raise BadScalar("这里要写一个值")
        return FORMULAS[kind](name, child.value, child.tag.rpartition(":")[2])
    except BadScalar as bad:
        reading.fault(child, key, str(bad))
        return None


def _provenance(pairs: Mapping[str, Any], key: str, reading: Reading) -> dict[str, Any]:
    def word(name: str, default: str) -> str:
        return str(pairs[name][1].value) if name in pairs else default

    made: dict[str, Any] = {"status": word("status", ""), "source": word("source", reading.source)}
    rule = pairs["rule"][1] if "rule" in pairs else None
    made["rules"] = (
        [str(one.value) for one in rule.value]
        if isinstance(rule, SequenceNode)
        else [str(rule.value)]
        if rule
        else []
    )
    if note := word("note", ""):
        made["note"] = note
    force = word("force", "must")
    if force not in ("must", "principle", "advice", "provisional"):
        allowed = ("must", "principle", "advice", "provisional")
        reading.fault(pairs["force"][1], f"{key}.force", f"不能写“{force}”", allowed, force)
    elif force != "must":
        made["force"] = force
    if "open" in pairs:
        made["open"] = plain(bool, pairs["open"][1], f"{key}.open", reading)
    return made


def _status_fits(made: Mapping[str, Any], has_value: bool, node: Node, key: str, reading: Reading) -> None:
    status = made["status"]
    if status not in STATUSES:
        text = f"不能写“{status}”" if status else "没有写 status（这个值从哪里来）"
        reading.fault(node, f"{key}.status", text, STATUSES, status)
    if status == "not_stated" and has_value:
        reading.fault(node, key, "写了 not_stated，就不能再写数值")
    if status in CHARGEABLE and not has_value:
        reading.fault(node, key, f"写了 {status}，却没有数值")
    if not made["source"]:
        reading.fault(node, f"{key}.source", "没有写来源 source")
    if not made["rules"]:
        reading.fault(node, f"{key}.rule", "没有写规则编号 rule")
