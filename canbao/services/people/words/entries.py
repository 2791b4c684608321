"""官方入口: which accounts and apps a notice names, the menu in each, and where a menu word leads here.

Old notices say “微服务 → 城乡缴费”: whoever types or follows such words lands on the page that does it.
"""

from dataclasses import dataclass
from typing import Literal

from canbao.services.people.guide import season_pack
from canbao.services.system.env import Env

Target = Literal["intent", "register", "mine", "enquiry", "change", "contacts"]
# A word of a menu, and what it means here; the first that is in the text. Records before payments: 缴费记录 is no payment.
_MEANINGS: tuple[tuple[tuple[str, ...], Target], ...] = (
    (("记录", "证明", "回单", "票据", "缴费查询", "我要查询"), "mine"),
    (("参保登记", "登记"), "register"),
    (("变更",), "change"),
    (("查询",), "enquiry"),
    (("咨询", "电话"), "contacts"),
    (("缴费", "缴纳", "社保费", "医疗保险", "医保"), "intent"),
)
_ACCOUNTS = ("公众号", "服务号")


@dataclass(frozen=True)
class Entry:
    """One way in: what it is called, the steps in the notice's own words; `is_account`: one follows it in WeChat.

    `choices`: who chooses what in its selector (CZ-15, SX-08).
    """

    channel: str
    name: str
    steps: tuple[str, ...]
    is_account: bool
    is_open: bool
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def branches(self) -> list[tuple[str, Target]]:
        """The words of its menu that mean a page here."""
        return [(word, target) for word in self.steps if (target := meaning(word))]


def entries(env: Env, area_code: str) -> list[Entry]:
    """The ways the notice names, accounts first; enquiries and registration have theirs too.

    Raises:
        FigureUnknown: nobody has published a pack for this area.
    """
    pack = season_pack(env, area_code)
    found = [
        Entry(
            channel.label,
            way.name,
            way.steps.known or (),
            any(word in way.name for word in _ACCOUNTS),
            channel.available.known is not False,
            tuple(
                (who, f"选“{label}”")
                for who, label in (
                    ("普通居民", way.choose_normal.known),
                    ("资助对象", way.choose_special.known),
                )
                if label
            ),
        )
        for channel in pack.channels.values()
        for way in channel.ways.values()
    ]
    found += [
        Entry("查询", view.label, view.path.known or (), is_account=False, is_open=True)
        for view in pack.queries.values()
        if view.path.known
    ]
    found = [entry for entry in found if entry.branches or entry.is_account or entry.choices]
    return sorted(found, key=lambda entry: not entry.is_account)


def meaning(words: str) -> Target | None:
    """Where a word or a whole path of a menu leads, by its last part that means anything; None: nowhere."""
    parts = [part for part in words.replace("→", "/").replace("-", "/").replace("，", "/").split("/") if part]
    for part in reversed(parts):
        for known, target in _MEANINGS:
            if any(word in part for word in known):
                return target
    return None


@dataclass(frozen=True)
class Official:
    """What the page about the official ways says. None: the notice does not say."""

    entries: tuple[Entry, ...]
    said: str | None
    card: str | None
    needs_activation: str | None
    activation_steps: tuple[str, ...]


_WHO_ACTIVATES = {
    "prior_insured": "以前参过保的人，网上缴费前要先激活。",
    "all": "所有人网上缴费前都要先激活。",
    "nobody": "缴费不用先激活。",
}


def official(env: Env, area_code: str) -> Official:
    """The official ways, what the notice warns of, and the e-credential (FY-05, FY-07, FY-27, FY-28)."""
    pack = season_pack(env, area_code)
    guide = pack.guide.get("E-1017")
    said, card = pack.information.get("official_entry"), pack.information.get("card")
    return Official(
        tuple(entries(env, area_code)),
        said.known if said else None,
        card.known if card else None,
        _WHO_ACTIVATES.get(pack.paying.needs_active_credential.known or ""),
        (guide.steps.known if guide else None) or (),
    )
