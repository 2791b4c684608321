"""试算: a draft over a population. Who pays what, who pays more than before, from when people are covered."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.money import Fen
from canbao.policy.assess import Answer
from canbao.policy.population import Assessed
from canbao.policy.rules.wording import day_text

OUTCOMES = {"payable": "应缴", "zero": "不用缴费", "deferred": "暂不缴费", "blocked": "算不出来"}
KINDS = {"normal": "普通", "special": "资助", "late": "补缴"}


@dataclass(frozen=True)
class Line:
    """People with the same answer. Sums in fen; None where there is no amount. `code`: why there is none."""

    outcome: str
    kind: str
    group: str | None
    amount_fen: Fen | None
    code: str | None
    people: int
    person_fen: Fen | None
    helped_fen: Fen | None
    fiscal_fen: Fen | None


@dataclass(frozen=True)
class Shift:
    """How many people pay so much more (or less, if negative) than before; None: one of the two has no amount."""

    difference_fen: Fen | None
    people: int


@dataclass(frozen=True)
class Outcome:
    """The whole run: lines by what people owe, first days of cover, and changes against another pack."""

    people: int
    lines: tuple[Line, ...]
    covers: tuple[tuple[str, int], ...]
    shifts: tuple[Shift, ...] = ()

    @property
    def person_fen(self) -> Fen:
        """What all residents pay together."""
        return sum(line.person_fen or 0 for line in self.lines)

    def share(self, way: Literal["more", "same", "less", "unknown"]) -> int:
        """How many pay more, the same, less, or cannot be compared."""
        tests: Mapping[str, bool]
        total = 0
        for shift in self.shifts:
            step = shift.difference_fen
            tests = {
                "unknown": step is None,
                "more": step is not None and step > 0,
                "same": step == 0,
                "less": step is not None and step < 0,
            }
            total += shift.people if tests[way] else 0
        return total


def outcome(now: Assessed, before: Assessed | None = None) -> Outcome:
    """The tables of a run; `before` is the same people under another pack."""
    lines: Counter[tuple[str, str, str | None, Fen | None, str | None]] = Counter()
    sums: dict[tuple[str, str, str | None, Fen | None, str | None], Answer] = {}
    covers: Counter[tuple[date, str]] = Counter()
    for answer, count in zip(now.answers, now.counts(), strict=True):
        code = answer.refusal.code if answer.refusal and answer.amount_fen is None else None
        key = (answer.outcome, answer.kind, answer.group, answer.amount_fen, code)
        lines[key] += count
        sums[key] = answer
        covers[_cover(answer)] += count
    made = [_line(sums[key], key[4], count) for key, count in lines.items() if count]
    return Outcome(
        people=len(now.index),
        lines=tuple(sorted(made, key=lambda line: (-line.people, line.amount_fen or -1))),
        covers=tuple((text, people) for (_, text), people in sorted(covers.items())),
        shifts=_shifts(now, before) if before else (),
    )


def _line(answer: Answer, code: str | None, people: int) -> Line:
    amount = answer.amount_fen
    helped = sum(fen for payer, fen in answer.shares.items() if payer not in ("person", "fiscal"))
    fiscal = answer.fiscal_subsidy_fen
    return Line(
        outcome=answer.outcome,
        kind=answer.kind,
        group=answer.group,
        amount_fen=amount,
        code=code,
        people=people,
        person_fen=None if amount is None else amount * people,
        helped_fen=None if amount is None else helped * people,
        fiscal_fen=None if amount is None or fiscal is None else fiscal * people,
    )


def _cover(answer: Answer) -> tuple[date, str]:
    """The first day and how to say it; what is no day comes after all days."""
    if answer.amount_fen is None:
        return date.max, "没有缴费，不享受"
    if answer.cover is None:
        return date.max, "还要核定" if answer.needs else "没有写"
    return answer.cover.from_date, day_text(answer.cover.from_date)


def _shifts(now: Assessed, before: Assessed) -> tuple[Shift, ...]:
    """Differences person by person, counted by pairs of answers."""
    width = len(before.answers)
    pairs = now.index.astype("int64") * width + before.index
    steps: Counter[Fen | None] = Counter()
    for pair, count in Counter(pairs.tolist()).items():
        new, old = now.answers[pair // width].amount_fen, before.answers[pair % width].amount_fen
        steps[None if new is None or old is None else new - old] += count
    ordered = sorted(steps.items(), key=lambda item: (item[0] is None, item[0] or 0))
    return tuple(Shift(step, people) for step, people in ordered)
