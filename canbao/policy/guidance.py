"""指引: the five parts of a refusal in an area: what, why, what now, whom to call, which code; and: charged?"""

from dataclasses import dataclass

from canbao.basics.refusals import NoMatch, Refusal
from canbao.policy.contacts import Contact, contacts, national_contacts
from canbao.policy.format.around import GuideText
from canbao.policy.pack import Pack

SHORTEST = 4  # characters of a sentence; less than that could mean anything
DEFAULT_AGENCY = "当地医保经办机构"


@dataclass(frozen=True)
class Advice:
    """What the page of a refusal says."""

    code: str
    heading: str
    charged: str
    why: str
    steps: tuple[str, ...]
    contacts: tuple[Contact, ...]


def guidance(pack: Pack | None, area_code: str | None, refusal: Refusal) -> Advice:
    """A refusal in the words of the area's pack where it has its own, else in the plain ones."""
    text = pack.guide.get(refusal.code) if pack and not isinstance(refusal, NoMatch) else None
    agency = (pack.registration.agency.known if pack else None) or DEFAULT_AGENCY
    facts = {"agency": agency, "area": pack.name if pack else "这里"} | refusal.facts
    told = type(refusal)(**facts)
    why = (text.why.known if text else None) or told.why
    steps = (text.steps.known if text else None) or (_both_ways(pack, told) if pack else told.steps)
    return Advice(
        code=told.code,
        heading=told.say(told.heading),
        charged=told.charged,
        why=told.say(why),
        steps=tuple(told.say(step) for step in steps),
        contacts=_ordered(pack, area_code, text),
    )


def _both_ways(pack: Pack, told: Refusal) -> tuple[str, ...]:
    """No match of any kind names both causes, each with the area's own first steps (E-1001 and E-1003)."""
    if not isinstance(told, NoMatch):
        return told.steps
    local = {code: entry.steps.known for code in ("E-1001", "E-1003") if (entry := pack.guide.get(code))}
    leads = {"E-1001": "没有登记过：", "E-1003": "改过姓名或号码："}
    ways = [leads[code] + step for code, steps in local.items() if steps for step in steps[:1]]
    online = [step for step in (local.get("E-1001") or ()) if step.startswith("网上")]
    return (told.steps[0], *ways, *online) if len(ways) == len(leads) else told.steps


def codes_of(pack: Pack | None, said: str) -> tuple[str, ...]:
    """The codes that a sentence means here, pasted whole or in part: the area's own words, then those known everywhere.

    A code itself, such as E-1011, means itself (CP-14, CP-17).
    """
    wanted = _bare(said)
    local = pack.guide if pack else {}
    known: dict[str, tuple[str, ...]] = {code: text.aliases for code, text in local.items()}
    for refusal in Refusal.__subclasses__():
        known[refusal.code] = (*known.get(refusal.code, ()), *refusal.old_words)
    if wanted.upper() in known:
        return (wanted.upper(),)
    if len(wanted) < SHORTEST:
        return ()
    return tuple(
        code
        for code, words in known.items()
        if any(wanted in _bare(old) or _bare(old) in wanted for old in words)
    )


def _bare(text: str) -> str:
    """A sentence without what nobody types the same way twice."""
    return "".join(ch for ch in text if ch.isalnum() or ch == "-")


def _ordered(pack: Pack | None, area_code: str | None, text: GuideText | None) -> tuple[Contact, ...]:
    """All lines, those of the text's topic first."""
    if pack is None or area_code is None:
        return national_contacts(pack)
    lines = contacts(pack, area_code)
    topic = text.topic if text else None
    return tuple(
        sorted(lines, key=lambda line: (line.is_national, topic is not None and line.topic != topic))
    )
