"""Three invented cities and their province use everything a pack can say; what nobody uses fails here."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin

from canbao.policy.format.scalars import SCALARS
from canbao.policy.format.shape import hints_of
from canbao.policy.format.values import LatePrice, Start, Subsidy, Value, Who
from canbao.policy.format.vocabulary import EventKind, GroupName, PersonClass, Rounding, Topic
from canbao.policy.loader import read_sheet
from canbao.policy.pack import Sections
from tests.policy.shelf import FIXTURES

INVENTED = ("980100", "990000", "990100", "990200", "990300")
VOCABULARIES = {GroupName, PersonClass, Rounding, Topic, EventKind}
WORDS = {
    Start: {"period_start", "payment_day", "next_day", "next_month", "birth", "plus", "after", "month"},
    LatePrice: {"individual", "individual_and_fiscal", "closed", "fixed"},
    Subsidy: {"full", "fixed", "percent", "none", "pending"},
    bool: {"True", "False"},
}
ONE_SIDED = {  # a no says the same as silence, or the other answer has no meaning
    "newborn.bands.*.to_year_end=False",
    "household.automatic=True", "household.head_pays_first=False", "household.same_place_as_head=False",
    "outpatient_pooling.shared_in_household=False", "paying.online_refund=True", "duplicates.entry_year_exempt=False",
    "duplicates.fiscal_subsidy_deducted=False", "duplicates.statement_when_giving_up_help=False",
    "duplicates.others_answer_first=False",
    "refunds.*.terminates=False", "students.*.price_locked=False", "channels.*.available=False",
    "registration.changes_before_payment=False", "assistance.confirm_before_normal=True",
}  # fmt: skip
HEAD = {"area", "name", "benefit_year", "collection_year", "source"}


def asked(kind: Any, key: str = "") -> Iterator[str]:
    """Everything the format offers: every key, and every word a key may take, as `late.*.price=closed`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Value:
        yield key
        yield from (f"{key}={word}" for word in _words(arguments[0]))
    elif origin in (types.UnionType, Union):
        yield from asked(next(arm for arm in arguments if arm is not type(None)), key)
    elif origin is Mapping:
        yield from asked(arguments[1], f"{key}.*")
    elif kind not in SCALARS and is_dataclass(kind):
        for item in fields(kind):
            if item.name != "document" and not (not key and item.name in HEAD):
                yield from asked(hints_of(kind)[item.name], _key(kind, key, item.name))
    else:
        yield key
        yield from (f"{key}={word}" for word in _words(kind))


def _key(kind: type, key: str, name: str) -> str:
    """A condition is one thing wherever it stands."""
    return f"who.{name}" if kind is Who else f"{key}.{name}".lstrip(".")


def _words(kind: Any) -> set[str]:
    if get_origin(kind) is Literal and kind not in VOCABULARIES:
        return {str(word) for word in get_args(kind)}
    return WORDS.get(kind, set())


def said(kind: Any, plain: Any, key: str = "") -> Iterator[str]:
    """What one document uses of it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Value:
        yield key
        if plain["value"] is not None:
            yield f"{key}={_said_word(plain['value'])}"
    elif origin in (types.UnionType, Union):
        yield from said(next(arm for arm in arguments if arm is not type(None)), plain, key)
    elif origin is Mapping:
        for child in plain.values():
            yield from said(arguments[1], child, f"{key}.*")
    elif kind not in SCALARS and is_dataclass(kind):
        for name, child in plain.items():
            yield from said(hints_of(kind)[name], child, _key(kind, key, name))
    else:
        yield key
        yield f"{key}={_said_word(plain)}"


def _said_word(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["kind"])
    return str(value).split(" ")[0] if isinstance(value, str) else str(value)


def test_every_construct_of_the_format_is_used_by_an_invented_city() -> None:
    used: set[str] = set()
    for area in INVENTED:
        document, reading = read_sheet((FIXTURES / area / "2027.yaml").read_bytes(), area, 2027)
        assert reading.faults == []
        used |= set(said(Sections, document))

    offered = set(asked(Sections))
    # the places that take a start, or a price, share one vocabulary: each word is used in one of them at least
    missing = {key for key in offered - used if not _used_elsewhere(key, used)}

    assert missing - ONE_SIDED == set()
    assert offered >= ONE_SIDED, "an exception for something the format no longer offers"


def _used_elsewhere(key: str, used: set[str]) -> bool:
    """A word that another key of the same section, or of the same meaning, uses."""
    path, _, word = key.partition("=")
    family = path.rpartition(".")[2]
    shared = {"coverage_start", "birth_year_coverage", "paid_before_start", "paid_after_start"}
    names = shared if family in shared else {family}
    return bool(word) and any(
        f".{name}={word}" in f".{one.rpartition('.')[2]}" for one in used for name in names
    )


def test_a_word_that_no_city_uses_is_found() -> None:
    assert "late.*.price=closed" in set(asked(Sections))
    assert not _used_elsewhere("late.*.price=closed", {"late.*.price=individual"})
