"""谁来缴、从哪里缴: may this payer pay this answer through this channel today?

Ask it before showing an E-1021: its no is the more helpful one for assisted persons (FY-11).
"""

from datetime import date

from canbao.basics.refusals import (
    ChannelNotSuited,
    CredentialInactive,
    MustPaySelf,
    NotOnlineForAssisted,
    Refusal,
)
from canbao.policy.format.around import Channel
from canbao.policy.format.vocabulary import FORCE_TEXT, ONLINE_CHANNELS
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.subsidy import listed_group
from canbao.policy.rules.wording import day_text
from canbao.policy.situation import Situation


def admit(
    pack: Pack, situation: Situation, answer: Answer, payer: str, channel: str, on: date
) -> Refusal | None:
    """None if it may go ahead. `payer`: `self` or `proxy`; `channel`: a name of `vocabulary.ChannelName`.

    A channel the notice does not name is not barred: which ones exist is the operator's matter.
    """
    checks = (
        _barred_group(pack, situation, channel, on),
        _barred_here(pack, situation, channel, on),
        too_grown_for_proxy(pack, situation, payer, on),
        _inactive_credential(pack, situation, payer, channel),
        _unsuited(pack, answer, payer, channel, on),
    )
    return next((refusal for refusal in checks if refusal), None)


def _barred_group(pack: Pack, person: Situation, channel: str, on: date) -> Refusal | None:
    """Assisted persons who may not pay online for now; the list may end in 等 (FY-11)."""
    barred = pack.paying.groups_not_online
    if channel not in ONLINE_CHANNELS or barred.known is None:
        return None
    for mark in person.marks:
        named = {mark.group, listed_group(pack, mark.group)} & set(barred.known)
        if mark.acquired_date <= on and (named or barred.open):
            return NotOnlineForAssisted(area=pack.name)
    return None


def _barred_here(pack: Pack, person: Situation, channel: str, on: date) -> Refusal | None:
    """Groups that one channel does not take, whatever the others do."""
    entry = next((entry for name, entry in pack.channels.items() if name == channel), None)
    barred = (entry.barred_groups.known if entry else None) or ()
    concerned = any(
        {mark.group, listed_group(pack, mark.group)} & set(barred)
        for mark in person.marks
        if mark.acquired_date <= on
    )
    if entry is None or not concerned:
        return None
    others = [
        other.label
        for other in pack.channels.values()
        if not set(other.barred_groups.known or ()) & set(barred)
    ]
    return ChannelNotSuited(reason=f"{entry.label}不收这类资助对象。", channels="、".join(others) or "窗口")


def too_grown_for_proxy(pack: Pack, person: Situation, payer: str, on: date) -> Refusal | None:
    """Ages at which one pays for oneself (FY-08, E13). An unknown birthday cannot be shown to be outside."""
    ages = pack.paying.self_only_ages.known
    if payer != "proxy" or ages is None:
        return None
    if person.birth_date and not ages.holds(person.birth_date, on):
        return None
    return MustPaySelf(area=pack.name, from_age=str(ages.first), to_age=str(ages.last))


def _inactive_credential(pack: Pack, person: Situation, payer: str, channel: str) -> Refusal | None:
    """The e-credential must be active for paying oneself online (FY-07). None: nobody has asked yet."""
    needed = pack.paying.needs_active_credential.known
    if payer != "self" or channel not in ONLINE_CHANNELS or person.e_credential_active is not False:
        return None
    concerned = needed == "all" or (needed == "prior_insured" and bool(person.covered_years))
    return CredentialInactive() if concerned else None


def _unsuited(pack: Pack, answer: Answer, payer: str, channel: str, on: date) -> Refusal | None:
    """What the channel itself cannot do."""
    entry = next((entry for name, entry in pack.channels.items() if name == channel), None)
    reason = _unsuited_reason(channel, entry, answer, payer, on) if entry else None
    if reason is None:
        return None
    suited = [
        e.label for name, e in pack.channels.items() if not _unsuited_reason(name, e, answer, payer, on)
    ]
    return ChannelNotSuited(reason=reason, channels="、".join(suited) or "窗口")


def _unsuited_reason(channel: str, entry: Channel, answer: Answer, payer: str, on: date) -> str | None:
    """Why not, or None. Online, a special payment needs a stated yes: a wrong kind cannot be undone (CZ-09, CZ-17)."""
    opens = entry.opens.known
    if opens and on < opens:
        return f"{entry.label}{day_text(opens)}开通。"
    if entry.available.known is False:
        return f"{entry.label}还没有开通。"
    if answer.kind == "special" and entry.special.known is False:
        return f"{entry.label}{FORCE_TEXT[entry.special.force]}不能办资助缴费。"
    if answer.kind == "special" and channel in ONLINE_CHANNELS and entry.special.known is None:
        return f"{entry.label}能不能办资助缴费，通告没有写。"
    return f"{entry.label}只能本人缴费。" if payer == "proxy" and entry.proxy.known is False else None
