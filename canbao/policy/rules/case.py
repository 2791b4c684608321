"""One decision in the making: the question, the reasons found on the way, and the ways it can end early."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

from canbao.basics.days import WorkCalendar
from canbao.basics.money import Fen
from canbao.basics.refusals import FactMissing, FigureUnknown, OutsideWindow, Refusal
from canbao.policy.format.values import Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer, Kind, Reason, because
from canbao.policy.rules.who import facts_text
from canbao.policy.rules.window import Window, period_lines
from canbao.policy.situation import Situation


class Stop(Exception):
    """The decision ends here, without a price. Never leaves the policy room."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.outcome)
        self.answer = answer


@dataclass
class Case:
    """The question and the reasons found on the way. `at`: the time of day, where the last day ends early.

    `individual_fen`: the person's own standard, once it is found; years bought off cost as much.
    """

    pack: Pack
    person: Situation
    on: date
    calendar: WorkCalendar | None = None
    at: time | None = None
    reasons: list[Reason] = field(default_factory=list)
    individual_fen: Fen | None = None

    def note(self, value: Value[object], text: str, force: str | None = None) -> None:
        """Add a reason resting on a value of the pack."""
        self.reasons.append(because(value, text, force))

    def stop(self, refusal: Refusal, kind: Kind = "normal", group: str | None = None) -> Stop:
        """The end without a price."""
        return Stop(Answer("blocked", kind, group=group, reasons=tuple(self.reasons), refusal=refusal))

    def unknown(self, kind: Kind = "normal", group: str | None = None) -> Stop:
        """The end because a figure is not there: E-1021, never zero and never a default."""
        return self.stop(FigureUnknown(area=self.pack.name), kind, group)

    def needs(self, facts: Iterable[str]) -> Stop:
        """The end because a fact about the person is not there: cannot say yet, needs it (E-1024)."""
        names = tuple(dict.fromkeys(facts))
        told = facts_text(names)
        self.reasons.append(Reason("", f"还说不准，要先知道{told}。", "", "not_stated"))
        return Stop(
            Answer(
                "blocked",
                "normal",
                reasons=tuple(self.reasons),
                refusal=FactMissing(facts=told),
                needs=names,
            )
        )

    def outside(self, now: Window, next_step: str) -> Stop:
        """The end because today is not a day for paying."""
        period = self.pack.collection
        lines = "".join(period_lines(now))
        said = period.opens if now.state in ("before", "unknown") else period.closes
        self.note(period.days_of_month if now.state == "masked" else said, lines)
        refusal = OutsideWindow(window=lines, next_opening=next_step)
        reasons = tuple(self.reasons)
        return Stop(
            Answer("blocked", "normal", reasons=reasons, refusal=refusal, blocked_until=now.next_opening)
        )
