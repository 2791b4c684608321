"""From a plain resolved document back to frozen types, by the same annotations that checked it."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from canbao.policy.format.scalars import SCALARS
from canbao.policy.format.shape import hints_of
from canbao.policy.format.values import Value


def build(kind: Any, plain: Any) -> Any:
    """The typed form of a checked plain document."""
    if kind in SCALARS:
        return SCALARS[kind].build(plain)
    if is_dataclass(kind):
        return _table(kind, plain)  # type: ignore[arg-type]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return build(next(arm for arm in arguments if arm is not type(None)), plain)
    return _GENERIC[origin](arguments, plain)


def _table(kind: type, plain: Mapping[str, Any]) -> Any:
    hints = hints_of(kind)
    known = {item.name for item in fields(kind)}
    return kind(**{name: build(hints[name], child) for name, child in plain.items() if name in known})


def _value(arguments: tuple[Any, ...], plain: Mapping[str, Any]) -> Value[Any]:
    (kind,) = arguments
    value = plain["value"]
    return Value(
        value=None if value is None else build(kind, value),
        status=plain["status"],
        source=plain["source"],
        rules=tuple(plain["rules"]),
        note=plain.get("note", ""),
        force=plain.get("force", "must"),
        open=plain.get("open", False),
    )


_GENERIC: dict[Any, Callable[[tuple[Any, ...], Any], Any]] = {
    Value: _value,
    Mapping: lambda kinds, plain: MappingProxyType(
        {key: build(kinds[1], child) for key, child in plain.items()}
    ),
    tuple: lambda kinds, plain: tuple(build(kinds[0], child) for child in plain),
    Literal: lambda _words, plain: plain,
    Annotated: lambda _words, plain: plain,
}
