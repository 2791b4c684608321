"""比较: what changed between two packs, in words: `个人缴费 350元 → 380元`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from canbao.policy.desk.look import values_of
from canbao.policy.desk.words import path_text, said_text
from canbao.policy.loader import is_value
from canbao.policy.pack import Pack

HEAD_KEYS = ("area", "benefit_year", "source", "parent")
MONEY_KEYS = frozenset(
    "individual fiscal_subsidy fiscal surcharges cap next_year_price per_continuous_year per_zero_claim_year "
    "least_step".split()
)


@dataclass(frozen=True)
class Change:
    """One thing that is new, gone or different. `key`: dotted; texts: as people say them, empty where absent."""

    kind: Literal["added", "removed", "changed"]
    key: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        words = {"added": f"新增：{self.after}", "removed": f"去掉了（原为 {self.before}）"}
        return f"{self.what}　{words.get(self.kind, f'{self.before} → {self.after}')}"


def diff(old: Pack, new: Pack) -> list[Change]:
    """Everything the new pack says otherwise than the old one, in the order of the new file."""
    before, after = _said(old), _said(new)
    return [
        _change(new if key in after else old, key, before.get(key), after.get(key))
        for key in [*after, *(key for key in before if key not in after)]
        if _differs(before.get(key), after.get(key))
    ]


def _said(pack: Pack) -> dict[str, Mapping[str, Any]]:
    values = dict(values_of(pack.document))
    names = {
        key: {"value": bare, "status": "stated"}
        for key, bare in pack.document.items()
        if not isinstance(bare, Mapping) and key not in HEAD_KEYS
    }
    return {**names, **values, **dict(_conditions(pack.document))}


def _conditions(document: Any, key: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """Who something is about: a condition has no source of its own, and changes all the same."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    if not isinstance(document, Mapping) or is_value(document):
        return found
    for name, child in document.items():
        here = f"{key}.{name}".lstrip(".")
        if name == "who" and isinstance(child, Mapping):
            found += [(f"{here}.{word}", {"value": bare, "status": "stated"}) for word, bare in child.items()]
        else:
            found += _conditions(child, here)
    return found


def _differs(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return True
    return _core(one) != _core(other)


def _core(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """What counts as a change: the value, how sure, how strict, how open; not its source or note."""
    return value["value"], value["status"], value.get("force", "must"), value.get("open", False)


def _change(
    pack: Pack, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Change:
    is_money = bool(MONEY_KEYS & set(key.split(".")[-2:])) and not key.startswith("assistance")
    texts = [said_text(dict(value), is_money) if value else "" for value in (before, after)]
    kind: Literal["added", "removed", "changed"] = "changed"
    if before is None or after is None:
        kind = "added" if before is None else "removed"
    return Change(kind, key, path_text(pack, key), texts[0], texts[1])
