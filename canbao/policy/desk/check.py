"""Lint of a pack, as pure functions that return findings: what is wrong, what is doubtful, what is not stated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import yaml

from canbao.basics.areas import NATION
from canbao.policy.desk.gaps import gaps
from canbao.policy.desk.look import RULE, values_of
from canbao.policy.format.builder import build
from canbao.policy.format.faults import Fault, PackFaults, nearest_of
from canbao.policy.format.sections import Cohort
from canbao.policy.format.shape import Reading, plain
from canbao.policy.format.values import Value
from canbao.policy.loader import Read, file_name, read_sheet, resolve
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import day_text, money_text


@dataclass(frozen=True)
class Source:
    """Where values come from: an entry of `packs/sources.yaml`."""

    issuer: str
    title: str
    kind: Literal["notice", "repost", "national", "outside"]
    dated: date | None = None
    note: str = ""


def read_sources(data: bytes) -> dict[str, Source]:
    """The sources by id.

    Raises:
        PackFaults: the file cannot be read.
    """
    reading = Reading("packs/sources.yaml")
    root = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
    document = plain(Mapping[str, Source], root, "", reading) if root else {}
    if reading.faults:
        raise PackFaults(reading.faults)
    return dict(build(Mapping[str, Source], document))


def read_rules(data: bytes) -> dict[str, str]:
    """The catalogue of rule ids, each with its sentence.

    Raises:
        PackFaults: the file cannot be read.
    """
    reading = Reading("packs/rules.yaml")
    root = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
    document = plain(Mapping[str, str], root, "", reading) if root else {}
    if reading.faults:
        raise PackFaults(reading.faults)
    return dict(document)


def check(
    area_code: str,
    year: int,
    read: Read,
    sources: Mapping[str, Source],
    rules: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Everything to say about one pack file, the errors first. `rules`: the catalogue ids are looked up in."""
    data = read(area_code, year)
    if data is None:
        return [Fault(file_name(area_code, year), 1, "area", "没有这个文件")]
    document, reading = read_sheet(data, area_code, year)
    found = [*reading.faults, *_source_faults(document, reading, sources)]
    found += _rule_faults(document, reading, rules or {})
    if not found:
        try:
            pack = resolve(area_code, year, read)
        except PackFaults as broken:
            return list(broken.faults)
        mine = [fault for fault in _findings(pack) if fault.grade != "note" or fault.key in reading.lines]
        found = [_placed(fault, reading) for fault in mine]  # a parent's gaps are told with the parent
        found += [_placed(fault, reading) for fault in _missing_parents(pack, read)]
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda fault: (order[fault.grade], fault.line))


def _source_faults(
    document: Mapping[str, Any], reading: Reading, sources: Mapping[str, Source]
) -> Iterator[Fault]:
    ids = tuple(sources)
    for key, value in values_of(document):
        source = value["source"]
        if source and source not in sources:
            line = reading.lines.get(key, 1)
            near = nearest_of(source, ids)
            yield Fault(reading.file, line, f"{key}.source", f"来源目录里没有“{source}”", ids, near)


def _rule_faults(document: Mapping[str, Any], reading: Reading, rules: Mapping[str, str]) -> Iterator[Fault]:
    """Ids that look like ours and are in no catalogue; a city's own ids may look like anything else."""
    for key, value in values_of(document):
        for rule in value["rules"]:
            if rules and RULE.fullmatch(rule) and rule not in rules:
                line = reading.lines.get(key, 1)
                near = nearest_of(rule, tuple(rules))
                yield Fault(reading.file, line, f"{key}.rule", f"规则目录里没有“{rule}”", (), near)


def _missing_parents(pack: Pack, read: Read) -> Iterator[Fault]:
    """A named parent, or the nation, without a file for the year: what it would say is simply not there."""
    if pack.parent and read(pack.parent, pack.benefit_year) is None:
        yield _say("parent", f"上级{pack.parent}没有{pack.benefit_year}年度的文件，什么也没有继承", "warning")
    if pack.area != NATION and read(NATION, pack.benefit_year) is None:
        text = f"没有全国{pack.benefit_year}年度的文件（{NATION}）：等待期、退费、重复参保等全国的规定没有继承，要用就写在这里"
        yield _say("benefit_year", text, "note")


def _placed(fault: Fault, reading: Reading) -> Fault:
    """The finding at the line of its key, or of the nearest key above it in this file."""
    key = fault.key
    while key and key not in reading.lines:
        key = key.rpartition(".")[0]
    line = reading.lines.get(key, 1)
    return Fault(reading.file, line, fault.key, fault.text, fault.allowed, fault.nearest, fault.grade)


