"""选哪一项: what to choose in the year and kind selector of each way a notice names (CZ-15, SX-08), and where only one kind is.

Labels and steps are the notice's own. A wrong choice is refused there and cannot always be turned back (CZ-09).
"""

from dataclasses import dataclass
from typing import Literal

from canbao.policy.pack import Pack
from canbao.services.people.guide import season_pack
from canbao.services.system.env import Env

Kind = Literal["normal", "special"]


@dataclass(frozen=True)
class Selector:
    """One way in. `choose` by kind: the label to tap; None: the notice names none. `special`: None: it does not say."""

    area_code: str
    channel: str
    channel_label: str
    way: str
    name: str
    steps: tuple[str, ...]
    benefit_year: int
    choose_normal: str | None
    choose_special: str | None
    special: bool | None

    @property
    def has_choice(self) -> bool:
        """Whether the notice says what to choose there."""
        return bool(self.choose_normal or self.choose_special)

    def choose(self, kind: Kind) -> str | None:
        """What somebody who pays this kind taps there."""
        return self.choose_special if kind == "special" else self.choose_normal

    def says(self, kind: Kind) -> str:
        """One sentence for somebody who pays this kind."""
        label = self.choose(kind)
        if label:
            return f"选“{label}”"
        if kind == "special" and self.special is not True:
            return "通告没有写这里能办特殊缴费" if self.special is None else "这里不能办特殊缴费"
        return f"选 {self.benefit_year} 年度"


def selectors(env: Env, area_code: str) -> list[Selector]:
    """Every way of the season's notice that has steps or a selector.

    Raises:
        FigureUnknown: nobody has published a pack for this area.
    """
    return selectors_of(season_pack(env, area_code))


def selectors_of(pack: Pack) -> list[Selector]:
    """The same, of a pack at hand."""
    return [
        Selector(
            pack.area_code,
            channel_name,
            channel.label,
            way_name,
            way.name,
            way.steps.known or (),
            pack.benefit_year,
            way.choose_normal.known,
            way.choose_special.known,
            channel.special.known,
        )
        for channel_name, channel in pack.channels.items()
        if channel.available.known is not False
        for way_name, way in channel.ways.items()
        if way.steps.known or way.choose_normal.known or way.choose_special.known
    ]
