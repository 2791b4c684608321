"""公告: the ready texts of a release, for each school or village and for the media. Figures are the bills', dates the pack's.

Nobody is named: a school knows its own. What the pack does not state is not said.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from canbao.policy.contacts import contacts
from canbao.policy.rules.help import group_name
from canbao.policy.rules.wording import money_text
from canbao.policy.season import season
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Wording:
    """What every text of one release says alike."""

    area: str
    year: int
    group: str
    lines: tuple[str, ...]
    ways: str
    phones: tuple[str, ...]

    @classmethod
    def of(cls, env: Env, area_code: str, benefit_year: int, group: str, is_held: bool) -> "Wording":
        """From the pack in force. `is_held`: some amounts are still on their way to tax (E-1022)."""
        pack = env.packs.get(area_code, benefit_year, env.now)
        on = env.local_date(area_code)
        lines = season(pack, on, env.moment(pack).calendar).common_lines
        able = [
            channel.label
            for channel in pack.channels.values()
            if channel.special.known and group not in (channel.barred_groups.known or ())
        ]
        return cls(
            area=env.areas.full_name(area_code),
            year=benefit_year,
            group=group_name(pack, group),
            lines=(*lines, *(["应缴金额送到税务以后才能缴。"] if is_held else ())),
            ways=f"可以用：{'、'.join(able)}。" if able else "缴费渠道请看本地参保缴费通知。",
            phones=tuple(f"{line.name} {line.phone}" for line in contacts(pack, area_code) if line.phone),
        )

    def body(self, counts: Mapping[int, int]) -> list[str]:
        """The lines both texts share. `counts`: people by what they pay, in fen."""
        return [
            *(f"　{_asked(fen)}：{many}人。" for fen, many in sorted(counts.items())),
            f"缴费时间：{''.join(self.lines)}",
            *([self.ways] if any(counts) else []),
            "请从官方入口办理。不点陌生链接，不向个人转账。",
            *(f"咨询：{phone}" for phone in self.phones),
        ]


def school_text(said: Wording, unit: str, counts: Mapping[int, int]) -> str:
    """What one school or village can pass on."""
    many = sum(counts.values())
    return _text(
        f"{unit}：",
        f"{said.year}年度居民医保，{said.group}的补助标准已经公布，原来暂不缴费的现在可以办了。",
        f"你单位有{many}人：",
        *said.body(counts),
        "请通知本人和家长，按时办理，以免影响享受待遇。",
    )


def media_text(said: Wording, counts: Mapping[int, int]) -> str:
    """What a newspaper, a broadcaster or an official account can print."""
    return _text(
        f"{said.area}{said.year}年度居民医保通知",
        f"{said.group}的补助标准已经公布，原来暂不缴费的现在可以办了。",
        "个人应缴：",
        *said.body(counts),
    )


def _asked(fen: int) -> str:
    return f"个人缴{money_text(fen)}" if fen else "不用缴费，点“确认参保”"


def _text(*lines: str) -> str:
    return "\n".join(lines) + "\n"
