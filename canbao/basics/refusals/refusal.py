"""What every refusal is made of."""

from typing import ClassVar


class Refusal(Exception):
    """An anticipated no, with its reason and its way out."""

    code: ClassVar[str]
    heading: ClassVar[str]
    why: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]
    charged: ClassVar[str] = "还没有扣钱。"
    # What older channels say when they mean this; whoever pastes it is led here (ux P1, P3, P11).
    old_words: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **facts: str) -> None:
        super().__init__(self.code)
        self.facts = facts

    def say(self, text: str) -> str:
        """Fill the braces of one of this refusal's sentences with its facts."""
        return text.format_map(_Blank(self.facts))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.facts == other.facts

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted(self.facts.items()))))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code}, {self.facts})"


class _Blank(dict[str, str]):
    """A fact nobody supplied reads 未公布 and is never a silent blank."""

    def __missing__(self, key: str) -> str:
        return "未公布"
