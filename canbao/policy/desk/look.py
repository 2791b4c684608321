"""翻看: what a pack says under a key, for cases about statements that no calculation asks for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from canbao.policy.loader import is_value
from canbao.policy.pack import Pack


def values_of(document: Any, key: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every value of a plain document with its dotted key."""
    if isinstance(document, Mapping):
        if is_value(document):
            yield key, document
            return
        for name, child in document.items():
            yield from values_of(child, f"{key}.{name}".lstrip("."))


def values_under(pack: Pack, key: str) -> list[Mapping[str, Any]]:
    """The values under a dotted key such as `channels.wechat`; empty where the pack has no such key."""
    place: Any = pack.document
    for name in key.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return []
        place = place[name]
    return [value for _, value in values_of(place)]


def words_of(value: Mapping[str, Any]) -> str:
    """Everything readable in one value: the value itself and its note."""
    bare = value["value"]
    parts = bare if isinstance(bare, list) else [bare]
    return " ".join(str(part) for part in parts if part is not None) + str(value.get("note", ""))


RULE = re.compile(r"(?:(?:CP|CZ|LZ|SX|FY)-\d\d|N-[A-Z0-9]+-\d+|(?<![\w-])E\d{1,2})(?!\d)")
_SPAN = re.compile(r"((CP|CZ|LZ|SX|FY)-(\d\d)) ?(?:…|–|to) ?(?:(?:CP|CZ|LZ|SX|FY)-)?(\d\d)")


def rules_in(text: str) -> set[str]:
    """The rule ids a text names, spans such as `FY-23 … FY-26` spelled out."""
    found = set(RULE.findall(text))
    for _, family, first, last in _SPAN.findall(text):
        found |= {f"{family}-{number:02d}" for number in range(int(first), int(last) + 1)}
    return found
