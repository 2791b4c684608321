"""The format of packs as a JSON Schema, from the annotations that the reader itself walks: one truth, two forms."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from canbao.policy.format.scalars import LATE_WORDS, LENGTH_PATTERN, START_PATTERN, TIME_PATTERN
from canbao.policy.format.shape import hints_of
from canbao.policy.format.values import (
    AgeRange,
    DayMask,
    LatePrice,
    Length,
    MonthDay,
    Start,
    Subsidy,
    TimeOfDay,
    Value,
    Yuan,
)
from canbao.policy.format.vocabulary import CHARGEABLE, STATUSES
from canbao.policy.pack import Sections

Schema = dict[str, Any]
HEAD = ("area", "name", "benefit_year", "collection_year", "source")
TEXT: Schema = {"type": ["string", "integer"]}
MONEY: Schema = {
    "description": '元：整数，或加引号的小数 "87.50"',
    "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,15}(\.\d{1,2})?$"}],
}
SCALARS: dict[Any, Schema] = {
    str: TEXT,
    int: {"type": "integer", "minimum": 0},
    bool: {"type": "boolean"},
    date: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "description": "日期：2024-09-01"},
    Yuan: MONEY,
    DayMask: {"type": "string", "pattern": r"^\d{1,2}-\d{1,2}$", "description": "每月几日到几日：1-25"},
    AgeRange: {"type": "string", "pattern": r"^\d{1,3}-\d{1,3}$", "description": "周岁，含两端：18-50"},
    Length: {"type": "string", "pattern": f"^({LENGTH_PATTERN})$", "description": "3 months 或 90 days"},
    Start: {"type": "string", "pattern": f"^({START_PATTERN})$"},
    MonthDay: {"type": "string", "pattern": r"^\d\d-\d\d$", "description": "月日：09-01"},
    TimeOfDay: {"type": "string", "pattern": f"^({TIME_PATTERN})$", "description": "17:30；当天结束写 24:00"},
}
SUBSIDY: list[Schema] = [
    {"required": ["value"], "properties": {"value": {"enum": ["full", "none", "pending"]}}},
    {"required": ["fixed_yuan"]},
    {"required": ["percent"]},
]


def schema() -> Schema:
    """The schema of a pack file."""
    definitions: dict[str, Schema] = {}
    root = _table(Sections, definitions)
    root["properties"].pop("document", None)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Canbao policy pack",
        "description": "One area's policy for one benefit year. Written by `canbao pack schema`; do not edit.",
        **root,
        "required": list(HEAD),
        "definitions": dict(sorted(definitions.items())),
    }


def _of(kind: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    if origin is Value:
        return _value(arguments[0], definitions)
    if origin in (types.UnionType, Union):
        return _of(next(arm for arm in arguments if arm is not type(None)), definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is Mapping:
        return _mapping(arguments, definitions)
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _table(kind, definitions)
    return {"$ref": f"#/definitions/{name}"}


def _mapping(arguments: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    words = get_args(arguments[0]) if get_origin(arguments[0]) is Literal else ()
    names = {"propertyNames": {"enum": list(words)}} if words else {}
    return {"type": "object", "additionalProperties": _of(arguments[1], definitions), **names}


def _table(kind: Any, definitions: dict[str, Schema]) -> Schema:
    if not is_dataclass(kind):
        raise TypeError(f"no schema for {kind}")
    hints = hints_of(kind)  # type: ignore[arg-type]
    required = [
        item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING
    ]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").split("\n\n")[0].strip(),
        "properties": {item.name: _of(hints[item.name], definitions) for item in fields(kind)},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _value(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """A value with its provenance, or the short `not_stated`."""
    if kind is Subsidy:
        bare: Schema = {"fixed_yuan": MONEY, "percent": {"type": ["integer", "string"]}, "value": TEXT}
        there: list[Schema] = SUBSIDY
    elif kind is LatePrice:
        bare = {"yuan": MONEY, "value": {"enum": list(LATE_WORDS)}}
        there = [{"required": ["value"]}, {"required": ["yuan"]}]
    else:
        key = "yuan" if kind == Yuan else "value"
        bare, there = {key: _of(kind, definitions)}, [{"required": [key]}]
    provenance: Schema = {
        "status": {"enum": list(STATUSES)},
        "source": {"type": "string"},
        "rule": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "note": TEXT,
        "force": {"enum": ["must", "principle", "advice", "provisional"]},
        "open": {"type": "boolean"},
    }
    full = {
        "type": "object",
        "properties": {**bare, **provenance},
        "required": ["status", "rule"],
        "additionalProperties": False,
        "if": {"properties": {"status": {"enum": sorted(CHARGEABLE)}}},
        "then": {"anyOf": there},
    }
    return {"anyOf": [{"enum": ["not_stated", None]}, full]}
