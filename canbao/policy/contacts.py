"""打哪个电话: whom to call in an area about what. An agency is always named, a number only where printed."""

from dataclasses import dataclass

from canbao.basics.areas import NATION, lineage
from canbao.policy.format.around import ContactEntry
from canbao.policy.pack import Pack

_TOPIC_LABELS = {"registration": "参保登记、待遇", "payment": "缴费", "e_tax": "电子税务局使用"}
_NATIONAL = (("registration", "医保服务热线", "12393"), ("payment", "税务服务热线", "12366"))


@dataclass(frozen=True)
class Contact:
    """One line to call. `phone` None: the notice prints none, then only the agency is named.

    `label`: what to ask there; `keys`: what to press; `dial`: for a tel: link; `is_national`: 全国热线.
    """

    topic: str
    label: str
    name: str
    phone: str | None = None
    keys: str | None = None
    hours: str | None = None
    is_national: bool = False

    @property
    def dial(self) -> str:
        """The number without hyphens, for a tel: link; empty without a number."""
        return (self.phone or "").replace("-", "")


def contacts(pack: Pack, area_code: str, topic: str | None = None) -> tuple[Contact, ...]:
    """The lines for an area, its own county's before its city's, the national ones last.

    Where the notice prints no number for a topic, the agency is named without one and the national line follows.
    Of the lines of a city's other counties none is given.
    """
    line = lineage(area_code)
    entries = [entry for entry in pack.contacts.values() if entry.area in line and entry.area != NATION]
    entries.sort(key=lambda entry: line.index(entry.area))
    local = [contact for entry in entries for contact in _lines(entry)]
    answered = {contact.topic for contact in local}
    if "registration" not in answered:
        agency = pack.registration.agency.known or "当地医保经办机构"
        local.insert(0, Contact("registration", _TOPIC_LABELS["registration"], agency))
    found = (*local, *national_contacts(pack))
    return found if topic is None else tuple(one for one in found if one.topic == topic)


def national_contacts(pack: Pack | None = None) -> tuple[Contact, ...]:
    """The national lines, as the pack's national level has them, else the two everybody has."""
    entries = [entry for entry in pack.contacts.values() if entry.area == NATION] if pack else []
    if entries:
        return tuple(line for entry in entries for line in _lines(entry))
    return tuple(
        Contact(topic, _TOPIC_LABELS[topic], name, number, is_national=True)
        for topic, name, number in _NATIONAL
    )


def _lines(entry: ContactEntry) -> list[Contact]:
    phones: tuple[str | None, ...] = entry.phones.known or (None,)
    return [
        Contact(
            topic=entry.topic,
            label=_TOPIC_LABELS[entry.topic],
            name=entry.agency,
            phone=phone,
            keys=entry.keypad.known,
            hours=entry.hours.known,
            is_national=entry.area == NATION,
        )
        for phone in phones
    ]