def _findings(pack: Pack) -> Iterator[Fault]:
    yield from _silences(pack)
    yield from _window_faults(pack)
    yield from gaps(pack)
    yield from _money_findings(pack)
    yield from _gaps(pack)


def _say(key: str, text: str, grade: Literal["error", "warning", "note"] = "error") -> Fault:
    return Fault("", 1, key, text, grade=grade)


def _silences(pack: Pack) -> Iterator[Fault]:
    """What a pack that collects must say, or say that the notice does not."""
    if "collection" not in pack.document:
        return
    wanted: dict[str, Value[Any]] = {
        "collection.opens": pack.collection.opens,
        "collection.closes": pack.collection.closes,
        "benefit_period.first_date": pack.benefit_period.first_date,
        "newborn.birth_year_free": pack.newborn.birth_year_free,
        "registration.agency": pack.registration.agency,
        "registration.before_payment": pack.registration.before_payment,
    }
    if pack.area.endswith("0000"):  # a province may leave the rest to its cities
        wanted = {key: value for key, value in wanted.items() if key.startswith("collection")}
    for key, value in wanted.items():
        if not value.source:
            yield _say(key, "没有提到；通告没有写的，也要写 not_stated", "warning")
    if not pack.late:
        yield _say("late", "没有提到错过以后怎么办；通告没有写的，也要写 not_stated", "warning")


def _window_faults(pack: Pack) -> Iterator[Fault]:
    opens, closes = pack.collection.opens.known, pack.collection.closes.known
    if opens and closes and closes < opens:
        yield _say("collection.closes", f"截止日{day_text(closes)}早于开始日{day_text(opens)}")
    for name, cohort in pack.collection.cohorts.items():
        start, end = cohort.opens.known or opens, cohort.closes.known or closes
        if start and end and end < start:
            yield _say(f"collection.cohorts.{name}.closes", f"{cohort.label}的截止日早于开始日")
        yield from _unsaid_dates(name, cohort)
    first, last = pack.benefit_period.first_date.known, pack.benefit_period.last_date.known
    if first and last and last < first:
        yield _say("benefit_period.last_date", "待遇享受期的最后一天早于第一天")


def _unsaid_dates(name: str, cohort: Cohort) -> Iterator[Fault]:
    """Dates of their own that are kept for later: nobody else's stand in for them."""
    for side, said, when in (
        ("opens", cohort.opens, "这些人一直"),
        ("closes", cohort.closes, "集中缴费期过后这些人"),
    ):
        if said.source and said.known is None:
            text = f"{cohort.label}的日子{_why_not(said)}，{when}不能收费（E-1021）"
            yield _say(f"collection.cohorts.{name}.{side}", text, "note")


def _money_findings(pack: Pack) -> Iterator[Fault]:
    floor_fen = pack.national_minimum.individual.known
    for name, entry in pack.prices.items():
        key, price_fen = f"prices.{name}.individual", entry.individual.known
        if price_fen is None:
            yield _say(key, f"{entry.label}的标准{_why_not(entry.individual)}，不能收费（E-1021）", "note")
        elif floor_fen and price_fen < floor_fen:
            yield _say(key, f"{money_text(price_fen)}低于国家最低标准{money_text(floor_fen)}，请核对", "note")
    for name, group in pack.assistance.groups.items():
        subsidy = group.subsidy.known
        if subsidy is None:
            key = f"assistance.groups.{name}.subsidy"
            yield _say(key, f"{group.name}的资助{_why_not(group.subsidy)}，不能收费（E-1021）", "note")
        elif subsidy.kind == "fixed" and subsidy.amount_fen > max(_prices(pack), default=subsidy.amount_fen):
            yield _say(
                f"assistance.groups.{name}.subsidy", f"资助{money_text(subsidy.amount_fen)}比缴费标准还高"
            )


def _prices(pack: Pack) -> list[int]:
    return [fen for entry in pack.prices.values() if (fen := entry.individual.known) is not None]


def _why_not(value: Value[Any]) -> str:
    return "没有核实" if value.status == "unverified" else "通告没有写"


def _gaps(pack: Pack) -> Iterator[Fault]:
    for name, said in pack.not_stated.items():
        yield _say(f"not_stated.{name}", f"通告没有写：{said.note or name}", "note")
