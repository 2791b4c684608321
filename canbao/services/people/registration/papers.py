"""办材料和服务网点: what to bring for which errand, and where to go; only what the notices state."""

from collections.abc import Mapping
from dataclasses import dataclass

from canbao.basics.areas import lineage
from canbao.policy.format.around import Paper
from canbao.policy.pack import Pack
from canbao.services.system.env import Env

KINDS = {
    "new": "参保登记",
    "renewal": "续保",
    "change": "信息变更",
    "leave": "停保、转出",
    "arrive": "转入",
    "department": "主管部门登记",
}


@dataclass(frozen=True)
class Errand:
    """One errand by one way, or paying through one channel: where, how, with what. Empty means not stated."""

    kind: str
    label: str
    places: tuple[str, ...]
    steps: tuple[str, ...]
    papers: tuple[str, ...]

    @property
    def title(self) -> str:
        """`信息变更：改姓名、身份证号`, and no word twice."""
        return self.label if self.label.startswith(self.kind) else f"{self.kind}：{self.label}"


@dataclass(frozen=True)
class Point:
    """One place to go to. None: the notice does not say."""

    name: str
    errands: tuple[str, ...]
    address: str | None
    hours: str | None
    phones: tuple[str, ...]


def errands(env: Env, area_code: str) -> list[Errand]:
    """Everything one may have to do here about registering, then paying where papers are asked for."""
    pack = _pack(env, area_code)
    if pack is None:
        return []
    ways = [
        Errand(
            KINDS[way.kind],
            way.label,
            way.places.known or (),
            way.steps.known or (),
            paper_words(way.papers),
        )
        for way in pack.registration.ways.values()
    ]
    channels = [
        Errand("缴费", channel.label, channel.banks.known or (), (), paper_words(channel.papers))
        for channel in pack.channels.values()
        if channel.papers
    ]
    return ways + channels


def renewal_words(env: Env, area_code: str) -> tuple[str, ...]:
    """Who need not register again, in the notice's words (LZ-04)."""
    return tuple(one.label for one in errands(env, area_code) if one.kind == KINDS["renewal"])


def points(env: Env, area_code: str) -> list[Point]:
    """The service points of an area and of those above it."""
    pack = _pack(env, area_code)
    line = lineage(area_code)
    found = [point for point in pack.service_points.values() if point.area in line] if pack else []
    return [
        Point(
            point.name,
            point.errands.known or (),
            point.address.known,
            point.hours.known,
            point.phones.known or (),
        )
        for point in sorted(found, key=lambda point: line.index(point.area))
    ]


def paper_words(papers: Mapping[str, Paper]) -> tuple[str, ...]:
    """Each paper as people say it: `学生新身份证，或者户口本。要原件，复印件 1 份`."""
    return tuple(word for paper in papers.values() if (word := _paper(paper)))


def _paper(paper: Paper) -> str:
    if paper.name.known is None:
        return ""
    instead = "".join(f"，或者{other}" for other in paper.instead.known or ())
    wants = ["要原件"] if paper.original.known else []
    wants += [f"复印件 {paper.copies.known} 份"] if paper.copies.known else []
    return paper.name.known + instead + (f"（{'，'.join(wants)}）" if wants else "")


def _pack(env: Env, area_code: str) -> Pack | None:
    return env.packs.current(area_code, env.local_date(area_code), env.now)
